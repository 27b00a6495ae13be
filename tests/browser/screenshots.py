"""Take pictures of every page: three widths, light and dark, full, empty, loading, failing and with layers open.

`python -m tests.browser.screenshots [--only inbox] [--out screenshots]` starts an installation of its own, fills it,
and writes `<page>-<state>-<width>-<scheme>.png`. Look at each one before calling a page done.
"""

import argparse
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from playwright.sync_api import Browser, Page, expect, sync_playwright

from magpipe import routes
from pages.agents.detail import PARTS
from pages.words import (
    AgentTest,
    Forms,
    InboxNew,
    InboxSide,
    InboxThread,
    InboxTimeline,
    Phone,
    Shell,
    SignIn,
    SignUp,
    Team,
    Teams,
)
from tests.browser.addresses import Address, every_page
from tests.browser.carrier import Carrier
from tests.browser.conftest import ARGUMENTS
from tests.browser.inbox import Inbox
from tests.browser.look import next_frames, settle
from tests.browser.people import Person, sign_in, sign_up
from tests.browser.window import Problems, Window
from tests.chromium import find
from tests.installation import Installation, installation

WIDE = ((1440, 900), (768, 1024))
LAPTOP = ((1280, 800),)
NARROW = (390, 844)
TALLEST = 2400
NOBODYS = "01a20284-0000-7000-8000-000000000000"
CUSTOMERS = {
    "STOP": "+14155550181",
    "long": "+14155550182",
    "off": "+14155550183",
    "people": "+14155550184",
    "waits": "+14155550185",
}
Act = Callable[[Page], None]


def nothing(page: Page) -> None:
    """Leave the page as it opened."""


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page, who looks, what they do first, and what is wrong meanwhile."""

    name: str
    path: str
    who: str = "owner"
    act: Act = nothing
    is_loading: bool = False
    broken_table: str = ""
    sizes: tuple[tuple[tuple[int, int], ...], ...] = (WIDE, (NARROW,))


class Studio:
    """A filled installation and its people."""

    def __init__(self, up: Installation, browser: Browser, out: Path) -> None:
        self.up, self._browser, self._out = up, browser, out
        self.carrier = Carrier(httpx.Client(base_url=up.sandbox_url, timeout=15), up.demo["number"])
        email = f"new-{secrets.token_hex(3)}@maple.example"
        self._people: dict[str, Person | None] = {
            "visitor": None,
            "owner": sign_in(up.url, up.demo["email"], up.demo["password"], "Ana Silva"),
            "colleague": sign_in(up.url, "leo@harbor-dental.example", up.demo["password"], "Leo Park"),
            "newcomer": sign_up(up.url, self.carrier, "Mia Chen", email),
        }

    def window(self, who: str, width: int, height: int) -> Window:
        """Open a window of a person, a phone below 768 px."""
        return Window(
            self._browser, self.up.url, Problems(), self._people[who], width=width, height=height, touch=width < 768
        )

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

    def conversation(self, customer: str) -> str:
        """Return the address of a customer's conversation."""
        query = "select conversation_id from sms_messages where %s in (sender_number, recipient_number) limit 1"
        return f"/inbox/{self.up.query(query, customer)[0][0]}"

    def agent(self) -> str:
        """Return the address of the demo agent."""
        return Address("/agents/[agent_id]").of(self.up)

    def take(self, shot: Shot) -> None:
        """Take a shot at every width in light and dark."""
        with table_away(self.up, shot.broken_table):
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
        else:
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
                page.wait_for_timeout(250)
                page.screenshot(path=self._out / f"{shot.name}-{width}-{scheme}.png", full_page=shot.who == "visitor")


# How much of the page's own scrolling content is below the fold; lists that scroll for ever stay as they are.
HIDDEN_HEIGHT = """() => Math.max(0, ...[...document.querySelectorAll("main div")]
  .filter((node) => getComputedStyle(node).overflowY === "auto" && !node.closest("[data-virtuoso-scroller]"))
  .map((node) => node.scrollHeight - node.clientHeight))"""


@contextmanager
def table_away(up: Installation, table: str) -> Iterator[None]:
    """Break whatever reads a table while the block runs, as a failing disk or a bug would."""
    if not table:
        yield
        return
    record = json.loads((up.data_dir / "run" / "owner.json").read_text())
    address = record["database_url"].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"alter table {table} rename to {table}_away")  # type: ignore[arg-type]
        try:
            yield
        finally:
            connection.execute(f"alter table {table}_away rename to {table}")  # type: ignore[arg-type]


def slug(path: str) -> str:
    """Return a page's address as part of a file name."""
    plain = path.replace("[[open_conversation]]", "conversation").replace("[agent_id]", "agent").strip("/")
    return plain.replace("/", "-") or "home"


def press(role: str, name: str, exact: bool = True) -> Act:
    """Return the act of pressing a control by its name."""

    def act(page: Page) -> None:
        page.get_by_role(role, name=name, exact=exact).first.click()  # type: ignore[arg-type]
        page.wait_for_timeout(400)

    return act


def keys(*pressed: str) -> Act:
    """Return the act of pressing keys."""

    def act(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)
        page.wait_for_timeout(400)

    return act


def ask_the_agent(page: Page) -> None:
    page.get_by_placeholder(AgentTest.PLACEHOLDER).or_(page.get_by_label(AgentTest.PLACEHOLDER)).first.fill(
        "How much is a cleaning, and do you take Delta Dental?"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text("$120").first).to_be_visible()


def fail_to_sign_up(page: Page) -> None:
    page.get_by_label(Forms.EMAIL).fill("not an address")
    press("button", SignUp.SUBMIT)(page)


def fail_to_sign_in(page: Page) -> None:
    page.get_by_label(Forms.EMAIL).fill("nobody@maple.example")
    page.get_by_label(Forms.PASSWORD, exact=True).fill("wrong")
    press("button", SignIn.SUBMIT)(page)
    expect(page.get_by_role("alert").first).to_be_visible()


def fail_to_send(page: Page) -> None:
    keys("c")(page)
    press("button", InboxNew.SEND)(page)


def lose_the_connection(page: Page) -> None:
    page.context.set_offline(True)
    page.wait_for_timeout(700)


def shots(studio: Studio) -> Iterator[Shot]:
    """Yield every picture to take."""
    up = studio.up
    for address in every_page():
        yield Shot(f"{slug(address.path)}-full", address.of(up), "visitor" if address.is_public else "owner")
    quiet = ("/inbox", "/agents", "/phone", "/welcome", "/team", "/team/teams", "/settings", "/settings/api-keys")
    for path in quiet:
        yield Shot(f"{slug(path)}-empty", path, "newcomer")
    for route in routes.ROOMS:
        yield Shot(f"{slug(route.path)}-loading", Address(route.path).of(up), is_loading=True)
    for table, path in (("conversations", "/inbox"), ("agent_configs", "/agents"), ("service_numbers", "/phone")):
        yield Shot(f"{slug(path)}-error", path, broken_table=table)
    yield Shot("conversation-error", studio.conversation(CUSTOMERS["people"]), broken_table="conversation_items")
    yield Shot("conversation-missing", f"/inbox/{NOBODYS}")
    yield Shot("agent-missing", f"/agents/{NOBODYS}")
    yield Shot("inbox-offline", studio.conversation(CUSTOMERS["people"]), act=lose_the_connection)
    yield Shot("signup-error", "/signup", "visitor", fail_to_sign_up)
    yield Shot("login-error", "/login", "visitor", fail_to_sign_in)
    for key, number in CUSTOMERS.items():
        yield Shot(f"conversation-{key}", studio.conversation(number))
    yield Shot("laptop-named", studio.conversation(CUSTOMERS["people"]), sizes=(LAPTOP,))
    yield Shot("laptop-details", studio.conversation(CUSTOMERS["people"]), act=show_details, sizes=(LAPTOP,))
    yield Shot("conversation-why", studio.conversation(CUSTOMERS["long"]), act=press("button", InboxTimeline.WHY))
    yield Shot("inbox-nomatch", "/inbox?q=zzz")
    yield Shot("layer-shortcuts", "/inbox", act=keys("?"))
    yield Shot("layer-new-message", "/inbox", act=keys("c"))
    yield Shot("layer-new-message-error", "/inbox", act=fail_to_send)
    yield Shot("layer-mode", studio.conversation(CUSTOMERS["people"]), act=press("button", "Who answers", exact=False))
    yield Shot("layer-toast", studio.conversation(CUSTOMERS["waits"]), act=close_and_reopen)
    yield Shot("layer-account", "/agents", act=open_account)
    for part in PARTS:
        yield Shot(f"agent-{part}", f"{studio.agent()}?tab={part}", act=ask_the_agent if part == "test" else nothing)
    yield Shot("layer-new-agent", "/agents", act=press("button", "New agent"))
    yield Shot("layer-get-number", "/phone", act=press("button", Phone.GET))
    yield from of_the_team()


def of_the_team() -> Iterator[Shot]:
    """Yield the pictures of the team beyond its full pages."""
    for table, path in (("teams", "/team/teams"), ("audit_log", "/team/activity")):
        yield Shot(f"{slug(path)}-error", path, broken_table=table)
    for path in ("/team", "/team/teams", "/team/activity"):
        yield Shot(f"{slug(path)}-support", path, "colleague")
    yield Shot("team-nomatch", "/team?q=zzz")
    yield Shot("team-activity-nomatch", "/team/activity?from=2020-01-01&to=2020-01-02")
    yield Shot("layer-invite", "/team", act=press("button", Team.INVITE))
    yield Shot("layer-role", "/team", act=press("button", Team.ROLE_OF.split("{")[0] + "Leo Park", exact=False))
    yield Shot("layer-remove", "/team", act=remove_leo)
    yield Shot("layer-new-team", "/team/teams", act=press("button", Teams.NEW))
    yield Shot("layer-team-people", "/team/teams", act=press("button", f"{Teams.PEOPLE_OF} Front desk"))
    yield Shot("layer-delete-team", "/team/teams", act=delete_front_desk)


def remove_leo(page: Page) -> None:
    press("button", f"{Team.ACTIONS} Leo Park")(page)
    press("menuitem", Team.REMOVE)(page)
    expect(page.get_by_role("alertdialog")).to_be_visible()


def delete_front_desk(page: Page) -> None:
    press("button", f"{Teams.ACTIONS} Front desk")(page)
    press("menuitem", Teams.DELETE)(page)
    expect(page.get_by_role("alertdialog")).to_be_visible()


def show_details(page: Page) -> None:
    press("button", InboxThread.DETAILS)(page)
    expect(page.get_by_role("dialog", name=InboxSide.DETAILS)).to_be_visible()


def close_and_reopen(page: Page) -> None:
    keys("e")(page)
    expect(page.locator("[data-sonner-toast]").first).to_be_visible()
    keys("e")(page)


def open_account(page: Page) -> None:
    """Open the account menu, or on a phone what stands under More."""
    page.get_by_role("button", name=Shell.ACCOUNT).or_(page.get_by_role("button", name=Shell.MORE, exact=True)).filter(
        visible=True
    ).first.click()
    page.wait_for_timeout(300)


def main() -> None:
    """Take the pictures."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--only", default="", help="take only pictures whose name contains this")
    wishes.add_argument("--out", type=Path, default=Path("screenshots"), help="the folder to write to")
    asked = wishes.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with installation() as up, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
        studio = Studio(up, browser, asked.out)
        studio.fill()
        studio.form_a_team()
        for shot in shots(studio):
            if asked.only in shot.name:
                studio.take(shot)
        browser.close()
    print(f"The pictures are in {asked.out}.")


if __name__ == "__main__":
    main()
