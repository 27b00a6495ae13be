"""The directory in a browser: find and choose by keyboard, edit in place, merge, bring a file in, erase."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from pages.words import Common, Contact, ContactImports, Contacts
from tests.browser.look import next_frames, sideways, violations


def rows(page: Page):
    """Return the rows of the list."""
    return page.locator("[data-contact]")


def listed(page: Page, search: str) -> None:
    """Search the list and wait for what it finds."""
    page.goto("/contacts")
    page.get_by_role("searchbox").fill(search)
    expect(page).to_have_url(re.compile(f"q={search}"))


@pytest.fixture
def page(window, ana) -> Page:
    """Ana's window."""
    return window(ana).page


@pytest.fixture
def mark() -> str:
    """A family name nobody else has."""
    return f"Quist{secrets.token_hex(3)}"


def add(page: Page, first: str, last: str, phone: str) -> None:
    """Add a contact by the dialog; its page opens."""
    page.goto("/contacts")
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(Contact.FIRST_NAME).fill(first)
    dialog.get_by_label(Contact.LAST_NAME).fill(last)
    dialog.get_by_label(Contacts.PHONE).fill(phone)
    dialog.get_by_role("button", name=Contacts.CREATE_VERB).click()
    expect(page).to_have_url(re.compile(r"/contacts/[0-9a-f-]{36}"))
    expect(page.get_by_role("heading", name=f"{first} {last}")).to_be_visible()


def test_a_contact_is_added_edited_and_found_again(page, mark, new_customer):
    phone = new_customer()
    add(page, "Nora", mark, phone)
    page.get_by_label(Contact.COMPANY).fill(f"{mark} AB")
    page.get_by_label(Contact.COMPANY).blur()
    expect(page.get_by_text(Common.SAVED)).to_be_visible()
    page.get_by_label(Contact.EMAIL, exact=True).fill("nora@")
    page.get_by_label(Contact.EMAIL, exact=True).blur()
    expect(page.get_by_role("alert").filter(has_text="email")).to_be_visible()
    listed(page, mark.lower()[2:])
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text(f"{mark} AB")
    listed(page, phone[-6:])
    expect(rows(page)).to_have_count(1)


def test_people_are_chosen_tagged_deleted_and_brought_back_by_keyboard(page, mark, new_customer):
    for first in ("Ada", "Bea", "Cleo"):
        add(page, first, mark, new_customer())
    listed(page, mark)
    expect(rows(page)).to_have_count(3)
    rows(page).first.focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("toolbar")).to_contain_text("2")
    page.get_by_role("button", name=Contacts.ADD_TAG).click()
    page.get_by_label(Contacts.TAG_FIND).fill(f"t-{mark}")
    page.keyboard.press("Enter")
    expect(rows(page).filter(has_text=f"t-{mark}")).to_have_count(2)
    rows(page).first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=Contacts.DELETE).click()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name=Common.UNDO).click()
    expect(rows(page)).to_have_count(3)


def test_two_contacts_become_one(page, mark, new_customer):
    first, second = new_customer(), new_customer()
    add(page, "Dana", mark, second)
    add(page, "Diana", mark, first)
    page.get_by_role("button", name=Contact.MORE).first.click()
    page.get_by_role("menuitem", name=Contact.MERGE).click()
    page.get_by_label(Contact.MERGE_FIND).fill(f"dana {mark}")
    page.get_by_role("option").filter(has_text=f"Dana {mark}").click()
    other = page.get_by_role("dialog").get_by_role("radio").nth(1)
    other.click()
    expect(other).to_be_checked()
    page.get_by_role("button", name=Contact.MERGE_VERB, exact=True).click()
    expect(page.get_by_role("heading", name=f"Dana {mark}")).to_be_visible()
    expect(page.get_by_text(Contact.OTHER_PHONES)).to_be_visible()
    listed(page, mark)
    expect(rows(page)).to_have_count(1)


def test_a_person_is_blocked_and_then_erased_with_a_report(page, mark, new_customer):
    add(page, "Rob", mark, new_customer())
    page.get_by_role("button", name=Contact.MORE).first.click()
    page.get_by_role("menuitem", name=Contact.BLOCK).click()
    page.get_by_role("dialog").get_by_role("button", name=Contact.BLOCK_VERB).click()
    expect(page.get_by_text(Contact.BANNER_BLOCKED)).to_be_visible()
    page.get_by_role("button", name=Contact.MORE).first.click()
    page.get_by_role("menuitem", name=Contact.ERASE).click()
    dialog = page.get_by_role("dialog")
    erase = dialog.get_by_role("button", name=f"{Contact.ERASE_VERB} Rob {mark}")
    expect(erase).to_be_disabled()
    dialog.get_by_label(Contact.ERASE_CONFIRM).press_sequentially(f"Rob {mark}")
    erase.click()
    expect(page.get_by_role("heading", name=Contact.ERASED_TITLE)).to_be_visible()
    listed(page, mark)
    expect(page.get_by_text(Contacts.NONE_TITLE)).to_be_visible()


def test_a_file_is_brought_in_and_its_bad_rows_are_handed_back(page, mark, new_customer):
    good, bad = new_customer(), "12"
    content = f"Full name;Handy\nIva {mark};{good}\nOdd {mark};{bad}\n".encode("cp1252")
    page.goto("/contacts/import")
    expect(page.get_by_role("button", name=ContactImports.CHOOSE)).to_be_visible()
    page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    expect(page).to_have_url(re.compile("id="))
    start = page.get_by_role("button", name=ContactImports.START.partition("{")[0])
    expect(start).to_be_enabled()
    start.click()
    expect(page.get_by_text(ContactImports.DONE)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=ContactImports.ERRORS).click()
    assert f"Odd {mark}" in download.value.path().read_text()
    listed(page, mark)
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("address", ["/contacts?show=deleted&q=nobody", "/messages?q=nobody&direction=inbound"])
def test_an_address_with_a_filter_opens_as_it_says(page, address):
    page.goto(address)
    expect(page.get_by_role("searchbox")).to_have_value("nobody")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_layers_of_the_pages_can_be_read_and_fit_a_phone(window, ana, scheme):
    page = window(ana, scheme=scheme).page
    page.goto("/contacts")
    expect(rows(page).first).to_be_visible()
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        page.get_by_role("button", name=Contacts.NEW).click()
        next_frames(page)
        assert violations(page) == []
        assert not sideways(page)
        page.keyboard.press("Escape")
        rows(page).first.get_by_role("checkbox").check()
        expect(page.get_by_role("toolbar")).to_be_visible()
        assert violations(page) == []
        assert not sideways(page)
        page.get_by_role("button", name=Contacts.CLEAR_SELECTION).click()
