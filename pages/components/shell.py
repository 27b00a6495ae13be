"""Frame a signed-in page: navigation, heading, actions, banners, content.

A page is `page_shell(content, title="Agents", active="agents", actions=button(...), **frame)`, where the frame
(names, unread, sign-out) comes from the session's state. Rail 232 px from 1280 px on (or 56 when folded), icons
with tooltips from 768, a bottom bar below. For visitors see `layouts`.
"""

from typing import Any, Literal

import reflex as rx

from pages.components.hotkeys import hotkeys, shortcut_sheet
from pages.components.local_file import jsx
from pages.components.navigation import NAV
from pages.components.rail import bottom_bar, rail
from pages.components.visually_hidden import skip_link, visually_hidden
from pages.words import Common, Shell

_FILE = jsx(__name__, "offline_note.jsx")
MAIN = "main"


class _OfflineNote(rx.Component):
    library = _FILE.importable_path
    tag = "OfflineNote"

    text: rx.Var[str]


def page_header(title: str | rx.Var[str], actions: Any = None, filters: Any = None, tabs: Any = None) -> rx.Component:
    """Return the head of a page: title left, actions right, filters or tabs under it."""
    return rx.el.header(
        rx.el.div(
            rx.el.h1(title, class_name="min-w-0 flex-1 truncate text-20 font-semibold"),
            *([rx.el.div(actions, class_name="flex shrink-0 items-center gap-2")] if actions is not None else []),
            class_name="flex min-h-14 items-center gap-4 px-4 md:px-6",
        ),
        *([rx.el.div(filters, class_name="px-4 pb-3 empty:hidden md:px-6")] if filters is not None else []),
        *([tabs] if tabs is not None else []),
        class_name="shrink-0 border-b border-line bg-canvas",
    )


def _keys(groups: list[tuple[str, list[tuple[str, str]]]]) -> rx.Component:
    """Return the keys that go to places, and the sheet that lists every key."""
    places = [place for place in NAV if place.shortcut]
    anywhere = [(place.shortcut, Shell.GO_TO.format(place=place.label)) for place in places]
    return rx.fragment(
        hotkeys({place.shortcut: rx.redirect(place.href) for place in places}),
        shortcut_sheet([*groups, (Shell.ANYWHERE, [("mod+k", Shell.PALETTE), *anywhere, ("?", Shell.SHORTCUTS)])]),
    )


def page_shell(
    *content: Any,
    title: str | rx.Var[str],
    active: str = "inbox",
    actions: Any = None,
    filters: Any = None,
    tabs: Any = None,
    banner: Any = None,
    layout: Literal["page", "form", "full"] = "page",
    show_header: bool = True,
    unread: int | rx.Var[int] = 0,
    user_name: str | rx.Var[str] = "",
    org_name: str | rx.Var[str] = "",
    org_switcher: rx.Component | None = None,
    account_items: list[rx.Component] | None = None,
    on_sign_out: Any = None,
    shortcuts: list[tuple[str, list[tuple[str, str]]]] | None = None,
    unseen: rx.Component | None = None,
) -> rx.Component:
    """Return a signed-in page with navigation, heading and content.

    `layout`: "page" scrolls and pads, "form" also keeps to 720 px, "full" leaves both to the content (the inbox's
    panes: give them `min-h-0 flex-1 overflow-y-auto`). With `show_header=False` the title is read aloud only.
    `shortcuts` are the page's own keys as groups for the sheet that `?` opens, before those that work anywhere.
    `unseen` is what every page carries without drawing it.
    """
    items = account_items or []
    if layout == "full":
        body = rx.el.div(*content, class_name="flex min-h-0 flex-1 flex-col")
    else:
        width = "max-w-180" if layout == "form" else ""
        body = rx.el.div(
            rx.el.div(*content, class_name=f"px-4 py-6 md:px-6 {width}".strip()),
            class_name="min-h-0 flex-1 overflow-y-auto",
        )
    head = page_header(title, actions, filters, tabs) if show_header else visually_hidden(rx.el.h1(title))
    return rx.el.div(
        skip_link(Common.SKIP_TO_CONTENT, target=MAIN),
        rail(
            active=active,
            unread=unread,
            user_name=user_name,
            org_name=org_name,
            org_switcher=org_switcher,
            on_sign_out=on_sign_out,
            account_items=items,
        ),
        rx.el.div(
            _OfflineNote.create(
                text=Shell.OFFLINE, class_name="bg-warning-soft px-4 py-2 text-13 text-warning-ink md:px-6"
            ),
            *([banner] if banner is not None else []),
            rx.el.main(head, body, id=MAIN, tab_index=-1, class_name="flex min-h-0 min-w-0 flex-1 flex-col"),
            class_name="flex min-h-0 min-w-0 flex-1 flex-col pt-[env(safe-area-inset-top)]",
        ),
        _keys(shortcuts or []),
        *([unseen] if unseen is not None else []),
        bottom_bar(active=active, unread=unread, on_sign_out=on_sign_out, account_items=items),
        class_name="flex h-dvh flex-col bg-canvas text-14 text-ink md:flex-row",
    )
