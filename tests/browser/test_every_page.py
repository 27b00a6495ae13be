"""Every page, at every width, in light and dark: nothing sticks out, everything can be read, named and pressed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import Address, every_page
from tests.browser.inbox import Inbox
from tests.browser.look import next_frames, settle, sideways, small_targets, violations
from tests.browser.window import Problems, Window

PAGES = pytest.mark.parametrize("address", every_page(), ids=lambda address: address.path)
# The first is the one a page is opened at.
WIDTHS = (1440, 768, 390, 320)
# What a thumb presses many times a day.
MAIN_ACTIONS = "nav[aria-label=Main] a, form button[type=submit], header button"


class Visits:
    """Pages opened one after the other in two windows, a visitor's and Ana's, that stay open for all tests here."""

    def __init__(self, windows: dict[bool, Window], up: object) -> None:
        self._windows, self._up = windows, up
        self.show = cache(self._show)

    def _show(self, address: Address) -> dict[str, list[str]]:
        """Open a page once and return everything that is wrong with it, by rule."""
        page = self._windows[address.is_public].page
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        page.goto(address.of(self._up))  # type: ignore[arg-type]
        settle(page)
        found = {"light": violations(page)}
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_class("dark")
        # It is the same page, which the other rules were asked about a moment ago.
        found["dark"] = violations(page, only_colours=True)
        page.emulate_media(color_scheme="light")
        found["sideways"] = []
        for width in WIDTHS:
            if width != WIDTHS[0]:
                page.set_viewport_size({"width": width, "height": 844})
                next_frames(page)
            if wrong := sideways(page):
                found["sideways"].append(wrong)
        with _thumb(page):
            found["small"] = small_targets(page, 24) + small_targets(page, 44, MAIN_ACTIONS)
        return found


@contextmanager
def _thumb(page: Page) -> Iterator[None]:
    """Make the window a phone with a touch screen; the page answers that as it is, and need not be loaded again."""
    page.set_viewport_size({"width": 390, "height": 844})
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    next_frames(page)
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    yield
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    devtools.detach()


@pytest.fixture(scope="module")
def troubles() -> Problems:
    """Return what the pages complained about while they were visited."""
    return Problems()


@pytest.fixture(scope="module")
def visits(contexts, up, ana, troubles) -> Iterator[Visits]:
    """Return the visits, each page at most once."""
    windows = {public: Window(contexts, troubles, None if public else ana) for public in (True, False)}
    yield Visits(windows, up)
    for each in windows.values():
        each.close()


@PAGES
def test_nothing_scrolls_sideways_at_any_width(visits, address):
    assert not visits.show(address)["sideways"]


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(visits, address, scheme):
    assert not visits.show(address)[scheme]


@PAGES
def test_targets_are_large_enough_for_a_thumb(visits, address):
    assert not visits.show(address)["small"]


def test_pages_open_without_errors(visits, troubles):
    for address in every_page():
        visits.show(address)
    assert not troubles.unexpected(), troubles.report()


def test_motion_stops_for_those_who_asked(window, ana):
    for motion, moves in (("no-preference", True), ("reduce", False)):
        page = window(ana, motion=motion).page
        Inbox(page).visit()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        seconds = page.get_by_role("dialog").evaluate("(node) => parseFloat(getComputedStyle(node).animationDuration)")
        assert (seconds > 0.01) == moves
