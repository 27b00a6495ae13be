"""Say which pictures are taken of what agents know, remember, may do, listen for, do by themselves and are tested with.

`practice.py` has done all of it before.
"""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from pages.words import (
    Agent,
    AgentAlerts,
    AgentCase,
    AgentFunctions,
    AgentPolicies,
    AgentProving,
    AgentReplay,
    AgentRound,
    AgentSkills,
    Charts,
    Connections,
    InboxComposer,
    InboxThread,
    InboxTimeline,
    Knowledge,
    Memory,
    Templates,
)
from tests.browser.look import settle
from tests.browser.practice import ALERT, CASE, FOLLOW_UP, FUNCTION, REVIEW, SUITE
from tests.browser.shots import CUSTOMERS, Act, Shot, keys, press, then, write


def work(agent: str, conversation: Callable[[str], str], contact: Callable[[str], str]) -> Iterator[Shot]:
    """Yield all of it."""
    yield from _approvals(conversation)
    yield from _functions(agent)
    yield from _memory(agent, conversation(CUSTOMERS["known"]), contact(CUSTOMERS["known"]))
    yield from _alerts(agent)
    yield from _skills(agent)
    yield from _tests(agent, conversation(CUSTOMERS["people"]))
    yield from _connections()
    yield from _templates(conversation(CUSTOMERS["people"]))
    yield Shot("analytics-table", f"{agent}?tab=analytics", act=press("button", Charts.ALL["as_table"], exact=False))
    yield Shot("analytics-nothing", f"{agent}?tab=analytics&channel=email")
    yield Shot("gap-answer", "/knowledge/gaps", act=press("button", Knowledge.GAP_ANSWER))
    yield Shot("gaps-support", "/knowledge/gaps", "colleague")
    yield Shot("knowledge-tried-nothing", "/knowledge/try", act=ask_nonsense)


def _approvals(conversation: Callable[[str], str]) -> Iterator[Shot]:
    for key in ("approve", "approved", "refused"):
        yield Shot(f"approval-{key}", conversation(CUSTOMERS[key]))
    yield Shot(
        "approval-refusing", conversation(CUSTOMERS["approve"]), act=press("button", InboxTimeline.APPROVAL_REFUSE)
    )
    yield Shot("approval-in-list", "/inbox")


def _functions(agent: str) -> Iterator[Shot]:
    tab = f"{agent}?tab=functions"
    more = press("button", f"{AgentFunctions.MORE} {FUNCTION}")
    yield Shot("functions-menu", tab, act=more)
    yield Shot("function-edit", tab, act=then(more, press("menuitem", AgentFunctions.EDIT)))
    yield Shot("function-calls", tab, act=then(more, press("menuitem", AgentFunctions.CALLS), first_call))
    yield Shot("function-try", tab, act=then(more, press("menuitem", AgentFunctions.TRY), try_the_function))
    yield Shot("function-error", tab, act=then(press("button", AgentFunctions.ADD), save(AgentFunctions.SAVE_DRAFT)))
    yield Shot("layer-recipient", tab, act=press("button", AgentPolicies.ADD_RECIPIENT))
    yield Shot("layer-transfer-target", tab, act=press("button", AgentPolicies.ADD_TARGET))
    yield Shot("functions-support", tab, "colleague")


def _memory(agent: str, conversation: str, contact: str) -> Iterator[Shot]:
    tab = f"{agent}?tab=memory"
    yield Shot("memory-on", tab)
    yield Shot("memory-nomatch", f"{tab}&q=zzz", act=look_for_nobody)
    yield Shot("memory-clear", tab, act=press("button", Memory.CLEAR))
    yield Shot("contact-memory", contact)
    yield Shot("contact-memory-correct", contact, act=press("button", Memory.CORRECT, exact=False))
    yield Shot("contact-memory-strike", contact, act=press("button", Memory.STRIKE, exact=False))
    yield Shot("inbox-memory", conversation)


def _alerts(agent: str) -> Iterator[Shot]:
    tab = f"{agent}?tab=alerts"
    more = press("button", f"{AgentAlerts.MORE} {ALERT}")
    new = press("button", AgentAlerts.ADD)
    yield Shot("alerts-menu", tab, act=more)
    yield Shot("alert-new", tab, act=new)
    yield Shot("alert-tried", tab, act=then(new, try_the_alert))
    yield Shot("alert-error", tab, act=then(new, save(AgentAlerts.SAVE)))
    yield Shot("alert-slack", tab, act=then(new, notify_slack))
    yield Shot("alert-history", tab, act=then(more, press("menuitem", AgentAlerts.HISTORY)))
    yield Shot("alert-delete", tab, act=then(more, press("menuitem", AgentAlerts.DELETE)))
    yield Shot("alerts-support", tab, "colleague")


def _skills(agent: str) -> Iterator[Shot]:
    tab = f"{agent}?tab=skills"
    settings = press("button", f"{AgentSkills.SETTINGS} {FOLLOW_UP}")
    yield Shot("skill-settings", tab, act=settings)
    yield Shot(
        "skill-tried",
        tab,
        act=then(press("button", f"{AgentSkills.SETTINGS} {REVIEW}"), press("button", AgentSkills.TRY), see_the_trial),
    )
    yield Shot("skill-set-up", tab, act=press("button", f"{AgentSkills.SET_UP} News digest"))
    yield Shot(
        "skill-error",
        tab,
        act=then(press("button", f"{AgentSkills.SET_UP} News digest"), save(AgentSkills.SAVE_ON)),
    )
    yield Shot("skill-history", tab, act=open_the_last_run)
    yield Shot(
        "skill-forget",
        tab,
        act=then(press("button", f"{AgentSkills.MORE} {REVIEW}"), press("menuitem", AgentSkills.FORGET)),
    )
    yield Shot("skills-support", tab, "colleague")


def _tests(agent: str, conversation: str) -> Iterator[Shot]:
    tab = f"{agent}?tab=tests"
    edit = then(press("button", f"{AgentProving.MORE} {CASE}"), press("menuitem", AgentProving.EDIT))
    yield Shot("tests-suite", tab, act=press("button", AgentProving.NEW_SUITE))
    yield Shot("tests-case", tab, act=then(press("button", AgentProving.ADD_CASE), fill_a_case))
    yield Shot("tests-case-edit", tab, act=edit)
    yield Shot("tests-case-error", tab, act=then(press("button", AgentProving.ADD_CASE), save(AgentCase.SAVE)))
    yield Shot(
        "tests-delete",
        tab,
        act=then(press("button", f"{AgentProving.MORE} {SUITE}"), press("menuitem", AgentProving.REMOVE_SUITE)),
    )
    yield Shot("tests-round", tab, act=open_a_round)
    yield Shot("tests-round-case", tab, act=then(open_a_round, open_a_case))
    yield Shot("tests-compared", tab, act=then(open_a_round, compare_rounds, open_a_case))
    yield Shot("tests-support", tab, "colleague")
    yield Shot("replay-before", agent, act=press("button", Agent.REVIEW))
    yield Shot("replay-done", agent, act=then(press("button", Agent.REVIEW), replay))
    yield Shot("thread-menu", conversation, act=press("button", InboxThread.MORE))


def _connections() -> Iterator[Shot]:
    page = "/settings/connections"
    add, more = press("button", Connections.ADD), press("button", f"{Connections.MORE} Shop")
    yield Shot("connections-add", page, act=add)
    yield Shot("connections-add-error", page, act=then(add, save(Connections.CONNECT)))
    yield Shot("connections-menu", page, act=more)
    yield Shot("connections-tools", page, act=then(more, press("menuitem", Connections.SHOW_TOOLS)))
    yield Shot("connections-remove", page, act=then(more, press("menuitem", Connections.REMOVE)))
    yield Shot("connections-disconnect", page, act=press("button", Connections.DISCONNECT))
    yield Shot("connections-new-key", page, act=press("button", Connections.NEW_KEY))
    yield Shot("connections-support", page, "colleague")


def _templates(conversation: str) -> Iterator[Shot]:
    page = "/settings/templates"
    yield Shot("templates-nomatch", f"{page}?q=zzz", act=look_for_no_template)
    yield Shot("templates-menu", page, act=press("button", f"{Templates.MORE} Opening hours"))
    yield Shot(
        "template-edit",
        page,
        act=then(press("button", f"{Templates.MORE} Opening hours"), press("menuitem", Templates.EDIT)),
    )
    yield Shot("template-call", page, act=then(press("button", Templates.ADD), choose("Call")))
    yield Shot("template-error", page, act=then(press("button", Templates.ADD), save(Templates.SAVE)))
    yield Shot("templates-support", page, "colleague")
    yield Shot("composer-slash", conversation, act=then(keys("r", "Control+a"), write("/")))
    yield Shot("composer-template-menu", conversation, act=press("button", InboxComposer.TEMPLATES))


def save(words: str) -> Act:
    """Return the act of pressing a button of the open dialog."""

    def act(page: Page) -> None:
        page.get_by_role("dialog").get_by_role("button", name=words, exact=True).click()
        page.wait_for_timeout(600)

    return act


def notify_slack(page: Page) -> None:
    kind = page.get_by_role("dialog").get_by_label(AgentAlerts.KIND)
    kind.select_option("slack")
    kind.scroll_into_view_if_needed()
    page.wait_for_timeout(500)


def choose(words: str) -> Act:
    """Return the act of choosing one of the few in the open dialog."""

    def act(page: Page) -> None:
        page.get_by_role("dialog").locator("label").filter(has_text=re.compile(f"^{words}$")).first.click()
        page.wait_for_timeout(500)

    return act


def first_call(page: Page) -> None:
    page.get_by_role("dialog").locator("summary").first.click()
    page.wait_for_timeout(400)


def try_the_function(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("textbox").first.fill("1042")
    press("button", AgentFunctions.TRY_VERB)(page)
    expect(page.get_by_role("dialog").get_by_text(AgentFunctions.RESPONSE).first).to_be_visible()


def look_for_nobody(page: Page) -> None:
    page.get_by_label(Memory.SEARCH).fill("zzz")
    page.wait_for_timeout(1200)


def look_for_no_template(page: Page) -> None:
    page.get_by_label(Templates.SEARCH).fill("zzz")
    page.wait_for_timeout(1000)


def try_the_alert(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(AgentAlerts.TOPIC).fill("I want to leave and go to another dentist")
    dialog.get_by_label(AgentAlerts.TRY_OWN).fill("I am done with you, cancel everything")
    dialog.get_by_role("button", name=AgentAlerts.TRY_VERB).click()
    expect(dialog.get_by_role("listitem").first).to_be_visible()
    dialog.get_by_role("listitem").first.scroll_into_view_if_needed()


def see_the_trial(page: Page) -> None:
    title = page.get_by_role("dialog").get_by_text(AgentSkills.TRIAL)
    expect(title).to_be_visible()
    title.scroll_into_view_if_needed()
    page.wait_for_timeout(400)


def open_the_last_run(page: Page) -> None:
    card = page.get_by_role("listitem").filter(has_text=REVIEW).first
    card.get_by_role("button", name=AgentSkills.HISTORY).click()
    page.get_by_role("dialog").get_by_role("listitem").first.get_by_role("button").first.click()
    page.wait_for_timeout(800)


def fill_a_case(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(AgentCase.NAME, exact=True).fill("Books a cleaning")
    dialog.get_by_role("button", name=AgentCase.ADD_RESULT).click()
    for kind in ("It says", "It calls", "It finds out"):
        dialog.get_by_role("button", name=AgentCase.ADD_CHECK).click()
        page.wait_for_timeout(300)
        dialog.get_by_label(AgentCase.CHECK_KIND, exact=True).last.select_option(label=kind)
        page.wait_for_timeout(300)
    dialog.get_by_role("button", name=AgentCase.ADD_CHECK).scroll_into_view_if_needed()


def open_a_round(page: Page) -> None:
    page.locator("a[href*='round=']").first.click()
    expect(page.get_by_label(AgentRound.COMPARE)).to_be_visible()


def open_a_case(page: Page) -> None:
    page.get_by_role("region", name=AgentRound.CASES).or_(page.get_by_label(AgentRound.CASES)).get_by_role(
        "button"
    ).first.click()
    expect(page.get_by_text(AgentRound.TRANSCRIPT).first).to_be_visible()
    page.wait_for_timeout(400)


def compare_rounds(page: Page) -> None:
    page.get_by_label(AgentRound.COMPARE).select_option(index=1)
    page.wait_for_timeout(1000)


def replay(page: Page) -> None:
    start = page.get_by_role("button", name=re.compile(f"{AgentReplay.START}|{AgentReplay.AGAIN}"))
    start.click()
    page.wait_for_timeout(1000)
    expect(start).to_be_visible(timeout=60_000)
    page.get_by_text(AgentReplay.CONVERSATION).last.scroll_into_view_if_needed()


def ask_nonsense(page: Page) -> None:
    settle(page)
    page.get_by_label(Knowledge.TRY_LABEL).fill("Zzyzx qwfp?")
    press("button", Knowledge.TRY_VERB)(page)
    page.wait_for_timeout(1500)
