"""One agent: `/agents/[agent_id]`, its head and its parts."""

from collections.abc import Callable

import reflex as rx

from pages.agents.alerts import alerts_part
from pages.agents.analytics import analytics_part
from pages.agents.configure import configure_part
from pages.agents.deployment import deployment_part
from pages.agents.editors import collision_note, mention_note, other_editors
from pages.agents.functions import functions_part
from pages.agents.history import history_part
from pages.agents.knowledge import knowledge_part
from pages.agents.memory import memory_part
from pages.agents.notifications import notifications_part
from pages.agents.playground import test_part
from pages.agents.prompt import prompt_part
from pages.agents.proposal import proposal_dialog
from pages.agents.proving import tests_part
from pages.agents.publishing import publish_bar, publish_dialog
from pages.agents.schedule import schedule_part
from pages.agents.skills import skills_part
from pages.agents.types import type_icon, type_name
from pages.components.button import icon_button_class, link_button
from pages.components.choice import switch
from pages.components.feedback import banner, empty_state, error_state, skeleton, skeleton_fields
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.shell import page_shell
from pages.components.tabs import TAB, tab_strip
from pages.components.tooltip import tooltip
from pages.frame import frame
from pages.words import Agent, Agents
from state.agents.open_agent import AgentState

# The back button's own padding puts its arrow on the line of the tabs and fields below.
_HEAD_LINE = "flex min-h-16 items-center gap-3 pr-4 pl-2 md:pr-6 md:pl-4"

PARTS: dict[str, tuple[str, Callable[[], rx.Component]]] = {
    "configure": (Agent.CONFIGURE, configure_part),
    "prompt": (Agent.PROMPT, prompt_part),
    "knowledge": (Agent.KNOWLEDGE, knowledge_part),
    "memory": (Agent.MEMORY, memory_part),
    "functions": (Agent.FUNCTIONS, functions_part),
    "skills": (Agent.SKILLS, skills_part),
    "alerts": (Agent.ALERTS, alerts_part),
    "deployment": (Agent.DEPLOYMENT, deployment_part),
    "schedule": (Agent.SCHEDULE, schedule_part),
    "notifications": (Agent.NOTIFICATIONS, notifications_part),
    "test": (Agent.TEST, test_part),
    "tests": (Agent.TESTS, tests_part),
    "analytics": (Agent.ANALYTICS, analytics_part),
}


def agent_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.cond(
            AgentState.is_missing,
            empty_state(
                title=Agent.GONE_TITLE,
                body=Agent.GONE_BODY,
                icon="bot_off",
                inset=True,
                action=link_button(Agent.BACK, href="/agents", icon="arrow_left"),
            ),
            rx.fragment(
                rx.cond(
                    AgentState.is_loaded, _head(), rx.cond(AgentState.has_failed, _head_failed(), _head_skeleton())
                ),
                rx.el.div(
                    rx.cond(
                        AgentState.is_loaded,
                        _part(),
                        rx.cond(
                            AgentState.has_failed,
                            error_state(
                                what=Agent.FAILED,
                                safe=Agent.FAILED_SAFE,
                                reference=AgentState.reference,
                                on_retry=AgentState.load,
                            ),
                            _part_skeleton(),
                        ),
                    ),
                    class_name="min-h-0 flex-1 overflow-y-auto px-4 py-6 md:px-6",
                ),
                proposal_dialog(),
                publish_dialog(),
            ),
        ),
        title=rx.cond(AgentState.name != "", AgentState.name, Agents.TITLE),
        active="agents",
        layout="full",
        show_header=False,
        **frame(),
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            tooltip(
                page_link(
                    icon("arrow_left"),
                    href="/agents",
                    aria_label=Agent.BACK,
                    class_name=icon_button_class("ghost", "md", link=True),
                ),
                text=Agent.BACK,
            ),
            rx.el.span(type_icon(AgentState.agent_type), class_name="hidden sm:block"),
            rx.el.div(
                rx.el.p(AgentState.name, class_name="truncate text-16 font-semibold", aria_hidden="true"),
                rx.el.p(
                    rx.el.span(type_name(AgentState.agent_type), class_name="truncate"),
                    rx.el.span("·", aria_hidden="true"),
                    tooltip(
                        page_link(
                            f"v{AgentState.version} · {Agent.HISTORY}",
                            href=f"/agents/{AgentState.id}?tab=versions",
                            class_name=(
                                "tabular inline-flex min-h-6 items-center rounded-control whitespace-nowrap "
                                "underline-offset-2 hover:text-ink hover:underline"
                            ),
                        ),
                        text=Agent.VERSION,
                    ),
                    class_name="flex items-center gap-1.5 text-13 text-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            other_editors(),
            switch(
                "agent-active",
                rx.cond(AgentState.is_active, Agents.SWITCH, Agents.SWITCH_OFF),
                checked=AgentState.is_active,
                on_change=AgentState.set_active,
                disabled=~AgentState.can_edit,
                class_name="shrink-0",
            ),
            class_name=_HEAD_LINE,
        ),
        _tabs(),
        publish_bar(),
        class_name="shrink-0 border-b border-line bg-canvas",
    )


def _tabs() -> rx.Component:
    """Return the parts as links, so that each has its own address."""

    def link(key: str) -> rx.Component:
        is_open = AgentState.tab == key
        return page_link(
            PARTS[key][0],
            href=f"/agents/{AgentState.id}?tab={key}",
            custom_attrs={"aria-current": rx.cond(is_open, "page", "false")},
            class_name=TAB + rx.cond(is_open, "border-accent text-ink", "border-transparent text-muted hover:text-ink"),
        )

    return tab_strip(*(link(key) for key in PARTS), label=Agent.TABS, current=AgentState.tab)


def _part() -> rx.Component:
    return rx.fragment(
        # What somebody is told of is their own to change, whatever their role.
        rx.cond(AgentState.can_edit | (AgentState.tab == "notifications"), rx.fragment(), _note(Agent.READ_ONLY)),
        rx.cond(AgentState.lacks != "", _lacking(), rx.fragment()),
        collision_note(),
        mention_note(),
        rx.el.div(
            rx.match(
                AgentState.tab,
                *((key, draw()) for key, (_, draw) in PARTS.items()),
                ("versions", history_part()),
                rx.fragment(),
            ),
            key=AgentState.drawing,
        ),
    )


def _note(words: str) -> rx.Component:
    return rx.el.div(banner(words, tone="info", rounded=True), class_name="mb-6 max-w-180")


def _lacking() -> rx.Component:
    return rx.el.div(
        banner(
            rx.el.span(AgentState.lacks, role="alert"),
            tone="warning",
            rounded=True,
            action=link_button(Agent.LACKS_ACTION, href=f"/agents/{AgentState.id}?tab=deployment", size="sm"),
        ),
        class_name="mb-6 max-w-180",
    )


def _part_skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.div(skeleton("h-5 w-32"), skeleton("h-3.5 w-72 max-w-full"), class_name="mb-4 flex flex-col gap-2"),
        skeleton_fields(4),
        class_name="max-w-180",
    )


def _head_failed() -> rx.Component:
    return rx.el.header(
        link_button(Agent.BACK, href="/agents", variant="ghost", icon="arrow_left"),
        class_name="flex min-h-14 shrink-0 items-center border-b border-line bg-canvas px-2 md:px-4",
    )


def _head_skeleton() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.span(icon("arrow_left"), class_name=f"{icon_button_class('ghost', 'md')} text-faint"),
            skeleton("hidden size-9 sm:block"),
            rx.el.div(skeleton("h-4 w-40"), skeleton("h-3.5 w-28"), class_name="flex flex-col gap-2"),
            class_name=_HEAD_LINE,
        ),
        rx.el.div(
            skeleton("h-4 w-80 max-w-full"), class_name="flex h-10 items-center px-4 pointer-coarse:h-11 md:px-6"
        ),
        class_name="shrink-0 border-b border-line bg-canvas",
    )
