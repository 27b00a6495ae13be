"""The dialog of a skill's history: each run, and the people it concerned."""

import reflex as rx

from pages.agents.skill_people import person_row
from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import empty_state, skeleton_rows
from pages.components.field import select_field
from pages.components.icon import icon
from pages.components.status import badge
from pages.components.surface import row_list
from pages.components.timestamp import timestamp
from pages.words import AgentSkills, Common
from state.agents.open_agent import AgentState
from state.agents.skill_history import RunRow, SkillHistoryState


def history_dialog() -> rx.Component:
    """Return the dialog; the cards open it."""
    return dialog(
        rx.el.div(
            select_field(
                "skill-status",
                AgentSkills.STATUS,
                list(AgentSkills.STATUSES),
                before=[("", AgentSkills.STATUS_ANY)],
                value=SkillHistoryState.status,
                on_change=SkillHistoryState.set_status,
                hide_label=True,
                class_name="mb-3 w-48",
            ),
            rx.cond(
                SkillHistoryState.is_loaded,
                rx.cond(SkillHistoryState.runs.length() > 0, _runs(), _empty()),
                skeleton_rows(4),
            ),
            class_name="min-h-64 pt-1",
        ),
        title=f"{AgentSkills.TITLE_HISTORY} {SkillHistoryState.name}",
        open=SkillHistoryState.is_open,
        on_open_change=SkillHistoryState.set_open,
        size="lg",
        footer=[dialog_close(Common.CLOSE, class_name=button_class())],
    )


def _empty() -> rx.Component:
    return rx.cond(
        SkillHistoryState.status != "",
        empty_state(title=AgentSkills.EMPTY_FILTERED, body=AgentSkills.EMPTY_FILTERED_BODY, icon="history", inset=True),
        empty_state(title=AgentSkills.EMPTY_TITLE, body=AgentSkills.EMPTY_BODY, icon="history", inset=True),
    )


def _runs() -> rx.Component:
    return rx.fragment(
        row_list(SkillHistoryState.runs, _run),
        rx.cond(
            SkillHistoryState.has_more,
            rx.el.div(
                button(AgentSkills.LOAD_MORE, size="sm", on_click=SkillHistoryState.load_more), class_name="mt-3"
            ),
            rx.fragment(),
        ),
    )


def _run(run: rx.Var[RunRow]) -> rx.Component:
    is_open = SkillHistoryState.run_id == run["id"]
    return rx.el.li(
        rx.el.button(
            icon(
                "chevron_right",
                class_name=rx.cond(is_open, "mt-0.5 text-muted rotate-90", "mt-0.5 text-muted"),
            ),
            rx.el.span(
                rx.el.span(
                    rx.match(
                        run["status"],
                        ("completed", badge(AgentSkills.STATUSES[2][1], tone="success", icon="check")),
                        ("running", badge(AgentSkills.STATUSES[1][1], tone="info", icon="clock")),
                        ("failed", badge(AgentSkills.STATUSES[3][1], tone="danger", icon="circle_alert")),
                        ("cancelled", badge(AgentSkills.STATUSES[4][1], icon="x")),
                        badge(AgentSkills.STATUSES[0][1], tone="info", icon="loader_circle"),
                    ),
                    rx.cond(run["is_dry_run"], badge(AgentSkills.TRIED, icon="flask_conical"), rx.fragment()),
                    rx.el.span(_trigger(run), class_name="text-12 text-muted"),
                    class_name="flex flex-wrap items-center gap-x-2 gap-y-1",
                ),
                rx.el.span(_figures(run), class_name="block text-13 text-pretty text-ink"),
                class_name="flex min-w-0 flex-1 flex-col gap-1",
            ),
            rx.el.span(timestamp(run["at"]), class_name="shrink-0 text-12 text-muted"),
            type="button",
            on_click=SkillHistoryState.show_run(run["id"]),
            aria_expanded=is_open,
            class_name="flex w-full items-start gap-2 px-3 py-2.5 text-left -outline-offset-2 hover:bg-hover",
        ),
        rx.cond(is_open, _people(run), rx.fragment()),
        key=run["id"],
    )


def _trigger(run: rx.Var[RunRow]) -> rx.Component:
    return rx.match(
        run["trigger"],
        ("schedule", rx.fragment(AgentSkills.BY_CLOCK)),
        ("event", rx.fragment(AgentSkills.BY_EVENT)),
        rx.el.span(AgentSkills.BY_HAND, " ", run["started_by"]),
    )


def _figures(run: rx.Var[RunRow]) -> rx.Component:
    """Return how many people came to what; a report has its summary instead."""
    count = run["sent"] + run["waiting"] + run["left_out"] + run["other"]
    return rx.cond(
        run["error"] != "",
        rx.fragment(run["error"]),
        rx.cond(
            count > 0,
            rx.el.span(
                rx.el.span(run["sent"], " ", rx.cond(run["is_dry_run"], AgentSkills.MEANT, AgentSkills.SENT)),
                rx.cond(run["waiting"] > 0, rx.el.span(run["waiting"], f" {AgentSkills.WAITING}"), rx.fragment()),
                rx.cond(run["left_out"] > 0, rx.el.span(run["left_out"], f" {AgentSkills.LEFT}"), rx.fragment()),
                rx.cond(run["other"] > 0, rx.el.span(run["other"], f" {AgentSkills.OTHERS}"), rx.fragment()),
                class_name="tabular flex flex-wrap gap-x-3",
            ),
            rx.fragment(run["summary"]),
        ),
    )


def _people(run: rx.Var[RunRow]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            SkillHistoryState.people.length() > 0,
            rx.fragment(
                row_list(SkillHistoryState.people, person_row),
                rx.cond(
                    SkillHistoryState.are_people_cut,
                    rx.el.p(AgentSkills.PEOPLE_CUT, class_name="mt-2 text-12 text-muted"),
                    rx.fragment(),
                ),
            ),
            rx.el.p(AgentSkills.NO_PEOPLE, class_name="text-13 text-muted"),
        ),
        rx.cond(
            AgentState.can_edit & (run["waiting"] > 0),
            rx.el.div(
                button(AgentSkills.CANCEL, icon="ban", size="sm", on_click=SkillHistoryState.cancel(run["id"])),
                class_name="mt-3",
            ),
            rx.fragment(),
        ),
        class_name="px-3 pt-1 pb-4",
    )
