"""Ask the assistant for things in a browser: it shows exactly what would happen, and it happens when confirmed."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pages.words import Assistant
from tests.browser.inbox import national
from tests.browser.look import settle, sideways, violations


@pytest.fixture
def talk(window, ana, carrier) -> Iterator[Page]:
    """Return the assistant's page with an empty talk."""
    page = window(ana).page
    page.goto("/agent")
    expect(page.get_by_role("heading", name=Assistant.FIRST_TITLE)).to_be_visible()
    yield page
    carrier.fault()


def ask(page: Page, words: str) -> None:
    """Ask, and wait until the answer is whole."""
    box = page.get_by_role("textbox", name=Assistant.PLACEHOLDER)
    box.fill(words)
    box.press("Enter")
    expect(page.get_by_role("log").get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=Assistant.SEND, exact=True)).to_be_visible()


def test_a_text_is_shown_confirmed_and_arrives_once(talk, carrier, new_customer):
    customer = new_customer()
    body = f"Your glasses are ready {secrets.token_hex(3)}"
    ask(talk, f"Text {customer}: {body}")
    card = talk.get_by_role("region", name=Assistant.SEND_TEXT)
    expect(card).to_contain_text(national(customer))
    expect(card).to_contain_text(national(carrier.number))
    expect(card.get_by_role("blockquote")).to_have_text(body)
    assert carrier.received_by(customer) == []
    card.get_by_role("button", name=Assistant.DO_SEND_TEXT).dblclick()
    expect(card).to_contain_text(Assistant.DONE_SEND_TEXT)
    expect(card.get_by_role("button", name=Assistant.DO_SEND_TEXT)).to_have_count(0)
    assert carrier.wait_for_reply(customer) == [body]
    # What was asked is found again after a reload, and in the list of talks.
    talk.reload()
    expect(talk.get_by_role("region", name=Assistant.SEND_TEXT)).to_contain_text(Assistant.DONE_SEND_TEXT)
    expect(talk.get_by_role("complementary", name=Assistant.TALKS).get_by_role("link").nth(1)).to_be_visible()
    talk.get_by_role("link", name=Assistant.OPEN).click()
    expect(talk.get_by_role("main").get_by_text(body).first).to_be_visible()


def test_what_is_dismissed_does_not_happen(talk, carrier, new_customer):
    customer = new_customer()
    ask(talk, f"Text {customer}: Hello")
    card = talk.get_by_role("region", name=Assistant.SEND_TEXT)
    card.get_by_role("button", name=Assistant.DISMISS).click()
    expect(card).to_contain_text(Assistant.DISMISSED)
    assert carrier.received_by(customer) == []


def test_figures_and_agents_are_looked_up_and_the_steps_can_be_seen(talk):
    ask(talk, "Which agents are on?")
    expect(talk.get_by_role("log")).to_contain_text("Front desk answers texts, on")
    talk.get_by_text(Assistant.STEPS).click()
    expect(talk.get_by_role("log")).to_contain_text("list agents")


def test_a_change_of_an_agent_shows_its_lines_and_lands_in_the_draft(talk):
    rule = f"Mention parking {secrets.token_hex(3)}"
    ask(talk, f"Add to the instructions of Front desk: {rule}")
    card = talk.get_by_role("region", name=Assistant.CHANGE_AGENT)
    expect(card.get_by_role("list")).to_contain_text(rule)
    card.get_by_role("button", name=Assistant.DO_CHANGE_AGENT).click()
    expect(card).to_contain_text(Assistant.DONE_CHANGE_AGENT)
    card.get_by_role("link", name=Assistant.OPEN).click()
    expect(talk).to_have_url(re.compile(r"/agents/.+tab=prompt"))
    expect(talk.get_by_text(rule).first).to_be_visible()


def test_support_members_are_refused_what_they_may_not_change(window, leo):
    page = window(leo).page
    page.goto("/agent")
    ask(page, 'Change the greeting of Front desk to "Hi there"')
    expect(page.get_by_role("log")).to_contain_text("editor role")
    expect(page.get_by_role("region", name=Assistant.CHANGE_AGENT)).to_have_count(0)


def test_nobody_else_sees_a_talk(talk, window, leo, problems):
    ask(talk, "Which agents are on?")
    expect(talk).to_have_url(re.compile(r"/agent/[0-9a-f-]{36}"))
    other = window(leo).page
    other.goto(talk.url)
    expect(other.get_by_role("heading", name=Assistant.GONE_TITLE)).to_be_visible()


def test_a_talk_is_deleted_by_keys_alone(talk):
    ask(talk, "Which agents are on?")
    expect(talk).to_have_url(re.compile(r"/agent/[0-9a-f-]{36}"))
    address = talk.url
    talk.get_by_role("button", name=Assistant.MORE).focus()
    talk.keyboard.press("Enter")
    # A menu takes the keys a frame after it is drawn.
    expect(talk.get_by_role("menuitem", name=Assistant.DELETE)).to_be_focused()
    talk.keyboard.press("Enter")
    dialog = talk.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=Assistant.DELETE).focus()
    talk.keyboard.press("Enter")
    expect(talk.get_by_role("heading", name=Assistant.FIRST_TITLE)).to_be_visible()
    talk.goto(address)
    expect(talk.get_by_role("heading", name=Assistant.GONE_TITLE)).to_be_visible()


def test_an_answer_is_stopped_and_asked_for_again(talk, carrier):
    carrier.fault({"target": "openai.chat", "kind": "delay", "delay_ms": 5000, "times": 1})
    box = talk.get_by_role("textbox", name=Assistant.PLACEHOLDER)
    box.fill("Which agents are on?")
    box.press("Enter")
    talk.get_by_role("button", name=Assistant.STOP).click()
    expect(talk.get_by_role("log").get_by_text(Assistant.STOPPED)).to_be_visible()
    carrier.fault()
    talk.get_by_role("button", name=Assistant.AGAIN).click()
    expect(talk.get_by_role("log")).to_contain_text("Front desk answers texts, on")


def test_when_no_model_answers_the_talk_says_so_and_goes_on(talk, carrier):
    carrier.fault({"target": "openai.chat", "kind": "error", "status": 401})
    ask(talk, "Which agents are on?")
    expect(talk.get_by_role("log")).to_contain_text("did not answer")
    carrier.fault()
    talk.get_by_role("button", name=Assistant.AGAIN).click()
    expect(talk.get_by_role("log")).to_contain_text("Front desk answers texts, on")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_holds_on_a_phone_and_can_be_read(window, ana, new_customer, scheme):
    page = window(ana, width=390, height=844, touch=True, scheme=scheme).page
    page.goto("/agent")
    ask(page, f"Text {new_customer()}: A text that is long enough to need more than one line on a narrow phone")
    expect(page.get_by_role("region", name=Assistant.SEND_TEXT)).to_be_visible()
    settle(page)
    assert sideways(page) == ""
    assert violations(page) == []
