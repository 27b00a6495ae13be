"""Show which lines of a text are new and which are gone."""

from typing import Any

import reflex as rx

from pages.components.visually_hidden import visually_hidden
from pages.words import AgentHistory


def diff_lines(lines: rx.Var[Any], *, class_name: str = "max-h-96", label: str | rx.Var[str] = "") -> rx.Component:
    """Return lines with `mark` (`+`, `-` or a space), `text` and `place` (their key) in a box that scrolls."""
    box = "overflow-auto rounded-control border border-line bg-sunken py-1 font-mono text-12"
    named = {} if isinstance(label, str) and not label else {"aria_label": label}
    return rx.el.ol(rx.foreach(lines, _line), class_name=f"{class_name} {box}", tab_index=0, **named)


def _line(line: rx.Var[Any]) -> rx.Component:
    look = rx.match(
        line["mark"],
        ("+", "bg-success-soft text-success-ink"),
        ("-", "bg-danger-soft text-danger-ink"),
        "text-muted",
    )
    said = rx.match(line["mark"], ("+", AgentHistory.ADDED), ("-", AgentHistory.REMOVED), "")
    return rx.el.li(
        rx.el.span(line["mark"], aria_hidden="true", class_name="w-4 shrink-0 text-center select-none"),
        rx.cond(said != "", visually_hidden(said), rx.fragment()),
        rx.el.span(line["text"], class_name="min-w-0 flex-1 break-words whitespace-pre-wrap"),
        key=line["place"],
        class_name=rx.Var.create("flex min-h-5 gap-2 px-2 leading-5 ") + look.to(str),
    )
