"""Show who else edits an agent, and what to do when two wrote the same field."""

from typing import Any

import reflex as rx

from pages.agents.field_words import label_of, value_of
from pages.components.avatar import avatar
from pages.components.button import button
from pages.components.feedback import banner
from pages.components.local_file import jsx
from pages.components.tooltip import tooltip
from pages.words import Agent
from state.agents.open_agent import AgentState
from state.agents.presence import AgentPresenceState, Editor
from state.agents.proposal import ProposalState

_FILE = jsx(__name__, "heartbeat.jsx")


class _Heartbeat(rx.Component):
    library = _FILE.importable_path
    tag = "Heartbeat"

    subject: rx.Var[str]
    on_beat: rx.EventHandler[rx.event.no_args_event_spec]


def other_editors() -> rx.Component:
    """Return the faces of the others who have the agent open."""
    return rx.el.div(
        _Heartbeat.create(subject=AgentState.id, on_beat=AgentPresenceState.here),
        rx.el.ul(rx.foreach(AgentPresenceState.others, _face), class_name="flex -space-x-1.5"),
        aria_live="polite",
    )


def _face(editor: rx.Var[Editor]) -> rx.Component:
    words = f"{editor['name']} {Agent.ALSO_HERE}"
    return rx.el.li(
        tooltip(rx.el.span(avatar(editor["name"], size="sm", label=words), tab_index=0), text=words),
        key=editor["user_id"],
    )


def collision_note() -> rx.Component:
    """Return what stands over the page while two wrote the same field: both values, and the choice."""
    collision = AgentState.collision
    who = rx.cond(collision["changed_by"] != "", collision["changed_by"], Agent.SOMEONE)
    return rx.cond(
        collision["field"] != "",
        _note(
            rx.el.p(
                rx.el.strong(label_of(collision["field"]), class_name="font-semibold"),
                ": ",
                who,
                f" {Agent.COLLIDED}",
            ),
            _value(Agent.THEIRS, collision["theirs"]),
            _value(Agent.YOURS, collision["yours"]),
            tone="warning",
            action=rx.el.div(
                button(Agent.KEEP_MINE, size="sm", on_click=AgentState.keep_mine),
                button(Agent.KEEP_THEIRS, size="sm", variant="ghost", on_click=AgentState.keep_theirs),
                class_name="flex gap-2",
            ),
        ),
        rx.fragment(),
    )


def mention_note() -> rx.Component:
    """Return the offer to change a former name that the instructions still hold; they never change by themselves."""
    return rx.cond(
        AgentState.mention["old"] != "",
        _note(
            f"{Agent.MENTION} “{AgentState.mention['old']}”.",
            tone="info",
            action=rx.el.div(
                button(Agent.MENTION_SHOW, size="sm", on_click=ProposalState.show_mention),
                button(Agent.MENTION_LEAVE, size="sm", variant="ghost", on_click=AgentState.forget_mention),
                class_name="flex gap-2",
            ),
        ),
        rx.fragment(),
    )


def _note(*words: Any, tone: Any, action: rx.Component) -> rx.Component:
    return rx.el.div(
        banner(rx.el.div(*words, role="alert"), tone=tone, rounded=True, action=action), class_name="mb-6 max-w-180"
    )


def _value(name: str, value: rx.Var[str]) -> rx.Component:
    shown = value_of(AgentState.collision["field"], value)
    return rx.el.p(
        rx.el.span(name, class_name="text-muted"),
        " ",
        rx.cond(value != "", shown, Agent.EMPTY_VALUE),
        class_name="mt-0.5 line-clamp-3 text-13 whitespace-pre-line",
    )
