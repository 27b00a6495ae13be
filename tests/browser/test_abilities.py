"""What an agent is given in a browser: the tools of a server, a skill that writes to people, tests, and a memory."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from pages.words import (
    Agent,
    AgentCase,
    AgentProving,
    AgentRound,
    AgentSkills,
    AgentTools,
    Connections,
    InboxThread,
    Memory,
)
from tests.browser.addresses import AGENT, Address
from tests.browser.carrier import wait_until
from tests.browser.inbox import Inbox, national
from tests.browser.look import settle, violations
from tests.browser.test_agents import publish

OPTED_IN, REVIEW_PAGE, BY_HAND = (
    "These customers agreed to hear from us",
    "Address of your review page",
    "Only by people",
)
REMEMBERED = (
    "select 1 from memory_facts fact join conversation_contexts memory on memory.id = fact.context_id"
    " join contacts person on person.id = memory.contact_id where person.phone_number = %s"
)


@pytest.fixture
def open_part(window, ana, up):
    """Return an opener of the parts of the demo's agent, in one window of its owner."""
    page = window(ana).page

    def go(part: str) -> Page:
        page.goto(f"{Address(f'/agents/{AGENT}').of(up)}?tab={part}")
        settle(page)
        return page

    return go


def test_of_a_servers_tools_only_what_is_allowed_is_the_agents(window, ana, up, open_part):
    page, name = window(ana).page, f"Shop {secrets.token_hex(2)}"
    dialog = page.get_by_role("dialog")
    page.goto("/settings/connections")
    settle(page)
    page.get_by_role("button", name=Connections.ADD).click()
    dialog.get_by_label(Connections.NAME, exact=True).fill(name)
    dialog.get_by_label(Connections.URL, exact=True).fill(f"{up.sandbox_url}/nothing")
    dialog.get_by_role("button", name=Connections.CONNECT, exact=True).click()
    expect(dialog.get_by_text("There is no tool server at this address.")).to_be_visible()
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_label(Connections.URL, exact=True).fill(f"{up.sandbox_url}/mcp")
    dialog.get_by_role("button", name=Connections.CONNECT, exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(name, exact=True)).to_be_visible()

    allow = re.compile(f"^{AgentTools.ALLOW} Look up stock")
    agent = open_part("functions")
    expect(agent.get_by_role("switch", name=allow).first).not_to_be_checked()
    agent.get_by_role("switch", name=allow).first.press("Space")
    expect(agent.get_by_text(Agent.UNPUBLISHED)).to_be_visible()
    open_part("functions")
    expect(agent.get_by_role("switch", name=allow).first).to_be_checked()
    expect(agent.get_by_role("switch", name=f"{AgentTools.ALLOW} create_ticket").first).not_to_be_checked()


def test_a_skill_tells_whom_it_reaches_runs_and_says_what_came_of_it(open_part):
    page = open_part("skills")
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name=f"{AgentSkills.SET_UP} Review request").click()
    dialog.get_by_text(OPTED_IN).click()
    dialog.get_by_label(REVIEW_PAGE).fill("https://reviews.example/harbor")
    dialog.locator("label").filter(has_text=BY_HAND).click()
    dialog.get_by_role("button", name=AgentSkills.TRY).click()
    expect(dialog.get_by_text("https://reviews.example/harbor Reply STOP")).to_be_visible()
    dialog.get_by_role("button", name=AgentSkills.SAVE_ON, exact=True).click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name=f"{AgentSkills.MORE} Review request").click()
    page.get_by_role("menuitem", name=AgentSkills.RUN_NOW).click()
    page.get_by_role("button", name=f"{AgentSkills.HISTORY} Review request").click()
    expect(dialog.get_by_role("listitem").first).to_contain_text(f"{AgentSkills.BY_HAND} Ana Silva")
    assert violations(page, "[role=dialog]") == []


def test_a_conversation_is_kept_as_a_test_beside_one_that_is_written_and_run(
    open_part, window, ana, carrier, new_customer
):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    inbox = Inbox(window(ana).page).visit()
    inbox.open(customer)
    inbox.page.get_by_role("button", name=InboxThread.MORE, exact=True).click()
    inbox.page.get_by_role("menuitem", name=InboxThread.MAKE_TEST).click()
    expect(
        inbox.page.get_by_role("link", name=re.compile("Open it")).or_(inbox.page.get_by_text("Open it"))
    ).to_be_visible()

    page = open_part("tests")
    dialog = page.get_by_role("dialog")
    expect(page.get_by_text(AgentProving.FROM_CONVERSATION, exact=True).first).to_be_visible()
    page.get_by_role("button", name=AgentProving.NEW_SUITE).first.click()
    dialog.get_by_label(AgentProving.NAME, exact=True).fill("Prices")
    dialog.get_by_role("button", name=AgentProving.SAVE, exact=True).click()
    expect(dialog).to_have_count(0)
    suite = page.locator("section").filter(has=page.get_by_role("heading", name="Prices"))
    suite.get_by_role("button", name=AgentProving.ADD_CASE).click()
    dialog.get_by_label(AgentCase.NAME, exact=True).fill("Names the price")
    dialog.get_by_label(AgentCase.OPENING).fill("How much is a cleaning?")
    dialog.get_by_label(AgentCase.WORDS).fill("$120")
    dialog.get_by_role("button", name=AgentCase.SAVE, exact=True).click()
    expect(dialog).to_have_count(0)
    suite.get_by_role("button", name=f"{AgentProving.RUN} Prices").click()
    expect(page.get_by_role("heading", level=2, name=f"1 {AgentProving.PASSED}")).to_be_visible()
    page.get_by_role("list", name=AgentRound.CASES).get_by_role("button", name="Names the price").click()
    expect(page.get_by_text("A cleaning costs $120").first).to_be_visible()
    assert violations(page) == []


def test_what_is_remembered_is_corrected_struck_and_forgotten(open_part, up, carrier, new_customer):
    customer = new_customer()
    page = open_part("memory")
    page.get_by_role("switch", name=re.compile(f"^{Memory.SWITCH}")).press("Space")
    publish(page)
    carrier.text(customer, "I’m allergic to penicillin. My daughter is called Mina.")
    carrier.wait_for_reply(customer)
    inbox = Inbox(page).visit()
    inbox.open(customer)
    page.get_by_role("button", name=InboxThread.CLOSE, exact=True).first.click()
    wait_until(lambda: up.query(REMEMBERED, customer), "what is remembered of a customer", within_s=60)

    open_part("memory")
    page.get_by_role("button").filter(has_text=national(customer)).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("^Correct .*Mina")).click()
    dialog.get_by_role("textbox").fill("Their daughter is called Nina")
    dialog.get_by_role("button", name=Memory.SAVE, exact=True).click()
    expect(dialog.get_by_text("Their daughter is called Nina")).to_be_visible()
    dialog.get_by_role("button", name=re.compile("^Strike .*penicillin")).click()
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_role("button", name=Memory.STRIKE, exact=True).click()
    expect(dialog.get_by_role("button", name=re.compile("^Strike .*penicillin"))).to_have_count(0)
    dialog.get_by_role("button", name=Memory.FORGET, exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name=Memory.FORGET_VERB).click()
    expect(page.get_by_text(national(customer))).to_have_count(0)
    assert not up.query(REMEMBERED, customer)
    page.get_by_role("switch", name=re.compile(f"^{Memory.SWITCH}")).press("Space")
    publish(page)
