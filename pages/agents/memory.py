"""The Memory part of an agent's page: its rules, and whom it remembers."""

from typing import Any

import reflex as rx

from pages.components.avatar import avatar
from pages.components.button import button
from pages.components.choice import checkbox, switch
from pages.components.dialog import confirm_dialog, dialog
from pages.components.feedback import banner, empty_state, failed_or, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.link import text_link
from pages.components.status import badge
from pages.components.surface import settings_group, vacancy
from pages.components.timestamp import time_ago
from pages.memory.parts import forget_dialog, memories
from pages.words import Memory
from state.agents.memory import AgentMemoryState
from state.agents.open_agent import AgentState

_USUAL, _SIMILAR = "memory_config", "semantic_memory_config"


def memory_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.div(_general(), _similar(), _shared(), class_name="min-w-0"),
        _list(),
        _one(),
        forget_dialog(),
        confirm_dialog(
            title=Memory.CLEAR_TITLE,
            verb=Memory.CLEAR_VERB,
            loss=Memory.CLEAR_LOSS,
            on_confirm=AgentMemoryState.clear,
            open=AgentMemoryState.is_clearing,
            on_open_change=AgentMemoryState.ask_clear,
        ),
        class_name="grid max-w-280 items-start gap-8 xl:grid-cols-[26rem_minmax(0,1fr)]",
    )


def _general() -> rx.Component:
    is_on = AgentMemoryState.switches["memory_enabled"]
    return settings_group(
        rx.cond(
            AgentMemoryState.stores_nothing, banner(Memory.NEEDS_STORAGE, tone="warning", rounded=True), rx.fragment()
        ),
        switch(
            "memory_enabled",
            Memory.SWITCH,
            checked=is_on,
            on_change=lambda value: AgentMemoryState.switch("memory_enabled", value),
            hint=Memory.SWITCH_HINT,
            disabled=~AgentState.can_edit,
        ),
        rx.cond(
            is_on,
            rx.el.div(
                rx.el.div(
                    _flag(_USUAL, "include_summaries", Memory.SUMMARIES),
                    _flag(_USUAL, "include_key_topics", Memory.TOPICS),
                    _flag(_USUAL, "include_preferences", Memory.PREFERENCES),
                ),
                _choice(_USUAL, "retention_days", Memory.RETENTION, Memory.RETENTION_OPTIONS),
                _choice(_USUAL, "max_tokens", Memory.ROOM, Memory.ROOM_OPTIONS, hint=Memory.ROOM_HINT),
                class_name="flex flex-col gap-4",
            ),
            rx.fragment(),
        ),
        title=Memory.GENERAL,
        lead=Memory.GENERAL_LEAD,
    )


def _similar() -> rx.Component:
    is_on = AgentMemoryState.switches["semantic_memory_enabled"]
    return rx.cond(
        AgentMemoryState.switches["memory_enabled"],
        settings_group(
            switch(
                "semantic_memory_enabled",
                Memory.SIMILAR_SWITCH,
                checked=is_on,
                on_change=lambda value: AgentMemoryState.switch("semantic_memory_enabled", value),
                hint=Memory.SIMILAR_HINT,
                disabled=~AgentState.can_edit,
            ),
            rx.cond(
                is_on,
                rx.el.div(
                    _choice(_USUAL, "max_history_calls", Memory.HISTORY, Memory.HISTORY_OPTIONS),
                    _choice(_SIMILAR, "max_results", Memory.RESULTS, Memory.RESULTS_OPTIONS),
                    _choice(_SIMILAR, "similarity_threshold", Memory.LIKENESS, Memory.LIKENESS_OPTIONS),
                    _flag(_SIMILAR, "include_other_callers", Memory.OTHERS, hint=Memory.OTHERS_HINT),
                    rx.cond(
                        AgentMemoryState.flags["include_other_callers"],
                        _choice(_SIMILAR, "match_threshold", Memory.PEOPLE, Memory.PEOPLE_OPTIONS),
                        rx.fragment(),
                    ),
                    class_name="flex flex-col gap-4",
                ),
                rx.fragment(),
            ),
            title=Memory.SIMILAR,
            lead=Memory.SIMILAR_LEAD,
        ),
        rx.fragment(),
    )


def _shared() -> rx.Component:
    def one(other: rx.Var[dict[str, str]]) -> rx.Component:
        return checkbox(
            "shared",
            other["name"],
            checked=other["linked"] == "true",
            on_change=lambda value: AgentMemoryState.link(other["id"], value),
            disabled=~AgentState.can_edit,
        )

    return rx.cond(
        AgentMemoryState.switches["memory_enabled"],
        settings_group(
            rx.cond(
                AgentMemoryState.others.length() > 0,
                rx.el.div(rx.foreach(AgentMemoryState.others, one), class_name="flex flex-col"),
                rx.el.p(Memory.SHARED_NONE, class_name="text-13 text-muted"),
            ),
            title=Memory.SHARED,
            lead=Memory.SHARED_LEAD,
        ),
        rx.fragment(),
    )


def _choice(field: str, option: str, words: str, options: Any, hint: str = "") -> rx.Component:
    return select_field(
        option,
        words,
        list(options),
        value=AgentMemoryState.options[option],
        on_change=lambda value: AgentMemoryState.choose(field, option, value),
        save_state=rx.cond(AgentMemoryState.saved == option, "saved", ""),
        hint=hint,
        disabled=~AgentState.can_edit,
    )


def _flag(field: str, option: str, words: str, hint: str = "") -> rx.Component:
    return checkbox(
        option,
        words,
        checked=AgentMemoryState.flags[option],
        on_change=lambda value: AgentMemoryState.flag(field, option, value),
        hint=hint,
        disabled=~AgentState.can_edit,
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(Memory.LIST, class_name="text-16 font-semibold"),
            rx.cond(
                AgentMemoryState.total > 0,
                rx.el.span(AgentMemoryState.total, class_name="tabular text-13 text-muted"),
                rx.fragment(),
            ),
            rx.el.span(class_name="flex-1"),
            rx.cond(
                AgentMemoryState.can_edit & (AgentMemoryState.total > 0) & (AgentMemoryState.query == ""),
                button(Memory.CLEAR, size="sm", on_click=AgentMemoryState.ask_clear(True)),
                rx.fragment(),
            ),
            class_name="flex min-h-9 items-center gap-2 xl:-mt-1.5",
        ),
        rx.cond(
            (AgentMemoryState.total > 0) | (AgentMemoryState.query != ""),
            text_field(
                "memory-search",
                Memory.SEARCH,
                type="search",
                hide_label=True,
                placeholder=Memory.SEARCH_HINT,
                max_length=200,
                default_value=AgentMemoryState.query,
                on_change=AgentMemoryState.search.debounce(400),
            ),
            rx.fragment(),
        ),
        rx.cond(
            AgentMemoryState.is_loaded,
            rx.cond(AgentMemoryState.rows.length() > 0, _rows(), _empty()),
            failed_or(
                AgentMemoryState,
                skeleton_rows(5, leading="size-9 rounded-full", row="h-17"),
                what=Memory.FAILED,
                safe=Memory.FAILED_SAFE,
            ),
        ),
        class_name="flex min-w-0 flex-col gap-3",
    )


def _rows() -> rx.Component:
    return rx.fragment(
        rx.el.ul(
            rx.foreach(AgentMemoryState.rows, _row), class_name="divide-y divide-line rounded-card border border-line"
        ),
        rx.cond(
            (AgentMemoryState.query == "") & (AgentMemoryState.rows.length() < AgentMemoryState.total),
            rx.el.div(button(Memory.MORE_ROWS, size="sm", variant="ghost", on_click=AgentMemoryState.load_more)),
            rx.fragment(),
        ),
    )


def _named(row: Any) -> Any:
    return rx.cond(
        row["contact_name"] != "",
        row["contact_name"],
        rx.cond(row["contact_phone_display"] != "", row["contact_phone_display"], Memory.UNKNOWN),
    )


def _row(row: rx.Var[Any]) -> rx.Component:
    facts = row["fact_count"].to(int)
    return rx.el.li(
        rx.el.button(
            avatar(row["contact_name"].to(str), size="md"),
            rx.el.span(
                rx.el.span(
                    rx.el.span(_named(row), class_name="min-w-0 flex-1 truncate text-14 font-medium text-ink"),
                    rx.cond(
                        # Words that stand there are found as they are; only a meaning is more or less like another.
                        (row["similarity"].to(float) > 0) & (row["similarity"].to(float) < 1),
                        badge(
                            rx.Var.create(row["similarity"].to(float) * 100).to(int).to(str) + f" % {Memory.LIKE}",
                            tone="info",
                        ),
                        rx.fragment(),
                    ),
                    rx.el.span(time_ago(row["last_updated"].to(str)), class_name="shrink-0 text-12 text-muted"),
                    class_name="flex items-baseline gap-2",
                ),
                rx.cond(
                    row["summary"] != "",
                    rx.el.span(row["summary"], class_name="line-clamp-2 text-13 text-muted"),
                    rx.fragment(),
                ),
                rx.el.span(
                    rx.el.span(
                        rx.match(
                            facts,
                            (0, Memory.NONE),
                            (1, Memory.ONE_FACT),
                            facts.to(str) + Memory.MANY_FACTS.replace("{n}", ""),
                        ),
                        class_name="tabular text-12 text-muted",
                    ),
                    rx.foreach(
                        row["key_topics"].to(list[str])[:4],
                        lambda topic: rx.el.span(
                            topic, class_name="rounded-full bg-sunken px-2 py-0.5 text-12 text-muted"
                        ),
                    ),
                    class_name="flex flex-wrap items-center gap-1.5",
                ),
                class_name="flex min-w-0 flex-1 flex-col gap-1",
            ),
            type="button",
            on_click=AgentMemoryState.open_memory(row["id"].to(str)),
            class_name="flex w-full items-start gap-3 px-4 py-3 text-left outline-offset-[-2px] hover:bg-hover",
        ),
        key=row["id"],
    )


def _empty() -> rx.Component:
    none_yet = rx.cond(AgentMemoryState.switches["memory_enabled"], Memory.EMPTY_BODY, Memory.EMPTY_OFF)
    return vacancy(
        rx.cond(
            AgentMemoryState.query != "",
            empty_state(title=Memory.NONE_FOUND_TITLE, body=Memory.NONE_FOUND_BODY, icon="search_x", inset=True),
            empty_state(title=Memory.EMPTY_TITLE, body=none_yet, icon="brain", inset=True),
        )
    )


def _one() -> rx.Component:
    """Return the dialog of one memory."""
    memory = AgentMemoryState.opened[0]["memory"]
    return dialog(
        rx.cond(
            AgentMemoryState.opened.length() > 0,
            rx.el.div(
                memories(AgentMemoryState.opened, may_forget=AgentMemoryState.can_edit, is_alone=True),
                rx.el.div(
                    text_link(Memory.CONTACT, href="/contacts/" + memory["contact_id"].to(str)), class_name="text-13"
                ),
                class_name="flex flex-col gap-4",
            ),
            rx.fragment(),
        ),
        title=rx.cond(AgentMemoryState.opened.length() > 0, _named(memory), Memory.TITLE),
        open=AgentMemoryState.opened.length() > 0,
        on_open_change=AgentMemoryState.close_memory,
        size="md",
    )
