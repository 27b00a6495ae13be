"""What an agent books, and which tools of servers it may call: sections of the Functions part."""

import reflex as rx

from pages.components.button import button, button_class, link_button
from pages.components.choice import switch
from pages.components.dialog import dialog, dialog_close
from pages.components.diff import diff_lines
from pages.components.feedback import banner
from pages.components.status import badge
from pages.components.surface import row_list
from pages.words import AgentTools, Common
from state.agents.open_agent import AgentState
from state.agents.tools import AgentToolsState, BookedKind, ServerTool, ToolGroup

_CONNECTIONS = "/settings/connections"


def appointments_section() -> rx.Component:
    """Return the kinds of appointments the agent may book."""
    return rx.el.section(
        rx.el.h2(AgentTools.APPOINTMENTS, class_name="text-14 font-semibold"),
        rx.el.p(AgentTools.APPOINTMENTS_LEAD, class_name="mt-1 max-w-[68ch] text-13 text-pretty text-muted"),
        rx.cond(
            AgentToolsState.kinds.length() > 0,
            row_list(AgentToolsState.kinds, _kind, class_name="mt-3"),
            rx.cond(
                AgentToolsState.has_calendar,
                rx.el.p(AgentTools.NO_KINDS, class_name="mt-3 text-13 text-faint"),
                _missing(AgentTools.NOT_CONNECTED, AgentTools.CONNECT),
            ),
        ),
        rx.cond(
            (AgentToolsState.kinds.length() > 0) & ~AgentToolsState.has_calendar,
            _missing(AgentTools.NOT_CONNECTED, AgentTools.CONNECT),
            rx.fragment(),
        ),
        class_name="border-t border-line pt-6",
    )


def servers_section() -> rx.Component:
    """Return the servers' tools with the dialog that compares one."""
    return rx.el.section(
        rx.el.h2(AgentTools.SERVERS, class_name="text-14 font-semibold"),
        rx.el.p(AgentTools.SERVERS_LEAD, class_name="mt-1 max-w-[68ch] text-13 text-pretty text-muted"),
        rx.cond(
            AgentToolsState.groups.length() > 0,
            rx.el.div(rx.foreach(AgentToolsState.groups, _group), class_name="mt-4 flex flex-col gap-6"),
            _missing(AgentTools.NO_SERVERS, AgentTools.ADD_SERVER),
        ),
        dialog(
            diff_lines(AgentToolsState.lines, label=AgentTools.COMPARE),
            title=AgentTools.COMPARE,
            description=AgentToolsState.comparing,
            open=AgentToolsState.comparing != "",
            on_open_change=AgentToolsState.close_comparing,
            size="lg",
            footer=[dialog_close(Common.CLOSE, class_name=button_class())],
        ),
        class_name="border-t border-line pt-6",
    )


def _missing(words: str, verb: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(words, class_name="text-13 text-faint"),
        rx.cond(AgentState.can_edit, link_button(verb, href=_CONNECTIONS, size="sm"), rx.fragment()),
        class_name="mt-3 flex flex-wrap items-center gap-3",
    )


def _kind(row: rx.Var[BookedKind]) -> rx.Component:
    return rx.el.li(
        switch(
            f"kind-{row['id']}",
            rx.el.span(
                row["title"],
                rx.el.span(f" · {row['minutes']} {AgentTools.MINUTES}", class_name="text-muted"),
                rx.cond(
                    row["is_gone"],
                    rx.el.span(badge(AgentTools.GONE_KIND, tone="warning"), class_name="ml-2"),
                    rx.fragment(),
                ),
            ),
            checked=row["is_on"],
            on_change=lambda is_on: AgentToolsState.set_kind(row["id"], is_on),
            disabled=~AgentState.can_edit,
        ),
        key=row["id"].to_string(),
        class_name="px-4 py-1.5",
    )


def _group(group: rx.Var[ToolGroup]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(group["name"], class_name="text-13 font-medium"),
        rx.cond(
            group["error"] != "",
            rx.el.div(
                banner(f"{AgentTools.SERVER_DOWN} {group['error']}", tone="warning", rounded=True), class_name="mt-2"
            ),
            rx.fragment(),
        ),
        rx.cond(
            group["tools"].to(list[ServerTool]).length() > 0,
            row_list(group["tools"].to(list[ServerTool]), _tool, class_name="mt-2"),
            rx.el.p(AgentTools.NO_TOOLS, class_name="mt-2 text-13 text-faint"),
        ),
        key=group["id"],
    )


def _tool(row: rx.Var[ServerTool]) -> rx.Component:
    is_changed, is_gone = row["standing"] == "changed", row["standing"] == "gone"
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row["title"], class_name="min-w-0 text-13 font-medium break-words text-ink"),
                rx.cond(
                    row["reads"],
                    badge(AgentTools.READS),
                    badge(AgentTools.ASKS, tone="info"),
                ),
                rx.cond(is_changed, badge(AgentTools.CHANGED, tone="warning", icon="triangle_alert"), rx.fragment()),
                rx.cond(is_gone, badge(AgentTools.GONE, tone="warning"), rx.fragment()),
                class_name="flex min-w-0 flex-wrap items-center gap-2",
            ),
            rx.el.p(
                row["description"], class_name="mt-0.5 max-w-[68ch] text-13 break-words whitespace-pre-wrap text-muted"
            ),
            rx.el.p(row["called"], class_name="mt-1 truncate font-mono text-12 text-faint"),
            rx.cond(is_changed, _changed(row), rx.fragment()),
            class_name="min-w-0 flex-1",
        ),
        switch(
            f"tool-{row['called']}",
            rx.el.span(AgentTools.ALLOW, " ", row["title"], class_name="sr-only"),
            checked=row["standing"] != "off",
            on_change=lambda is_on: AgentToolsState.set_tool(row["server_id"], row["name"], is_on),
            disabled=~AgentState.can_edit,
            class_name="gap-0!",
        ),
        key=row["called"],
        class_name="flex items-start gap-3 px-4 py-3",
    )


def _changed(row: rx.Var[ServerTool]) -> rx.Component:
    return rx.el.div(
        rx.el.p(AgentTools.CHANGED_BODY, class_name="max-w-[68ch] text-13 text-pretty text-warning-ink"),
        rx.el.div(
            button(AgentTools.COMPARE, size="sm", on_click=AgentToolsState.compare(row["server_id"], row["name"])),
            rx.cond(
                AgentState.can_edit,
                button(
                    AgentTools.ALLOW_AGAIN,
                    size="sm",
                    on_click=AgentToolsState.set_tool(row["server_id"], row["name"], True),
                ),
                rx.fragment(),
            ),
            class_name="mt-2 flex flex-wrap gap-2",
        ),
        class_name="mt-2",
    )
