"""A whole shift without a mouse, two people who answer at once, and an inbox that tells each what the other does."""

import pytest
from playwright.sync_api import expect

from pages.words import (
    InboxBulk,
    InboxComposer,
    InboxFilters,
    InboxList,
    InboxThread,
    InboxTimeline,
    Messages,
    Shell,
    Templates,
)
from tests.browser.carrier import wait_until
from tests.browser.focus import press, write
from tests.browser.inbox import Inbox, national


@pytest.fixture
def answered(window, ana, carrier, new_customer):
    """Return the inbox of somebody whose customer has just been answered by the agent."""
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    opened = Inbox(window(ana).page)
    opened.customer = customer  # type: ignore[attr-defined]
    opened.visit()
    expect(opened.row(customer)).to_be_visible()
    return opened


def test_a_shift_by_keyboard_alone(answered, carrier, new_customer):
    """Triage, reply, note, assign, tag, snooze, close, search, palette."""
    inbox, page, customer = answered, answered.page, answered.customer
    press(page, "j")
    expect(page.get_by_role("heading", level=2, name=national(customer))).to_be_visible()
    expect(inbox.field).to_be_visible()
    # a reply, from a template written on the way
    page.get_by_role("button", name=InboxComposer.TEMPLATES).press("Enter")
    page.get_by_role("button", name=InboxComposer.TEMPLATES_NEW).focus()
    press(page, "Enter")
    page.get_by_label(Templates.SHORTCUT).fill("hours")
    page.get_by_label(Templates.BODY).fill("We open at nine. {{me.name}}")
    expect(page.get_by_role("group", name=Templates.PREVIEW)).to_contain_text("We open at nine. Ana Silva")
    page.get_by_role("button", name=Templates.SAVE, exact=True).press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("combobox", name=InboxComposer.REPLY, exact=True).fill("")
    press(page, "Escape", "r")
    expect(inbox.field).to_be_focused()
    write(page, "/hou")
    expect(page.get_by_role("option").first).to_contain_text("We open at nine. Ana Silva")
    press(page, "Enter")
    expect(inbox.field).to_have_value("We open at nine. Ana Silva")
    press(page, "Enter")
    expect(inbox.said("We open at nine. Ana Silva")).to_contain_text(InboxTimeline.DELIVERED)
    # a note that calls a colleague
    press(page, "Escape", "n")
    write(page, "@Le")
    expect(page.get_by_role("option", name="Leo Park")).to_be_visible()
    press(page, "Enter")
    write(page, "can you call back?")
    press(page, "Enter")
    expect(inbox.said("@Leo Park can you call back?")).to_be_visible()
    # mine, tagged, put away
    press(page, "Escape", "a")
    expect(inbox.event("Ana Silva assigned this to Ana Silva")).to_be_visible()
    press(page, "l")
    write(page, "VIP")
    press(page, "Enter")
    expect(page.get_by_role("checkbox", name="VIP")).to_be_visible()
    page.get_by_role("checkbox", name="VIP").press("Space")
    expect(inbox.event("added the tag VIP")).to_be_visible()
    press(page, "Escape", "s")
    page.get_by_role("button", name="In an hour").press("Enter")
    expect(inbox.event("snoozed the conversation")).to_be_visible()
    expect(inbox.row(customer)).to_have_count(1)  # it stays while it is open, and goes with the next
    # found again by what was said, and closed
    press(page, "/")
    write(page, "call back")
    expect(page.get_by_text(InboxList.NONE_MATCH_TITLE)).to_be_visible()
    page.goto("/inbox?status=any&q=call+back")
    expect(inbox.row(customer)).to_contain_text("@Leo Park can you call back?")
    press(page, "j")
    expect(page.get_by_role("heading", level=2, name=national(customer))).to_be_visible()
    expect(inbox.field).to_be_visible()
    press(page, "e")
    expect(inbox.event("Ana Silva closed the conversation")).to_be_visible()
    # anywhere from anywhere
    page.keyboard.press("Control+k")
    write(page, "messa")
    expect(page.get_by_role("option", name=Shell.MESSAGES)).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name=Messages.TITLE)).to_be_visible()
    expect(page.get_by_role("cell", name="We open at nine. Ana Silva")).to_be_visible()
    assert carrier.wait_for_reply(customer, 2)[-1] == "We open at nine. Ana Silva"


def test_many_are_closed_by_keyboard_and_brought_back(answered, carrier, new_customer):
    inbox, page = answered, answered.page
    other = new_customer()
    carrier.text(other, "Are you open on Saturday?")
    expect(inbox.row(other)).to_be_visible()
    press(page, "x")
    for customer in (answered.customer, other):
        page.get_by_role("checkbox", name=InboxList.SELECT_ONE.format(name=national(customer))).check()
    expect(page.get_by_text(InboxBulk.SELECTED.format(n=2))).to_be_visible()
    page.get_by_role("button", name=InboxBulk.CLOSE, exact=True).first.press("Enter")
    expect(page.get_by_text("2 conversations closed")).to_be_visible()
    for customer in (answered.customer, other):
        expect(inbox.row(customer)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    for customer in (answered.customer, other):
        expect(inbox.row(customer)).to_be_visible()


def test_who_answers_second_is_warned_and_decides(window, ana, leo, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    anas, leos = Inbox(window(ana).page).visit(), Inbox(window(leo).page).visit()
    anas.open(customer)
    leos.open(customer)
    anas.field.click()
    write(anas.page, "Ana here: we could see you")
    expect(leos.page.get_by_text(InboxComposer.OTHER_WRITES.format(name="Ana Silva")).first).to_be_visible()
    leos.reply("Leo here: Tuesday at ten?")
    expect(leos.said("Tuesday at ten?")).to_contain_text(InboxTimeline.DELIVERED)
    write(anas.page, " on Friday")
    anas.page.keyboard.press("Enter")
    warned = anas.page.get_by_role("alertdialog")
    expect(warned).to_contain_text("Leo Park")
    expect(warned).to_contain_text("Tuesday at ten?")
    anas.page.get_by_role("button", name=InboxComposer.KEEP_WRITING).click()
    expect(anas.field).to_have_value("Ana here: we could see you on Friday")
    anas.field.fill("Ana here: bring your insurance card")
    anas.field.press("Enter")
    expect(leos.said("bring your insurance card")).to_contain_text(InboxTimeline.DELIVERED)
    assert carrier.wait_for_reply(customer, 3)[1:] == [
        "Leo here: Tuesday at ten?",
        "Ana here: bring your insurance card",
    ]


def test_a_draft_follows_its_writer_to_another_browser(window, up, ana, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    first = Inbox(window(ana).page).visit()
    first.open(customer)
    first.field.fill("Half a thought")
    kept = "select 1 from message_drafts where body = %s"
    wait_until(lambda: up.query(kept, "Half a thought"), "the draft")
    second = Inbox(window(ana).page).visit(first.conversation)
    expect(second.field).to_have_value("Half a thought")


def test_filters_are_the_address_and_are_kept_under_a_name(answered):
    inbox, page = answered, answered.page
    page.get_by_role("button", name=InboxFilters.FILTERS, exact=True).click()
    panel = page.get_by_role("dialog", name=InboxFilters.FILTERS)
    panel.get_by_label(InboxFilters.CHANNEL).select_option("chat")
    expect(page).to_have_url("/inbox?channel=chat")
    expect(inbox.row(answered.customer)).to_have_count(0)
    panel.get_by_label(InboxFilters.CHANNEL).select_option("sms")
    expect(inbox.row(answered.customer)).to_be_visible()
    page.get_by_label(InboxFilters.VIEW_NAME).fill("Only texts")
    page.get_by_role("button", name=InboxFilters.SAVE_VIEW).click()
    expect(page.get_by_role("button", name="Only texts", exact=True)).to_be_visible()
    page.goto("/inbox")
    page.get_by_role("button", name=InboxFilters.FILTERS, exact=True).click()
    page.get_by_role("button", name="Only texts", exact=True).click()
    expect(page).to_have_url("/inbox?channel=sms")
    page.get_by_role("button", name=InboxFilters.REMOVE_FILTER.format(name="Channel: Texts")).click()
    expect(page).to_have_url("/inbox")


def test_handing_back_with_a_brief_keeps_it_from_the_customer(answered, carrier):
    inbox, page = answered, answered.page
    inbox.open(answered.customer)
    inbox.take_over.click()
    expect(inbox.hand_back).to_be_visible()
    page.keyboard.press("Shift+T")
    page.get_by_label(InboxThread.BRIEF).fill("Offer Tuesday.")
    page.get_by_role("button", name=InboxThread.HAND_BACK_BRIEFED).click()
    expect(inbox.take_over).to_be_visible()
    expect(inbox.event("Offer Tuesday.")).to_be_visible()
    assert len(carrier.wait_for_reply(answered.customer)) == 1
