"""Show who speaks: a person by initials, an AI agent by its spark, told apart by shape and label before tint."""

from typing import Literal

import reflex as rx

from pages.components.icon import icon
from pages.words import Common

Size = Literal["sm", "md", "lg"]
_BOXES: dict[str, str] = {"sm": "size-6 text-12", "md": "size-8 text-12", "lg": "size-12 text-16"}


def initials_of(name: str | rx.Var[str]) -> str | rx.Var[str]:
    """Return up to two capitals of a name: first and last word; nothing when there is none."""
    if isinstance(name, rx.Var):
        # The same rule in the browser; letters only, so that a phone number gives nothing and not its plus sign.
        rule = (
            f"((n) => {{ const w = (n ?? '').trim().split(/\\s+/).filter((x) => /^\\p{{L}}/u.test(x)); "
            f"return w.length ? ([...w[0]][0] + (w.length > 1 ? [...w[w.length - 1]][0] : '')).toUpperCase() : ''; }})"
            f"({name!s})"
        )
        return rx.Var(rule, _var_type=str, _var_data=name._get_all_var_data())
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(name: str | rx.Var[str], *, size: Size = "md", label: str | rx.Var[str] = "") -> rx.Component:
    """Return a person's round of initials, or a head when there is no name to take them from.

    Silent unless `label` is given, as the name stands beside it.
    """
    spoken = (
        {"role": "img", "aria-label": label} if not (isinstance(label, str) and not label) else {"aria-hidden": "true"}
    )
    letters = initials_of(name)
    nobody = icon("user_round")
    return rx.el.span(
        rx.cond(letters != "", letters, nobody) if isinstance(letters, rx.Var) else letters or nobody,
        class_name=(
            "inline-flex shrink-0 items-center justify-center rounded-full bg-selected font-medium text-ink "
            "select-none " + _BOXES[size]
        ),
        custom_attrs=spoken,
    )


def ai_avatar(*, size: Size = "md", label: str = Common.AI) -> rx.Component:
    """Return the mark of an AI agent: a spark in a rounded square, never a circle."""
    return rx.el.span(
        icon("sparkle", size=20 if size == "lg" else 16),
        class_name=(
            "inline-flex shrink-0 items-center justify-center rounded-control bg-accent-soft text-accent-ink "
            + _BOXES[size]
        ),
        custom_attrs={"role": "img", "aria-label": label},
    )
