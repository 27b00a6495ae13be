"""What an agent may not do by itself: it asks in the inbox, everybody sees it, one decides, and the agent goes on."""

import re

from playwright.sync_api import Page, expect

from pages.words import Agent, AgentPolicies, InboxList, InboxTimeline
from tests.browser.focus import write
from tests.browser.inbox import Inbox, national
from tests.browser.test_agents import publish

WAITS = "I need to check this with a colleague first. I'll get back to you here."
SAVE_NAME = "Save the customer's name"


def set_policy(page: Page, agent: str, tool: str, policy: str) -> None:
    """Choose what an agent may do with a tool, and publish it."""
    page.goto(f"/agents/{agent}?tab=functions")
    choice = page.get_by_label(f"{AgentPolicies.POLICY} {tool}")
    expect(choice).to_be_visible()
    choice.select_option(label=policy)
    expect(page.get_by_role("button", name=Agent.REVIEW)).to_be_visible()
    publish(page)
    expect(page.get_by_text(Agent.UNPUBLISHED)).to_have_count(0)


def test_an_agent_asks_two_people_and_goes_on_with_what_one_decided(window, ana, leo, up, carrier, new_customer):
    [(agent,)] = up.query("select id from agent_configs where name = 'Front desk'")
    page = window(ana).page
    set_policy(page, agent, SAVE_NAME, AgentPolicies.ASK)
    customer, other = new_customer(), new_customer()
    anas, leos = Inbox(window(ana).page).visit(), Inbox(window(leo).page).visit()
    carrier.text(customer, "Hi, my name is Mia Fox")
    assert carrier.wait_for_reply(customer) == [WAITS]
    expect(leos.row(customer).get_by_text(InboxList.APPROVE)).to_be_visible()
    anas.open(customer)
    leos.open(customer)
    asked = re.compile("asks for your approval|asked for approval")
    anas_card, leos_card = (one.timeline.get_by_role("article", name=asked) for one in (anas, leos))
    expect(anas_card).to_contain_text("Mia Fox")
    anas_card.get_by_role("button", name=InboxTimeline.APPROVAL_REFUSE).click()
    expect(anas_card.get_by_label(InboxTimeline.APPROVAL_NOTE)).to_be_focused()
    anas.page.keyboard.press("Escape")
    leos_card.get_by_role("button", name=InboxTimeline.APPROVAL_YES).click()
    for card in (anas_card, leos_card):
        expect(card).to_contain_text(InboxTimeline.APPROVAL_DONE)
        expect(card).to_contain_text(InboxTimeline.APPROVAL_YES_BY.replace("{name}", "Leo Park"))
        expect(card.get_by_role("button", name=InboxTimeline.APPROVAL_YES)).to_have_count(0)
    assert len(carrier.wait_for_reply(customer, 2)) == 2
    expect(anas.page.get_by_role("heading", level=2, name="Mia Fox")).to_be_visible()

    carrier.text(other, "Hi, my name is Tom Berg")
    carrier.wait_for_reply(other)
    anas.open(other)
    card = anas.timeline.get_by_role("article", name=asked)
    card.get_by_role("button", name=InboxTimeline.APPROVAL_REFUSE).click()
    write(anas.page, "Ask for their birthday first")
    anas.page.keyboard.press("Control+Enter")
    expect(card).to_contain_text(InboxTimeline.APPROVAL_REFUSED)
    expect(card).to_contain_text("Ask for their birthday first")
    carrier.wait_for_reply(other, 2)
    expect(anas.row(other)).to_contain_text(national(other))
    set_policy(page, agent, SAVE_NAME, AgentPolicies.ALLOWED)
