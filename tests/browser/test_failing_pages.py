"""A page that cannot load what it shows says what failed and what is safe, with a reference, and comes back."""

import pytest
from playwright.sync_api import Page, expect

from pages.words import Common, Team
from tests.browser.addresses import BROKEN_BY, Address
from tests.browser.look import settle


@pytest.fixture(scope="module")
def places(up) -> dict[str, str]:
    """Return the addresses before anything is broken."""
    return {path: Address(path).of(up) for path in BROKEN_BY}


def test_every_page_says_what_failed_and_quotes_a_reference(window, ana, up, places, problems):
    problems.expect(r"^50\d from ", "Failed to load resource")
    page: Page = window(ana).page
    for path, what in BROKEN_BY.items():
        with up.without(what):
            page.goto(places[path])
            failure = page.get_by_role("main").get_by_role("alert")
            expect(failure, path).to_contain_text(Common.REFERENCE)
            expect(failure.get_by_role("button", name=Common.RETRY), path).to_be_visible()
            settle(page)


def test_a_second_try_shows_the_page(window, ana, up):
    page = window(ana).page
    with up.without(BROKEN_BY["/team"]):
        page.goto("/team")
        expect(page.get_by_role("alert").filter(has_text=Team.FAILED)).to_be_visible()
    page.get_by_role("button", name=Common.RETRY).click()
    expect(page.get_by_text("leo@harbor-dental.example")).to_be_visible()
