"""The list of agents: `/agents`."""

from typing import Any

import reflex as rx

from backend.vocab import AgentType
from pages.agents.creating import new_agent_button, new_agent_dialog
from pages.agents.importing import import_button, import_dialog
from pages.agents.types import NAMES, type_icon, type_name
from pages.components.button import button, button_class, icon_button_class, link_button
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import empty_state, error_state, skeleton
from pages.components.field import select_field, text_field
from pages.components.icon import icon
from pages.components.link import page_link, text_link
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.timestamp import time_ago
from pages.frame import frame
from pages.welcome import setup_card
from pages.words import Agents, Common
from state.agents.listing import AgentListState
from state.agents.rows import AgentCard

GRID = "grid gap-4 sm:grid-cols-2 xl:grid-cols-3"


def agents_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        setup_card(),
        rx.cond(
            AgentListState.is_loaded,
            rx.cond((AgentListState.total == 0) & (AgentListState.binned == 0), _none_yet(), _cards()),
            rx.cond(
                AgentListState.has_failed,
                error_state(
                    what=Agents.FAILED,
                    safe=Agents.FAILED_SAFE,
                    reference=AgentListState.reference,
                    on_retry=AgentListState.load,
                ),
                _loading(),
            ),
        ),
        new_agent_dialog(),
        import_dialog(),
        _delete_dialog(),
        _lacking_dialog(),
        title=Agents.TITLE,
        active="agents",
        actions=rx.cond(
            AgentListState.can_edit,
            rx.el.div(
                import_button(),
                rx.cond(AgentListState.total > 0, new_agent_button(), rx.fragment()),
                class_name="flex gap-2",
            ),
            rx.fragment(),
        ),
        # Drawn while loading too, so that the cards do not jump down when they come.
        filters=rx.cond(
            (AgentListState.total + AgentListState.binned > 0)
            | (~AgentListState.is_loaded & ~AgentListState.has_failed),
            _filters(),
            rx.fragment(),
        ),
        **frame(),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        text_field(
            "agent-search",
            Agents.SEARCH,
            type="search",
            hide_label=True,
            placeholder=Agents.SEARCH,
            default_value=AgentListState.q,
            key=f"search-{AgentListState.drawing}-{AgentListState.is_loaded}",
            on_change=lambda text: AgentListState.filter_by("q", text).debounce(250),
            class_name="col-span-2 sm:max-w-72 sm:flex-1",
        ),
        select_field(
            "agent-type",
            Agents.TYPE,
            [("", Agents.TYPE_ANY), *((kind.value, NAMES[kind]) for kind in AgentType)],
            hide_label=True,
            value=AgentListState.type,
            on_change=lambda value: AgentListState.filter_by("type", value),
        ),
        select_field(
            "agent-status",
            Agents.STATUS,
            [
                ("", Agents.STATUS_ANY),
                ("active", Agents.ACTIVE),
                ("off", Agents.INACTIVE),
                ("deleted", Agents.DELETED),
            ],
            hide_label=True,
            value=AgentListState.status,
            on_change=lambda value: AgentListState.filter_by("status", value),
        ),
        select_field(
            "agent-sort",
            Agents.SORT,
            [("", Agents.SORT_NAME), ("edited", Agents.SORT_EDITED), ("newest", Agents.SORT_NEWEST)],
            hide_label=True,
            value=AgentListState.sort,
            on_change=lambda value: AgentListState.filter_by("sort", value),
            class_name="max-sm:col-span-2",
        ),
        role="search",
        class_name="grid grid-cols-2 items-center gap-2 sm:flex",
    )


def _cards() -> rx.Component:
    return rx.cond(
        AgentListState.cards.length() > 0,
        rx.el.ul(
            rx.cond(
                AgentListState.status == "deleted",
                rx.foreach(AgentListState.cards, _deleted_card),
                rx.foreach(AgentListState.cards, _card),
            ),
            class_name=GRID,
        ),
        rx.cond(
            (AgentListState.status == "deleted") & (AgentListState.q == "") & (AgentListState.type == ""),
            empty_state(
                title=Agents.NONE_DELETED_TITLE,
                body=Agents.NONE_DELETED_BODY,
                icon="trash_2",
                action=button(Agents.SHOW_ALL, on_click=AgentListState.clear_filters),
            ),
            empty_state(
                title=Agents.NO_MATCH_TITLE,
                body=Agents.NO_MATCH_BODY,
                icon="search_x",
                action=button(Agents.CLEAR_FILTERS, on_click=AgentListState.clear_filters),
            ),
        ),
    )


def _card(agent: rx.Var[AgentCard]) -> rx.Component:
    href = "/agents/" + agent["id"].to(str)
    return rx.el.li(
        rx.el.div(
            type_icon(agent["agent_type"]),
            rx.el.div(
                rx.el.h2(
                    # The link covers the card; what can be pressed on its own stands above it.
                    page_link(
                        agent["name"],
                        href=href,
                        class_name="rounded-control after:absolute after:inset-0 after:rounded-card after:content-['']",
                    ),
                    class_name="truncate text-14 font-semibold",
                ),
                rx.el.p(type_name(agent["agent_type"]), class_name="truncate text-13 text-muted"),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(agent["is_default"], badge(Agents.DEFAULT), rx.fragment()),
            rx.cond(AgentListState.can_edit, _card_menu(agent, href), rx.fragment()),
            class_name="flex items-start gap-3",
        ),
        rx.el.div(
            _numbers(agent, href),
            rx.cond(
                agent["has_draft"], rx.el.span(badge(Agents.DRAFT, tone="info"), class_name="ml-auto"), rx.fragment()
            ),
            class_name="flex min-h-6 flex-wrap items-center gap-2 text-13 text-muted empty:hidden",
        ),
        _today(agent),
        rx.el.div(
            rx.el.span(Agents.EDITED, " ", time_ago(agent["edited_at"]), class_name="text-12 text-faint"),
            rx.el.div(_switch(agent), class_name="relative"),
            class_name="mt-auto flex items-center justify-between gap-3 border-t border-line pt-3",
        ),
        key=agent["id"],
        class_name=(
            "relative flex min-w-0 flex-col gap-3 rounded-card border border-line bg-canvas p-4 transition-colors "
            "hover:border-control hover:bg-hover"
        ),
    )


def _numbers(agent: rx.Var[AgentCard], href: Any) -> rx.Component:
    return rx.cond(
        agent["takes_numbers"],
        rx.cond(
            agent["numbers"] != "",
            rx.fragment(icon("phone"), rx.el.span(agent["numbers"], class_name="tabular min-w-0 truncate")),
            rx.fragment(
                icon("phone_off"),
                rx.el.span(Agents.NO_NUMBER),
                text_link(
                    Agents.CHOOSE_NUMBER,
                    href=href + "?tab=deployment",
                    class_name="relative inline-flex min-h-6 items-center",
                ),
            ),
        ),
        rx.fragment(),
    )


def _switch(agent: rx.Var[AgentCard]) -> rx.Component:
    return switch(
        f"active-{agent['id']}",
        rx.cond(agent["is_active"], Agents.SWITCH, Agents.SWITCH_OFF),
        checked=agent["is_active"],
        on_change=lambda is_on: AgentListState.set_active(agent["id"], is_on),
        disabled=~AgentListState.can_edit,
    )


def _card_menu(agent: rx.Var[AgentCard], href: Any) -> rx.Component:
    return rx.el.div(
        menu(
            icon("ellipsis"),
            menu_item(Agents.OPEN, icon="arrow_right", href=href),
            menu_item(Agents.DUPLICATE, icon="copy", on_select=AgentListState.duplicate(agent["id"])),
            menu_item(Agents.EXPORT, icon="file_down", on_select=AgentListState.export_file(agent["id"])),
            menu_separator(),
            menu_item(Agents.DELETE, icon="trash_2", danger=True, on_select=AgentListState.ask_delete(agent["id"])),
            label=Agents.MORE,
            trigger_class=icon_button_class("ghost", "sm"),
        ),
        class_name="relative -mt-1 -mr-1",
    )


def _today(agent: rx.Var[AgentCard]) -> rx.Component:
    """Return what the agent did since midnight."""
    return rx.el.p(
        f"{Agents.TODAY}: ",
        rx.cond(
            agent["answered"] > 0,
            rx.fragment(
                f"{agent['answered']} {Agents.ANSWERED}",
                rx.cond(agent["handed_over"] > 0, f" · {agent['handed_over']} {Agents.HANDED_OVER}", ""),
                rx.cond(agent["cost"] != "", f" · {agent['cost']}", ""),
            ),
            Agents.QUIET,
        ),
        class_name="tabular text-13 text-muted",
    )


def _deleted_card(agent: rx.Var[AgentCard]) -> rx.Component:
    return rx.el.li(
        type_icon(agent["agent_type"]),
        rx.el.div(
            rx.el.h2(agent["name"], class_name="truncate text-14 font-semibold"),
            rx.el.p(type_name(agent["agent_type"]), class_name="truncate text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            AgentListState.can_edit,
            button(Agents.RESTORE, size="sm", icon="undo_2", on_click=AgentListState.restore(agent["id"])),
            rx.fragment(),
        ),
        key=agent["id"],
        class_name="flex items-center gap-3 rounded-card border border-line bg-canvas p-4",
    )


def _lacking_dialog() -> rx.Component:
    return dialog(
        title=Agents.LACKS_TITLE,
        description=AgentListState.lacks,
        open=AgentListState.lacking_id != "",
        on_open_change=AgentListState.close_lacking,
        size="sm",
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            link_button(
                Agents.LACKS_VERB, href=f"/agents/{AgentListState.lacking_id}?tab=deployment", variant="primary"
            ),
        ],
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        title=Agents.DELETE_TITLE,
        verb=f"{Agents.DELETE_VERB} “" + AgentListState.doomed_name + "”",
        loss=Agents.DELETE_LOSS,
        on_confirm=AgentListState.delete,
        open=AgentListState.doomed_id != "",
        on_open_change=AgentListState.keep,
    )


def _none_yet() -> rx.Component:
    return empty_state(
        title=Agents.EMPTY_TITLE,
        body=Agents.EMPTY_BODY,
        icon="bot",
        action=rx.cond(AgentListState.can_edit, new_agent_button(), rx.fragment()),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        *(
            rx.el.div(
                rx.el.div(
                    skeleton("size-9 shrink-0"),
                    rx.el.div(skeleton("h-3.5 w-28"), skeleton("h-3 w-20"), class_name="flex flex-col gap-2"),
                    class_name="flex min-h-10 items-start gap-3 pointer-coarse:min-h-11",
                ),
                skeleton("my-1.5 h-3 w-32"),
                rx.el.div(
                    skeleton("h-3 w-24"),
                    skeleton("h-5 w-20"),
                    class_name=(
                        "flex min-h-10 items-center justify-between border-t border-line pt-3 pointer-coarse:min-h-14"
                    ),
                ),
                class_name="flex flex-col gap-3 rounded-card border border-line p-4",
            )
            for _ in range(3)
        ),
        role="status",
        class_name=GRID,
    )
