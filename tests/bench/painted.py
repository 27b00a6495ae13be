"""Time the inbox and the contacts as a person sees them: from what they do to drawn rows, in Chromium, at 100,000.

Each figure begins with the browser's own stamp of the click or key and ends two animation frames after the rows (or the
conversation, or the contact) changed. The pause a search field waits for the next letter is part of it. The floor is
the smallest thing that goes to the server and back on the same page: a dialog that one flag opens.
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

from pages.words import Contacts, InboxList
from tests.bench import crowd
from tests.bench.measure import Row
from tests.bench.tabs import COOKIE, sign_in
from tests.chromium import ensure
from tests.installation import Installation, installation

PEOPLE = 100_000
TRIES = 9
# So many pages of rows are scrolled through before scrolling is timed.
DEEP = 40
SCRIPT = Path(__file__).with_name("painted.js").read_text()
_TARGET = "≤ 300 ms"
_FLOOR = "a dialog that one flag of the server opens, on the same page"
_Act = Callable[[], Awaitable[object]]


async def rows() -> list[Row]:
    """Fill an installation and time opening, filtering, searching and scrolling in both places."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    try:
        await asyncio.to_thread(crowd.fill, up, PEOPLE)
        return await measured(up)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def measured(up: Installation) -> list[Row]:
    """Time both places of an installation that is filled."""
    cookie = await sign_in(up.url, up.demo["email"], up.demo["password"])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=ensure(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        )
        context = await browser.new_context(
            base_url=up.url, viewport={"width": 1440, "height": 900}, locale="en-US", timezone_id="America/Los_Angeles"
        )
        await context.add_cookies([{"name": COOKIE, "value": cookie, "url": up.url}])
        await context.add_init_script(f"window.paint = {SCRIPT}()")
        page = await context.new_page()
        try:
            return [*await _inbox(page), *await _contacts(page)]
        finally:
            await browser.close()


async def _inbox(page: Page) -> list[Row]:
    samples: dict[str, list[float]] = {"open its address": await _opened(page, "/inbox", "conversations")}
    rows = page.locator("[data-row]")
    views = page.get_by_role("navigation", name=InboxList.VIEWS)
    field = page.get_by_role("searchbox")
    floor: list[float] = []
    for number in range(TRIES):
        floor.append(await _after(page, "keydown", "dialog", partial(page.keyboard.press, "c")))
        await page.keyboard.press("Escape")
        await page.wait_for_selector("[role=dialog]", state="detached")
        await page.get_by_role("link", name=Contacts.TITLE).first.click()
        await page.wait_for_selector("[data-contact]")
        home = page.locator('a[href="/inbox"]').first
        _add(samples, "open from another page", await _after(page, "click", "conversations", home.click))
        _add(samples, "open a conversation", await _after(page, "click", "conversation", rows.nth(number + 1).click))
        unread = views.get_by_role("link", name=InboxList.UNREAD_VIEW)
        _add(samples, "filter: unread", await _after(page, "click", "conversations", unread.click))
        every = views.get_by_role("link", name=InboxList.ALL)
        _add(samples, "filter: all again", await _after(page, "click", "conversations", every.click))
        for name, words in (
            ("a word in 1 of 10", "refund"),
            ("a word in 1 of 100", "gutters"),
            ("a word in 1 of 10,000", "zeppelin"),
            ("a name and number", f"Dana Ruiz {200 * (number + 3)}"),
            ("part of a number", f"00{54321 + number}"),
        ):
            _add(samples, f"search: {name}", await _searched(page, field, words, "conversations"))
    await page.goto("/inbox")
    samples["scroll, each page from 2,000 rows down"] = await _scrolled(page, "[data-row]")
    return _lines("/inbox", samples, floor)


async def _contacts(page: Page) -> list[Row]:
    samples: dict[str, list[float]] = {"open its address": await _opened(page, "/contacts", "contacts")}
    rows = page.locator("[data-contact]")
    field = page.get_by_role("searchbox")
    floor: list[float] = []
    for number in range(TRIES):
        floor.append(await _after(page, "keydown", "dialog", partial(page.keyboard.press, "n")))
        await page.keyboard.press("Escape")
        await page.wait_for_selector("[role=dialog]", state="detached")
        await page.locator('a[href="/inbox"]').first.click()
        await page.wait_for_selector("[data-row]")
        home = page.locator('a[href="/contacts"]').first
        _add(samples, "open from another page", await _after(page, "click", "contacts", home.click))
        _add(samples, "open a contact", await _after(page, "click", "contact", rows.nth(number + 1).click))
        await page.go_back()
        await rows.first.wait_for()
        newest = page.get_by_role("button", name=Contacts.LAST_CONTACT)
        _add(samples, "sort by last contact", await _after(page, "click", "contacts", newest.click))
        company = page.get_by_role("button", name=Contacts.COMPANY)
        _add(samples, "sort by company", await _after(page, "click", "contacts", company.click))
        show = page.get_by_label(Contacts.SHOW, exact=True)
        for name, value in (("blocked", "blocked"), ("everybody again", "")):
            choose = partial(show.select_option, value)
            _add(samples, f"filter: {name}", await _after(page, "change", "contacts", choose))
        for name, words in (
            ("a first name (1 in 20)", "dana"),
            ("a whole name", f"ruiz {200 * (number + 3)}"),
            ("part of a number", f"00{54321 + number}"),
            ("one letter", "z"),
        ):
            _add(samples, f"search: {name}", await _searched(page, field, words, "contacts"))
        await page.goto("/contacts")
        await rows.first.wait_for()
    samples["scroll, each page from 2,000 rows down"] = await _scrolled(page, "[data-contact]")
    return _lines("/contacts", samples, floor)


async def _opened(page: Page, address: str, what: str) -> list[float]:
    """Time a full load of an address, its scripts known to the browser already."""
    times: list[float] = []
    for _ in range(TRIES + 1):
        await page.goto(address, wait_until="commit")
        times.append(await page.evaluate(f"paint.opened('{what}')"))
    return times[1:]


async def _after(page: Page, event: str, what: str, act: _Act) -> float:
    """Return the milliseconds from the event that `act` causes to what is drawn because of it."""
    await page.evaluate(f"paint.after('{event}', '{what}')")
    await act()
    return float(await page.evaluate("window.painted"))


async def _searched(page: Page, field: Locator, words: str, what: str) -> float:
    """Time a search from its last letter, then clear the field and wait for the whole list."""
    taken = await _after(page, "input", what, partial(field.fill, words))
    await _after(page, "input", what, partial(field.fill, ""))
    await field.blur()
    return taken


async def _scrolled(page: Page, row: str) -> list[float]:
    """Scroll to the end again and again, and return how long each next page took once the place is deep."""
    await page.wait_for_selector(row)
    list_of = f"document.querySelector('{row}').closest('[data-virtuoso-scroller]')"
    bottom = f"{list_of}.scrollTo({{ top: 1e9, behavior: 'instant' }})"
    times = []
    for number in range(DEEP + TRIES):
        taken = await _after(page, "scroll", "length", partial(page.evaluate, bottom))
        if number >= DEEP:
            times.append(taken)
    return times


def _add(samples: dict[str, list[float]], name: str, taken: float) -> None:
    samples.setdefault(name, []).append(taken)


def _lines(place: str, samples: dict[str, list[float]], floor: list[float]) -> list[Row]:
    return [Row(f"{place}: {name}", _TARGET, _said(times), _said(floor), _FLOOR) for name, times in samples.items()]


def _said(times: list[float]) -> str:
    return f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms"
