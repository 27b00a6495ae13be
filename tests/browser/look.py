"""Look at a page as it is drawn: what sticks out, what nobody can read, what a screen reader would not understand."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

SCRIPT = Path(__file__).with_name("look.js").read_text()
# A control without a name in Playwright's rendering of the accessibility tree: `- button` with nothing quoted.
NAMELESS = re.compile(
    r"^\s*- (button|link|textbox|searchbox|combobox|checkbox|radio|switch|tab|menuitem|slider|spinbutton|img)"
    r"(?: \[[^\]]*\])*:?$",
    re.MULTILINE,
)


def settle(page: Page) -> None:
    """Wait until a page is drawn: its heading is there, and nothing stands in for what is still loading."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator(".animate-breathe")).to_have_count(0)
    page.evaluate("document.fonts.ready")


def next_frames(page: Page) -> None:
    """Wait until what was changed has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def sideways(page: Page) -> str:
    """Return how far the page scrolls sideways and what sticks out, or nothing."""
    return str(page.evaluate(f"({SCRIPT})().sideways()"))


def small_targets(page: Page, least: int, within: str = "body") -> list[str]:
    """Return the controls smaller than `least` pixels in one direction; links in running text may be."""
    return list(page.evaluate(f"([least, within]) => ({SCRIPT})().smallTargets(least, within)", [least, within]))


def pale_words(page: Page) -> list[str]:
    """Return words whose contrast with what is behind them is below WCAG 2.2 AA, once colours have stopped fading."""
    found: list[str] = []
    for _ in range(10):
        found = list(page.evaluate(f"({SCRIPT})().paleWords()"))
        if not found:
            break
        page.wait_for_timeout(100)
    return found


def broken_structure(page: Page) -> list[str]:
    """Return what is wrong with language, landmarks, headings, names, pictures and ids."""
    found = list(page.evaluate(f"({SCRIPT})().structure()"))
    tree = page.locator("body").aria_snapshot()
    return found + [f"no name: {match.group(0).strip()}" for match in NAMELESS.finditer(tree)]
