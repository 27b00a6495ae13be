"""Draw what differs: fields with their values before and after, and texts line by line."""

import reflex as rx

from pages.agents.field_words import label_of, value_of
from pages.components.surface import row_list
from pages.components.visually_hidden import visually_hidden
from pages.words import AgentHistory, AgentPublish
from state.agents.history import Change
from state.agents.proposal import Line


def changes_list(changes: rx.Var[list[Change]]) -> rx.Component:
    """Return the fields that differ, one under the other."""
    return row_list(changes, _change)


def line_list(lines: rx.Var[list[Line]]) -> rx.Component:
    """Return the changed lines of a text with some around them; added and removed ones say so in words too."""
    return rx.el.ol(
        rx.foreach(lines, _line),
        class_name="max-h-96 overflow-auto rounded-control border border-line bg-sunken py-1 font-mono text-12",
        tab_index=0,
    )


def _change(change: rx.Var[Change]) -> rx.Component:
    return rx.el.li(
        rx.el.p(label_of(change["field"]), class_name="text-13 font-medium"),
        rx.cond(
            change["lines"].to(list[Line]).length() > 0,
            rx.el.div(line_list(change["lines"].to(list[Line])), class_name="mt-2"),
            rx.el.dl(
                _side(AgentPublish.BEFORE, change["field"], change["before"], "text-muted line-through"),
                _side(AgentPublish.AFTER, change["field"], change["after"], "text-ink"),
                class_name="mt-1 flex flex-col gap-0.5 text-13",
            ),
        ),
        key=change["field"],
        class_name="px-4 py-3",
    )


def _side(name: str, field: rx.Var[str], value: rx.Var[str], look: str) -> rx.Component:
    shown = rx.cond(
        value.to(str) != "",
        rx.el.span(value_of(field.to(str), value.to(str)), class_name=look),
        rx.el.span(AgentPublish.EMPTY, class_name="text-faint"),
    )
    return rx.el.div(
        rx.el.dt(name, class_name="w-14 shrink-0 text-muted"),
        rx.el.dd(shown, class_name="min-w-0 flex-1 break-words"),
        class_name="flex gap-3",
    )


def _line(line: rx.Var[Line]) -> rx.Component:
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
