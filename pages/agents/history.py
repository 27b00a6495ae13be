"""The versions of an agent: who published which, what differs between any two, and the way back."""

import reflex as rx

from pages.agents.difference import changes_list
from pages.components.button import button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import skeleton_rows
from pages.components.field import select_field
from pages.components.status import badge
from pages.components.surface import settings_group
from pages.components.timestamp import timestamp
from pages.words import AgentHistory
from state.agents.history import HistoryState, Version
from state.agents.open_agent import AgentState


def history_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        settings_group(
            rx.cond(
                HistoryState.is_loaded,
                rx.el.ol(
                    rx.foreach(HistoryState.versions, _version),
                    class_name="divide-y divide-line rounded-card border border-line",
                ),
                skeleton_rows(3),
            ),
            rx.cond(
                HistoryState.has_more,
                rx.el.div(button(AgentHistory.MORE, on_click=HistoryState.load_more)),
                rx.fragment(),
            ),
            title=AgentHistory.TITLE,
            lead=AgentHistory.LEAD,
        ),
        settings_group(
            rx.el.div(
                _choice("older", AgentHistory.OLDER, HistoryState.older),
                _choice("newer", AgentHistory.NEWER, HistoryState.newer),
                class_name="grid max-w-110 grid-cols-2 gap-4",
            ),
            rx.cond(
                HistoryState.changes.length() > 0,
                changes_list(HistoryState.changes),
                rx.el.p(AgentHistory.SAME, class_name="text-14 text-muted"),
            ),
            title=AgentHistory.COMPARE,
        ),
        confirm_dialog(
            title=AgentHistory.ROLL_BACK_TITLE,
            verb=f"{AgentHistory.ROLL_BACK_VERB} {HistoryState.doomed} {AgentHistory.AGAIN}",
            loss=AgentHistory.ROLL_BACK_LOSS,
            on_confirm=HistoryState.roll_back,
            open=HistoryState.doomed > 0,
            on_open_change=HistoryState.close_roll_back,
            danger=False,
        ),
        class_name="max-w-180",
    )


def _choice(side: str, words: str, value: rx.Var[str]) -> rx.Component:
    return select_field(
        f"compare-{side}",
        words,
        HistoryState.choices,
        value=value,
        on_change=lambda number: HistoryState.choose(side, number),
    )


def _version(version: rx.Var[Version]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(f"{AgentHistory.VERSION} {version['number']}", class_name="tabular text-14 font-medium"),
                rx.cond(version["is_live"], badge(AgentHistory.LIVE, tone="success", icon="check"), rx.fragment()),
                rx.cond(
                    version["restored_from"] > 0,
                    rx.el.span(f"{AgentHistory.RESTORED} {version['restored_from']}", class_name="text-13 text-muted"),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.cond(version["note"] != "", rx.el.p(version["note"], class_name="text-13"), rx.fragment()),
            rx.el.p(
                timestamp(version["published_at"]),
                rx.cond(version["publisher"] != "", f" · {version['publisher']}", ""),
                class_name="text-12 text-faint",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            AgentState.can_edit & ~version["is_live"],
            button(
                AgentHistory.ROLL_BACK,
                size="sm",
                icon="rotate_ccw",
                on_click=HistoryState.ask_roll_back(version["number"]),
            ),
            rx.fragment(),
        ),
        key=version["number"],
        class_name="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2.5",
    )
