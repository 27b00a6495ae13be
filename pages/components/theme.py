"""Name the design tokens, the pairs that must stay legible, and what every page needs in its head.

`assets/styles.css` holds the values; Tailwind turns each token into utilities (`bg-canvas`, `text-muted`,
`border-control`, `rounded-card`, `shadow-float`, `text-14`). Nothing else exists: the default palette, type scale,
radii and shadows of Tailwind are switched off, so a class outside the system paints nothing.

For authors of pages:
- text: `text-ink` for what matters, `text-muted` for what supports, `text-faint` for the rest; sizes `text-12` to
  `text-48`, weights `font-normal`, `font-medium`, `font-semibold`, at most three sizes in one pane;
- ground: `bg-canvas` (page), `bg-sunken` (rail, wells), `bg-raised` (what floats, with `shadow-float`);
- lines: `border-line` separates, `border-control` outlines what a person can operate;
- meanings: `text-danger-ink bg-danger-soft` and the same for success, warning, info; `*-danger` for icons and dots;
- what floats, ticks or copies is wrapped once, in a `.jsx` file beside its Python module; a page's own JSX imports
  that file (`$/public/external/pages/components/menu/menu.jsx`) rather than the library under it;
- gaps: 8 px (`gap-2`) between related things, 16 (`gap-4`) between groups, 24 (`gap-6`) between sections.
"""

import reflex as rx

LIGHT_THEME_COLOR = "#f7f7f9"
DARK_THEME_COLOR = "#0c0c0e"

MEANINGS = ("success", "warning", "danger", "info")
CHANNELS = ("call", "text", "email", "chat", "social")
GROUNDS = ("canvas", "sunken", "raised", "hover", "selected")

# WCAG 2.2: 1.4.3 asks 4.5:1 of text, 1.4.11 asks 3:1 of icons, focus rings and the borders of controls.
TEXT = 4.5
CONTROL = 3.0

PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, TEXT) for ink in ("ink", "muted", "faint") for ground in GROUNDS),
    *(("control", ground, CONTROL) for ground in ("canvas", "sunken", "raised")),
    *(("ring", ground, CONTROL) for ground in GROUNDS),
    *((f"channel-{channel}", ground, CONTROL) for channel in CHANNELS for ground in GROUNDS),
    *((meaning, ground, CONTROL) for meaning in MEANINGS for ground in GROUNDS),
    *((f"{meaning}-ink", f"{meaning}-soft", TEXT) for meaning in MEANINGS),
    *((f"{meaning}-ink", ground, TEXT) for meaning in MEANINGS for ground in GROUNDS),
    *((meaning, f"{meaning}-soft", CONTROL) for meaning in MEANINGS),
    *(("accent-ink", ground, TEXT) for ground in (*GROUNDS, "accent-soft")),
    *(("accent", ground, CONTROL) for ground in GROUNDS),
    ("muted", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    *((ink, f"{meaning}-soft", TEXT) for ink in ("ink", "muted") for meaning in MEANINGS),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-hover", TEXT),
    ("on-tip", "tip", TEXT),
)

# Runs before the first paint: the theme a person chose, else the system's, whether they folded the rail, and whether
# the keyboard has a ⌘ key. Reflex keeps the theme in localStorage under "theme" and takes over once the page is alive;
# on the start page, which has no other script, this alone follows the system when it changes.
BEFORE_PAINT = """
(function () {
  try {
    var root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
    var paint = function () {
      var choice = localStorage.getItem("theme");
      var dark = choice === "dark" || (choice !== "light" && system.matches);
      root.classList.remove("light", "dark");
      root.classList.add(root.style.colorScheme = dark ? "dark" : "light");
    };
    paint();
    system.addEventListener("change", paint);
    if (/Mac|iPhone|iPad/.test(navigator.platform)) root.dataset.apple = "";
    if (localStorage.getItem("rail") === "folded") root.dataset.rail = "folded";
  } catch (blocked) {}
})();
"""


def head_components() -> list[rx.Component]:
    """Return what stands in the head of every page: theme before paint, font, icons, manifest, viewport."""
    return [
        rx.el.script(BEFORE_PAINT),
        rx.el.meta(
            name="viewport",
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content",
        ),
        _theme_color(LIGHT_THEME_COLOR, "light"),
        _theme_color(DARK_THEME_COLOR, "dark"),
        rx.el.link(
            rel="preload",
            href="/fonts/inter-core.woff2",
            type="font/woff2",
            custom_attrs={"as": "font", "crossOrigin": "anonymous"},
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="icon", href="/icons/icon-32.png", type="image/png", sizes="32x32"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    ]


def _theme_color(color: str, scheme: str) -> rx.Component:
    # Reflex knows no `media` of a meta element and would take it for a style.
    return rx.el.meta(name="theme-color", content=color, custom_attrs={"media": f"(prefers-color-scheme: {scheme})"})
