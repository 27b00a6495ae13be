"""Draw the navigation: the rail beside a page from 768 px on, the bottom bar under it below."""

from typing import Any

import reflex as rx

from pages.components.avatar import avatar
from pages.components.feedback import skeleton
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.local_file import jsx
from pages.components.logo import logo_mark
from pages.components.menu import menu, menu_heading, menu_item, menu_separator
from pages.components.navigation import NAV, Place
from pages.components.theme_toggle import theme_choices
from pages.components.visually_hidden import visually_hidden
from pages.words import Common, Shell

_FILE = jsx(__name__, "rail.jsx")
_BOTTOM_BAR_PLACES = 4


class _RailPart(rx.Component):
    library = _FILE.importable_path
    lib_dependencies: list[str] = ["@radix-ui/react-tooltip@1.4.1"]


class _RailLink(_RailPart):
    tag = "RailLink"

    to: rx.Var[str]
    label: rx.Var[str]
    current: rx.Var[bool]


class _RailToggle(_RailPart):
    tag = "RailToggle"

    fold_label: rx.Var[str]
    unfold_label: rx.Var[str]


def _unread_pill(unread: int | rx.Var[int], *, class_name: str) -> rx.Component:
    count = rx.Var.create(unread).to(int)
    return rx.cond(
        count > 0,
        rx.el.span(
            rx.cond(count > 99, "99+", count.to_string()),
            visually_hidden(f" {Shell.UNREAD}"),
            class_name=(
                "tabular min-w-4 rounded-full bg-accent px-1 text-center text-12 leading-4 font-medium text-on-accent "
                + class_name
            ),
        ),
        rx.fragment(),
    )


def _rail_link(place: Place, *, active: str, unread: int | rx.Var[int]) -> rx.Component:
    current = active in (place.key, *(each.key for each in NAV if each.under == place.key))
    look = "bg-selected text-ink" if current else "text-muted hover:bg-hover hover:text-ink"
    return rx.el.li(
        _RailLink.create(
            icon(place.icon, class_name="text-accent" if current else ""),
            rx.el.span(place.label, class_name="sr-only rail-wide:not-sr-only"),
            *(
                [_unread_pill(unread, class_name="absolute top-0 left-5 rail-wide:static rail-wide:ml-auto")]
                if place.key == "inbox"
                else []
            ),
            to=place.href,
            label=place.label,
            current=current,
            class_name=(
                "relative flex h-8 w-10 items-center justify-center gap-2.5 rounded-control text-14 font-medium "
                "transition-colors pointer-coarse:h-11 rail-wide:w-full rail-wide:justify-start rail-wide:px-2.5 "
                + look
            ),
        )
    )


def _account_face(user_name: str | rx.Var[str], org_name: str | rx.Var[str]) -> rx.Component:
    return rx.fragment(
        rx.cond(rx.Var.create(user_name) != "", avatar(user_name, size="sm"), skeleton("size-6 shrink-0 rounded-full")),
        rx.cond(
            rx.Var.create(user_name) != "",
            rx.el.span(
                rx.el.span(user_name, class_name="block truncate text-13 font-medium text-ink"),
                rx.el.span(org_name, class_name="block truncate text-12 text-muted"),
                class_name="hidden min-w-0 flex-1 text-left rail-wide:block",
            ),
            rx.el.span(
                skeleton("h-3 w-20"),
                skeleton("h-3 w-24"),
                class_name="hidden min-w-0 flex-1 flex-col gap-1.5 rail-wide:flex",
            ),
        ),
        icon("chevrons_up_down", class_name="hidden text-muted rail-wide:block"),
    )


def _account_items(on_sign_out: Any, account_items: list[rx.Component]) -> list[rx.Component]:
    leave = [menu_separator(), menu_item(Shell.SIGN_OUT, icon="log_out", on_select=on_sign_out)] if on_sign_out else []
    return [*account_items, menu_heading(Shell.THEME), *theme_choices(), *leave]


def rail(
    *,
    active: str,
    unread: int | rx.Var[int],
    user_name: str | rx.Var[str],
    org_name: str | rx.Var[str],
    org_switcher: rx.Component | None,
    on_sign_out: Any,
    account_items: list[rx.Component],
) -> rx.Component:
    """Return the rail: places above, settings and the account at its foot."""

    def links(foot: bool) -> rx.Component:
        places = [place for place in NAV if place.foot == foot and not place.under]
        return rx.el.ul(
            *(_rail_link(place, active=active, unread=unread) for place in places),
            class_name="flex flex-col items-center gap-0.5 rail-wide:items-stretch",
        )

    return rx.el.nav(
        rx.el.div(
            page_link(
                logo_mark(size=24),
                rx.el.span(
                    Common.PRODUCT,
                    class_name="sr-only text-16 font-semibold tracking-tight text-ink rail-wide:not-sr-only",
                ),
                href=NAV[0].href,
                class_name="flex items-center gap-2 rounded-control p-1",
            ),
            _RailToggle.create(
                fold_label=Shell.FOLD,
                unfold_label=Shell.UNFOLD,
                class_name=(
                    "hidden size-8 items-center justify-center rounded-control text-muted hover:bg-hover "
                    "hover:text-ink xl:inline-flex"
                ),
            ),
            class_name=(
                "flex flex-col items-center gap-2 px-2 pt-3 pb-2 rail-wide:flex-row rail-wide:justify-between "
                "rail-wide:px-3"
            ),
        ),
        *([rx.el.div(org_switcher, class_name="px-2 pb-2 rail-wide:px-3")] if org_switcher is not None else []),
        rx.el.div(links(foot=False), class_name="min-h-0 flex-1 overflow-y-auto px-2 py-1 rail-wide:px-3"),
        rx.el.div(
            links(foot=True),
            menu(
                _account_face(user_name, org_name),
                *_account_items(on_sign_out, account_items),
                label=Shell.ACCOUNT,
                align="start",
                side="top",
                trigger_class=(
                    "flex w-10 items-center justify-center gap-2 rounded-control p-1 hover:bg-hover "
                    "data-[state=open]:bg-hover pointer-coarse:min-h-11 rail-wide:h-11 rail-wide:w-full "
                    "rail-wide:justify-start"
                ),
            ),
            class_name="flex flex-col items-center gap-1 px-2 py-3 rail-wide:items-stretch rail-wide:px-3",
        ),
        aria_label=Shell.MAIN_NAVIGATION,
        class_name="hidden w-14 shrink-0 flex-col border-r border-line bg-sunken md:flex rail-wide:w-58",
    )


def _bar_face(icon_name: str, text: str) -> list[rx.Component]:
    return [icon(icon_name, size=20), rx.el.span(text, class_name="text-12 font-medium")]


_BAR_ITEM = "relative flex min-h-14 w-full flex-col items-center justify-center gap-0.5 rounded-control "


def bottom_bar(
    *, active: str, unread: int | rx.Var[int], on_sign_out: Any, account_items: list[rx.Component]
) -> rx.Component:
    """Return the bar of phones: up to four places, and the rest under More."""
    shown = [place for place in NAV if place.bottom_bar][:_BOTTOM_BAR_PLACES]
    rest = [place for place in NAV if place not in shown]

    def entry(place: Place) -> rx.Component:
        current = place.key == active
        return rx.el.li(
            page_link(
                *_bar_face(place.icon, place.label),
                *([_unread_pill(unread, class_name="absolute top-1 left-1/2 ml-1.5")] if place.key == "inbox" else []),
                href=place.href,
                custom_attrs={"aria-current": "page"} if current else {},
                class_name=_BAR_ITEM + ("text-accent-ink" if current else "text-muted"),
            ),
            class_name="flex-1",
        )

    more = menu(
        rx.fragment(*_bar_face("ellipsis", Shell.MORE)),
        *(menu_item(place.label, icon=place.icon, href=place.href) for place in rest),
        *([menu_separator()] if rest else []),
        *_account_items(on_sign_out, account_items),
        align="end",
        side="top",
        trigger_class=_BAR_ITEM + ("text-accent-ink" if any(p.key == active for p in rest) else "text-muted"),
    )
    return rx.el.nav(
        rx.el.ul(*(entry(place) for place in shown), rx.el.li(more, class_name="flex-1"), class_name="flex px-2"),
        aria_label=Shell.MAIN_NAVIGATION,
        class_name="shrink-0 border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)] md:hidden",
    )
