"""Email through the browser: a mailbox is connected and tested, a customer writes, people approve and answer."""

import re
import secrets

from playwright.sync_api import expect

from pages.words import AgentMailbox, Agents, AgentTypes, InboxComposer, InboxList, InboxThread, InboxTimeline
from tests.browser.carrier import wait_until
from tests.browser.inbox import Inbox


def test_an_email_is_drafted_approved_and_answered_by_a_person(window, ana, up, carrier):
    ours, theirs = (f"{name}-{secrets.token_hex(3)}@customer.example" for name in ("hello", "dana"))
    page = window(ana).page
    page.goto("/agents")
    page.get_by_role("button", name=Agents.NEW).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("label").filter(has=page.get_by_role("radio", name=AgentTypes.EMAIL)).click()
    expect(dialog.get_by_role("radio", name=AgentTypes.EMAIL)).to_be_checked()
    dialog.get_by_label(Agents.NAME).fill("Letters")
    dialog.get_by_role("button", name=Agents.CREATE).click()
    page.wait_for_url(re.compile(r"/agents/[0-9a-f-]{36}"))
    page.goto(f"{page.url.partition('?')[0]}?tab=deployment")
    page.get_by_role("button", name=AgentMailbox.CONNECT).click()
    field = page.get_by_label(AgentMailbox.PUBLIC)
    field.fill(ours)
    field.blur()
    carrier.forward(ours, page.locator("code").inner_text())
    page.get_by_role("button", name=AgentMailbox.TEST).click()
    expect(page.get_by_text(AgentMailbox.VERIFIED)).to_be_visible()

    customer = window().page
    customer.goto(f"{up.sandbox_url}/mailbox/write")
    customer.get_by_label("Your name").fill("Dana Letter")
    customer.get_by_label("Your address").fill(theirs)
    customer.get_by_label("To", exact=True).fill(ours)
    customer.get_by_label("Subject").fill("Opening hours")
    customer.get_by_label("Message").fill("When are you open?\n\nOn Mon, 2 Nov 2026, Harbor Dental wrote:\n> Hello")
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_text("Delivered")).to_be_visible()

    inbox = Inbox(window(ana).page).visit()
    inbox.page.get_by_role("link", name=re.compile("Dana Letter")).first.click()
    expect(inbox.timeline.get_by_text("Opening hours", exact=True)).to_be_visible()
    inbox.timeline.get_by_text(InboxTimeline.QUOTED).click()
    expect(inbox.timeline.get_by_text("> Hello")).to_be_visible()
    # The mailbox drafts at first, and the head says so; what waits for a person stands in its filter.
    expect(inbox.page.get_by_role("button", name=InboxThread.WHO_ANSWERS)).to_contain_text(InboxThread.NOW_DRAFT)
    expect(inbox.page.get_by_role("link", name=re.compile("Dana Letter")).first).to_contain_text(InboxList.APPROVE)
    inbox.timeline.get_by_role("button", name=InboxTimeline.APPROVE).click()
    [answer] = wait_until(lambda: carrier.mails_to(theirs), "the approved answer")
    assert answer["subject"] == "Re: Opening hours"
    inbox.page.get_by_label(InboxComposer.REPLY, exact=True).fill("Bring your card, please.")
    inbox.page.keyboard.press("Control+Enter")
    answers = customer.locator("#letters .theirs")
    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("Bring your card, please.")
    customer.get_by_label("Reply as Dana Letter").fill("I will, thank you.")
    customer.get_by_role("button", name="Reply").click()
    expect(inbox.timeline).to_contain_text("Re: Opening hoursI will, thank you.")

    subject = inbox.page.get_by_label(InboxComposer.SUBJECT)
    expect(subject).to_have_value("Re: Opening hours")
    subject.fill("Your bill")
    inbox.page.get_by_label(InboxComposer.REPLY, exact=True).fill("It is ready.")
    inbox.page.keyboard.press("Control+Enter")
    expect(customer.locator("#mails").get_by_text("Your bill", exact=True)).to_be_visible()
    expect(subject).to_have_value("Re: Opening hours")
