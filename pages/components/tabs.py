"""Switch between views of one thing: tabs in place, or links when each view has its own address."""

from typing import Any

import reflex as rx

from pages.components.link import page_link
from pages.components.local_file import jsx

_FILE = jsx(__name__, "tabs.jsx")
_STRIP = jsx(__name__, "tab_strip.jsx")

TAB = (
    "relative inline-flex h-10 shrink-0 items-center gap-2 border-b-2 text-14 font-medium transition-colors "
    "-outline-offset-2 pointer-coarse:h-11 "
)
# Tabs at the foot of a page's head: its line is theirs.
HEAD_LIST = "-mb-px flex gap-6 overflow-x-auto px-4 md:px-6"
_TAB = TAB + "text-muted hover:text-ink "
_LIST = "flex gap-6 overflow-x-auto border-b border-line"


class _Part(rx.Component):
    library = _FILE.importable_path
    lib_dependencies: list[str] = ["@radix-ui/react-tabs@1.2.1"]


class _Tabs(_Part):
    tag = "Tabs"

    value: rx.Var[str]
    default_value: rx.Var[str]
    on_value_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _List(_Part):
    tag = "TabList"

    label: rx.Var[str]


class _Tab(_Part):
    tag = "Tab"

    value: rx.Var[str]


class _Panel(_Part):
    tag = "TabPanel"

    value: rx.Var[str]


class _Strip(rx.Component):
    library = _STRIP.importable_path
    tag = "TabStrip"

    label: rx.Var[str]
    current: rx.Var[str]


def tabs(
    *views: tuple[str, Any, Any],
    label: str,
    value: str | rx.Var[str] | None = None,
    on_change: Any = None,
    default_value: str = "",
) -> rx.Component:
    """Return tabs with their panels from (value, words, content) triples; arrow keys move between tabs.

    Only the open panel is in the page. `label` names the whole for screen readers.
    """
    props: dict[str, Any] = {}
    if value is not None:
        props["value"] = value
    else:
        props["default_value"] = default_value or views[0][0]
    if on_change is not None:
        props["on_value_change"] = on_change
    return _Tabs.create(
        _List.create(
            *(
                _Tab.create(
                    words,
                    value=key,
                    class_name=_TAB
                    + "-mb-px border-transparent data-[state=active]:border-accent data-[state=active]:text-ink",
                )
                for key, words, _ in views
            ),
            label=label,
            class_name=_LIST,
        ),
        *(_Panel.create(content, value=key, class_name="pt-6") for key, _, content in views),
        **props,
    )


def tab_links(*places: tuple[str, Any, str], active: str, label: str) -> rx.Component:
    """Return (key, words, href) triples drawn as tabs that are links, for views with an address of their own.

    They stand in the head of a page (`page_shell(tabs=...)`).
    """
    return tab_strip(
        *(
            page_link(
                words,
                href=href,
                class_name=_TAB + ("border-accent text-ink!" if key == active else "border-transparent"),
                custom_attrs={"aria-current": "page"} if key == active else {},
            )
            for key, words, href in places
        ),
        label=label,
        current=active,
    )


def tab_strip(*links: Any, label: str, current: str | rx.Var[str]) -> rx.Component:
    """Return links as the tabs of a page's head; the one with `aria-current="page"` stays in view at every width.

    `current` changes with it, so that it is looked for again.
    """
    return _Strip.create(*links, label=label, current=current, class_name=HEAD_LIST)
