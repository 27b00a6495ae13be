"""Two tabs, two people, a stranger, a visitor: who sees what, who sees it live, and who is sent away."""

import re
import secrets

from playwright.sync_api import expect

from pages.words import (
    Agent,
    Forms,
    InboxList,
    InboxPage,
    InboxTimeline,
    Operations,
    Settings,
    Shell,
    SignIn,
)
from tests.browser.inbox import Inbox
from tests.browser.people import sign_in, sign_up


def test_what_is_read_in_one_tab_is_read_in_the_other(window, ana, carrier, new_customer):
    customer = new_customer()
    mine = window(ana)
    left, right = Inbox(mine.page), Inbox(mine.tab())
    left.visit()
    right.visit()
    carrier.text(customer, "Are you open on Saturday?")
    unread = right.row(customer).get_by_text(InboxList.UNREAD)
    expect(unread).to_have_count(1)
    left.page.bring_to_front()
    left.open(customer)
    expect(left.said("Are you open on Saturday?")).to_be_visible()
    right.page.bring_to_front()
    expect(unread).to_have_count(0)


def test_colleagues_see_each_other_take_over_reply_and_hand_back(window, ana, leo, carrier, new_customer):
    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    anas, leos = Inbox(window(ana).page).visit(), Inbox(window(leo).page).visit()
    anas.open(customer)
    leos.open(customer)

    leos.take_over.click()
    expect(anas.hand_back).to_be_visible()
    expect(anas.event("Leo Park took over")).to_be_visible()
    leos.reply("Leo here: I can book you in for Tuesday.")
    expect(anas.said("I can book you in for Tuesday")).to_contain_text(InboxTimeline.DELIVERED)
    anas.reply("Ana here: or on Thursday, if that is easier.")
    expect(leos.said("or on Thursday")).to_contain_text(InboxTimeline.DELIVERED)
    anas.hand_back.click()
    expect(leos.take_over).to_be_visible()
    expect(leos.event("Ana Silva handed back")).to_be_visible()
    assert carrier.wait_for_reply(customer, 3)[1:] == [
        "Leo here: I can book you in for Tuesday.",
        "Ana here: or on Thursday, if that is easier.",
    ]


def test_stranger_sees_nothing_of_another_organization(window, ana, stranger, up, carrier, new_customer):
    customer = new_customer()
    anas, theirs = Inbox(window(ana).page).visit(), Inbox(window(stranger).page).visit()
    expect(theirs.page.get_by_text(InboxList.NEW_TITLE)).to_be_visible()
    carrier.text(customer, "Are you open on Saturday?")
    anas.open(customer)
    expect(anas.said("Are you open on Saturday?")).to_be_visible()
    expect(theirs.page.get_by_text(InboxList.NEW_TITLE)).to_be_visible()

    theirs.page.goto(f"/inbox/{anas.conversation}")
    expect(theirs.page.get_by_role("heading", name=InboxPage.MISSING_TITLE)).to_be_visible()
    expect(theirs.page.get_by_text("Saturday")).to_have_count(0)
    [(agent,)] = up.query("select id from agent_configs where name = 'Front desk'")
    theirs.page.goto(f"/agents/{agent}")
    expect(theirs.page.get_by_role("heading", name=Agent.GONE_TITLE)).to_be_visible()
    for page in ("/agents", "/phone", "/team", "/team/teams"):
        theirs.page.goto(page)
        expect(theirs.page.get_by_role("heading", level=1)).to_be_visible()
        expect(theirs.page.get_by_role("status").filter(has_text=InboxPage.LOADING)).to_have_count(0)
        for secret in ("Front desk", "Harbor Dental", "Leo Park", "(415) 555-0132"):
            expect(theirs.page.get_by_role("main").get_by_text(secret)).to_have_count(0)


def test_only_operators_see_failed_jobs(window, ana, leo):
    page = window(ana).page
    page.goto("/admin/jobs")
    expect(page.get_by_text(Operations.EMPTY_TITLE)).to_be_visible()
    page = window(leo).page
    page.goto("/admin/jobs")
    expect(page.get_by_text(Operations.LEAD)).to_have_count(0)
    expect(page.get_by_text(Operations.EMPTY_TITLE)).to_have_count(0)


def test_visitor_signs_in_and_lands_where_they_wanted_to_go(window, leo):
    page = window().page
    page.goto("/agents?status=active")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    page.get_by_label(Forms.EMAIL).fill(leo.email)
    page.get_by_label(Forms.PASSWORD, exact=True).fill("not my password")
    page.get_by_role("button", name=SignIn.SUBMIT).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label(Forms.PASSWORD, exact=True).fill(leo.password)
    page.get_by_role("button", name=SignIn.SUBMIT).click()
    expect(page).to_have_url(re.compile(r"/agents/?\?status=active$"))
    expect(page.get_by_role("link", name="Front desk")).to_be_visible()


def test_signing_out_in_one_tab_ends_the_others(window, leo, up):
    again = sign_in(up.url, leo.email, leo.password, leo.name)
    mine = window(again)
    left, right = Inbox(mine.page).visit(), Inbox(mine.tab()).visit()
    left.page.bring_to_front()
    left.page.get_by_role("button", name=Shell.ACCOUNT).click()
    left.page.get_by_role("menuitem", name=Shell.SIGN_OUT).click()
    expect(left.page).to_have_url(re.compile("/login"))
    right.page.bring_to_front()
    expect(right.page).to_have_url(re.compile("/login"))
    right.page.goto("/inbox")
    expect(right.page).to_have_url(re.compile("/login"))


def test_session_ended_on_another_device_is_signed_out_at_once(window, up, carrier):
    here = sign_up(up.url, carrier, "Kim Vale", f"kim-{secrets.token_hex(4)}@vale.example")
    there = sign_in(up.url, here.email, here.password, here.name)
    lost = Inbox(window(there).page).visit()
    page = window(here).page
    page.goto("/settings/devices")
    page.get_by_role("button", name=Settings.END, exact=True).click()
    expect(page.get_by_text(Settings.ONLY_THIS)).to_be_visible()
    expect(lost.page).to_have_url(re.compile("/login"))
