"""Email: a mailbox is connected and tested, a customer writes, a person approves the draft and answers once more."""

import re
import secrets

import httpx
from playwright.sync_api import expect

from backend.core.config import SANDBOX_MAIL_SECRET
from pages.words import AgentMailbox, Agents, AgentTypes, InboxComposer, InboxTimeline
from tests.browser.carrier import wait_until
from tests.browser.inbox import Inbox

INBOUND = "/functions/v1/webhook-inbound-email"


def test_an_email_is_drafted_approved_and_answered_by_a_person(window, ana, up, carrier):
    ours, theirs = (f"{name}-{secrets.token_hex(3)}@customer.example" for name in ("hello", "dana"))

    def arrives(to: str, subject: str, body: str) -> None:
        vendor_id = secrets.token_hex(8)
        headers = {"Message-ID": f"<{vendor_id}@customer.example>", "X-Spam-Tests": "DKIM_VALID,DKIM_VALID_AU"}
        mail = {
            "MessageID": vendor_id,
            "From": theirs,
            "FromFull": {"Email": theirs, "Name": "Dana Letter"},
            "OriginalRecipient": to,
            "Subject": subject,
            "TextBody": body,
            "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
        }
        answered = httpx.post(f"{up.url}{INBOUND}", json=mail, auth=("postmark", SANDBOX_MAIL_SECRET), timeout=15)
        assert answered.status_code == 200, answered.text

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
    page.get_by_role("button", name=AgentMailbox.TEST).click()
    expect(page.get_by_text(AgentMailbox.WAITING, exact=True)).to_be_visible()
    address = page.locator("code").inner_text()
    [test] = wait_until(lambda: carrier.mails_to(ours), "the test email")
    arrives(address, test["subject"], "A test")
    expect(page.get_by_text(AgentMailbox.VERIFIED)).to_be_visible()

    arrives(address, "Opening hours", "When are you open?\n\nOn Mon, 2 Nov 2026, Harbor Dental wrote:\n> Hello")
    inbox = Inbox(window(ana).page).visit()
    inbox.page.get_by_role("link", name=re.compile("Dana Letter")).first.click()
    expect(inbox.timeline.get_by_text("Opening hours", exact=True)).to_be_visible()
    inbox.timeline.get_by_text(InboxTimeline.QUOTED).click()
    expect(inbox.timeline.get_by_text("> Hello")).to_be_visible()
    inbox.timeline.get_by_role("button", name=InboxTimeline.APPROVE).click()
    [answer] = wait_until(lambda: carrier.mails_to(theirs), "the approved answer")
    assert (answer["subject"], address in answer["from"]) == ("Re: Opening hours", True)
    inbox.page.get_by_label(InboxComposer.REPLY, exact=True).fill("Bring your card, please.")
    inbox.page.keyboard.press("Control+Enter")
    both = wait_until(lambda: found if len(found := carrier.mails_to(theirs)) == 2 else None, "the person's answer")
    assert "Bring your card, please." in {one["text"] for one in both}
