"""Hold the token file to WCAG 2.2 contrast in both themes, and the two themes to the same names."""

import re
from pathlib import Path

import pytest

from pages.components import theme

STYLES = Path(__file__).parents[3] / "assets" / "styles.css"
THEMES = {"light": ":root", "dark": ".dark"}


def tokens(selector: str) -> dict[str, str]:
    """Return the custom properties that one theme's block defines."""
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", STYLES.read_text(), re.MULTILINE | re.DOTALL)
    assert block, f"{selector} has no block in {STYLES.name}"
    return {name: " ".join(value.split()) for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", block[1])}


def luminance(colour: str) -> float:
    """Return relative luminance as WCAG 2.2 defines it, from #rrggbb."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio between two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_formula_matches_the_standards_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_of_tokens_is_legible(name: str) -> None:
    values = tokens(THEMES[name])
    weak = [
        f"{ink} on {ground}: {ratio:.2f} < {least}"
        for ink, ground, least in theme.PAIRS
        if (ratio := contrast(values[ink], values[ground])) < least
    ]
    assert not weak, f"{name}: " + "; ".join(weak)


def test_both_themes_define_the_same_tokens() -> None:
    assert tokens(":root").keys() == tokens(".dark").keys()


def test_every_colour_token_is_known_to_tailwind() -> None:
    mapped = set(re.findall(r"--color-[\w-]+: var\(--([\w-]+)\)", STYLES.read_text()))
    colours = {name for name, value in tokens(":root").items() if re.fullmatch(r"#[0-9a-f]{6}|rgb\([^)]*\)", value)}
    assert colours == mapped


def test_the_browsers_frame_has_the_colour_of_the_rail() -> None:
    assert tokens(":root")["sunken"] == theme.LIGHT_THEME_COLOR
    assert tokens(".dark")["sunken"] == theme.DARK_THEME_COLOR
