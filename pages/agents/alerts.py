"""The Alerts part of an agent's page: what it listens for, and what came of it."""

import reflex as rx

from pages.agents.alert_editor import alert_dialog
from pages.components.button import button, button_class
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import empty_state, error_state, skeleton_rows
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.menu import menu_item, row_menu
from pages.components.secret_dialog import secret_dialog
from pages.components.status import badge
from pages.components.surface import row_list, vacancy
from pages.components.timestamp import time_ago, timestamp
from pages.words import AgentAlerts, Common
from state.agents.alert_editor import AlertEditorState
from state.agents.alerts import AlertLogState, AlertRow, AlertsState, MatchRow
from state.agents.open_agent import AgentState

_DOES = (
    ("email", icon("mail")),
    ("sms", icon("message_square_text")),
    ("slack", icon("hash")),
    ("hubspot", icon("notebook_pen")),
)


def alerts_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(AgentAlerts.LEAD, class_name="min-w-64 flex-1 text-13 text-pretty text-muted"),
            rx.cond(
                AgentState.can_edit & AlertsState.is_loaded,
                button(AgentAlerts.ADD, variant="primary", icon="plus", on_click=AlertEditorState.begin),
                rx.fragment(),
            ),
            class_name="flex flex-wrap items-start gap-3",
        ),
        rx.cond(
            AlertsState.is_loaded,
            rx.cond(
                AlertsState.rows.length() > 0,
                row_list(AlertsState.rows, _alert),
                vacancy(
                    empty_state(
                        title=AgentAlerts.EMPTY_TITLE, body=AgentAlerts.EMPTY_BODY, icon="bell_ring", inset=True
                    )
                ),
            ),
            rx.cond(
                AlertsState.has_failed,
                error_state(
                    what=AgentAlerts.FAILED,
                    safe=AgentAlerts.FAILED_SAFE,
                    reference=AlertsState.reference,
                    on_retry=AgentState.load_tab,
                    inset=True,
                ),
                skeleton_rows(3, row="h-20"),
            ),
        ),
        alert_dialog(),
        _history_dialog(),
        confirm_dialog(
            title=AgentAlerts.DELETE_TITLE,
            verb=f"{AgentAlerts.DELETE_VERB} {AlertsState.doomed_name}",
            loss=AgentAlerts.DELETE_LOSS,
            on_confirm=AlertsState.delete,
            open=AlertsState.doomed_id != "",
            on_open_change=AlertsState.keep,
        ),
        _secret_dialog(),
        class_name="flex max-w-220 flex-col gap-4",
    )


def _alert(row: rx.Var[AlertRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="truncate text-14 font-medium"),
            rx.el.p(f"“{row['topic']}”", class_name="mt-0.5 line-clamp-2 text-13 text-pretty text-muted"),
            rx.el.p(
                rx.el.span(
                    rx.match(row["action_type"], *_DOES, icon("webhook")),
                    rx.el.span(
                        rx.match(row["action_type"], *AgentAlerts.DOES, ""),
                        rx.cond(row["target"] != "", f" {row['target']}", ""),
                        class_name="min-w-0 truncate",
                    ),
                    class_name="inline-flex min-w-0 items-center gap-1.5",
                ),
                rx.cond(
                    row["trigger_count"] > 0,
                    rx.el.span(
                        rx.cond(
                            row["trigger_count"] == 1, AgentAlerts.ONCE, f"{row['trigger_count']} {AgentAlerts.TIMES}"
                        ),
                        " · ",
                        time_ago(row["last_triggered_at"]),
                        class_name="tabular",
                    ),
                    rx.el.span(AgentAlerts.NEVER, class_name="text-faint"),
                ),
                class_name="mt-1 flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-12 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            switch(
                f"alert-{row['id']}",
                rx.el.span(AgentAlerts.SWITCH, " ", row["name"], class_name="sr-only"),
                checked=row["is_active"],
                on_change=lambda is_on: AlertsState.set_active(row["id"], is_on),
                disabled=~AgentState.can_edit,
                class_name="gap-0!",
            ),
            row_menu(
                rx.cond(
                    AgentState.can_edit,
                    menu_item(AgentAlerts.EDIT, icon="pencil", on_select=AlertEditorState.edit(row["id"])),
                    rx.fragment(),
                ),
                menu_item(AgentAlerts.HISTORY, icon="scroll_text", on_select=AlertLogState.open(row["id"])),
                label=f"{AgentAlerts.MORE} {row['name']}",
                removal=AgentAlerts.DELETE,
                on_remove=AlertsState.ask_delete(row["id"]),
                may_remove=AgentState.can_edit,
            ),
            class_name="flex shrink-0 items-center gap-2",
        ),
        key=row["id"],
        class_name="flex min-h-20 items-start gap-3 px-4 py-3",
    )


def _history_dialog() -> rx.Component:
    log = AlertLogState
    return dialog(
        rx.cond(
            log.is_loaded,
            rx.cond(
                log.rows.length() > 0,
                rx.fragment(
                    rx.el.p(AgentAlerts.HISTORY_LEAD, class_name="mb-3 text-13 text-muted"),
                    row_list(log.rows, _match),
                    rx.cond(
                        log.has_more,
                        rx.el.div(button(AgentAlerts.OLDER, size="sm", on_click=log.load_more), class_name="mt-3"),
                        rx.fragment(),
                    ),
                ),
                empty_state(
                    title=AgentAlerts.HISTORY_EMPTY_TITLE,
                    body=AgentAlerts.HISTORY_EMPTY_BODY,
                    icon="scroll_text",
                    inset=True,
                ),
            ),
            skeleton_rows(3),
        ),
        title=log.name,
        open=log.is_open,
        on_open_change=log.set_open,
        size="lg",
        footer=[dialog_close(Common.CLOSE, class_name=button_class())],
    )


def _match(row: rx.Var[MatchRow]) -> rx.Component:
    def state(tone: str, picture: str) -> rx.Component:
        return badge(rx.match(row["status"], *AgentAlerts.STATUSES, row["status"]), tone=tone, icon=picture)  # type: ignore[arg-type]

    may_retry = AgentState.can_edit & ((row["status"] == "failed") | (row["status"] == "uncertain"))
    return rx.el.li(
        rx.el.div(
            rx.el.p(f"“{row['excerpt']}”", class_name="line-clamp-3 text-14 text-pretty"),
            rx.el.p(
                rx.match(
                    row["status"],
                    ("done", state("success", "check")),
                    ("failed", state("danger", "circle_alert")),
                    ("uncertain", state("warning", "triangle_alert")),
                    ("held", state("neutral", "bell_off")),
                    state("info", "loader_circle"),
                ),
                rx.el.span(
                    rx.cond(row["status"] == "held", AgentAlerts.HELD, row["result"]),
                    class_name="min-w-0 break-words",
                ),
                class_name="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-13 text-muted",
            ),
            rx.el.p(
                rx.el.span(f"{row['percent']} % {AgentAlerts.LIKE} “{row['phrase']}”", class_name="min-w-0 truncate"),
                timestamp(row["at"]),
                rx.cond(
                    row["attempts"] > 1,
                    rx.el.span(f"{row['attempts']} {AgentAlerts.TRIES}", class_name="tabular"),
                    rx.fragment(),
                ),
                page_link(
                    AgentAlerts.CONVERSATION,
                    href="/inbox/" + row["conversation_id"].to(str),
                    class_name="inline-flex min-h-6 items-center rounded-control text-accent-ink hover:underline",
                ),
                class_name="tabular mt-1 flex min-w-0 flex-wrap items-center gap-x-3 text-12 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            may_retry,
            button(AgentAlerts.RETRY, size="sm", icon="rotate_cw", on_click=AlertLogState.retry(row["id"])),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-start gap-3 px-4 py-3 sm:flex-nowrap",
    )


def _secret_dialog() -> rx.Component:
    return secret_dialog(
        AlertsState.new_secret,
        title=AgentAlerts.SECRET_TITLE,
        loss=AgentAlerts.SECRET_LOSS,
        copy_label=AgentAlerts.COPY_SECRET,
        done=AgentAlerts.SECRET_DONE,
        on_forget=AlertsState.forget_secret,
    )
