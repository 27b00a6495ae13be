"""Draw choices: switch, checkbox, segmented control and radio cards, on the browser's own inputs.

`on_change` of a switch or checkbox receives a bool; of a segmented control or radio cards the chosen value.
"""

from typing import Any

import reflex as rx

from pages.components.field import error_text
from pages.components.icon import icon

Text = str | rx.Var[str]


def _empty(text: Text) -> bool:
    return isinstance(text, str) and not text


def _words(control_id: str, text: Text, hint: Text) -> rx.Component:
    more = [] if _empty(hint) else [rx.el.span(hint, id=f"{control_id}-hint", class_name="text-13 text-muted")]
    return rx.el.span(rx.el.span(text, class_name="text-14 text-ink"), *more, class_name="flex min-w-0 flex-1 flex-col")


def switch(
    name: str,
    text: Text,
    *,
    checked: bool | rx.Var[bool] | None = None,
    on_change: Any = None,
    hint: Text = "",
    disabled: bool | rx.Var[bool] = False,
    class_name: str = "",
) -> rx.Component:
    """Return a setting that takes effect at once, its words left and the switch right."""
    control_id = f"field-{name}"
    props: dict[str, Any] = {}
    if checked is not None:
        props["checked"] = checked
    if on_change is not None:
        props["on_change"] = on_change
    if not _empty(hint):
        props["aria_describedby"] = f"{control_id}-hint"
    return rx.el.label(
        _words(control_id, text, hint),
        rx.el.input(
            id=control_id,
            name=name,
            type="checkbox",
            role="switch",
            disabled=disabled,
            class_name="peer sr-only",
            **props,
        ),
        rx.el.span(
            rx.el.span(
                class_name="block size-4 rounded-full bg-canvas transition-transform",
                custom_attrs={"data-part": "thumb"},
            ),
            class_name=(
                "h-5 w-9 shrink-0 rounded-full border border-transparent bg-control p-px transition-colors "
                "peer-checked:bg-accent peer-checked:*:translate-x-4 peer-disabled:opacity-50 "
                "peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-ring "
                "forced-colors:border-current"
            ),
            custom_attrs={"aria-hidden": "true"},
        ),
        class_name=(
            f"relative flex {'items-center' if _empty(hint) else 'items-start'} gap-4 py-1 pointer-coarse:min-h-11 "
            f"{class_name}"
        ).strip(),
    )


def checkbox(
    name: str,
    text: Text,
    *,
    checked: bool | rx.Var[bool] | None = None,
    default_checked: bool | rx.Var[bool] | None = None,
    on_change: Any = None,
    hint: Text = "",
    error: Text | None = None,
    disabled: bool | rx.Var[bool] = False,
    required: bool = False,
) -> rx.Component:
    """Return a choice that takes effect when its form is sent."""
    control_id = f"field-{name}"
    props: dict[str, Any] = {}
    if checked is not None:
        props["checked"] = checked
    if default_checked is not None:
        props["default_checked"] = default_checked
    if on_change is not None:
        props["on_change"] = on_change
    described = " ".join(
        ([] if _empty(hint) else [f"{control_id}-hint"]) + ([] if error is None else [f"{control_id}-error"])
    )
    if described:
        props["aria_describedby"] = described
    box = rx.el.label(
        rx.el.span(
            rx.el.input(
                id=control_id,
                name=name,
                type="checkbox",
                disabled=disabled,
                required=required,
                class_name=(
                    "peer size-4 appearance-none rounded-[4px] border border-control bg-canvas transition-colors "
                    "checked:border-accent checked:bg-accent disabled:opacity-50 forced-colors:appearance-auto"
                ),
                **props,
            ),
            icon(
                "check",
                class_name=(
                    "pointer-events-none absolute inset-0 hidden text-on-accent peer-checked:block "
                    "forced-colors:hidden!"
                ),
            ),
            class_name="relative mt-0.5 inline-flex size-4 shrink-0",
        ),
        _words(control_id, text, hint),
        class_name="flex items-start gap-2.5 py-1 pointer-coarse:min-h-11 pointer-coarse:py-2.5",
    )
    if error is None:
        return box
    return rx.el.div(box, error_text(control_id, error), class_name="flex flex-col gap-1")


def _radio(name: str, value: str, current: Text, on_change: Any, disabled: bool | rx.Var[bool]) -> rx.Component:
    props: dict[str, Any] = {"on_change": on_change} if on_change is not None else {}
    return rx.el.input(
        id=f"field-{name}-{value}",
        name=name,
        type="radio",
        value=value,
        checked=rx.Var.create(current) == value,
        disabled=disabled,
        class_name="peer sr-only",
        **props,
    )


def segmented(
    name: str,
    text: Text,
    options: list[tuple[str, Text]],
    *,
    value: Text,
    on_change: Any,
    icons: dict[str, str] | None = None,
    disabled: bool | rx.Var[bool] = False,
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """Return two to four short answers side by side, one of them chosen; arrow keys move the choice."""
    pictures = icons or {}
    return rx.el.fieldset(
        rx.el.legend(text, class_name="sr-only" if hide_label else "mb-1.5 text-13 font-medium text-ink"),
        rx.el.div(
            *(
                rx.el.label(
                    _radio(name, key, value, on_change, disabled),
                    rx.el.span(
                        *([icon(pictures[key])] if key in pictures else []),
                        words,
                        class_name=(
                            "flex h-7 items-center justify-center gap-1.5 rounded-[5px] border "
                            "border-transparent px-2 "
                            "text-13 font-medium text-muted transition-colors hover:text-ink "
                            "peer-checked:border-control "
                            "peer-checked:bg-canvas peer-checked:text-ink peer-disabled:opacity-50 "
                            "peer-focus-visible:outline-2 peer-focus-visible:outline-ring pointer-coarse:h-10 "
                            "forced-colors:peer-checked:outline-2"
                        ),
                    ),
                    class_name="relative flex-auto",
                )
                for key, words in options
            ),
            class_name="flex w-full gap-0.5 rounded-control bg-hover p-0.5",
        ),
        class_name=f"min-w-0 {class_name}".strip(),
    )


def radio_cards(
    name: str,
    text: Text,
    options: list[tuple[str, Text, Text, str]],
    *,
    value: Text,
    on_change: Any,
    columns: str = "md:grid-cols-2",
    hide_label: bool = False,
) -> rx.Component:
    """Return answers that need a sentence each: (value, name, explanation, icon), one of them chosen."""
    return rx.el.fieldset(
        rx.el.legend(text, class_name="sr-only" if hide_label else "mb-1.5 text-13 font-medium text-ink"),
        rx.el.div(
            *(
                rx.el.label(
                    _radio(name, key, value, on_change, False),
                    rx.el.span(
                        *([icon(picture, size=20, class_name="mt-0.5 text-accent")] if picture else []),
                        rx.el.span(
                            rx.el.span(words, class_name="text-14 font-medium text-ink"),
                            rx.el.span(more, class_name="text-13 text-muted"),
                            class_name="flex min-w-0 flex-1 flex-col gap-0.5",
                        ),
                        class_name=(
                            "flex h-full items-start gap-3 rounded-card border border-control bg-canvas p-4 "
                            "transition-colors "
                            "hover:bg-hover peer-checked:border-accent peer-checked:bg-accent-soft "
                            "peer-checked:ring-1 peer-checked:ring-accent peer-focus-visible:outline-2 "
                            "peer-focus-visible:outline-offset-2 peer-focus-visible:outline-ring"
                        ),
                    ),
                    icon(
                        "circle_check",
                        class_name="absolute top-4 right-4 hidden text-accent peer-checked:block",
                    ),
                    class_name="relative",
                )
                for key, words, more, picture in options
            ),
            class_name=f"grid gap-3 {columns}",
        ),
        class_name="min-w-0",
    )
