"""Processes die while people work: the open page mends itself, keeps the draft and shows what was missed."""

import pytest
from playwright.sync_api import expect

from pages.words import InboxComposer, InboxTimeline, Shell
from tests.browser.inbox import Inbox

# The supervisor restarts a process at once; on two busy cores it takes half a minute to answer again.
BACK_MS = 60_000
# What a browser says of a server that is away.
AWAY = (
    "WebSocket connection to .* failed",
    "net::ERR_",
    "Failed to load resource",
    r"^50\d from ",
)


@pytest.fixture(autouse=True)
def in_order(carrier):
    """Leave the vendors well-behaved."""
    yield
    carrier.fault()


def test_open_inbox_survives_the_web_process(window, ana, up, carrier, new_customer, problems):
    problems.expect(*AWAY)
    customer = new_customer()
    page = window(ana).page
    inbox = Inbox(page).visit()
    page.evaluate("window.neverReloaded = true")
    # The answer takes three seconds, and in these the web process dies: only the next one can show it.
    carrier.fault({"target": "openai.chat", "kind": "delay", "delay_ms": 3000, "times": 1})
    carrier.text(customer, "How much is a cleaning?")
    inbox.open(customer)
    expect(inbox.said("How much is a cleaning?")).to_be_visible()
    inbox.field.click()
    page.keyboard.type("Half a sent")
    up.kill("web")
    page.keyboard.type("ence")
    expect(page.get_by_text(Shell.RECONNECTING)).to_be_visible()
    carrier.wait_for_reply(customer)
    expect(inbox.said("$120")).to_be_visible(timeout=BACK_MS)
    expect(page.get_by_text(Shell.RECONNECTING)).to_have_count(0)
    expect(inbox.field).to_have_value("Half a sentence")
    assert page.evaluate("window.neverReloaded") is True
    inbox.field.press("Enter")
    # The agent answered while they wrote: they are asked, unless what they had begun was lost with the process.
    anyway = page.get_by_role("button", name=InboxComposer.SEND_ANYWAY)
    expect(inbox.said("Half a sentence").or_(anyway)).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(inbox.said("Half a sentence")).to_contain_text(InboxTimeline.DELIVERED)
    assert carrier.wait_for_reply(customer, 2)[-1] == "Half a sentence"


def test_open_inbox_survives_the_database(window, ana, up, carrier, new_customer, problems):
    problems.expect(*AWAY)
    before, after = new_customer(), new_customer()
    page = window(ana).page
    inbox = Inbox(page).visit()
    page.evaluate("window.neverReloaded = true")
    carrier.text(before, "Where can I park?")
    inbox.open(before)
    expect(inbox.said("behind the building")).to_be_visible()
    up.kill("database")
    up.query("select 1")  # it is back; the listener may not be yet
    carrier.text(after, "How much is a cleaning?")
    carrier.text(before, "And what does a filling cost?")
    expect(inbox.said("And what does a filling cost?")).to_be_visible(timeout=BACK_MS)
    expect(inbox.row(after)).to_be_visible(timeout=BACK_MS)
    expect(inbox.said("$180")).to_be_visible(timeout=BACK_MS)
    assert page.evaluate("window.neverReloaded") is True


def test_page_without_a_network_says_so_once(window, ana, problems):
    problems.expect(*AWAY)
    mine = window(ana)
    inbox = Inbox(mine.page).visit()
    mine.context.set_offline(True)
    expect(inbox.page.get_by_text(Shell.OFFLINE)).to_be_visible()
    expect(inbox.page.get_by_text(Shell.RECONNECTING)).to_have_count(1)  # under the banner, drawn but not shown
    expect(inbox.page.get_by_text(Shell.RECONNECTING)).to_be_hidden()
    mine.context.set_offline(False)
    expect(inbox.page.get_by_text(Shell.OFFLINE)).to_have_count(0)
    expect(inbox.page.get_by_text(Shell.RECONNECTING)).to_have_count(0)
