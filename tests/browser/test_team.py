"""A team in a browser: people come by email and hand over when they leave, teams form, owners see who did what."""

import re
import secrets

from playwright.sync_api import Page, expect

from pages.words import (
    Activity,
    Forms,
    InboxThread,
    Invitations,
    SignIn,
    SignUp,
    Team,
    Teams,
)
from tests.browser.carrier import Carrier
from tests.browser.inbox import Inbox
from tests.browser.look import next_frames, settle, sideways, violations
from tests.browser.people import PASSWORD, sign_up


def address(name: str) -> str:
    """Return an email address nobody has used."""
    return f"{name}-{secrets.token_hex(4)}@team.example"


def invite(page: Page, email: str, name: str, role: str) -> None:
    """Invite somebody by the dialog."""
    page.goto("/team")
    page.get_by_role("button", name=Team.INVITE, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(Forms.EMAIL).fill(email)
    dialog.get_by_label(Team.INVITE_NAME).fill(name)
    dialog.locator("label").filter(has_text=role).first.click()
    expect(dialog.get_by_role("radio", name=re.compile(role))).to_be_checked()
    dialog.get_by_role("button", name=Team.INVITE_SEND).click()
    expect(dialog).to_have_count(0)
    expect(member(page, name).get_by_text(Team.PENDING, exact=True)).to_be_visible()


def member(page: Page, name: str):
    """Return the row of a member."""
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=name)


def more(page: Page, name: str, what: str) -> None:
    """Choose something in the menu of a member or a team."""
    page.get_by_role("button", name=f"{Team.ACTIONS} {name}", exact=True).click()
    page.get_by_role("menuitem", name=what).click()


def accept(page: Page, carrier: Carrier, email: str) -> None:
    """Follow the link of the mail and join."""
    page.goto(carrier.link_for(email))
    page.get_by_role("button", name=Invitations.ACCEPT, exact=True).click()
    expect(page).to_have_url(re.compile("/inbox"))


def test_somebody_without_an_account_makes_one_on_the_way_in_and_the_owner_sees_it(window, up, carrier):
    boss = window(sign_up(up.url, carrier, "Bo Larsen", address("bo"))).page
    email = address("noa")
    invite(boss, email, "Noa Levi", Team.EDITOR)

    noa = window().page
    noa.goto(carrier.link_for(email))
    expect(noa).to_have_url(re.compile("/login"))
    noa.get_by_role("link", name=SignIn.SIGN_UP).click()
    noa.get_by_label(Forms.NAME).fill("Noa Levi")
    noa.get_by_label(Forms.EMAIL).fill(email)
    noa.get_by_label(Forms.PASSWORD, exact=True).fill(PASSWORD)
    noa.get_by_role("button", name=SignUp.SUBMIT).click()
    noa.get_by_label(Forms.CODE).press_sequentially(carrier.code_for(email))
    noa.get_by_role("button", name=Invitations.ACCEPT, exact=True).click()
    expect(noa).to_have_url(re.compile("/inbox"))

    row = member(boss, "Noa Levi")
    expect(row.get_by_text(Team.PENDING, exact=True)).to_have_count(0)
    noa.goto("/team")
    expect(noa.get_by_text(Team.READ_ONLY)).to_be_visible()
    expect(noa.get_by_role("button", name=Team.INVITE, exact=True)).to_have_count(0)
    role = row.get_by_role("button", name=Team.ROLE_OF.format(name="Noa Levi", role=Team.EDITOR))
    role.click()
    boss.get_by_role("menuitemradio", name=Team.OWNER).click()
    expect(row.get_by_role("button", name=Team.ROLE_OF.format(name="Noa Levi", role=Team.OWNER))).to_be_visible()
    # A changed role cuts the tab off; it comes back by itself, and a person who goes on meanwhile is not held up.
    noa.goto("/team")
    expect(noa.get_by_role("button", name=Team.INVITE, exact=True)).to_be_visible()
    noa.goto("/team/activity")
    expect(noa.get_by_text("Bo Larsen changed the role of Noa Levi")).to_be_visible()


def test_who_leaves_hands_over_their_conversations(window, up, carrier, ana, new_customer, problems):
    # The tabs of somebody who is removed are cut off, whatever they were saying.
    problems.expect("WebSocket is already in CLOSING or CLOSED state")
    kim = sign_up(up.url, carrier, "Kim Vale", address("kim"))
    boss = window(ana).page
    invite(boss, kim.email, "Kim Vale", Team.SUPPORT)
    theirs = window(kim).page
    accept(theirs, carrier, kim.email)

    customer = new_customer()
    carrier.text(customer, "How much is a cleaning?")
    carrier.wait_for_reply(customer)
    inbox = Inbox(boss).visit()
    inbox.open(customer)
    boss.get_by_role("button", name=InboxThread.ASSIGN, exact=True).click()
    boss.get_by_role("menuitemradio", name="Kim Vale").click()
    expect(inbox.event("Ana Silva assigned this to Kim Vale")).to_be_visible()

    boss.goto("/team?q=kim")
    more(boss, "Kim Vale", Team.REMOVE)
    dialog = boss.get_by_role("alertdialog")
    expect(dialog.get_by_text(Team.ONE_WAITS)).to_be_visible()
    dialog.get_by_label(Team.HAND_TO).select_option(label="Leo Park")
    dialog.get_by_role("button", name=f"{Team.REMOVE_VERB} Kim Vale").click()
    expect(boss.get_by_text(Team.NO_MATCH_TITLE)).to_be_visible()
    inbox.visit()
    inbox.open(customer)
    expect(inbox.event("Ana Silva assigned this to Leo Park")).to_be_visible()
    theirs.goto("/inbox")
    expect(theirs.get_by_text("Harbor Dental")).to_have_count(0)


def test_team_is_made_filled_and_deleted_by_keyboard(window, ana):
    page = window(ana).page
    name = f"Billing {secrets.token_hex(3)}"
    page.goto("/team/teams")
    page.get_by_role("button", name=Teams.NEW).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(Teams.NAME, exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    card = page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    expect(card.get_by_text(Teams.NOBODY)).to_be_visible()
    page.get_by_role("button", name=f"{Teams.PEOPLE_OF} {name}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitemradio", name="Leo Park").press("Enter")
    expect(card.get_by_text(Teams.ONE)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"{Teams.ACTIONS} {name}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=Teams.DELETE).press("Enter")
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_role("button", name=re.compile(Teams.DELETE_VERB)).focus()
    page.keyboard.press("Enter")
    expect(card).to_have_count(0)
    page.goto("/team/activity?subject=team")
    expect(page.get_by_text(f"Ana Silva deleted the team {name}")).to_be_visible()


def test_activity_is_narrowed_in_the_address_and_taken_away_as_a_file(window, ana, tmp_path):
    page = window(ana).page
    page.goto("/team/activity")
    settle(page)
    page.get_by_label(Activity.FROM, exact=True).fill("2020-01-01")
    page.get_by_label(Activity.TO, exact=True).fill("2020-01-02")
    expect(page).to_have_url(re.compile("from=2020-01-01&to=2020-01-02&tz=America%2FLos_Angeles"))
    expect(page.get_by_text(Activity.NO_MATCH_TITLE)).to_be_visible()
    page.get_by_role("link", name=Activity.CLEAR_FILTERS).click()
    expect(page.get_by_text(Activity.NO_MATCH_TITLE)).to_have_count(0)
    with page.expect_download() as file:
        page.get_by_role("link", name=Activity.EXPORT).click()
    path = tmp_path / "activity.csv"
    file.value.save_as(path)
    assert path.read_text(encoding="utf-8-sig").startswith("Time (UTC),Person,")


def test_people_who_are_no_owner_see_the_team_and_not_who_did_what(window, leo):
    page = window(leo).page
    page.goto("/team/activity")
    expect(page.get_by_text(Activity.OWNERS_TITLE)).to_be_visible()
    expect(page.get_by_role("link", name=Activity.EXPORT)).to_have_count(0)
    page.goto("/team/teams")
    expect(page.get_by_text(Teams.READ_ONLY)).to_be_visible()
    expect(page.get_by_role("button", name=Teams.NEW)).to_have_count(0)
    page.goto("/team")
    expect(page.get_by_text(Team.READ_ONLY)).to_be_visible()


def test_old_address_of_the_team_leads_on(window, ana):
    page = window(ana).page
    page.goto("/settings/team")
    expect(page).to_have_url(re.compile(r"/team/?$"))


def test_layers_of_the_team_can_be_read_and_named_in_both_schemes(window, ana):
    page = window(ana, width=390, height=844, touch=True).page
    page.goto("/team")
    settle(page)
    layers = [
        lambda: page.get_by_role("button", name=Team.INVITE, exact=True).click(),
        lambda: page.get_by_role("button", name=re.compile("^Role of Leo Park")).click(),
        lambda: more(page, "Leo Park", Team.REMOVE),
    ]
    for show in layers:
        show()
        page.wait_for_timeout(300)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            next_frames(page)
            assert (violations(page), sideways(page)) == ([], "")
        page.keyboard.press("Escape")
