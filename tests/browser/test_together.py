"""What a team does about a conversation: merges it, gives it away in turn, is told of it, sees which agent spoke."""

import re
import secrets

from playwright.sync_api import expect

from pages.words import (
    Contact,
    Contacts,
    InboxBulk,
    InboxFilters,
    InboxList,
    InboxPage,
    InboxSide,
    InboxThread,
    OwnFields,
    Teams,
)
from tests.browser.inbox import Inbox, national
from tests.browser.test_agents import publish, save

# Stands in for the browser's own notes and sound, which no test could see, and keeps what they were told.
WATCH = """
window.told = []; window.rung = 0;
window.Notification = class { constructor(title, { body }) { window.told.push([title, body]); } close() {} };
Object.assign(window.Notification, { permission: "granted", requestPermission: async () => "granted" });
const Sound = window.AudioContext;
window.AudioContext = class extends Sound { constructor() { super(); window.rung += 1; } };
"""


def answered(carrier, customer, words="How much is a cleaning?"):
    carrier.text(customer, words)
    carrier.wait_for_reply(customer)
    return customer


def switch(page, name):
    return page.get_by_role("checkbox", name=re.compile(f"^{name}"))


def test_two_who_are_one_are_merged_and_whoever_looks_on_is_led_there(window, ana, leo, carrier, new_customer):
    stays, goes, third = (answered(carrier, new_customer()) for _ in range(3))
    mine = window(ana)
    inbox, looking = Inbox(mine.page).visit(), Inbox(window(leo).page).visit()
    looking.open(goes)
    inbox.open(stays)
    page, kept = inbox.page, inbox.conversation
    page.get_by_role("button", name=InboxThread.MORE, exact=True).click()
    page.get_by_role("menuitem", name=InboxThread.MERGE).click()
    dialog = page.get_by_role("dialog", name=Contact.MERGE_TITLE)
    expect(dialog).to_contain_text("cannot be undone")
    dialog.get_by_role("combobox").fill(goes[-7:])
    page.get_by_role("option", name=national(goes)).click()
    expect(dialog.get_by_text(national(goes))).to_be_visible()
    dialog.get_by_role("button", name=Contact.MERGE_VERB, exact=True).click()
    expect(inbox.event(f"Ana Silva merged {national(goes)} into this contact")).to_be_visible()
    expect(inbox.said("How much is a cleaning?")).to_have_count(2)
    expect(inbox.row(goes)).to_have_count(0)
    # Leo looked at the one that is gone; support may follow, and may not merge.
    looking.page.get_by_role("link", name=InboxPage.MOVED_OPEN).click()
    expect(looking.said("How much is a cleaning?")).to_have_count(2)
    assert looking.conversation == kept
    looking.page.get_by_role("button", name=InboxThread.MORE, exact=True).click()
    expect(looking.page.get_by_role("menuitem", name=InboxThread.TRANSLATE)).to_be_visible()
    expect(looking.page.get_by_role("menuitem", name=InboxThread.MERGE)).to_have_count(0)
    # The same from the list, for two that were selected.
    page.get_by_role("button", name=InboxFilters.SELECT).click()
    for customer in (stays, third):
        page.get_by_role("checkbox", name=InboxList.SELECT_ONE.format(name=national(customer))).check()
    page.get_by_role("region", name=InboxBulk.SELECTION).get_by_role("button", name=InboxBulk.MORE, exact=True).click()
    page.get_by_role("menuitem", name=InboxBulk.MERGE).click()
    dialog.get_by_role("button", name=Contact.MERGE_VERB, exact=True).click()
    either = "|".join(re.escape(national(customer)) for customer in (stays, third))
    expect(page.get_by_text(re.compile(f"({either}) is part of .* now"))).to_be_visible()
    expect(inbox.row(stays).or_(inbox.row(third))).to_have_count(1)


def test_a_conversation_goes_to_whose_turn_it_is_and_rings_only_where_it_should(
    window, ana, leo, carrier, new_customer
):
    customer, team = answered(carrier, new_customer()), f"Desk {secrets.token_hex(3)}"
    mine, theirs = window(ana), window(leo)
    theirs.before_each_page(WATCH)
    page = mine.page
    page.goto("/team/teams")
    page.get_by_role("button", name=Teams.NEW).click()
    page.get_by_label(Teams.NAME, exact=True).fill(team)
    page.keyboard.press("Enter")
    for name in ("Leo Park", "Ana Silva"):
        page.get_by_role("button", name=f"{Teams.PEOPLE_OF} {team}").click()
        page.get_by_role("menuitemradio", name=name).click()
        expect(page.get_by_role("menuitemradio")).to_have_count(0)
    # Leo wants to be told, and is away at first.
    looking = Inbox(theirs.page).visit()
    looking.page.get_by_role("button", name=InboxFilters.REACH, exact=True).click()
    for name in (InboxFilters.SOUND, InboxFilters.DESKTOP, InboxFilters.AWAY):
        switch(looking.page, name).click()
        expect(switch(looking.page, name)).to_be_checked()
    inbox = Inbox(page).visit()
    inbox.open(customer)

    def give() -> None:
        page.get_by_role("button", name=InboxThread.ASSIGN, exact=True).click()
        page.get_by_role("menuitem", name=InboxThread.NEXT_OF.format(team=team)).click()

    give()
    expect(inbox.event("assigned this to Ana Silva")).to_be_visible()
    carrier.text(customer, "It is Ana who should hear this")
    expect(inbox.said("It is Ana who should hear this")).to_be_visible()
    # Answered, it rings nowhere any more when it goes to Leo.
    carrier.wait_for_reply(customer, 2)
    switch(looking.page, InboxFilters.AWAY).click()
    expect(switch(looking.page, InboxFilters.AWAY)).not_to_be_checked()
    give()
    expect(inbox.event("assigned this to Leo Park")).to_be_visible()
    # What Leo chose is his, on every page: he looks at his phone numbers, in a tab that is not in front.
    looking.page.goto("/phone")
    # Once the numbers stand there, the page hears what happens.
    expect(looking.page.get_by_role("listitem").filter(has_text=national(carrier.number)).first).to_be_visible()
    looking.page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
    carrier.text(customer, "Now it is Leo’s")
    looking.page.wait_for_function("window.told.length")
    told = looking.page.evaluate("window.told")
    assert [title for title, _ in told] == [national(customer)] * len(told)
    assert {body for _, body in told} == {"Now it is Leo’s"}
    assert looking.page.evaluate("window.rung") == len(told)
    looking.page.goto("/inbox")
    looking.page.get_by_role("button", name=InboxFilters.REACH, exact=True).click()
    for name in (InboxFilters.SOUND, InboxFilters.DESKTOP):
        switch(looking.page, name).click()
        expect(switch(looking.page, name)).not_to_be_checked()


def test_each_answer_names_the_version_that_gave_it(window, ana, up, carrier, new_customer):
    customer = answered(carrier, new_customer())
    mine = window(ana)
    inbox = Inbox(mine.page).visit()
    inbox.open(customer)
    panel = inbox.page.get_by_role("region", name=InboxSide.CONVERSATION, exact=True)
    [(agent, version)] = up.query("select id, version from agent_configs where name = 'Front desk'")
    expect(panel).to_contain_text(f"Front desk · v{version}")
    editing = mine.tab()
    editing.goto(f"/agents/{agent}")
    save(editing, "owner_name", f"Dr. {secrets.token_hex(2)}")
    publish(editing)
    carrier.text(customer, "How much is whitening?")
    expect(inbox.said("$350")).to_contain_text(f"v{version + 1}")
    expect(inbox.said("$120")).to_contain_text(f"v{version}")
    expect(panel).to_contain_text(f"Front desk · v{version + 1}")
    inbox.said("$120").get_by_role("button", name="Why?").click()
    expect(inbox.page.get_by_role("complementary", name=InboxSide.DETAILS)).to_contain_text(f"Front desk · v{version}")


def test_the_panel_changes_fields_of_every_kind_and_leads_to_earlier_times(window, ana, carrier, new_customer):
    customer, mark = answered(carrier, new_customer()), secrets.token_hex(3)
    page = window(ana).page
    page.goto("/contacts")
    page.get_by_role("button", name=Contacts.MORE, exact=True).click()
    page.get_by_role("menuitem", name=Contacts.FIELDS).click()
    dialog = page.get_by_role("dialog", name=OwnFields.TITLE)
    for kind, label in (("number", f"Visits {mark}"), ("boolean", f"Recall {mark}")):
        dialog.get_by_label(OwnFields.LABEL, exact=True).fill(label)
        dialog.get_by_label(OwnFields.KIND).select_option(kind)
        dialog.get_by_role("button", name=OwnFields.ADD).click()
        expect(dialog.get_by_role("button", name=f"{OwnFields.DELETE} {label}")).to_be_visible()
    inbox = Inbox(page).visit()
    inbox.open(customer)
    panel = page.get_by_role("complementary", name=InboxSide.DETAILS)
    visits, recall = panel.get_by_label(f"Visits {mark}"), panel.get_by_label(f"Recall {mark}")
    visits.fill("7")
    visits.blur()
    recall.check()
    panel.get_by_label("Insurance").select_option(index=1)
    panel.get_by_label("Last visit").fill("2026-11-03")
    panel.get_by_label("Last visit").blur()
    page.get_by_role("button", name=InboxThread.CLOSE, exact=True).click()
    expect(inbox.event("closed the conversation")).to_be_visible()
    answered(carrier, customer, "And how much is whitening?")
    page.goto(f"/inbox/{inbox.conversation}")
    expect(recall).to_be_checked()
    expect(visits).to_have_value("7")
    expect(panel.get_by_label("Insurance")).not_to_have_value("")
    expect(panel.get_by_label("Last visit")).to_have_value("2026-11-03")
    earlier = page.get_by_role("region", name=InboxSide.EARLIER).get_by_role("button")
    expect(earlier).to_have_count(1)
    expect(earlier).to_contain_text("How much is a cleaning?")
    earlier.click()
    expect(page.locator("[data-seq='1'].bg-accent-soft")).to_be_in_viewport()
