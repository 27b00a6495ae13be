"""Let the demo practice connect mailboxes and answer what customers write to one of them."""

import base64
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from backend.core.config import SANDBOX_MAIL_SECRET
from pages.words import AgentMailbox, Agents, AgentTypes, InboxComposer, InboxTimeline
from tests.browser.carrier import Carrier, wait_until
from tests.browser.look import settle
from tests.browser.shots import press
from tests.installation import Installation

PROVEN = {"X-Spam-Tests": "DKIM_VALID,DKIM_VALID_AU"}
INBOUND, STATUS = "/functions/v1/webhook-inbound-email", "/functions/v1/webhook-email-status"
# Four agents, each with its mailbox one step further.
NO_MAILBOX, CONNECTED, WAITING, VERIFIED = "Suppliers", "Invoices", "Press", "Letters"
WRITERS = {
    "draft": ("iris.novak@customer.example", "Iris Novak"),
    "unproven": ("paul.marsh@customer.example", "Paul Marsh"),
    "failed": ("vera.lang@customer.example", "Vera Lang"),
    "machine": ("news@dental-supplies.example", "Dental Supplies Weekly"),
}
_PICTURE = Path(__file__).parents[2] / "assets" / "social-card.png"
_QUOTE = (
    "\n\nOn Mon, 2 Nov 2026 at 09:12, Harbor Dental wrote:\n> Hello Iris,\n>\n> your next cleaning is due in November."
)


def arrive(
    up: Installation,
    to: str,
    subject: str,
    body: str,
    *,
    sender: tuple[str, str],
    headers: Mapping[str, str] = PROVEN,
    files: Mapping[str, tuple[str, bytes]] | None = None,
) -> None:
    """Let a customer, by address and name, write to a mailbox: the mail service brings it by its webhook."""
    vendor_id = secrets.token_hex(8)
    told = {"Message-ID": f"<{vendor_id}@customer.example>", **headers}
    mail = {
        "MessageID": vendor_id,
        "From": sender[0],
        "FromFull": {"Email": sender[0], "Name": sender[1]},
        "OriginalRecipient": to,
        "Subject": subject,
        "TextBody": body,
        "Headers": [{"Name": name, "Value": value} for name, value in told.items()],
        "Attachments": [
            {"Name": name, "ContentType": kind, "Content": base64.b64encode(content).decode()}
            for name, (kind, content) in (files or {}).items()
        ],
    }
    _tell(up, INBOUND, mail)


def connect(page: Page, name: str) -> None:
    """Make an agent that answers emails, and open its mailbox's part."""
    page.goto("/agents")
    page.get_by_role("button", name=Agents.NEW).click()
    dialog = page.get_by_role("dialog")
    kind = page.get_by_role("radio", name=AgentTypes.EMAIL)
    dialog.locator("label").filter(has=kind).click()
    expect(dialog.get_by_role("radio", name=AgentTypes.EMAIL)).to_be_checked()
    dialog.get_by_label(Agents.NAME).fill(name)
    dialog.get_by_role("button", name=Agents.CREATE).click()
    page.wait_for_url(re.compile(r"/agents/[0-9a-f-]{36}"))
    page.goto(f"{page.url.partition('?')[0]}?tab=deployment")


def verify(page: Page, up: Installation, carrier: Carrier, ours: str) -> str:
    """Connect the open agent's mailbox to an address of ours, have the test come back, and return its own address."""
    begin_test(page, ours)
    address = page.locator("code").inner_text()
    [test] = wait_until(lambda: carrier.mails_to(ours), "the test email")
    arrive(up, address, test["subject"], "A test", sender=(ours, ""))
    expect(page.get_by_text(AgentMailbox.VERIFIED)).to_be_visible()
    return address


def begin_test(page: Page, ours: str) -> None:
    """Connect the open agent's mailbox to an address of ours, and send the test."""
    page.get_by_role("button", name=AgentMailbox.CONNECT).click()
    field = page.get_by_label(AgentMailbox.PUBLIC)
    field.fill(ours)
    field.blur()
    page.get_by_role("button", name=AgentMailbox.TEST).click()
    expect(page.get_by_text(AgentMailbox.WAITING, exact=True)).to_be_visible()


class Letters:
    """The demo workspace's post, in one window of its owner."""

    def __init__(self, page: Page, up: Installation, carrier: Carrier) -> None:
        self._page, self._up, self._carrier = page, up, carrier

    def work(self) -> None:
        """Connect the mailboxes, and bring an email of each kind."""
        page = self._page
        connect(page, NO_MAILBOX)
        connect(page, CONNECTED)
        page.get_by_role("button", name=AgentMailbox.CONNECT).click()
        expect(page.get_by_label(AgentMailbox.PUBLIC)).to_be_visible()
        connect(page, WAITING)
        begin_test(page, "press@harbor-dental.example")
        connect(page, VERIFIED)
        address = verify(page, self._up, self._carrier, "letters@harbor-dental.example")
        self._write(address)
        self._answer()

    def agent(self, name: str) -> str:
        """Return the address of one of the four agents' Deployment part."""
        return f"/agents/{self._up.query('select id from agent_configs where name = %s', name)[0][0]}?tab=deployment"

    def conversation(self, key: str) -> str:
        """Return the address of a writer's conversation."""
        query = "select conversation_id from email_messages where from_address = %s limit 1"
        return f"/inbox/{self._up.query(query, WRITERS[key][0])[0][0]}"

    def _write(self, address: str) -> None:
        files = {
            "referral.png": ("image/png", _PICTURE.read_bytes()),
            "insurance.pdf": ("application/pdf", b"%PDF-1.4\n%%EOF\n"),
            "scan.exe": ("application/octet-stream", b"MZ" + b"\0" * 64),
        }
        said: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            (
                "draft",
                "Opening hours and my referral",
                f"Hello,\n\nwhen are you open in November? My referral is attached.\n\nIris{_QUOTE}",
                {"files": files},
            ),
            ("unproven", "My appointment", "Can you tell me when my next appointment is?", {"headers": {}}),
            ("failed", "A question about prices", "How much is a cleaning?", {}),
            (
                "machine",
                "This week: gloves at half price",
                "Our offers of the week.\n\nUnsubscribe below.",
                {"headers": PROVEN | {"List-Id": "<weekly.dental-supplies.example>"}},
            ),
        )
        for key, subject, body, more in said:
            arrive(self._up, address, subject, body, sender=WRITERS[key], **more)
        drafts = "select 1 from conversation_items where kind = 'draft' and author_name = %s having count(*) >= 3"
        wait_until(lambda: self._up.query(drafts, VERIFIED), "the drafts")

    def _answer(self) -> None:
        """Answer the one whose address is about to be gone: the first answer arrives, the second does not."""
        sender, page = WRITERS["failed"][0], self._page
        page.goto(self.conversation("failed"))
        settle(page)
        press("button", InboxTimeline.APPROVE)(page)
        wait_until(lambda: self._carrier.mails_to(sender), "the approved answer")
        sent = (
            "select id, vendor_id, attempted_at from email_messages"
            " where direction = 'outbound' and vendor_id <> '' and conversation_id = %s"
        )
        place = self.conversation("failed").rpartition("/")[2]
        [(email_id, vendor_id, at)] = wait_until(lambda: self._up.query(sent, place), "the answer's own number")
        report = {
            "RecordType": "Delivery",
            "MessageID": vendor_id,
            "Metadata": {"reference": f"{email_id}:{int(at.timestamp() * 1000)}"},
        }
        _tell(self._up, STATUS, report)
        httpx.put(f"{self._up.sandbox_url}/sandbox/mailbox/{sender}", json={"active": False}).raise_for_status()
        page.get_by_label(InboxComposer.REPLY, exact=True).fill("Bring your insurance card, too.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(InboxTimeline.FAILED).first).to_be_visible()


def _tell(up: Installation, path: str, payload: Mapping[str, Any]) -> None:
    answered = httpx.post(f"{up.url}{path}", json=payload, auth=("postmark", SANDBOX_MAIL_SECRET), timeout=60)
    assert answered.status_code == 200, answered.text
