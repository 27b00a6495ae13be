"""Say which pictures are taken: every page and every state, and what is pressed before each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from magpipe import routes
from pages.agents.detail import PARTS
from pages.words import (
    Agent,
    AgentDetails,
    AgentFunctions,
    AgentPrompt,
    Agents,
    AgentTest,
    Forms,
    InboxComposer,
    InboxFilters,
    InboxList,
    InboxNew,
    InboxSide,
    InboxThread,
    InboxTimeline,
    Knowledge,
    Phone,
    Settings,
    Shell,
    SignIn,
    SignUp,
    Templates,
    VerifyEmail,
    Welcome,
)
from tests.browser.addresses import BROKEN_BY, Address, every_page
from tests.installation import Installation

WIDE = ((1440, 900), (768, 1024))
LAPTOP = ((1280, 800),)
NARROW = (390, 844)
NOBODYS = "01a20284-0000-7000-8000-000000000000"
CUSTOMERS = {
    "STOP": "+14155550181",
    "long": "+14155550182",
    "off": "+14155550183",
    "people": "+14155550184",
    "waits": "+14155550185",
    "asks": "+14155550186",
    "approve": "+14155550187",
    "approved": "+14155550188",
    "refused": "+14155550189",
    "known": "+14155550190",
    "gap": "+14155550191",
    "gap2": "+14155550192",
    "leaves": "+14155550194",
    "promised": "+14155550195",
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
    # A table or a column that is away while the page is opened.
    broken: str = ""
    # Whether the page is one of ours; another site, with our chat on it, has its own way of being ready.
    is_ours: bool = True
    sizes: tuple[tuple[tuple[int, int], ...], ...] = (WIDE, (NARROW,))


def slug(path: str) -> str:
    """Return a page's address as part of a file name."""
    plain = path.replace("[[open_conversation]]", "conversation").replace("[[open_talk]]", "")
    return plain.replace("[", "").replace("_id]", "").strip("/").replace("/", "-") or "home"


def press(role: str, name: str, exact: bool = True) -> Act:
    """Return the act of pressing a control by its name."""

    def act(page: Page) -> None:
        page.get_by_role(role, name=name, exact=exact).filter(visible=True).first.click()  # type: ignore[arg-type]
        page.wait_for_timeout(400)

    return act


def then(*acts: Act) -> Act:
    """Return the act of doing one thing after the other."""

    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def keys(*pressed: str) -> Act:
    """Return the act of pressing keys."""

    def act(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)
        page.wait_for_timeout(400)

    return act


def every_route(up: Installation) -> Iterator[Shot]:
    """Yield every page full, empty, loading, and with nothing at its address."""
    for address in every_page():
        yield Shot(f"{slug(address.path)}-full", address.of(up), "visitor" if address.is_public else "owner")
    quiet = (
        "/inbox", "/messages", "/contacts", "/contacts/import", "/tickets", "/agents", "/agent", "/phone", "/welcome",
        "/team", "/team/teams", "/team/activity", "/settings", "/settings/devices", "/settings/organization",
        "/settings/connections", "/settings/api-keys", "/invitation", "/organization/new",
    )  # fmt: skip
    for path in quiet:
        yield Shot(f"{slug(path)}-empty", path, "newcomer")
    for route in routes.ROOMS:
        yield Shot(f"{slug(route.path)}-loading", Address(route.path).of(up), is_loading=True)
    for path in ("/inbox", "/contacts", "/agents", "/agent", "/chat-widget"):
        yield Shot(f"{slug(path)}-gone", f"{path}/{NOBODYS}")


def failing(up: Installation, conversation: str) -> Iterator[Shot]:
    """Yield every page that fails to load what it shows."""
    for path, table in BROKEN_BY.items():
        yield Shot(f"{slug(path)}-error", Address(path).of(up), broken=table)
    yield Shot("conversation-error", conversation, broken="conversation_items")


def doors() -> Iterator[Shot]:
    """Yield the pages in front of the door as they refuse."""
    yield Shot("signup-error", "/signup", "visitor", fail_to_sign_up)
    yield Shot("login-error", "/login", "visitor", fail_to_sign_in)
    yield Shot("verify-email-error", "/verify-email", "newcomer", fail_to_verify)


def inbox(conversation: Callable[[str], str]) -> Iterator[Shot]:
    """Yield the inbox in all its states."""
    people, waits = conversation(CUSTOMERS["people"]), conversation(CUSTOMERS["waits"])
    yield Shot("inbox-offline", people, act=lose_the_connection)
    for key, number in CUSTOMERS.items():
        yield Shot(f"conversation-{key}", conversation(number))
    # The picture of the README: docs/images/inbox.png.
    yield Shot("readme", conversation(CUSTOMERS["asks"]), act=ask_why, sizes=(((1440, 900),),))
    yield Shot("laptop-named", people, sizes=(LAPTOP,))
    yield Shot("laptop-details", people, act=show_details, sizes=(LAPTOP,))
    yield Shot("conversation-why", conversation(CUSTOMERS["long"]), act=press("button", InboxTimeline.WHY))
    yield Shot("inbox-nomatch", "/inbox?q=zzz")
    yield Shot("inbox-found", "/inbox?q=cleaning")
    yield Shot("inbox-filtered", "/inbox?status=any&channel=sms&direction=inbound")
    yield Shot("inbox-unassigned", "/inbox?view=unassigned")
    yield Shot("inbox-filters", "/inbox", act=press("button", InboxFilters.FILTERS, exact=False))
    yield Shot("inbox-reach", "/inbox", act=press("button", InboxFilters.REACH))
    yield Shot("inbox-selected", "/inbox", act=select_two)
    yield Shot("layer-shortcuts", "/inbox", act=keys("?"))
    yield Shot("layer-palette", "/inbox", act=search_everywhere)
    yield Shot("layer-new-message", "/inbox", act=keys("c"))
    yield Shot("layer-new-message-error", "/inbox", act=fail_to_send)
    yield Shot("layer-mode", people, act=press("button", InboxThread.WHO_ANSWERS, exact=False))
    yield Shot("layer-brief", people, act=brief)
    yield Shot("layer-assigning", people, act=press("button", InboxThread.ASSIGN), sizes=(LAPTOP,))
    yield Shot("layer-snooze", people, act=keys("s"))
    yield Shot("layer-tags", people, act=keys("l"))
    yield Shot("layer-thread-more", people, act=press("button", InboxThread.MORE))
    yield Shot("layer-merge", people, act=then(press("button", InboxThread.MORE), merge_from_here))
    yield Shot("composer-note", people, act=then(keys("n"), write("The crown is ready. @")))
    yield Shot("composer-templates", people, act=press("button", InboxComposer.TEMPLATES))
    yield Shot("template-editor", "/settings/templates", act=press("button", Templates.ADD))
    yield Shot("composer-emoji", people, act=press("button", InboxComposer.EMOJI))
    yield Shot("composer-suggest", waits, act=press("button", InboxComposer.SUGGEST))
    yield Shot("composer-suggested", waits, act=suggest)
    yield Shot("composer-later", people, act=send_later)
    yield Shot("composer-segments", people, act=then(keys("r"), write("A long text 👋 " * 22)))
    yield Shot("layer-toast", waits, act=close_and_reopen)
    yield Shot("messages-filtered", "/messages?direction=outbound&status=delivered")
    yield Shot("messages-nomatch", "/messages?q=zzz")
    yield Shot("layer-account", "/agents", act=open_account)


def agents(agent: str) -> Iterator[Shot]:
    """Yield the agents."""
    for part in PARTS:
        yield Shot(f"agent-{part}", f"{agent}?tab={part}", act=ask_the_agent if part == "test" else nothing)
    yield Shot("agent-versions", f"{agent}?tab=versions")
    yield Shot("agent-support", agent, "colleague")
    yield Shot("agents-support", "/agents", "colleague")
    yield Shot("agents-nomatch", "/agents?q=zzz")
    yield Shot("agents-deleted", "/agents?status=deleted")
    yield Shot("layer-new-agent", "/agents", act=press("button", Agents.NEW))
    yield Shot("layer-import-agent", "/agents", act=press("button", Agents.IMPORT))
    yield Shot("layer-agent-menu", "/agents", act=press("button", Agents.MORE))
    yield Shot("layer-delete-agent", "/agents", act=delete_an_agent)
    yield Shot("layer-publish", agent, act=press("button", Agent.REVIEW))
    yield Shot("layer-improve", f"{agent}?tab=prompt", act=improve)
    yield Shot("layer-full-prompt", f"{agent}?tab=prompt", act=press("button", AgentPrompt.FULL))
    yield Shot("layer-add-knowledge", f"{agent}?tab=knowledge", act=press("button", Knowledge.ADD))
    yield Shot("layer-add-function", f"{agent}?tab=functions", act=press("button", AgentFunctions.ADD))
    yield Shot("layer-add-detail", f"{agent}?tab=functions", act=press("button", AgentDetails.ADD))
    yield Shot("knowledge-tried", "/knowledge/try", act=try_a_question)
    yield Shot("layer-get-number", "/phone", act=press("button", Phone.GET))
    yield Shot("layer-number-menu", "/phone", act=press("button", Phone.MORE))
    yield Shot("layer-release", "/phone", act=then(press("button", Phone.MORE), press("menuitem", f"{Phone.RELEASE}…")))
    yield Shot("layer-new-key", "/settings/api-keys", act=make_a_key)
    yield Shot(
        "layer-revoke", "/settings/api-keys", act=then(make_a_key, put_it_away, press("button", Settings.REVOKE))
    )
    # Only the first who describes the business is asked for a number, so one window takes every width.
    yield Shot("welcome-number", "/welcome", "beginner", act=describe_the_business, sizes=((*WIDE, NARROW),))
    yield Shot("agents-setup", "/agents", "beginner")


def try_a_question(page: Page) -> None:
    page.get_by_label(Knowledge.TRY_LABEL).fill("How much is a cleaning?")
    press("button", Knowledge.TRY_VERB)(page)
    page.wait_for_timeout(1500)


def write(words: str) -> Act:
    """Return the act of typing."""

    def act(page: Page) -> None:
        page.keyboard.type(words)
        page.wait_for_timeout(400)

    return act


def send_later(page: Page) -> None:
    keys("r")(page)
    write("See you then")(page)
    press("button", InboxComposer.LATER)(page)


def delete_an_agent(page: Page) -> None:
    press("button", Agents.MORE)(page)
    press("menuitem", Agents.DELETE)(page)


def describe_the_business(page: Page) -> None:
    page.get_by_label(Welcome.NAME).fill("Maple Books")
    page.get_by_label(Welcome.FACTS).fill("Open Monday to Friday, 9:00 to 17:00.")
    press("button", Welcome.CREATE)(page)
    page.get_by_role("heading", name=Welcome.NUMBER_TITLE).wait_for()
    page.wait_for_timeout(1500)


def improve(page: Page) -> None:
    press("button", AgentPrompt.IMPROVE)(page)
    press("button", AgentPrompt.ASK)(page)
    page.get_by_role("button", name=AgentPrompt.ACCEPT).wait_for()


def make_a_key(page: Page) -> None:
    page.get_by_label(Settings.KEY_NAME).fill("Website")
    press("button", Settings.CREATE_KEY)(page)
    expect(page.get_by_role("dialog")).to_be_visible()


def put_it_away(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name=Settings.KEY_DONE).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


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


def fail_to_verify(page: Page) -> None:
    page.get_by_label(Forms.CODE).first.fill("000000")
    press("button", VerifyEmail.SUBMIT)(page)


def fail_to_send(page: Page) -> None:
    keys("c")(page)
    press("button", InboxNew.SEND)(page)


def lose_the_connection(page: Page) -> None:
    page.context.set_offline(True)
    page.wait_for_timeout(700)


def select_two(page: Page) -> None:
    press("button", InboxFilters.SELECT)(page)
    for box in page.get_by_role("list", name=InboxList.LIST).get_by_role("checkbox").all()[:2]:
        box.click()
    page.wait_for_timeout(300)


def search_everywhere(page: Page) -> None:
    page.keyboard.press("Control+k")
    write("cleaning")(page)
    page.wait_for_timeout(600)


def brief(page: Page) -> None:
    press("button", InboxThread.WHO_ANSWERS, exact=False)(page)
    press("menuitem", InboxThread.BRIEF_FIRST)(page)


def merge_from_here(page: Page) -> None:
    press("menuitem", InboxThread.MERGE)(page)


def suggest(page: Page) -> None:
    press("button", InboxComposer.SUGGEST)(page)
    page.get_by_role("dialog").get_by_role("button", name=InboxComposer.SUGGEST).click()
    page.get_by_text(InboxComposer.SUGGESTED_BY.partition("{")[0]).wait_for()


def ask_why(page: Page) -> None:
    page.get_by_role("button", name=InboxTimeline.WHY).last.click()
    page.wait_for_timeout(600)


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
