"""Show an agent's type: icon and name together, and the five tiles to choose from."""

import reflex as rx

from backend.vocab import AgentType
from pages.components.icon import icon
from pages.words import AgentTypes

ICONS = {
    AgentType.TEXT: "message_square_text",
    AgentType.INBOUND_VOICE: "phone_incoming",
    AgentType.OUTBOUND_VOICE: "phone_outgoing",
    AgentType.EMAIL: "mail",
    AgentType.CHAT_WIDGET: "message_circle",
}
# The channel whose hue the icon carries.
HUES = {
    AgentType.TEXT: "text-channel-text",
    AgentType.INBOUND_VOICE: "text-channel-call",
    AgentType.OUTBOUND_VOICE: "text-channel-call",
    AgentType.EMAIL: "text-channel-email",
    AgentType.CHAT_WIDGET: "text-channel-chat",
}
NAMES = {
    AgentType.TEXT: AgentTypes.TEXT,
    AgentType.INBOUND_VOICE: AgentTypes.INBOUND_VOICE,
    AgentType.OUTBOUND_VOICE: AgentTypes.OUTBOUND_VOICE,
    AgentType.EMAIL: AgentTypes.EMAIL,
    AgentType.CHAT_WIDGET: AgentTypes.CHAT_WIDGET,
}
LINES = {
    AgentType.TEXT: AgentTypes.TEXT_LINE,
    AgentType.INBOUND_VOICE: AgentTypes.INBOUND_VOICE_LINE,
    AgentType.OUTBOUND_VOICE: AgentTypes.OUTBOUND_VOICE_LINE,
    AgentType.EMAIL: AgentTypes.EMAIL_LINE,
    AgentType.CHAT_WIDGET: AgentTypes.CHAT_WIDGET_LINE,
}


def type_icon(agent_type: rx.Var[str]) -> rx.Component:
    """Return the icon of a type held in a state var, in its channel's hue, on a quiet square."""
    return rx.el.span(
        rx.match(
            agent_type,
            *((kind.value, icon(ICONS[kind], size=20, class_name=HUES[kind])) for kind in AgentType),
            icon("bot", size=20),
        ),
        class_name=(
            "inline-flex size-9 shrink-0 items-center justify-center rounded-control border border-line bg-sunken"
        ),
    )


def type_name(agent_type: rx.Var[str]) -> rx.Var[str]:
    """Return the words for a type held in a state var."""
    return rx.match(agent_type, *((kind.value, NAMES[kind]) for kind in AgentType), "")


def type_options() -> list[tuple[str, str, str, str]]:
    """Return the five types as radio cards: value, name, line, icon."""
    return [(kind.value, NAMES[kind], LINES[kind], ICONS[kind]) for kind in ICONS]
