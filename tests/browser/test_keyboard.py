"""Work without a mouse: every step by keys, the focus always in sight, Esc closing the top layer alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from pages.words import Common, InboxComposer, InboxNew, InboxPage, InboxThread, InboxTimeline, Shell
from tests.browser.focus import focused, press, round_trip, write
from tests.browser.inbox import Inbox, national
from tests.browser.look import settle


@pytest.fixture
def inbox(window, ana, carrier, new_customer) -> Inbox:
    """Return the inbox with a fresh, answered conversation on top of the list; no key was pressed yet."""
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    opened = Inbox(window(ana).page)
    opened.customer = customer  # type: ignore[attr-defined]
    opened.visit()
    expect(opened.row(customer)).to_be_visible()
    return opened


def open_by_key(inbox: Inbox) -> None:
    press(inbox.page, "j")
    expect(inbox.page.get_by_role("heading", level=2, name=national(inbox.customer))).to_be_visible()  # type: ignore[attr-defined]
    expect(inbox.field).to_be_visible()


def test_reply_take_over_and_hand_back_without_a_mouse(inbox, carrier):
    page = inbox.page
    open_by_key(inbox)
    press(page, "t")
    expect(inbox.hand_back).to_be_visible()
    page.keyboard.press("r")
    expect(inbox.field).to_be_focused()
    page.keyboard.type("Typed without a mouse")
    press(page, "Enter")
    expect(inbox.said("Typed without a mouse")).to_contain_text(InboxTimeline.DELIVERED)
    expect(inbox.field).to_be_focused()
    press(page, "Escape", "t")
    expect(inbox.take_over).to_be_visible()
    assert carrier.wait_for_reply(inbox.customer, 2)[-1] == "Typed without a mouse"


def test_no_shortcut_fires_while_typing(inbox):
    page = inbox.page
    open_by_key(inbox)
    address = page.url
    press(page, "r")
    expect(inbox.field).to_be_focused()
    page.keyboard.type("jk/nateu?gi")
    expect(inbox.field).to_have_value("jk/nateu?gi")
    press(page, "Escape", "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("zjkt?")
    expect(page.get_by_role("searchbox")).to_have_value("zjkt?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(inbox.take_over).to_be_visible()
    assert page.url.partition("?")[0] == address


def test_new_message_is_written_and_sent_by_keys(inbox, carrier, new_customer):
    page, other = inbox.page, new_customer()
    press(page, "c")
    dialog = page.get_by_role("dialog", name=InboxNew.TITLE)
    expect(dialog.get_by_label(InboxNew.TO)).to_be_focused()
    page.keyboard.type(other)
    # Of what was found for the first of the letters nothing is there any more.
    expect(dialog.get_by_role("listbox").get_by_role("option")).to_have_text(national(other))
    press(page, "ArrowDown", "Enter")
    for _ in range(8):
        if "textarea" in press(page, "Tab"):
            break
    page.keyboard.type("Hello from the front desk")
    for _ in range(4):
        if InboxNew.SEND in press(page, "Tab"):
            break
    press(page, "Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", level=2, name=national(other))).to_be_visible()
    expect(inbox.said("Hello from the front desk")).to_be_visible()
    assert carrier.wait_for_reply(other) == ["Hello from the front desk"]


def test_escape_closes_the_top_layer_and_focus_returns(inbox):
    page = inbox.page
    open_by_key(inbox)
    inbox.mode.focus()
    press(page, "Enter")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    press(page, "ArrowDown", "Escape")
    expect(menu).to_have_count(0)
    expect(inbox.mode).to_be_focused()
    expect(inbox.take_over).to_be_visible()

    press(page, "Tab")
    expect(inbox.take_over).to_be_focused()
    press(page, "?")
    sheet = page.get_by_role("dialog", name=Shell.SHORTCUTS)
    expect(sheet).to_contain_text(InboxPage.KEY_TAKE)
    press(page, "Escape")
    expect(sheet).to_have_count(0)
    expect(inbox.take_over).to_be_focused()

    press(page, "c")
    dialog = page.get_by_role("dialog", name=InboxNew.TITLE)
    expect(dialog).to_be_visible()
    write(page, "555")
    press(page, "Escape", "Escape")
    expect(dialog).to_have_count(0)
    expect(inbox.take_over).to_be_focused()


def test_arrows_walk_the_list_and_enter_opens(inbox):
    page = inbox.page
    inbox.row(inbox.customer).focus()
    down = press(page, "ArrowDown")
    assert press(page, "ArrowUp") != down
    press(page, "Enter")
    expect(page.get_by_role("heading", level=2, name=national(inbox.customer))).to_be_visible()


def test_single_keys_can_be_switched_off(inbox):
    page = inbox.page
    press(page, "?")
    sheet = page.get_by_role("dialog", name=Shell.SHORTCUTS)
    sheet.get_by_role("checkbox", name=Shell.SINGLE_KEYS).focus()
    press(page, "Space", "Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/inbox")


def test_tab_reaches_every_part_of_the_inbox_in_order(inbox):
    page = inbox.page
    open_by_key(inbox)
    names = round_trip(page)
    wanted = [
        Common.SKIP_TO_CONTENT,
        Shell.AGENTS,
        "Search",
        "Unassigned",
        national(inbox.customer),
        InboxThread.WHO_ANSWERS,
        InboxThread.TAKE_OVER,
        InboxTimeline.WHY,
        InboxComposer.REPLY,
    ]
    places = [next((place for place, name in enumerate(names) if words in name), -1) for words in wanted]
    assert -1 not in places, f"not reached: {wanted[places.index(-1)]} in {names}"
    assert places == sorted(places), names


@pytest.mark.parametrize("address", ["/login", "/signup", "/agents", "/phone", "/settings", "/welcome"])
def test_focus_is_in_sight_at_every_tab_of_a_page(window, ana, address):
    page: Page = window(None if address in ("/login", "/signup") else ana).page
    page.goto(address)
    settle(page)
    assert len(round_trip(page)) >= 3


def test_skip_link_leads_past_the_navigation(inbox):
    page = inbox.page
    assert Common.SKIP_TO_CONTENT in press(page, "Tab")
    page.keyboard.press("Enter")
    assert re.search("Search|Conversations", press(page, "Tab")), focused(page)
