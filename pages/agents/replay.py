"""The part of the publishing dialog that tries the draft on real conversations and lists the decisions that change."""

import reflex as rx

from pages.components.button import button
from pages.components.choice import segmented
from pages.components.feedback import banner, progress
from pages.components.icon import icon
from pages.components.link import text_link
from pages.components.surface import row_list
from pages.components.timestamp import time_ago
from pages.words import AgentReplay
from state.agents.open_agent import AgentState
from state.agents.replay import Changed, ReplayState, Shift


def replay_section() -> rx.Component:
    """Return the section; `PublishState` has it read what was tried last."""
    is_running = ReplayState.status == "running"
    return rx.el.section(
        rx.el.h3(AgentReplay.TITLE, class_name="text-14 font-semibold"),
        rx.el.p(AgentReplay.LEAD, class_name="mt-1 text-13 text-pretty text-muted"),
        rx.cond(
            AgentState.can_edit & ~is_running,
            rx.el.div(
                segmented(
                    "replay-size",
                    AgentReplay.SIZE,
                    list(AgentReplay.SIZES),
                    value=ReplayState.size,
                    on_change=ReplayState.choose_size,
                    hide_label=True,
                    class_name="w-48",
                ),
                button(
                    rx.cond(ReplayState.status == "none", AgentReplay.START, AgentReplay.AGAIN),
                    icon="history",
                    on_click=ReplayState.begin,
                ),
                class_name="mt-3 flex flex-wrap items-center gap-2",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.match(
                ReplayState.status,
                ("running", _running()),
                ("none", rx.fragment()),
                _result(),
            ),
            aria_live="polite",
            class_name="mt-3 empty:hidden",
        ),
        class_name="border-t border-line pt-5",
    )


def _running() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            progress(AgentReplay.PROGRESS, value=ReplayState.done, total=ReplayState.total),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            AgentState.can_edit,
            button(AgentReplay.STOP, size="sm", icon="square", on_click=ReplayState.cancel),
            rx.fragment(),
        ),
        class_name="flex items-end gap-3",
    )


def _result() -> rx.Component:
    count = ReplayState.changed.length()
    return rx.el.div(
        rx.cond(
            ReplayState.is_stale,
            banner(AgentReplay.STALE, tone="warning", rounded=True),
            rx.cond(
                ReplayState.status == "cancelled",
                banner(AgentReplay.STOPPED, tone="info", rounded=True),
                rx.fragment(),
            ),
        ),
        rx.el.p(
            rx.cond(
                count == 0,
                icon("circle_check", class_name="mt-0.5 text-success-ink"),
                icon("git_compare_arrows", class_name="mt-0.5 text-warning-ink"),
            ),
            rx.el.span(
                rx.cond(
                    count == 0,
                    AgentReplay.NOTHING,
                    rx.fragment(count, " ", rx.cond(count == 1, AgentReplay.CHANGES_ONE, AgentReplay.CHANGES_MANY)),
                ),
                " ",
                ReplayState.conversations,
                " ",
                rx.cond(ReplayState.conversations == 1, AgentReplay.CONVERSATION, AgentReplay.CONVERSATIONS),
                ".",
                rx.cond(
                    ReplayState.broken > 0,
                    rx.fragment(
                        " ",
                        ReplayState.broken,
                        " ",
                        rx.cond(ReplayState.broken == 1, AgentReplay.ERROR, AgentReplay.ERRORS),
                    ),
                    rx.fragment(),
                ),
            ),
            class_name="flex gap-2 text-14 font-medium text-ink",
        ),
        rx.cond(count > 0, row_list(ReplayState.changed, _changed), rx.fragment()),
        class_name="flex flex-col gap-3",
    )


def _changed(row: rx.Var[Changed]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["contact"], class_name="font-medium text-ink"),
            f" {AgentReplay.ASKED} ",
            time_ago(row["at"]),
            class_name="text-13 text-muted",
        ),
        rx.el.p(f"“{row['asked']}”", class_name="mt-0.5 line-clamp-3 text-14 break-words"),
        rx.el.dl(rx.foreach(row["shifts"], _shift), class_name="mt-2 flex flex-col gap-1"),
        rx.el.details(
            rx.el.summary(
                AgentReplay.ANSWERS,
                class_name="rounded-control text-13 text-muted hover:text-ink",
            ),
            rx.el.div(
                _reply(AgentReplay.NOW, row["was"]),
                _reply(AgentReplay.DRAFT, row["reply"]),
                class_name="mt-2 grid gap-3 sm:grid-cols-2",
            ),
            class_name="mt-2",
        ),
        text_link(AgentReplay.OPEN, href=f"/inbox/{row['conversation_id']}", class_name="mt-2 inline-block text-13"),
        key=row["key"],
        class_name="px-4 py-3",
    )


def _shift(row: rx.Var[Shift]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(rx.match(row["what"], *AgentReplay.WHATS.items(), row["what"]), class_name="w-28 shrink-0 text-muted"),
        rx.el.dd(
            rx.el.span(row["before"], class_name="text-muted line-through decoration-from-font"),
            icon("arrow_right", class_name="text-faint"),
            rx.el.span(row["after"], class_name="font-medium text-ink"),
            class_name="flex min-w-0 flex-wrap items-center gap-1.5",
        ),
        class_name="flex gap-2 text-13",
    )


def _reply(title: str, text: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.p(title, class_name="text-12 font-medium text-muted"),
        rx.el.p(
            rx.cond(text != "", text, AgentReplay.SILENT),
            class_name="mt-0.5 text-13 break-words whitespace-pre-line",
        ),
        class_name="min-w-0",
    )
