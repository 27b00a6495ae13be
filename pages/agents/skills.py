"""The Skills part of an agent's page: what it does by itself, as cards with a switch each."""

import reflex as rx

from pages.agents.skill_editor import editor_dialog
from pages.agents.skill_history import history_dialog
from pages.components.button import button, icon_button_class
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog
from pages.components.feedback import error_state, skeleton_rows
from pages.components.icon import icon
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.status import badge
from pages.components.timestamp import time_ago, timestamp
from pages.words import AgentSkills
from state.agents.open_agent import AgentState
from state.agents.skill_editor import SkillEditorState
from state.agents.skill_history import SkillHistoryState
from state.agents.skills import SkillCard, SkillsState

_ICONS = ("reply", "calendar_clock", "star", "eye", "newspaper", "radar", "notebook_pen")


def skills_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.p(AgentSkills.LEAD, class_name="max-w-[68ch] text-13 text-pretty text-muted"),
        rx.cond(
            SkillsState.is_loaded,
            rx.el.ul(rx.foreach(SkillsState.cards, _card), class_name="grid gap-3 xl:grid-cols-2"),
            rx.cond(
                SkillsState.has_failed,
                error_state(
                    what=AgentSkills.FAILED,
                    safe=AgentSkills.FAILED_SAFE,
                    reference=SkillsState.reference,
                    on_retry=AgentState.load_tab,
                    inset=True,
                ),
                skeleton_rows(6, leading="size-9", row="h-28"),
            ),
        ),
        editor_dialog(),
        history_dialog(),
        _remove_dialog(),
        class_name="flex max-w-280 flex-col gap-5",
    )


def _card(card: rx.Var[SkillCard]) -> rx.Component:
    is_set_up = card["id"] != ""
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.match(card["icon"], *((name, icon(name, size=20)) for name in _ICONS), icon("zap", size=20)),
                class_name=(
                    "inline-flex size-9 shrink-0 items-center justify-center rounded-control bg-sunken text-muted"
                ),
            ),
            rx.el.div(
                rx.el.p(
                    rx.el.span(card["name"], class_name="text-14 font-semibold text-ink"),
                    rx.el.span(
                        rx.match(card["category"], *AgentSkills.CATEGORIES, ""), class_name="text-12 text-muted"
                    ),
                    class_name="flex flex-wrap items-baseline gap-x-2",
                ),
                rx.el.p(card["description"], class_name="mt-0.5 text-13 text-pretty text-muted"),
                class_name="min-w-0 flex-1",
            ),
            switch(
                f"skill-{card['slug']}",
                rx.el.span(AgentSkills.SWITCH, " ", card["name"], class_name="sr-only"),
                checked=card["is_enabled"],
                on_change=lambda is_on: SkillsState.set_enabled(card["slug"], is_on),
                disabled=~AgentState.can_edit,
                class_name="gap-0!",
            ),
            class_name="flex items-start gap-3",
        ),
        rx.el.p(card["needs"], class_name="text-12 text-pretty text-muted"),
        rx.el.div(
            _standing(card, is_set_up),
            rx.cond(
                AgentState.can_edit,
                rx.el.div(
                    rx.cond(
                        is_set_up,
                        _history(card),
                        rx.fragment(),
                    ),
                    button(
                        rx.cond(is_set_up, AgentSkills.SETTINGS, AgentSkills.SET_UP),
                        rx.el.span(" ", card["name"], class_name="sr-only"),
                        size="sm",
                        on_click=SkillEditorState.edit(card["slug"]),
                    ),
                    rx.cond(is_set_up, _more(card), rx.fragment()),
                    class_name="ml-auto flex items-center gap-1.5",
                ),
                rx.cond(
                    is_set_up,
                    rx.el.div(_history(card), class_name="ml-auto"),
                    rx.fragment(),
                ),
            ),
            class_name="mt-auto flex flex-wrap items-center gap-x-3 gap-y-2",
        ),
        key=card["slug"],
        class_name="flex min-w-0 flex-col gap-3 rounded-card border border-line bg-canvas p-4",
    )


def _history(card: rx.Var[SkillCard]) -> rx.Component:
    return button(
        AgentSkills.HISTORY,
        rx.el.span(" ", card["name"], class_name="sr-only"),
        icon="history",
        size="sm",
        variant="ghost",
        on_click=SkillHistoryState.open(card["slug"]),
    )


def _standing(card: rx.Var[SkillCard], is_set_up: rx.Var[bool]) -> rx.Component:
    """Return the line that says how a skill stands."""
    return rx.el.p(
        rx.cond(
            card["is_enabled"],
            badge(AgentSkills.ON, tone="success", icon="check"),
            rx.cond(
                is_set_up,
                rx.cond(
                    card["is_ready"],
                    badge(AgentSkills.OFF),
                    badge(AgentSkills.INCOMPLETE, tone="warning", icon="triangle_alert"),
                ),
                badge(AgentSkills.NOT_SET_UP),
            ),
        ),
        rx.cond(
            card["next_at"] != "",
            rx.el.span(AgentSkills.NEXT, " ", timestamp(card["next_at"])),
            rx.fragment(),
        ),
        rx.cond(
            card["last_at"] != "",
            rx.el.span(AgentSkills.LAST, " ", time_ago(card["last_at"])),
            rx.fragment(),
        ),
        rx.cond(
            card["sent_week"] > 0,
            rx.el.span(card["sent_week"], " ", AgentSkills.SENT_WEEK, class_name="tabular"),
            rx.fragment(),
        ),
        rx.cond(
            card["waiting"] > 0,
            rx.el.span(card["waiting"], " ", AgentSkills.WAITING, class_name="tabular"),
            rx.fragment(),
        ),
        class_name="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-12 text-muted",
    )


def _more(card: rx.Var[SkillCard]) -> rx.Component:
    return menu(
        icon("ellipsis"),
        rx.cond(
            card["is_enabled"],
            menu_item(AgentSkills.RUN_NOW, icon="play", on_select=SkillsState.run_now(card["slug"])),
            rx.fragment(),
        ),
        rx.cond(card["is_enabled"], menu_separator(), rx.fragment()),
        menu_item(AgentSkills.FORGET, icon="trash_2", danger=True, on_select=SkillsState.ask_remove(card["slug"])),
        label=f"{AgentSkills.MORE} {card['name']}",
        trigger_class=icon_button_class("ghost", "sm"),
    )


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        title=AgentSkills.FORGET_TITLE,
        verb=f"{AgentSkills.FORGET_VERB} {SkillsState.doomed_name}",
        loss=AgentSkills.FORGET_LOSS,
        on_confirm=SkillsState.remove,
        open=SkillsState.doomed_id != "",
        on_open_change=SkillsState.keep,
    )
