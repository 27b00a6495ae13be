"""The Notifications part of an agent's page: what the person at this tab is told of, and where."""

import reflex as rx

from pages.components.button import button
from pages.components.choice import checkbox, segmented, switch
from pages.components.feedback import skeleton_fields
from pages.components.field import saved_mark
from pages.components.saving_field import saving_field
from pages.components.surface import settings_group
from pages.words import AgentNotifications
from state.agents.notifications import AgentNotificationsState as State

CHANNELS = (
    ("email", AgentNotifications.EMAIL, AgentNotifications.EMAIL_ON),
    ("sms", AgentNotifications.SMS, AgentNotifications.SMS_ON),
)
OCCASIONS = (
    ("needs_person", AgentNotifications.NEEDS_PERSON),
    ("tickets", AgentNotifications.TICKETS),
    ("inbound_messages", AgentNotifications.INBOUND),
    ("all_messages", AgentNotifications.ALL),
)
CONTENTS = (
    ("contact", AgentNotifications.CONTACT),
    ("agent", AgentNotifications.AGENT),
    ("message", AgentNotifications.MESSAGE),
)


def notifications_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.cond(
            State.is_loaded,
            rx.fragment(_scope(), rx.el.div(*(_channel(*channel) for channel in CHANNELS))),
            skeleton_fields(4),
        ),
        class_name="flex max-w-180 flex-col gap-6",
    )


def _scope() -> rx.Component:
    return rx.el.div(
        rx.el.p(AgentNotifications.LEAD, class_name="text-13 text-muted"),
        segmented(
            "notification-scope",
            AgentNotifications.SCOPE,
            [("agent", AgentNotifications.THIS), ("defaults", AgentNotifications.DEFAULTS)],
            value=State.scope,
            on_change=State.set_scope,
            class_name="w-full sm:w-80",
        ),
        rx.cond(
            State.scope == "agent",
            rx.cond(
                State.is_own,
                rx.el.p(
                    AgentNotifications.DIFFERS,
                    " ",
                    button(AgentNotifications.FOLLOW, size="sm", variant="ghost", on_click=State.follow_defaults),
                    class_name="text-13 text-muted",
                ),
                rx.el.p(AgentNotifications.FOLLOWS, class_name="text-13 text-muted"),
            ),
            rx.fragment(),
        ),
        class_name="flex flex-col gap-3",
    )


def _channel(channel: str, title: str, words: str) -> rx.Component:
    enabled = State.on[f"{channel}.enabled"]
    return settings_group(
        switch(
            f"{channel}-enabled",
            words,
            checked=enabled,
            on_change=lambda is_on: State.switch(channel, "enabled", is_on),
        ),
        _address(channel),
        rx.cond(enabled, _details(channel), rx.fragment()),
        title=title,
    )


def _address(channel: str) -> rx.Component:
    is_email = channel == "email"
    return saving_field(
        f"{channel}-address",
        AgentNotifications.EMAIL_ADDRESS if is_email else AgentNotifications.SMS_ADDRESS,
        kind="email" if is_email else "tel",
        value=State.texts[f"{channel}.address"],
        on_save=lambda value: State.save(channel, "address", value),
        hint=AgentNotifications.EMAIL_ADDRESS_HINT if is_email else AgentNotifications.SMS_ADDRESS_HINT,
        error=State.errors[f"{channel}.address"],
        save_state=rx.cond(State.saved == f"{channel}.address", "saved", ""),
        class_name="max-w-80",
    )


def _details(channel: str) -> rx.Component:
    return rx.el.div(
        _boxes(channel, AgentNotifications.WHEN, OCCASIONS),
        _boxes(channel, AgentNotifications.INCLUDES, CONTENTS),
        saving_field(
            f"{channel}-prefix",
            AgentNotifications.PREFIX,
            value=State.texts[f"{channel}.prefix"],
            on_save=lambda value: State.save(channel, "prefix", value),
            placeholder=AgentNotifications.PREFIX_PLACEHOLDER,
            max_length=120,
            error=State.errors[f"{channel}.prefix"],
            save_state=rx.cond(State.saved == f"{channel}.prefix", "saved", ""),
            class_name="max-w-80",
        ),
        rx.el.div(button(AgentNotifications.TEST, icon="send", on_click=State.send_test(channel))),
        class_name="flex flex-col gap-4",
    )


def _boxes(channel: str, legend: str, choices: tuple[tuple[str, str], ...]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="mb-1 text-13 font-medium text-ink"),
        *(
            rx.el.div(
                checkbox(
                    f"{channel}-{name}",
                    words,
                    checked=State.on[f"{channel}.{name}"],
                    on_change=lambda is_on, name=name: State.switch(channel, name, is_on),
                ),
                saved_mark(rx.cond(State.saved == f"{channel}.{name}", "saved", "")),
                class_name="flex items-center gap-3",
            )
            for name, words in choices
        ),
        class_name="min-w-0",
    )
