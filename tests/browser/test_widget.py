"""Visitors of another site chat with the business: under a strict policy, with keys and thumbs, in tabs, after reloads.

The site is the sandbox's, on an origin of its own; its policy allows the chat's own script and nothing else, so that
anything the widget does against it fails the test as an error of the console.
"""

import re
import secrets
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.carrier import wait_until
from tests.browser.inbox import Inbox
from tests.browser.look import violations
from tests.installation import Installation


@pytest.fixture
def site(up: Installation) -> str:
    """The address of the demo's website with its chat."""
    return f"{up.sandbox_url}/site?{urlencode({'app': up.url, 'key': up.demo['widget']})}"


class Chat:
    """The widget on a page, by the names a screen reader would say."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.get_by_role("button", name=re.compile("^Open chat"))
        self.panel = page.get_by_role("dialog")
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox", name="Write a message")

    def visit(self, site: str) -> "Chat":
        """Open the site and the chat."""
        self.page.goto(site)
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def say(self, words: str) -> None:
        """Write and send."""
        self.field.fill(words)
        self.page.keyboard.press("Enter")


def test_a_question_is_answered_under_a_strict_policy(window, site):
    chat = Chat(window().page).visit(site)
    chat.say("How much is a cleaning?")
    expect(chat.log.get_by_text("How much is a cleaning?")).to_be_visible()
    expect(chat.log.get_by_text("$120")).to_be_visible()
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()


def test_the_answer_streams(window, site):
    page = window().page
    pieces: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: pieces.append(str(data))))
    chat = Chat(page).visit(site)
    chat.say("When are you open, and where are you?")
    expect(chat.log.locator(".row").filter(has_text="Website assistant").nth(1)).to_be_visible()
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    # How many there are depends on how fast the model is.
    assert any('"t": "piece"' in piece for piece in pieces)


def test_a_person_joins_and_answers_live(window, site, ana):
    name = f"Dana {secrets.token_hex(3)}"
    chat = Chat(window().page).visit(site)
    chat.page.evaluate("name => window.magpipe('setVisitor', {name})", name)
    chat.say("Can I talk to a person please?")
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    inbox = Inbox(window(ana).page).visit()
    inbox.list.get_by_role("link").filter(has_text=name).click()
    expect(inbox.field).to_be_visible()
    inbox.reply("Hi Dana, Ana from the desk here")
    expect(chat.log.get_by_text("Ana joined")).to_be_visible()
    expect(chat.log.get_by_text("Hi Dana, Ana from the desk here")).to_be_visible()
    expect(chat.panel.get_by_role("heading", name="Ana")).to_be_visible()
    chat.say("Thank you Ana")
    expect(inbox.said("Thank you Ana")).to_be_visible()


def test_a_reload_keeps_the_chat_open_and_what_was_said(window, site):
    chat = Chat(window().page).visit(site)
    chat.say("Do you have parking?")
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    chat.field.fill("A draft I did not send")
    chat.page.reload()
    expect(chat.log.get_by_text("Do you have parking?")).to_be_visible()
    expect(chat.field).to_have_value("A draft I did not send")


def test_two_tabs_show_one_chat(window, site):
    visitor = window()
    first = Chat(visitor.page).visit(site)
    first.say("Hello from the first tab")
    expect(first.log.get_by_text("Read", exact=True)).to_be_visible()
    second = Chat(visitor.tab())
    second.page.goto(site)
    second.launcher.click()
    expect(second.log.get_by_text("Hello from the first tab")).to_be_visible()
    second.say("And from the second")
    expect(first.log.get_by_text("And from the second")).to_be_visible()
    expect(second.log.get_by_text("And from the second")).to_have_count(1)


def test_an_answer_to_a_closed_chat_shows_on_the_launcher(window, site):
    chat = Chat(window().page).visit(site)
    chat.field.fill("Do you treat children?")
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.page.get_by_role("button", name=re.compile("Open chat, 1 new"))).to_be_visible()
    chat.launcher.click()
    expect(chat.page.get_by_role("button", name="Close chat").last).to_be_visible()


def test_keys_alone_reach_everything_and_escape_gives_the_focus_back(window, site):
    page = window().page
    page.goto(site)
    chat = Chat(page)
    chat.launcher.focus()
    page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    page.keyboard.type("Are you open on Saturday?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("And on Sunday?")
    page.keyboard.press("Enter")
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_on_a_phone_the_chat_fills_the_screen_and_keeps_the_focus(window, site):
    page = window(width=390, height=844, touch=True).page
    chat = Chat(page).visit(site)
    box = chat.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.querySelector('[data-magpipe]').shadowRoot.activeElement")
    chat.say("How much is whitening?")
    page.get_by_role("button", name="Send").tap() if chat.field.input_value() else None
    expect(chat.log.get_by_text("$350")).to_be_visible()
    page.get_by_role("button", name="Close chat").tap()
    expect(chat.panel).to_be_hidden()


def test_a_picture_is_sent_and_shown(window, site):
    chat = Chat(window().page).visit(site)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
    chat.page.locator("input[type=file]").set_input_files({"name": "tooth.png", "mimeType": "image/png", "buffer": png})
    expect(chat.panel.get_by_role("button", name="Remove tooth")).to_be_visible()
    chat.say("This one hurts")
    picture = chat.log.get_by_role("img", name="tooth")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") == 1


def test_links_open_safely_and_markup_is_text(window, site):
    chat = Chat(window().page).visit(site)
    chat.say("See https://example.com/a?b=1. <img src=x onerror=alert(1)> javascript:alert(1)")
    link = chat.log.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://example.com/a?b=1")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(chat.log.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()


def test_what_could_not_be_sent_is_sent_when_the_network_is_back(window, site, problems):
    problems.expect("ERR_INTERNET_DISCONNECTED", "WebSocket connection")
    visitor = window()
    chat = Chat(visitor.page).visit(site)
    chat.say("First")
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    visitor.context.set_offline(True)
    chat.say("Written in a tunnel")
    expect(chat.log.get_by_text("Sending")).to_be_visible()
    visitor.context.set_offline(False)
    expect(chat.log.get_by_text("Sending")).to_have_count(0)
    expect(chat.log.get_by_text("Written in a tunnel")).to_have_count(1)


def test_where_no_socket_comes_through_the_chat_asks_now_and_then_and_loses_nothing(window, site, up, ana, problems):
    problems.expect("WebSocket connection", "ERR_FAILED")
    page = window().page
    page.route_web_socket(re.compile("/api/chat/socket"), lambda socket: socket.close(code=1006))
    # The waiting between two attempts is the widget's own and long; here it takes no time.
    page.add_init_script(
        "const later = window.setTimeout;"
        "window.setTimeout = (act, ms, ...rest) => later(act, Math.min(ms || 0, 300), ...rest);"
    )
    name = f"Dana {secrets.token_hex(3)}"
    chat = Chat(page).visit(site)
    page.evaluate("name => window.magpipe('setVisitor', {name})", name)
    for words in ("How much is a cleaning?", "And whitening?"):
        chat.say(words)
    expect(chat.log.get_by_text("$350")).to_be_visible()
    inbox = Inbox(window(ana).page).visit()
    inbox.list.get_by_role("link").filter(has_text=name).click()
    # What was said before a message of one's own, and is heard after it, is not passed over.
    page.route("**/api/chat/poll", lambda route: route.abort())
    inbox.reply("Ana here, by the slow way")
    kept = "select 1 from conversation_items where body = 'Ana here, by the slow way'"
    wait_until(lambda: up.query(kept), "the reply")
    chat.say("Thank you, Ana")
    expect(inbox.said("Thank you, Ana")).to_be_visible()
    expect(chat.panel.get_by_text("Sending")).to_have_count(0)
    page.unroute("**/api/chat/poll")
    expect(chat.log.get_by_text("Ana here, by the slow way")).to_have_count(1)
    expect(chat.log.get_by_text("Ana joined")).to_have_count(1)
    for words in ("How much is a cleaning?", "And whitening?"):
        expect(chat.log.get_by_text(words, exact=True)).to_have_count(1)
        expect(inbox.said(words)).to_have_count(1)
    expect(chat.panel.get_by_text("Sending")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_chat(window, site, scheme):
    page = window(scheme=scheme).page
    chat = Chat(page)
    page.goto(site)
    expect(chat.launcher).to_be_visible()
    assert not violations(page, "[data-magpipe]")
    chat.launcher.click()
    expect(chat.field).to_be_focused()
    chat.say("How much is a cleaning? See https://example.com/a")
    expect(chat.log.get_by_text("$120")).to_be_visible()
    expect(chat.log.get_by_text("Read", exact=True)).to_be_visible()
    chat.field.fill("A draft")
    assert not violations(page, "[data-magpipe]")


def test_settings_are_seen_in_the_preview_and_on_the_site(window, site, ana, up):
    widget_id = up.query("select id from chat_widgets where widget_key = %s", up.demo["widget"])[0][0]
    page = window(ana).page
    page.goto(f"/chat-widget/{widget_id}")
    greeting = page.get_by_role("textbox", name="Greeting")
    expect(greeting).to_have_value("Hi! Ask me anything about us.")
    words = f"Welcome {secrets.token_hex(3)}"
    greeting.fill(words)
    greeting.blur()
    preview = page.frame_locator("iframe[title='Preview of the chat widget']")
    expect(preview.get_by_text(words)).to_be_visible()
    page.get_by_text("Ask for an email").click()
    expect(preview.get_by_label("Your email")).to_be_visible()
    visitor = Chat(window().page).visit(site)
    expect(visitor.log.get_by_text(words)).to_be_visible()
    visitor.page.get_by_role("button", name="Start chat").click()
    expect(visitor.panel.get_by_text("Fill this in to start.")).to_be_visible()
    visitor.page.get_by_label("Your email").fill("dana@example.com")
    visitor.page.get_by_role("button", name="Start chat").click()
    expect(visitor.field).to_be_focused()
    page.get_by_text("Ask for an email").click()
    expect(preview.get_by_label("Your email")).to_have_count(0)
    greeting.fill("Hi! Ask me anything about us.")
    greeting.blur()
    expect(preview.get_by_text("Hi! Ask me anything about us.")).to_be_visible()


def test_our_own_pages_carry_the_chat_and_the_inbox_stays_free_of_it(window, ana, up):
    widget_id = up.query("select id from chat_widgets where widget_key = %s", up.demo["widget"])[0][0]
    page = window(ana).page
    page.goto(f"/chat-widget/{widget_id}")
    page.get_by_text("Show on signed-in pages").click()
    expect(page.get_by_text("Not on")).to_be_visible()
    page.goto("/phone")
    chat = Chat(page)
    expect(chat.launcher).to_be_visible()
    chat.launcher.click()
    expect(chat.panel).to_be_visible()
    Inbox(page).visit()
    expect(page.locator("[data-magpipe]")).to_have_count(0)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Phone").click()
    expect(chat.panel).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox").click()
    expect(chat.panel).to_be_hidden()
    page.goto(f"/chat-widget/{widget_id}")
    page.get_by_text("Show on signed-in pages").click()
    expect(page.get_by_text("Not on")).to_be_hidden()
