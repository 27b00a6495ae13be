"""What a model writes is shown as words wherever people read it, and never becomes part of a page.

Of the widget `test_widget` proves it, of mails `tests/backend/notifications`.
"""

import re
import secrets

from playwright.sync_api import Page, expect

from pages.words import Agent, AgentTest, Assistant
from tests.browser.inbox import Inbox, national

# An element no cleaning of ours knows, so that it reaches every screen as it was written.
ELEMENT = "<xss tabindex=0 onfocus=alert(1) autofocus>garden {mark}</xss>"


def shows_words(page: Page, words: str) -> None:
    """Expect the markup to be read and not to be there."""
    expect(page.get_by_text(words).first).to_be_visible()
    assert page.locator("xss").count() == 0


def test_an_answer_with_markup_is_words_in_inbox_playground_and_assistant(
    window,
    ana,
    up,
    carrier,
    new_customer,
):
    page, mark, customer = window(ana).page, secrets.token_hex(3), new_customer()
    written = ELEMENT.format(mark=mark)

    # The stand-in of the model writes no markup, so its answers are changed to what a worse one would have written.
    carrier.text(customer, f"Are you open on Monday? {mark}")
    carrier.wait_for_reply(customer)
    changed = up.query(
        "update conversation_items set body = %s where direction = 'outbound' and conversation_id = (select"
        " conversation_id from sms_messages where sender_number = %s limit 1) returning conversation_id",
        written,
        customer,
    )
    up.query("update conversations set last_preview = %s where id = %s returning id", written, changed[0][0])
    inbox = Inbox(page).visit()
    inbox.list.get_by_role("link").filter(has_text=national(customer)).click()
    expect(page.get_by_role("main").get_by_text(written)).to_have_count(2)
    shows_words(page, written)

    page.goto("/agents")
    page.get_by_role("link", name=re.compile("Front desk")).first.click()
    page.get_by_role("link", name=Agent.TEST, exact=True).click()
    page.get_by_label(AgentTest.PLACEHOLDER).fill(written)
    page.get_by_role("button", name=AgentTest.SEND).click()
    shows_words(page, written)

    page.goto("/agent")
    box = page.get_by_role("textbox", name=Assistant.PLACEHOLDER)
    box.fill(f"Text {customer}: {written}")
    box.press("Enter")
    card = page.get_by_role("region", name=Assistant.SEND_TEXT)
    expect(card.get_by_role("blockquote")).to_contain_text(written)
    assert page.locator("xss").count() == 0
    card.get_by_role("button", name=Assistant.DISMISS).click()
