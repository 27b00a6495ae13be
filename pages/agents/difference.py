"""Draw what differs: fields with their values before and after, and texts line by line."""

import reflex as rx

from pages.agents.field_words import label_of, value_of
from pages.components.diff import diff_lines
from pages.components.surface import row_list
from pages.words import AgentPublish
from state.agents.history import Change
from state.agents.proposal import Line


def changes_list(changes: rx.Var[list[Change]]) -> rx.Component:
    """Return the fields that differ, one under the other."""
    return row_list(changes, _change)


def _change(change: rx.Var[Change]) -> rx.Component:
    return rx.el.li(
        rx.el.p(label_of(change["field"]), class_name="text-13 font-medium"),
        rx.cond(
            change["lines"].to(list[Line]).length() > 0,
            rx.el.div(diff_lines(change["lines"].to(list[Line])), class_name="mt-2"),
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
