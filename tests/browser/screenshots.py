"""Take pictures of every page: three widths, light and dark, full, empty, loading, failing and with layers open.

`python -m tests.browser.screenshots [--only inbox] [--out screenshots]` starts an installation of its own, fills it,
and writes `<page>-<state>-<width>-<scheme>.png`. The files named `shots*.py` say
which. Look at each one before calling a page done.
"""

import argparse
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pages.words import AgentPublish, Forms, InboxTimeline, Team, Teams
from tests.browser import shots, shots_of_agents, shots_of_emails, shots_of_people
from tests.browser.addresses import Address
from tests.browser.carrier import Carrier
from tests.browser.conftest import ARGUMENTS
from tests.browser.inbox import Inbox
from tests.browser.letters import Letters
from tests.browser.look import next_frames, settle
from tests.browser.people import Person, sign_in, sign_up
from tests.browser.practice import Practice
from tests.browser.shots import CUSTOMERS, Shot, nothing, press
from tests.browser.window import Contexts, Problems, Window
from tests.chromium import find
from tests.installation import Installation, installation

TALLEST = 2400
# Some customers are known by name, as in a business that has run for a while.
NAMED = {
    "+14155550171": "Omar Haddad",
    "+14155550172": "Priya Raman",
    "+14155550173": "Tom Hughes",
    CUSTOMERS["waits"]: "Grace Okafor",
    CUSTOMERS["asks"]: "Hannah Weiss",
}


class Studio:
    """A filled installation and its people."""

    def __init__(self, up: Installation, browser: Browser, out: Path) -> None:
        self.up, self._out = up, out
        self._contexts = Contexts(browser, up.url)
        self.carrier = Carrier(httpx.Client(base_url=up.sandbox_url, timeout=60), up.demo["number"])
        email = f"new-{secrets.token_hex(3)}@maple.example"
        self._people: dict[str, Person | None] = {
            "visitor": None,
            "owner": sign_in(up.url, up.demo["email"], up.demo["password"], "Ana Silva"),
            "colleague": sign_in(up.url, "leo@harbor-dental.example", up.demo["password"], "Leo Park"),
            "newcomer": sign_up(up.url, self.carrier, "Mia Chen", email),
            "beginner": sign_up(up.url, self.carrier, "Ben Ito", f"ben-{email}"),
        }

    def window(self, who: str, width: int, height: int) -> Window:
        """Open a window of a person, a phone below 768 px."""
        return Window(self._contexts, Problems(), self._people[who], width=width, height=height, touch=width < 768)

    def fill(self) -> None:
        """Give the demo workspace conversations in every state a person may meet."""
        say = self.carrier.text
        long = "Hello 👋 I moved here last month with two children, and a friend told me about you. " * 4
        say(CUSTOMERS["STOP"], "STOP")
        say(CUSTOMERS["long"], long + "Supercalifragilisticexpialidocious" * 3)
        for key in ("off", "people", "waits"):
            say(CUSTOMERS[key], "How much is a cleaning?")
        for key in ("long", "off", "people", "waits"):
            self.carrier.wait_for_reply(CUSTOMERS[key])
        questions = ("Hi! Is there parking near you?", "Great. How much is a cleaning, and do you take Delta Dental?")
        for place, question in enumerate(questions, start=1):
            say(CUSTOMERS["asks"], question)
            self.carrier.wait_for_reply(CUSTOMERS["asks"], place)
        httpx.post(f"{self.up.sandbox_url}/sandbox/phones/{CUSTOMERS['off']}", json={"reachable": False})
        window = self.window("owner", 1440, 900)
        inbox = Inbox(window.page).visit()
        inbox.open(CUSTOMERS["off"])
        inbox.reply("This will not arrive.")
        expect(inbox.said("This will not arrive.")).to_contain_text(InboxTimeline.FAILED)
        inbox.open(CUSTOMERS["people"])
        inbox.rename("Dana Ruiz")
        inbox.take_over.click()
        inbox.reply("Ana here. I can see you on Tuesday at 9:30, or on Thursday at 2:00. Which do you prefer?")
        expect(inbox.said("Ana here")).to_contain_text(InboxTimeline.DELIVERED)
        say(CUSTOMERS["people"], "Tuesday is great, thank you!")
        for number, name in NAMED.items():
            inbox.open(number)
            inbox.rename(name)
        window.close()

    def form_a_team(self) -> None:
        """Give the demo workspace a team and open invitations."""
        window = self.window("owner", 1440, 900)
        page = window.page
        for name in ("Mia Okafor", "Noa Levi"):
            page.goto("/team")
            press("button", Team.INVITE)(page)
            form = page.get_by_role("dialog")
            form.get_by_label(Forms.EMAIL).fill(f"{name.split()[0].lower()}@harbor-dental.example")
            form.get_by_label(Team.INVITE_NAME).fill(name)
            press("button", Team.INVITE_SEND)(page)
            expect(page.get_by_role("dialog")).to_have_count(0)
        page.goto("/team/teams")
        press("button", Teams.NEW)(page)
        page.get_by_label(Teams.NAME, exact=True).fill("Front desk")
        press("button", Teams.CREATE)(page)
        for name in ("Ana Silva", "Leo Park"):
            press("button", f"{Teams.PEOPLE_OF} Front desk")(page)
            press("menuitemradio", name)(page)
        window.close()

    def publish(self) -> None:
        """Give the demo agent a second version to compare with, and a change that is not published."""
        window = self.window("owner", 1440, 900)
        page = window.page
        for temperature in ("0.5", "0.9"):
            page.goto(f"{self.agent()}?tab=configure")
            field = page.get_by_label("Role", exact=True)
            field.fill(f"the receptionist of Harbor Dental, who answers within {temperature} minutes")
            field.blur()
            page.wait_for_timeout(1500)
            if temperature == "0.5":
                press("button", "Review and publish")(page)
                page.get_by_label(AgentPublish.NOTE).fill("Says how quickly it answers")
                press("button", AgentPublish.VERB, exact=False)(page)
                page.wait_for_timeout(1500)
        window.close()

    def work(self) -> None:
        """Let the owner use all of the demo agent, and connect agents that answer emails."""
        window = self.window("owner", 1440, 900)
        Practice(window.page, self.up, self.carrier, self.agent()).work()
        self._letters = Letters(window.page, self.up, self.carrier)
        self._letters.work()
        window.close()

    def ask_who_is_there(self) -> None:
        """Have the demo's chat ask visitors for their email."""
        window = self.window("owner", 1440, 900)
        window.page.goto(Address("/chat-widget/[widget_id]").of(self.up))
        window.page.get_by_text("Ask for an email").click()
        window.page.wait_for_timeout(1500)
        window.close()

    def conversation(self, customer: str) -> str:
        """Return the address of a customer's conversation."""
        query = "select conversation_id from sms_messages where %s in (sender_number, recipient_number) limit 1"
        return f"/inbox/{self.up.query(query, customer)[0][0]}"

    def contact(self, customer: str) -> str:
        """Return the address of a customer's page."""
        return f"/contacts/{self.up.query('select id from contacts where phone_number = %s', customer)[0][0]}"

    def agent(self) -> str:
        """Return the address of the demo agent."""
        return Address("/agents/[agent_id]").of(self.up)

    def shots(self) -> Iterator[Shot]:
        """Yield every picture to take."""
        up = self.up
        yield from shots_of_emails.mailboxes(self._letters)
        yield from shots_of_emails.emails(self._letters)
        yield from shots_of_emails.tickets(self.conversation)
        yield from shots.every_route(up)
        yield from shots.failing(up, self.conversation(CUSTOMERS["people"]))
        yield from shots.doors()
        yield from shots.inbox(self.conversation)
        yield from shots.agents(self.agent())
        yield from shots_of_agents.work(self.agent(), self.conversation, self.contact)
        yield from shots_of_people.contacts(up)
        yield from shots_of_people.team()
        yield from shots_of_people.assistant()
        yield from shots_of_people.chat(up)

    def take(self, shot: Shot) -> None:
        """Take a shot at every width in light and dark."""
        with self.up.without(shot.broken):
            for sizes in shot.sizes:
                window = self.window(shot.who, *sizes[0])
                try:
                    self._take(shot, window.page, sizes)
                except Exception as error:
                    print(f"{shot.name} at {sizes[0][0]}: {str(error).splitlines()[0]}", flush=True)
                    window.page.screenshot(path=self._out / f"{shot.name}-{sizes[0][0]}-FAILED.png")
                finally:
                    window.close()

    def _take(self, shot: Shot, page: Page, sizes: tuple[tuple[int, int], ...]) -> None:
        if shot.is_loading:
            page.route_web_socket("**/_event/**", lambda socket: None)
        page.goto(shot.path)
        if shot.is_loading:
            page.wait_for_timeout(800)
        elif shot.is_ours:
            settle(page)
        shot.act(page)
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            next_frames(page)
            more = page.evaluate(HIDDEN_HEIGHT)
            if more and shot.act is nothing:
                page.set_viewport_size({"width": width, "height": min(height + int(more), TALLEST)})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                if shot.is_ours:
                    page.wait_for_function(WEARS, arg=scheme)
                page.wait_for_timeout(250)
                page.screenshot(path=self._out / f"{shot.name}-{width}-{scheme}.png", full_page=shot.who == "visitor")


# How much of the page's own scrolling content is below the fold; lists that scroll for ever stay as they are.
HIDDEN_HEIGHT = """() => Math.max(0, ...[...document.querySelectorAll("main div")]
  .filter((node) => getComputedStyle(node).overflowY === "auto" && !node.closest("[data-virtuoso-scroller]"))
  .map((node) => node.scrollHeight - node.clientHeight))"""

# A page follows the scheme a moment after the browser says it changed.
WEARS = "(scheme) => document.documentElement.classList.contains('dark') === (scheme === 'dark')"


def main() -> None:
    """Take the pictures."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--only", default="", help="take only pictures whose name matches this expression")
    wishes.add_argument("--out", type=Path, default=Path("screenshots"), help="the folder to write to")
    asked = wishes.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with installation() as up, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
        studio = Studio(up, browser, asked.out)
        studio.fill()
        studio.form_a_team()
        studio.publish()
        studio.work()
        for shot in studio.shots():
            if re.search(asked.only, shot.name):
                studio.take(shot)
        studio.ask_who_is_there()
        for shot in shots_of_people.chat_before(up):
            if re.search(asked.only, shot.name):
                studio.take(shot)
        browser.close()
    print(f"The pictures are in {asked.out}.")


if __name__ == "__main__":
    main()
