"""Say which pictures are taken of contacts, the team, the assistant and the chat on a site."""

import re
import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from pages.words import Assistant, Contact, ContactImports, Contacts, Team, Teams
from tests.browser.addresses import Address
from tests.browser.shots import Act, Shot, keys, press, then
from tests.installation import Installation


def contacts(up: Installation) -> Iterator[Shot]:
    """Yield the directory."""
    one = Address("/contacts/[contact_id]").of(up)
    yield Shot("contacts-nomatch", "/contacts?q=zzz")
    yield Shot("contacts-deleted", "/contacts?show=deleted")
    yield Shot("contacts-selected", "/contacts", act=select_two)
    yield Shot("contacts-tagging", "/contacts", act=then(select_two, press("button", Contacts.ADD_TAG)))
    yield Shot("contacts-columns", "/contacts", act=press("button", Contacts.COLUMNS), sizes=(((1440, 900),),))
    yield Shot("contacts-support", "/contacts", "colleague")
    yield Shot("layer-new-contact", "/contacts", act=press("button", Contacts.NEW))
    yield Shot(
        "layer-new-contact-error",
        "/contacts",
        act=then(press("button", Contacts.NEW), press("button", Contacts.CREATE_VERB)),
    )
    yield Shot(
        "layer-own-fields", "/contacts", act=then(press("button", Contacts.MORE), press("menuitem", Contacts.FIELDS))
    )
    yield Shot("contact-menu", one, act=press("button", Contact.MORE))
    yield Shot("layer-record", one, act=press("button", Contact.RECORD))
    for name, item in (("block", Contact.BLOCK), ("erase", Contact.ERASE)):
        yield Shot(f"layer-{name}", one, act=then(press("button", Contact.MORE), press("menuitem", item)))
    yield Shot("layer-merge-contacts", one, act=compare)
    yield Shot("contact-support", one, "colleague")
    yield Shot("contacts-import-columns", "/contacts/import", act=bring_a_file(good_and_bad))
    yield Shot("contacts-import-done", "/contacts/import", act=then(bring_a_file(good_and_bad), start_the_import))
    yield Shot("contacts-import-refused", "/contacts/import", act=bring_a_file(lambda: b"\x00\x01PK", waits=False))


def team() -> Iterator[Shot]:
    """Yield the team beyond its full pages."""
    for path in ("/team", "/team/teams", "/team/activity"):
        yield Shot(f"{path.strip('/').replace('/', '-')}-support", path, "colleague")
    yield Shot("team-nomatch", "/team?q=zzz")
    yield Shot("team-activity-nomatch", "/team/activity?from=2020-01-01&to=2020-01-02")
    yield Shot("layer-invite", "/team", act=press("button", Team.INVITE))
    yield Shot("layer-invite-error", "/team", act=then(press("button", Team.INVITE), press("button", Team.INVITE_SEND)))
    yield Shot("layer-role", "/team", act=press("button", Team.ROLE_OF.split("{")[0] + "Leo Park", exact=False))
    yield Shot("layer-remove", "/team", act=remove_leo)
    yield Shot("layer-new-team", "/team/teams", act=press("button", Teams.NEW))
    yield Shot("layer-team-people", "/team/teams", act=press("button", f"{Teams.PEOPLE_OF} Front desk"))
    yield Shot("layer-delete-team", "/team/teams", act=delete_front_desk)


def assistant() -> Iterator[Shot]:
    """Yield the assistant with each kind of card."""
    text = "Text +14155550193: Your glasses are ready"
    wishes = {
        "card": text,
        "looked-up": "Which agents are on?",
        "change": "Add to the instructions of Front desk: Mention the parking on Dock Lane",
        "later": "Text +14155550193 tomorrow at 9:00: Your glasses are ready",
        "refused": "Text +14155550181: Your glasses are ready",
    }
    for name, words in wishes.items():
        yield Shot(f"assistant-{name}", "/agent", act=ask(words))
    yield Shot("assistant-dismissed", "/agent", act=then(ask(text), press("button", Assistant.DISMISS)))
    yield Shot("assistant-done", "/agent", act=then(ask(text), confirm))
    yield Shot("assistant-support", "/agent", "colleague", ask('Change the greeting of Front desk to "Hi there"'))
    yield Shot(
        "layer-delete-talk",
        "/agent",
        act=then(ask("Which agents are on?"), press("button", Assistant.MORE), press("menuitem", Assistant.DELETE)),
    )


def chat(up: Installation) -> Iterator[Shot]:
    """Yield the chat on a customer's site."""
    site = f"{up.sandbox_url}/site?{urlencode({'app': up.url, 'key': up.demo['widget']})}"
    opened: Act = then(lambda page: page.get_by_role("button", name=re.compile("^Open chat")).click(), keys())

    def shot(name: str, act: Act) -> Shot:
        return Shot(f"widget-{name}", site, "visitor", act, is_ours=False)

    yield shot("closed", lambda page: page.get_by_role("button", name=re.compile("^Open chat")).wait_for())
    yield shot("open", opened)
    yield shot("talk", then(opened, say("How much is a cleaning?")))
    yield shot("person", then(opened, say("Can I talk to a person?")))
    yield shot("offline", then(opened, say("First"), lambda page: page.context.set_offline(True), type_in("Tunnel")))
    yield shot("unread", then(opened, type_in("Do you treat children?"), keys("Escape"), keys(), wait(2500)))


def chat_before(up: Installation) -> Iterator[Shot]:
    """Yield the chat while it asks who is there; the studio has switched that on."""
    site = f"{up.sandbox_url}/site?{urlencode({'app': up.url, 'key': up.demo['widget']})}"
    opened: Act = then(lambda page: page.get_by_role("button", name=re.compile("^Open chat")).click(), keys())
    yield Shot("widget-prechat", site, "visitor", opened, is_ours=False)
    yield Shot("widget-prechat-error", site, "visitor", then(opened, press("button", "Start chat")), is_ours=False)


def wait(milliseconds: int) -> Act:
    """Return the act of waiting."""
    return lambda page: page.wait_for_timeout(milliseconds)


def type_in(words: str) -> Act:
    """Return the act of writing into the chat and sending it."""

    def act(page: Page) -> None:
        page.get_by_role("textbox", name="Write a message").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)

    return act


def say(words: str) -> Act:
    """Return the act of writing into the chat and waiting for the answer."""

    def act(page: Page) -> None:
        type_in(words)(page)
        page.get_by_role("log").get_by_text("Read", exact=True).wait_for()
        page.wait_for_timeout(800)

    return act


def ask(words: str) -> Act:
    """Return the act of asking the assistant and waiting for the whole answer."""

    def act(page: Page) -> None:
        box = page.get_by_role("textbox", name=Assistant.PLACEHOLDER)
        box.fill(words)
        box.press("Enter")
        expect(page.get_by_role("log").get_by_text(words, exact=True)).to_be_visible()
        expect(page.get_by_role("button", name=Assistant.SEND, exact=True)).to_be_visible(timeout=20_000)

    return act


def confirm(page: Page) -> None:
    card = page.get_by_role("region", name=Assistant.SEND_TEXT)
    card.get_by_role("button", name=Assistant.DO_SEND_TEXT).click()
    expect(card).to_contain_text(Assistant.DONE_SEND_TEXT)


def select_two(page: Page) -> None:
    for row in page.locator("[data-contact]").all()[:2]:
        row.get_by_role("checkbox").check()
    page.wait_for_timeout(300)


def compare(page: Page) -> None:
    press("button", Contact.MORE)(page)
    press("menuitem", Contact.MERGE)(page)
    page.get_by_label(Contact.MERGE_FIND).fill("a")
    page.get_by_role("option").first.click()
    page.wait_for_timeout(600)


def good_and_bad() -> bytes:
    """Return a file with people nobody knows, one who is known, and one whose number is none."""
    new = [f"+1415555{secrets.randbelow(9000) + 1000}" for _ in range(2)]
    rows = (
        "Full name;Handy;Firma;Newsletter",
        f"Iva Marek;{new[0]};Marek AB;yes",
        "Odd Number;12;;",
        "Dana Ruiz;(415) 555-0110;Ruiz & Daughters;no",
        f"Jon Ek;{new[1]};;yes",
    )
    return "\n".join(rows).encode("cp1252")


def bring_a_file(content: Callable[[], bytes], waits: bool = True) -> Act:
    """Return the act of choosing a file to import."""

    def act(page: Page) -> None:
        page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": content()})
        if waits:
            expect(start_button(page)).to_be_enabled()
        page.wait_for_timeout(700)

    return act


def start_button(page: Page):  # type: ignore[no-untyped-def]
    """Return the button that starts an import."""
    return page.get_by_role("button", name=ContactImports.START.partition("{")[0])


def start_the_import(page: Page) -> None:
    start_button(page).click()
    expect(page.get_by_text(ContactImports.DONE)).to_be_visible(timeout=30_000)


def remove_leo(page: Page) -> None:
    press("button", f"{Team.ACTIONS} Leo Park")(page)
    press("menuitem", Team.REMOVE)(page)
    expect(page.get_by_role("alertdialog")).to_be_visible()


def delete_front_desk(page: Page) -> None:
    press("button", f"{Teams.ACTIONS} Front desk")(page)
    press("menuitem", Teams.DELETE)(page)
    expect(page.get_by_role("alertdialog")).to_be_visible()
