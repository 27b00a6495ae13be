"""The inbox in one hand: list, conversation and back on a phone, with the composer always within reach."""

from playwright.sync_api import expect

from pages.words import InboxThread, InboxTimeline, Shell
from tests.browser.inbox import Inbox


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
