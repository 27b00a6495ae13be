"""Tell how things stand: banners, skeletons, empty and error states, progress."""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button, spinner
from pages.components.icon import icon as draw_icon
from pages.words import Common

Tone = Literal["info", "success", "warning", "danger"]

_BANNERS: dict[str, tuple[str, str]] = {
    "info": ("bg-info-soft text-info-ink", "info"),
    "success": ("bg-success-soft text-success-ink", "circle_check"),
    "warning": ("bg-warning-soft text-warning-ink", "triangle_alert"),
    "danger": ("bg-danger-soft text-danger-ink", "circle_alert"),
}
_Text = str | rx.Var[str]


def banner(
    *words: Any, tone: Tone = "info", action: Any = None, on_dismiss: Any = None, rounded: bool = False
) -> rx.Component:
    """Return a line above a page (pass it as `page_shell(banner=...)`) or, `rounded`, a note inside one."""
    look, picture = _BANNERS[tone]
    close = (
        [
            rx.el.button(
                draw_icon("x"),
                type="button",
                on_click=on_dismiss,
                aria_label=Common.DISMISS,
                class_name=(
                    "inline-flex size-6 shrink-0 items-center justify-center rounded-control pointer-coarse:size-11"
                ),
            )
        ]
        if on_dismiss is not None
        else []
    )
    shape = "rounded-card px-3" if rounded else "px-4 md:px-6"
    return rx.el.div(
        draw_icon(picture, class_name="mt-0.5"),
        rx.el.div(*words, class_name="min-w-0 flex-1"),
        *([rx.el.div(action, class_name="shrink-0")] if action is not None else []),
        *close,
        role="alert" if tone == "danger" else "status",
        class_name=f"flex items-start gap-2.5 py-2.5 text-13 forced-colors:border {shape} {look}",
    )


def skeleton(class_name: str) -> rx.Component:
    """Return one grey shape; give it the size of what will come ("h-4 w-40")."""
    return rx.el.span(class_name=f"block animate-breathe rounded-control bg-skeleton {class_name}", aria_hidden="true")


_WIDTHS = ("w-28", "w-40", "w-32", "w-24", "w-36", "w-44")


def skeleton_rows(count: int = 6, *, leading: str = "", row: str = "h-14") -> rx.Component:
    """Return the shape of a bordered list while it loads, announced as loading.

    `row` gives the rows the height of those that come, `leading` the shape before their words ("size-8 rounded-full").
    """
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        *(
            rx.el.div(
                *([skeleton(f"shrink-0 {leading}")] if leading else []),
                rx.el.div(
                    skeleton(f"h-3.5 {_WIDTHS[place % len(_WIDTHS)]}"),
                    skeleton("h-3 w-full max-w-64"),
                    class_name="flex min-w-0 flex-1 flex-col gap-2",
                ),
                class_name=f"flex items-center gap-3 px-4 {row}",
            )
            for place in range(count)
        ),
        role="status",
        class_name="divide-y divide-line rounded-card border border-line",
    )


def skeleton_table(count: int = 6, *, columns: int = 4) -> rx.Component:
    """Return the shape of a `table` while it loads, announced as loading."""

    def line(place: int, look: str) -> rx.Component:
        return rx.el.div(
            *(
                rx.el.div(
                    skeleton(f"h-3.5 max-w-full {_WIDTHS[(place + column) % len(_WIDTHS)]}"),
                    class_name="min-w-0 flex-1",
                )
                for column in range(columns)
            ),
            class_name=f"flex items-center gap-6 px-3 {look}",
        )

    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        line(3, "h-9"),
        *(line(place, "h-12") for place in range(count)),
        role="status",
        class_name="divide-y divide-line rounded-card border border-line",
    )


def skeleton_text(lines: int = 3) -> rx.Component:
    """Return the shape of a paragraph."""
    return rx.el.div(
        *(skeleton("h-3.5 " + ("w-2/3" if line == lines - 1 else "w-full")) for line in range(lines)),
        class_name="flex flex-col gap-2",
    )


def skeleton_fields(count: int = 3) -> rx.Component:
    """Return the shape of a form, announced as loading."""
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        *(
            rx.el.div(
                rx.el.div(skeleton("h-3.5 w-24"), class_name="flex h-5 items-center"),
                skeleton("h-9 w-full pointer-coarse:h-11"),
                class_name="flex flex-col gap-1.5",
            )
            for _ in range(count)
        ),
        role="status",
        class_name="flex flex-col gap-4",
    )


# A state stands flush with the title over it; inside a frame of its own it keeps off the frame.
_FLUSH = "flex flex-col items-start py-4"
_INSET = "flex flex-col items-start px-4 py-10 md:px-6"


def empty_state(
    *, title: _Text, body: _Text, icon: str = "inbox", action: Any = None, inset: bool = False
) -> rx.Component:
    """Return what a list shows when it has nothing: one sentence that teaches, one action, one picture."""
    return rx.el.div(
        rx.el.span(
            draw_icon(icon, size=20),
            class_name=(
                "inline-flex size-10 items-center justify-center rounded-card border border-line bg-sunken text-muted"
            ),
        ),
        rx.el.h2(title, class_name="mt-4 text-14 font-semibold"),
        rx.el.p(body, class_name="mt-1 max-w-[52ch] text-14 text-pretty text-muted"),
        *([rx.el.div(action, class_name="mt-4 empty:hidden")] if action is not None else []),
        class_name=_INSET if inset else _FLUSH,
    )


def error_state(
    *, what: _Text, safe: _Text, do: _Text = "", reference: _Text = "", on_retry: Any = None, inset: bool = False
) -> rx.Component:
    """Return what stands where content failed: what happened, what is safe, what to do, and the reference to quote."""
    retry = [button(Common.RETRY, icon="rotate_cw", on_click=on_retry)] if on_retry is not None else []
    mark = rx.cond(
        rx.Var.create(reference) != "",
        rx.el.p(
            f"{Common.REFERENCE} ",
            rx.el.code(reference, class_name="font-mono text-ink select-all"),
            class_name="mt-3 text-12 text-muted",
        ),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.span(
            draw_icon("circle_alert", size=20),
            class_name="inline-flex size-10 items-center justify-center rounded-card bg-danger-soft text-danger-ink",
        ),
        rx.el.h2(what, class_name="mt-4 text-14 font-semibold"),
        rx.el.p(safe, " ", do, class_name="mt-1 max-w-[52ch] text-14 text-pretty text-muted"),
        mark,
        *([rx.el.div(*retry, class_name="mt-4")] if retry else []),
        role="alert",
        class_name=_INSET if inset else _FLUSH,
    )


def failed_or(state: Any, loading: rx.Component, *, what: _Text, safe: _Text) -> rx.Component:
    """Return what stands while a page's content is on its way, and what stands when it failed.

    The state marks the way by `has_failed`, so only with a `reference` did it really fail; `load` tries again.
    """
    failed = error_state(what=what, safe=safe, reference=state.reference, on_retry=state.load)
    return rx.cond(state.has_failed & (state.reference != ""), failed, loading)


def progress(text: _Text, *, value: int | rx.Var[int], total: int | rx.Var[int], on_cancel: Any = None) -> rx.Component:
    """Return a bar with its count in words and, with `on_cancel`, a way out; for work beyond two seconds."""
    done, whole = rx.Var.create(value).to(int), rx.Var.create(total).to(int)
    share = rx.cond(whole > 0, (done * 100 / whole).to_string(), "0")
    return rx.el.div(
        rx.el.div(
            rx.el.span(text, class_name="min-w-0 flex-1 truncate"),
            rx.el.span(done, " / ", whole, class_name="tabular text-muted"),
            *([button(Common.CANCEL, size="sm", variant="ghost", on_click=on_cancel)] if on_cancel is not None else []),
            class_name="flex min-h-7 items-center gap-3 text-13",
        ),
        rx.el.div(
            rx.el.div(
                class_name="h-full rounded-full bg-accent transition-[width]",
                style={"width": share.to(str) + "%"},
                custom_attrs={"data-part": "bar"},
            ),
            role="progressbar",
            aria_label=text,
            aria_valuenow=done,
            aria_valuemin=0,
            aria_valuemax=whole,
            class_name="mt-1 h-1.5 overflow-hidden rounded-full bg-selected forced-colors:border",
        ),
    )


def working(text: _Text = Common.WORKING) -> rx.Component:
    """Return a ring with words, for waits under two seconds."""
    return rx.el.span(spinner(), text, role="status", class_name="inline-flex items-center gap-2 text-13 text-muted")
