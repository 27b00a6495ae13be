"""Look at a page as it is drawn: what sticks out, what nobody can read, what a screen reader would not understand."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SCRIPT = Path(__file__).with_name("look.js").read_text()
AXE = Axe()
# What may stand outside the landmarks: what axe lets stand there, and menus, which float over the page as dialogs do,
# take the focus when they open and give it back to the button in whose landmark they belong.
LAYERS = "dialog, [role=dialog], [role=alertdialog], [role=menu], svg"
# Every rule that WCAG 2.2 AA asks for, and what axe calls best practice: landmarks, one first heading, their order.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


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


def violations(page: Page, within: str = "") -> list[str]:
    """Return what axe finds wrong with a page or the parts of it that match, once colours have stopped fading."""
    found: list[str] = []
    for _ in range(5):
        found = _ask_axe(page, within)
        if not found:
            break
        page.wait_for_timeout(100)
    return found


def _ask_axe(page: Page, within: str) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": RULES},
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
