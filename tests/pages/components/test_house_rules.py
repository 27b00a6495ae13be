"""Hold every page and component to the design system: its tokens, its wrappers, its pinned libraries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
BROWSER_FILES = sorted((ROOT / "pages").rglob("*.jsx"))
# The one file that names colours outside the stylesheet: the browser's own frame takes no variable.
NAMES_COLOURS = {ROOT / "pages" / "components" / "theme.py"}

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^\"']*/)|\b(?:rgb|hsl|oklch)a?\(")
ARBITRARY = re.compile(r"\b(?:text|bg|border|shadow|ring|outline|fill|stroke)-\[(?!width|length)[^\]]*\]")


def strings(path: Path) -> Iterator[str]:
    """Yield every text constant of a Python file that is not a docstring, or the whole of a JSX file."""
    if path.suffix == ".jsx":
        yield path.read_text()
        return
    tree = ast.parse(path.read_text())
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", [*PAGES, *BROWSER_FILES], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_colour_or_type_size_is_typed_outside_the_token_file(path: Path) -> None:
    if path in NAMES_COLOURS:
        return
    found = [match[0] for text in strings(path) for rule in (COLOUR, ARBITRARY) for match in rule.finditer(text)]
    assert not found, f"use a token of assets/styles.css instead of {found}"


def test_npm_packages_are_pinned_exactly() -> None:
    loose = [
        f"{path.name}: {text}"
        for path in PAGES
        for text in strings(path)
        if re.fullmatch(r"(@[\w-]+/)?[\w.-]+@[^\s@]+", text)
        and "." not in text.split("@")[0]
        and not re.search(r"@\d+\.\d+\.\d+$", text)
    ]
    assert not loose, loose


def test_links_inside_the_product_do_not_reload_the_page() -> None:
    native = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PAGES
        if path.parent != ROOT / "pages" / "components"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "rx.el.A"
    ]
    assert not native, f"use page_link, text_link or external_link: {native}"
