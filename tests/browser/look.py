"""Look at a page as it is drawn: what sticks out, what nobody can read, what a screen reader would not understand."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SCRIPT = Path(__file__).with_name("look.js").read_text()
AXE = Axe()
# Only what is wrong takes so long.
RESTS_WITHIN_S = 15.0

T = TypeVar("T")
# What may stand outside the landmarks: what axe lets stand there, and menus, which float over the page as dialogs do,
# take the focus when they open and give it back to the button in whose landmark they belong.
LAYERS = "dialog, [role=dialog], [role=alertdialog], [role=menu], svg"
# Every rule that WCAG 2.2 AA asks for, and what axe calls best practice: landmarks, one first heading, their order.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Those of them that a page can only break by its colours.
COLOURS = ("color-contrast", "link-in-text-block")


def settle(page: Page) -> None:
    """Wait until a page is drawn: its heading is there, and nothing stands in for what is still loading."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator(".animate-breathe")).to_have_count(0)
    page.evaluate("document.fonts.ready")


def next_frames(page: Page) -> None:
    """Wait until what was changed has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def sideways(page: Page) -> str:
    """Return how far the page scrolls sideways and what sticks out, or nothing, once it has come to rest."""
    return _at_rest(page, lambda: str(page.evaluate(f"({SCRIPT})().sideways()")))


def small_targets(page: Page, least: int, within: str = "body") -> list[str]:
    """Return the controls smaller than `least` pixels in one direction; links in running text may be."""
    script = f"([least, within]) => ({SCRIPT})().smallTargets(least, within)"
    return _at_rest(page, lambda: list(page.evaluate(script, [least, within])))


def violations(page: Page, within: str = "", *, only_colours: bool = False) -> list[str]:
    """Return what axe finds wrong with a page or the parts of it that match, once colours have stopped fading."""
    return _at_rest(page, lambda: _ask_axe(page, within, only_colours))


def _at_rest(page: Page, look: Callable[[], T]) -> T:
    """Look until nothing is found wrong, for as long as a page on a busy machine takes to come to rest."""
    deadline = time.monotonic() + RESTS_WITHIN_S
    while (found := look()) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return found


def _ask_axe(page: Page, within: str, only_colours: bool) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": COLOURS} if only_colours else {"type": "tag", "values": RULES},
        "checks": {"region": {"options": {"regionMatcher": LAYERS}}},
    }
    # Of all that axe returns, only what is wrong is sent across.
    answer = page.evaluate(
        "([within, options]) => axe.run(within || document, options).then((all) => all.violations)", [within, options]
    )
    return [_said(rule["id"], node) for rule in answer for node in rule["nodes"]]


def _said(rule: str, node: dict[str, Any]) -> str:
    why = " ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{rule}: {' '.join(str(part) for part in node['target'])}: {why} ({node['html'][:120]})"
