"""Show why an agent said something that was only tried: hand-over, sources, tools, figures, and the whole prompt."""

from typing import Any

import reflex as rx

from pages.components.icon import icon
from pages.components.status import badge
from pages.words import AgentTest
from state.agents.explaining import SourceRead, ToolUse


def explanation(state: Any) -> rx.Component:
    """Return why an answer was given; `state` is an `Explaining` one."""
    return rx.el.div(
        rx.cond(
            state.why["is_unanswered"],
            rx.el.div(badge(AgentTest.UNANSWERED, tone="warning", icon="circle_help")),
            rx.fragment(),
        ),
        rx.cond(
            state.why["reason"] != "",
            _group(AgentTest.HANDED_OVER, rx.el.p(state.why["reason"], class_name="text-13")),
            rx.fragment(),
        ),
        _group(
            AgentTest.SOURCES,
            rx.cond(
                state.sources.length() > 0,
                rx.el.ul(rx.foreach(state.sources, _source), class_name="flex flex-col gap-3"),
                rx.el.p(AgentTest.NO_SOURCES, class_name="text-13 text-muted"),
            ),
        ),
        rx.cond(
            state.tools.length() > 0,
            _group(
                AgentTest.TOOLS,
                rx.el.ul(rx.foreach(state.tools, _tool), class_name="flex flex-col gap-2"),
            ),
            rx.fragment(),
        ),
        rx.el.dl(
            *(
                rx.cond(
                    state.why[key] != "",
                    rx.el.div(
                        rx.el.dt(name, class_name="w-20 shrink-0 text-muted"),
                        rx.el.dd(state.why[key], class_name="tabular min-w-0 flex-1 truncate"),
                        class_name="flex gap-3",
                    ),
                    rx.fragment(),
                )
                for name, key in (
                    (AgentTest.MODEL, "model"),
                    (AgentTest.TIME, "milliseconds"),
                    (AgentTest.TOKENS, "tokens"),
                    (AgentTest.COST, "cost"),
                )
            ),
            class_name="flex flex-col gap-1.5 border-t border-line pt-4 text-13",
        ),
        rx.el.details(
            rx.el.summary(AgentTest.PROMPT, class_name="rounded-control text-13 font-medium text-muted hover:text-ink"),
            rx.el.pre(
                state.why["prompt"],
                tab_index=0,
                class_name=(
                    "mt-2 max-h-80 overflow-auto rounded-control border border-line bg-sunken p-3 font-mono text-12 "
                    "whitespace-pre-wrap"
                ),
            ),
        ),
        class_name="mt-3 flex flex-col gap-4",
    )


def _group(title: str, content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h3(title, class_name="mb-2 text-12 font-medium text-muted"), content)


def _source(source: rx.Var[SourceRead]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            icon("file_text", class_name="text-muted"), source["title"], class_name="flex gap-1.5 text-13 font-medium"
        ),
        rx.el.blockquote(
            source["quote"], class_name="mt-1 line-clamp-4 border-l-2 border-line pl-2.5 text-13 text-muted"
        ),
    )


def _tool(tool: rx.Var[ToolUse]) -> rx.Component:
    return rx.el.li(
        rx.el.p(icon("wrench", class_name="text-muted"), tool["name"], class_name="flex gap-1.5 text-13 font-medium"),
        rx.el.p(tool["arguments"], class_name="mt-0.5 font-mono text-12 break-words text-muted"),
        rx.el.p(tool["result"], class_name="mt-0.5 text-13 break-words text-muted"),
    )
