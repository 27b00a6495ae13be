"""Lay out content: cards, rows of a list, groups of settings, tables."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx

from pages.components.icon import icon
from pages.components.link import page_link


def card(
    *content: Any, title: str | rx.Var[str] = "", actions: Any = None, padded: bool = True, class_name: str = ""
) -> rx.Component:
    """Return a bordered group with an optional heading (an `h2`) and actions at its right."""
    head = (
        [
            rx.el.div(
                rx.el.h2(title, class_name="min-w-0 flex-1 truncate text-14 font-semibold"),
                *([actions] if actions is not None else []),
                class_name="flex min-h-8 items-center gap-3 px-4 pt-3",
            )
        ]
        if not (isinstance(title, str) and not title)
        else []
    )
    return rx.el.section(
        *head,
        rx.el.div(*content, class_name="p-4") if padded else rx.fragment(*content),
        class_name=f"min-w-0 rounded-card border border-line bg-canvas {class_name}".strip(),
    )


def settings_group(*fields: Any, title: str, lead: Any = None) -> rx.Component:
    """Return a heading with a sentence and the fields it is about."""
    more = [] if lead is None else [rx.el.p(lead, class_name="mt-1 text-13 text-pretty text-muted")]
    return rx.el.section(
        rx.el.div(rx.el.h2(title, class_name="text-16 font-semibold"), *more),
        *fields,
        class_name="flex flex-col gap-4 border-b border-line py-6 first:pt-0 last:border-0",
    )


def row_list(rows: rx.Var[Any], draw: Callable[..., rx.Component], *, class_name: str = "") -> rx.Component:
    """Return a bordered list with a line between its rows; `draw` makes the `li` of each."""
    frame = "divide-y divide-line rounded-card border border-line"
    return rx.el.ul(rx.foreach(rows, draw), class_name=f"{class_name} {frame}".strip())


def vacancy(*content: Any, class_name: str = "") -> rx.Component:
    """Return the dashed frame that stands where a list or card will be."""
    return rx.el.div(*content, class_name=f"{class_name} rounded-card border border-dashed border-line".strip())


def list_row(
    *,
    title: Any,
    detail: Any = None,
    leading: Any = None,
    meta: Any = None,
    trailing: Any = None,
    href: str | rx.Var[str] | None = None,
    on_click: Any = None,
    selected: bool | rx.Var[bool] = False,
    strong: bool | rx.Var[bool] = False,
    **props: Any,
) -> rx.Component:
    """Return a row of two lines and fixed height: picture, title with `meta` right, detail with `trailing` right.

    A link with `href`, a button with `on_click`, else plain. `selected` marks the open one, `strong` an unread one.
    Put rows inside `rx.memo` when there may be many, and give each a `key`.
    """
    weight = (
        rx.cond(strong, "font-semibold", "font-medium")
        if isinstance(strong, rx.Var)
        else ("font-semibold" if strong else "font-medium")
    )
    face = [
        *([rx.el.span(leading, class_name="flex w-8 shrink-0 justify-center")] if leading is not None else []),
        rx.el.span(
            rx.el.span(
                rx.el.span(title, class_name=rx.Var.create("min-w-0 flex-1 truncate text-14 text-ink ") + weight),
                *([rx.el.span(meta, class_name="shrink-0 text-12 text-faint")] if meta is not None else []),
                class_name="flex items-baseline gap-2",
            ),
            rx.el.span(
                rx.el.span(
                    *([detail] if detail is not None else []), class_name="min-w-0 flex-1 truncate text-13 text-muted"
                ),
                *([rx.el.span(trailing, class_name="shrink-0")] if trailing is not None else []),
                class_name="flex h-5 items-center gap-2",
            ),
            class_name="flex min-w-0 flex-1 flex-col gap-0.5",
        ),
    ]
    look = (
        "flex h-16 w-full items-center gap-3 rounded-control px-3 text-left outline-offset-[-2px] transition-colors "
        "hover:bg-hover aria-[current=true]:bg-selected "
    )
    current: dict[str, Any] = {"aria-current": rx.cond(selected, "true", "false")}
    if href is not None:
        return page_link(*face, href=href, class_name=look, custom_attrs=current, **props)
    if on_click is not None:
        return rx.el.button(*face, type="button", on_click=on_click, class_name=look, custom_attrs=current, **props)
    return rx.el.div(*face, class_name=look.replace("hover:bg-hover ", ""), **props)


def table(*rows: Any, head: list[rx.Component], caption: str, class_name: str = "") -> rx.Component:
    """Return a table with a sticky head that scrolls inside itself; `caption` names it for screen readers."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(rx.el.tr(*head), class_name="sticky top-0 z-10 bg-canvas"),
            rx.el.tbody(*rows, class_name="[&>tr:not(:last-child)>*]:border-b"),
            class_name="w-full border-separate border-spacing-0 text-14",
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name=f"overflow-auto rounded-card border border-line {class_name}".strip(),
    )


def head_cell(
    text: str,
    *,
    numeric: bool = False,
    sorted_as: str | rx.Var[str] | None = None,
    on_sort: Any = None,
) -> rx.Component:
    """Return a column's heading; with `on_sort` a button, `sorted_as` being "ascending", "descending" or "none"."""
    look = "border-b border-line px-3 py-2 text-12 font-medium text-muted whitespace-nowrap " + (
        "text-right" if numeric else "text-left"
    )
    if on_sort is None:
        return rx.el.th(text, scope="col", class_name=look)
    order = sorted_as if sorted_as is not None else "none"
    arrow = rx.match(
        order,
        ("ascending", icon("arrow_up")),
        ("descending", icon("arrow_down")),
        icon("chevrons_up_down", class_name="opacity-60"),
    )
    return rx.el.th(
        rx.el.button(
            text,
            arrow,
            type="button",
            on_click=on_sort,
            class_name="inline-flex min-h-6 items-center gap-1 rounded-control font-medium hover:text-ink",
        ),
        scope="col",
        aria_sort=order,
        class_name=look,
    )


def cell(*content: Any, numeric: bool = False, head: bool = False, class_name: str = "") -> rx.Component:
    """Return a cell; numbers align right in tabular figures; `head` makes it the heading of its row."""
    look = f"px-3 py-2.5 {'text-right tabular' if numeric else 'text-left'} {class_name}".strip()
    if head:
        return rx.el.th(*content, scope="row", class_name=f"font-medium {look}")
    return rx.el.td(*content, class_name=look)


def table_row(*cells: Any, selected: bool | rx.Var[bool] = False, **props: Any) -> rx.Component:
    """Return a row of a table."""
    return rx.el.tr(*cells, class_name="hover:bg-hover aria-selected:bg-selected", aria_selected=selected, **props)


def divider(*, direction: Literal["across", "down"] = "across") -> rx.Component:
    """Return a hairline."""
    return rx.el.div(
        class_name="h-px w-full bg-line" if direction == "across" else "w-px self-stretch bg-line", role="none"
    )


def definition_list(*pairs: tuple[Any, Any]) -> rx.Component:
    """Return names and values under each other, as in the context pane."""
    return rx.el.dl(
        *(
            rx.el.div(
                rx.el.dt(name, class_name="w-28 shrink-0 text-13 text-muted"),
                rx.el.dd(value, class_name="min-w-0 flex-1 text-13 text-ink"),
                class_name="flex gap-3",
            )
            for name, value in pairs
        ),
        class_name="flex flex-col gap-2",
    )
