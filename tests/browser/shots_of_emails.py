"""Say which pictures are taken of mailboxes, emails and tickets.

`letters.py` and `practice.py` have brought them about.
"""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from pages.words import AgentMailbox, InboxSide, InboxThread, InboxTimeline, Tickets
from tests.browser.letters import CONNECTED, NO_MAILBOX, VERIFIED, WAITING, WRITERS, Letters
from tests.browser.shots import CUSTOMERS, LAPTOP, NARROW, Shot, press, show_details, then


def mailboxes(letters: Letters) -> Iterator[Shot]:
    """Yield an agent's mailbox from none to one that is known to work."""
    for name, agent in (("none", NO_MAILBOX), ("steps", CONNECTED), ("waiting", WAITING), ("verified", VERIFIED)):
        yield Shot(f"mailbox-{name}", letters.agent(agent))
    yield Shot("mailbox-error", letters.agent(CONNECTED), act=name_no_address)
    yield Shot("mailbox-detach", letters.agent(VERIFIED), act=press("button", AgentMailbox.DETACH))
    yield Shot("mailbox-support", letters.agent(VERIFIED), "colleague")
    yield Shot("mailbox-support-none", letters.agent(NO_MAILBOX), "colleague")


def emails(letters: Letters) -> Iterator[Shot]:
    """Yield conversations by email."""
    for key in WRITERS:
        yield Shot(f"email-{key}", letters.conversation(key))
    yield Shot("email-quoted", letters.conversation("draft"), act=unfold)
    yield Shot("email-draft-edit", letters.conversation("draft"), act=press("button", InboxTimeline.EDIT))
    yield Shot("email-why", letters.conversation("draft"), act=press("button", InboxTimeline.WHY))
    yield Shot("email-in-list", "/inbox?channel=email")
    yield Shot("inbox-approval", "/inbox?person=approval")


def tickets(conversation: Callable[[str], str]) -> Iterator[Shot]:
    """Yield tickets on their page and beside a conversation."""
    yield Shot("tickets-any", "/tickets?status=any")
    yield Shot("tickets-nomatch", "/tickets?q=zzz")
    yield Shot("tickets-support", "/tickets", "colleague")
    yield Shot("ticket-edit", "/tickets", act=open_the_first)
    yield Shot("ticket-edit-closed", "/tickets?status=closed", act=open_the_first)
    promised = conversation(CUSTOMERS["promised"])
    wide = (((1440, 900),),)
    new = press("button", InboxSide.TICKET_NEW)
    yield Shot("ticket-panel", promised, act=scroll_to_tickets, sizes=wide)
    yield Shot("ticket-panel-details", promised, act=then(show_details, scroll_to_tickets), sizes=(LAPTOP,))
    open_details = then(press("button", InboxThread.MORE), press("menuitem", InboxThread.DETAILS))
    small = (((768, 1024),), (NARROW,))
    yield Shot("ticket-panel-small", promised, act=then(open_details, scroll_to_tickets), sizes=small)
    yield Shot("ticket-panel-none", conversation(CUSTOMERS["people"]), act=scroll_to_tickets, sizes=wide)
    yield Shot("ticket-new", promised, act=new, sizes=wide)
    yield Shot("ticket-new-small", promised, act=then(open_details, new), sizes=small)
    yield Shot("ticket-error", promised, act=then(new, press("button", Tickets.CREATE)), sizes=wide)


def name_no_address(page: Page) -> None:
    field = page.get_by_label(AgentMailbox.PUBLIC)
    field.fill("our mailbox")
    field.blur()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()


def unfold(page: Page) -> None:
    page.get_by_text(InboxTimeline.QUOTED).first.click()
    page.get_by_text("your next cleaning").scroll_into_view_if_needed()


def open_the_first(page: Page) -> None:
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(400)


def scroll_to_tickets(page: Page) -> None:
    region = page.get_by_role("region", name=InboxSide.TICKETS).filter(visible=True)
    region.first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
