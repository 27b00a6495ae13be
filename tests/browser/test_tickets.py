"""A ticket: an agent asks to open it, a person approves, and the team looks after it in the inbox and on its page."""

from playwright.sync_api import expect

from pages.words import AgentPolicies, InboxSide, InboxTimeline, Shell, Tickets
from tests.browser.focus import write
from tests.browser.inbox import Inbox
from tests.browser.test_approvals import set_policy

TOOL = "Open a ticket"
WISH = "Please open a support ticket, my retainer broke, it is urgent"


def test_an_approved_ticket_is_seen_changed_closed_and_found(window, ana, leo, up, carrier, new_customer):
    [(agent,)] = up.query("select id from agent_configs where name = 'Front desk'")
    page = window(ana).page
    set_policy(page, agent, TOOL, AgentPolicies.ASK)
    customer = new_customer()
    inbox = Inbox(window(leo).page).visit()
    carrier.text(customer, WISH)
    carrier.wait_for_reply(customer)
    inbox.open(customer)
    inbox.timeline.get_by_role("button", name=InboxTimeline.APPROVAL_YES).click()
    side = inbox.page.get_by_role("region", name=InboxSide.TICKETS)
    expect(side.get_by_role("listitem")).to_contain_text(InboxSide.PRIORITY_URGENT)
    ref = side.locator(".tabular").first.inner_text()
    expect(inbox.timeline.get_by_text(f"opened ticket {ref}")).to_be_visible()
    assert ref in carrier.wait_for_reply(customer, 2)[-1]

    side.get_by_role("button", name=WISH).click()
    dialog = inbox.page.get_by_role("dialog", name=ref)
    dialog.get_by_label(Tickets.SUBJECT).fill("Broken retainer")
    dialog.get_by_label(Tickets.ASSIGNED_TO).select_option(label="Leo Park")
    dialog.get_by_role("button", name=Tickets.SAVE).click()
    expect(side.get_by_role("listitem")).to_contain_text("Leo Park")

    page.goto("/tickets?priority=urgent")
    row = page.get_by_role("listitem").filter(has_text=ref)
    expect(row).to_contain_text("Broken retainer")
    side.get_by_role("button", name=f"{InboxSide.TICKET_CLOSE} {ref}").click()
    expect(row).to_have_count(0)
    page.get_by_label(Tickets.STATUS).select_option(label=Tickets.CLOSED)
    expect(row).to_contain_text(Tickets.CLOSED)
    expect(page).to_have_url(f"{up.url}/tickets?status=closed&priority=urgent")

    page.keyboard.press("Control+k")
    write(page, ref)
    page.get_by_role("option", name=f"Broken retainer {ref}").click()
    expect(page).to_have_url(f"{up.url}/tickets?status=any&q={ref}")
    expect(page.get_by_role("heading", level=1, name=Shell.TICKETS)).to_be_visible()
    expect(row).to_be_visible()
    set_policy(page, agent, TOOL, AgentPolicies.OFF)
