"""The inbox in one hand: list, conversation and back on a phone, with the composer always within reach."""

import re

from playwright.sync_api import expect

from pages.words import Contact, Contacts, InboxComposer, InboxFilters, InboxSide, InboxThread, InboxTimeline, Shell
from tests.browser.inbox import Inbox
from tests.browser.look import sideways


def test_list_leads_to_the_conversation_and_back(window, ana, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    page = window(ana, width=390, height=844, touch=True).page
    inbox = Inbox(page).visit()
    expect(inbox.field).to_have_count(0)
    inbox.row(customer).tap()
    expect(inbox.said("$120")).to_be_visible()
    expect(inbox.list).to_be_hidden()
    page.get_by_role("link", name=InboxThread.BACK).tap()
    expect(inbox.row(customer)).to_be_visible()
    expect(inbox.field).to_be_hidden()


def test_person_takes_over_and_replies_with_a_thumb(window, leo, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    page = window(leo, width=390, height=844, touch=True).page
    inbox = Inbox(page).visit()
    inbox.row(customer).tap()
    inbox.take_over.tap()
    expect(inbox.hand_back).to_be_visible()
    inbox.field.tap()
    page.keyboard.type("From my phone")
    page.keyboard.press("Enter")  # on a touch keyboard this is a new line
    expect(inbox.field).to_have_value("From my phone\n")
    inbox.send_button.tap()
    expect(inbox.said("From my phone")).to_contain_text(InboxTimeline.DELIVERED)
    assert carrier.wait_for_reply(customer, 2)[-1] == "From my phone"
    # The box is as small as it was, and a page that is loaded again shows what was said since it was opened.
    small = inbox.field.bounding_box()
    assert small
    assert small["height"] < 60
    page.reload()
    expect(inbox.said("From my phone")).to_contain_text(InboxTimeline.DELIVERED)


def test_composer_stays_above_the_bottom_bar_and_the_keyboard(window, ana, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    page = window(ana, width=390, height=844, touch=True).page
    inbox = Inbox(page).visit()
    inbox.row(customer).tap()
    expect(inbox.said("$120")).to_be_visible()
    bar = page.get_by_role("navigation", name=Shell.MAIN_NAVIGATION)
    for height in (844, 420):  # 420: what an on-screen keyboard leaves
        page.set_viewport_size({"width": 390, "height": height})
        expect(inbox.send_button).to_be_in_viewport(ratio=1)
        field, foot = inbox.send_button.bounding_box(), bar.bounding_box()
        assert field, "the composer is not drawn"
        assert field["y"] + field["height"] <= (foot["y"] if foot else height)


def test_a_shift_with_a_thumb_alone(window, ana, carrier, new_customer):
    """Triage, reply, note, assign, snooze, close, contacts, agents."""
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    page = window(ana, width=390, height=844, touch=True).page
    inbox = Inbox(page).visit()
    bar = page.get_by_role("navigation", name=Shell.MAIN_NAVIGATION)
    page.get_by_role("button", name=InboxFilters.FILTERS, exact=True).tap()
    page.get_by_label(InboxFilters.CHANNEL).select_option("sms")
    expect(page).to_have_url("/inbox?channel=sms")
    page.get_by_role("button", name=InboxFilters.FILTERS_ON.format(n=1)).tap()
    inbox.row(customer).tap()
    expect(inbox.said("$120")).to_be_visible()

    inbox.field.tap()
    page.keyboard.insert_text("See you at nine")
    inbox.send_button.tap()
    expect(inbox.said("See you at nine")).to_contain_text(InboxTimeline.DELIVERED)
    page.get_by_role("button", name=InboxComposer.NOTE, exact=True).tap()
    note = page.get_by_role("textbox", name=InboxComposer.NOTE, exact=True)
    note.tap()
    page.keyboard.insert_text("Prefers mornings")
    page.get_by_role("button", name=InboxComposer.SAVE_NOTE, exact=True).tap()
    expect(inbox.said("Prefers mornings")).to_be_visible()

    def choose(role: str, name: str) -> None:
        page.get_by_role("main").get_by_role("button", name=InboxThread.MORE, exact=True).tap()
        page.get_by_role(role, name=name).tap()

    choose("menuitemradio", InboxThread.ME.format(name="Ana Silva"))
    expect(inbox.event("Ana Silva assigned this to Ana Silva")).to_be_visible()
    choose("menuitem", InboxThread.SNOOZE)
    page.get_by_role("button", name="In an hour").tap()
    expect(inbox.event("snoozed the conversation")).to_be_visible()
    choose("menuitem", InboxThread.DETAILS)
    page.get_by_role("dialog", name=InboxSide.DETAILS).get_by_label(InboxSide.COMPANY).fill("North Dental")
    page.get_by_role("dialog", name=InboxSide.DETAILS).get_by_role("button", name=InboxSide.CLOSE).tap()
    choose("menuitem", InboxThread.CLOSE)
    expect(inbox.event("closed the conversation")).to_be_visible()
    page.get_by_role("link", name=InboxThread.BACK).tap()
    expect(inbox.row(customer)).to_have_count(0)

    bar.get_by_role("link", name=Shell.CONTACTS).tap()
    expect(page.get_by_role("grid", name=Contacts.TITLE)).to_be_visible()
    page.get_by_role("searchbox").fill(customer[-7:])
    expect(page).to_have_url(re.compile(f"q={customer[-7:]}"))
    found = page.locator("[data-contact]")
    expect(found).to_have_count(1)
    found.tap()
    expect(page.get_by_label(Contact.COMPANY, exact=True)).to_have_value("North Dental")
    bar.get_by_role("link", name=Shell.AGENTS).tap()
    page.get_by_role("link", name="Front desk").tap()
    expect(page.get_by_role("heading", level=1, name="Front desk")).to_be_visible()
    assert not sideways(page)
