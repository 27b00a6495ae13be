"""Hold components to the markup that assistive technology reads."""

from typing import Any

import pytest
import reflex as rx

from pages.components.avatar import initials_of
from pages.components.button import button, icon_button
from pages.components.field import text_field
from pages.components.icon import CHANNEL_ICONS, icon
from pages.components.navigation import NAV
from pages.components.shell import page_shell
from pages.components.theme import CHANNELS


def nodes(component: rx.Component) -> list[dict[str, Any]]:
    """Return every rendered node of a component, in document order."""
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "name" in node:
                found.append(node)
            for part in node.values():
                walk(part)
        elif isinstance(node, list | tuple):
            for part in node:
                walk(part)

    walk(component.render())
    return found


def one(component: rx.Component, tag: str) -> str:
    """Return the properties of the only node with a tag, as one text."""
    hits = [node for node in nodes(component) if node["name"].strip('"') == tag]
    assert len(hits) == 1, [node["name"] for node in nodes(component)]
    return ", ".join(hits[0]["props"])


def test_a_field_names_its_hint_and_error_as_its_description() -> None:
    field = text_field("email", "Email", hint="We never share it", error="Enter an address")
    props = one(field, "input")
    assert '"aria-describedby":"field-email-hint field-email-error"' in props
    ids = [prop for node in nodes(field) for prop in node.get("props", []) if prop.startswith("id:")]
    assert 'id:"field-email-hint"' in ids
    assert 'id:"field-email-error"' in ids


def test_a_field_without_hint_and_error_describes_nothing() -> None:
    assert "describedby" not in one(text_field("name", "Name"), "input")


def test_a_label_points_at_its_control() -> None:
    field = text_field("name", "Name")
    assert 'htmlFor:"field-name"' in one(field, "label")
    assert 'id:"field-name"' in one(field, "input")


def test_a_loading_button_is_busy_disabled_and_says_so_in_words() -> None:
    busy = button("Save", loading=True, loading_text="Saving now")
    props = one(busy, "button")
    assert '"aria-busy":true' in props
    assert "disabled:" in props
    assert "Saving now" in str(busy.render())


def test_buttons_do_not_send_forms_unless_asked() -> None:
    assert 'type:"button"' in one(button("Save"), "button")
    assert 'type:"submit"' in one(button("Save", type="submit"), "button")


def test_an_icon_button_has_a_name() -> None:
    assert '"aria-label":"Edit"' in one(icon_button("pencil", "Edit"), "button")


def test_an_icon_is_silent_unless_named() -> None:
    assert '"aria-hidden":"true"' in str(icon("check").render())
    named = str(icon("check", label="Done").render())
    assert '"aria-label":"Done"' in named
    assert "aria-hidden" not in named


def test_every_channel_has_an_icon() -> None:
    assert set(CHANNEL_ICONS) == set(CHANNELS)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Dana Ruiz", "DR"), ("dana", "D"), ("Ana María de la Cruz", "AC"), ("+1 604 555 0142", ""), ("", "")],
)
def test_initials_are_the_first_and_last_word_of_a_name(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_a_page_has_one_heading_one_main_and_a_way_past_the_navigation() -> None:
    page = page_shell(rx.el.p("Content"), title="Agents", active="agents")
    names = [node["name"].strip('"') for node in nodes(page)]
    assert names.count("h1") == 1
    assert names.count("main") == 1
    skip = next(node for node in nodes(page) if node["name"].strip('"') == "a")
    assert 'href:"#main"' in skip["props"]
    assert names.index("a") < names.index("nav")


def test_the_current_place_is_marked_once_in_each_navigation() -> None:
    page = page_shell(rx.el.p("Content"), title="Agents", active="agents")
    marked = [
        node for node in nodes(page) if any(prop in ("current:true", '"aria-current":"page"') for prop in node["props"])
    ]
    assert len(marked) == 2


def test_places_have_their_own_address_and_shortcut() -> None:
    assert len({place.href for place in NAV}) == len(NAV)
    shortcuts = [place.shortcut for place in NAV if place.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
