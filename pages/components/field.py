"""Draw form fields: label, control, hint and error tied together, and the quiet "Saved" beside a field.

Every control takes a `name`, unique on its page: ids and descriptions are made from it. Errors are words that stand
at the field until it is right; pass them as a state var that is empty when all is well.
"""

from typing import Any, Literal

import reflex as rx

from pages.components.icon import icon
from pages.components.visually_hidden import visually_hidden
from pages.words import Common

Text = str | rx.Var[str]
Flag = bool | rx.Var[bool]
SaveState = str | rx.Var[str]

CONTROL = (
    "w-full rounded-control border border-control bg-canvas px-3 text-14 text-ink transition-colors "
    "hover:border-muted disabled:cursor-not-allowed disabled:bg-sunken disabled:text-faint "
    "aria-invalid:border-danger focus-visible:outline-offset-0 pointer-coarse:text-16"
)
_LINE = f"{CONTROL} h-9 pointer-coarse:h-11"


def _is_empty(text: Text | None) -> bool:
    return text is None or (isinstance(text, str) and not text)


def label(text: Text, *, control_id: str, optional: bool = False) -> rx.Component:
    """Return the visible name of a control."""
    mark = [rx.el.span(f" {Common.OPTIONAL}", class_name="font-normal text-faint")] if optional else []
    return rx.el.label(text, *mark, html_for=control_id, class_name="text-13 font-medium text-ink")


def saved_mark(state: SaveState) -> rx.Component:
    """Return the word beside a self-saving field: `state` is "", "saving" or "saved"."""
    return rx.el.span(
        rx.match(
            state,
            ("saving", rx.el.span(Common.SAVING, class_name="text-faint")),
            (
                "saved",
                rx.el.span(
                    icon("check"),
                    Common.SAVED,
                    class_name="inline-flex animate-enter items-center gap-1 text-success-ink",
                ),
            ),
            rx.fragment(),
        ),
        class_name="ml-auto text-12",
        aria_live="polite",
    )


def label_line(
    text: Text, *, control_id: str, optional: bool = False, save_state: SaveState | None = None
) -> rx.Component:
    """Return the line over a control: its name left, whether it is saved right; of one height in every field."""
    mark = [] if save_state is None else [saved_mark(save_state)]
    return rx.el.div(
        label(text, control_id=control_id, optional=optional), *mark, class_name="flex h-5 items-center gap-2"
    )


def hint_text(control_id: str, hint: Text, error: Text | None) -> list[rx.Component]:
    """Return what stands under a control until its error takes the place; nothing without a hint."""
    if _is_empty(hint):
        return []
    # What is wrong takes the hint's place, so that one thing stands under a field.
    hiding = "" if error is None else rx.cond(rx.Var.create(error) != "", "hidden", "")
    look = rx.Var.create("text-13 text-pretty text-muted ") + hiding
    return [rx.el.p(hint, id=f"{control_id}-hint", class_name=look)]


def error_text(control_id: str, error: Text) -> rx.Component:
    """Return the place where a field's error appears; it is announced when it does."""
    words = rx.el.span(
        icon("circle_alert", class_name="mt-0.5"),
        rx.el.span(error),
        class_name="flex animate-enter gap-1.5 text-danger-ink",
    )
    return rx.el.p(
        rx.cond(rx.Var.create(error) != "", words, rx.fragment()),
        id=f"{control_id}-error",
        role="alert",
        class_name="text-13 empty:hidden",
    )


def _ties(control_id: str, hint: Text, error: Text | None) -> dict[str, Any]:
    described = " ".join(
        ([] if _is_empty(hint) else [f"{control_id}-hint"]) + ([] if error is None else [f"{control_id}-error"])
    )
    ties: dict[str, Any] = {}
    if described:
        ties["aria_describedby"] = described
    if error is not None:
        ties["aria_invalid"] = rx.Var.create(error) != ""
    return ties


def _framed(
    control: rx.Component,
    *,
    control_id: str,
    text: Text,
    hint: Text,
    error: Text | None,
    optional: bool,
    save_state: SaveState | None,
    hide_label: bool,
    class_name: str,
) -> rx.Component:
    head = (
        visually_hidden(label(text, control_id=control_id))
        if hide_label
        else label_line(text, control_id=control_id, optional=optional, save_state=save_state)
    )
    return rx.el.div(
        head,
        control,
        *hint_text(control_id, hint, error),
        *([] if error is None else [error_text(control_id, error)]),
        class_name=f"flex flex-col gap-1.5 {class_name}".strip(),
    )


def text_field(
    name: str,
    text: Text,
    *,
    type: Literal["text", "email", "tel", "url", "search", "number", "date", "datetime-local"] = "text",
    hint: Text = "",
    error: Text | None = None,
    optional: bool = False,
    save_state: SaveState | None = None,
    hide_label: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a labelled one-line input. `props` go to the input: `value`/`default_value`, `on_change`, `on_blur`,
    `auto_complete`, `placeholder`, `max_length`, `required`, `input_mode`…"""
    control_id = f"field-{name}"
    control = rx.el.input(
        id=control_id, name=name, type=type, class_name=_LINE, **_ties(control_id, hint, error), **props
    )
    return _framed(
        control,
        control_id=control_id,
        text=text,
        hint=hint,
        error=error,
        optional=optional,
        save_state=save_state,
        hide_label=hide_label,
        class_name=class_name,
    )


def text_area(
    name: str,
    text: Text,
    *,
    rows: int = 4,
    hint: Text = "",
    error: Text | None = None,
    optional: bool = False,
    save_state: SaveState | None = None,
    hide_label: bool = False,
    grow: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a labelled text of several lines that grows with what is typed, from `rows` lines on."""
    control_id = f"field-{name}"
    growing = "field-sizing-content max-h-[60dvh] resize-y" if grow else "resize-y"
    control = rx.el.textarea(
        id=control_id,
        name=name,
        rows=rows,
        style={"min_height": f"calc({rows} * 1.45em + 1rem)"},
        class_name=f"{CONTROL} {growing} py-2",
        **_ties(control_id, hint, error),
        **props,
    )
    return _framed(
        control,
        control_id=control_id,
        text=text,
        hint=hint,
        error=error,
        optional=optional,
        save_state=save_state,
        hide_label=hide_label,
        class_name=class_name,
    )


def select_field(
    name: str,
    text: Text,
    options: list[tuple[str, str]] | rx.Var[list[dict[str, str]]],
    *,
    before: list[tuple[str, str]] | None = None,
    hint: Text = "",
    error: Text | None = None,
    optional: bool = False,
    save_state: SaveState | None = None,
    hide_label: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a labelled choice of one from a short list: the browser's own, best with keyboard and touch.

    `options` are (value, words) pairs, or a var of rows with `value` and `label`; pairs in `before` stand above them.
    For long lists use `combobox`.
    """
    control_id = f"field-{name}"
    if isinstance(options, rx.Var):
        choices = [rx.foreach(options, lambda row: rx.el.option(row["label"], value=row["value"]))]
    else:
        choices = [rx.el.option(words, value=value) for value, words in options]
    above = [rx.el.option(words, value=value) for value, words in before or []]
    control = rx.el.div(
        rx.el.select(
            *above,
            *choices,
            id=control_id,
            name=name,
            class_name=f"{_LINE} appearance-none truncate pr-8",
            **_ties(control_id, hint, error),
            **props,
        ),
        icon("chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"),
        class_name="relative",
    )
    return _framed(
        control,
        control_id=control_id,
        text=text,
        hint=hint,
        error=error,
        optional=optional,
        save_state=save_state,
        hide_label=hide_label,
        class_name=class_name,
    )
