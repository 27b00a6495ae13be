"""See where the keyboard is: the focused element, its name, and whether a person can tell that it has focus."""

import time

from playwright.sync_api import Page

from tests.conftest import PATIENT_S

# A focus is visible when the element, or the box drawn around a bare field, has an outline; in menus and lists of
# choices the highlighted row is the sign.
LOOK = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const drawn = (node) => {
    const look = getComputedStyle(node);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1 && !/, 0\\)$/.test(look.outlineColor);
  };
  let visible = false;
  for (let node = element, step = 0; node && step < 4; node = node.parentElement, step += 1) visible ||= drawn(node);
  if (/^(menuitem|option)/.test(element.getAttribute("role") ?? "")) {
    visible ||= getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)";
  }
  if (element.matches("input[autocomplete=one-time-code]")) visible = true;  // its boxes carry the outline
  const box = element.getBoundingClientRect();
  const inside = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const name = element.getAttribute("aria-label") || element.innerText || element.placeholder || element.id;
  return { name: `${element.localName} “${(name || "").trim().slice(0, 60)}”`, visible, inside };
}"""


def focused(page: Page) -> str:
    """Return the name of the focused element, empty if nothing has focus; fail unless its focus can be seen.

    Colours fade in and lists scroll, so it is given time.
    """
    deadline = time.monotonic() + PATIENT_S
    while True:
        found = page.evaluate(LOOK)
        if found is None:
            return ""
        if found["inside"] and found["visible"]:
            return str(found["name"])
        if time.monotonic() > deadline:
            break
        page.wait_for_timeout(50)
    assert found["inside"], f"the focus is out of sight: {found['name']}"
    raise AssertionError(f"nobody can see that this has focus: {found['name']}")


def press(page: Page, *keys: str) -> str:
    """Press keys one after the other; after each, whatever has focus must show it. Returns its name."""
    name = ""
    for key in keys:
        page.keyboard.press(key)
        name = focused(page)
    return name


def write(page: Page, text: str) -> None:
    """Type as people do: when something that takes words has focus, which may be a moment after the key for it."""
    page.wait_for_function("() => document.activeElement?.matches('input, textarea, [contenteditable=true]')")
    page.keyboard.type(text)


def round_trip(page: Page, most: int = 80) -> list[str]:
    """Press Tab from the top of the page until it begins again; return what had focus on the way."""
    page.evaluate("document.activeElement?.blur(); getSelection().removeAllRanges()")
    names: list[str] = []
    for _ in range(most):
        name = press(page, "Tab")
        if not name or (names and name == names[0] and page.evaluate("document.activeElement === window.firstFocus")):
            return names
        if not names:
            page.evaluate("window.firstFocus = document.activeElement")
        names.append(name)
    raise AssertionError(f"Tab does not come round in {most} presses: {names[-10:]}")
