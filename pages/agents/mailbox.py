"""The mailbox of an agent's Deployment part: its address, how mail gets there, and what the agent does with it."""

import reflex as rx

from pages.components.button import button
from pages.components.choice import segmented, switch
from pages.components.copy_button import copy_button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.components.surface import settings_group, vacancy
from pages.components.timestamp import time_ago
from pages.words import AgentMailbox
from state.agents.mailbox import MailboxState
from state.agents.open_agent import AgentState


def mailbox_part() -> rx.Component:
    """Return the part."""
    return rx.fragment(
        rx.cond(
            MailboxState.id != "",
            rx.el.div(_answering(), _forwarding(), _leaving(), class_name="flex flex-col"),
            vacancy(
                empty_state(
                    title=AgentMailbox.NONE_TITLE,
                    body=AgentMailbox.NONE_BODY,
                    icon="mail",
                    inset=True,
                    action=rx.cond(
                        AgentState.can_edit,
                        button(AgentMailbox.CONNECT, icon="plus", variant="primary", on_click=MailboxState.connect),
                        rx.fragment(),
                    ),
                ),
            ),
        ),
        confirm_dialog(
            title=AgentMailbox.DETACH_TITLE,
            verb=AgentMailbox.DETACH,
            loss=AgentMailbox.DETACH_LOSS,
            on_confirm=MailboxState.detach,
            open=MailboxState.is_leaving,
            on_open_change=MailboxState.ask_to_detach,
        ),
    )


def _answering() -> rx.Component:
    return settings_group(
        switch(
            "mailbox-active",
            AgentMailbox.ACTIVE,
            hint=AgentMailbox.ACTIVE_HINT,
            checked=MailboxState.is_active,
            on_change=MailboxState.set_active,
            disabled=~AgentState.can_edit,
        ),
        rx.el.div(
            segmented(
                "mailbox-mode",
                AgentMailbox.MODE,
                [("off", AgentMailbox.OFF), ("draft", AgentMailbox.DRAFT), ("auto", AgentMailbox.AUTO)],
                value=MailboxState.mode,
                on_change=MailboxState.set_mode,
                disabled=~AgentState.can_edit,
                class_name="max-w-100",
            ),
            rx.el.p(
                rx.match(
                    MailboxState.mode,
                    ("auto", AgentMailbox.AUTO_HINT),
                    ("draft", AgentMailbox.DRAFT_HINT),
                    AgentMailbox.OFF_HINT,
                ),
                class_name="mt-1.5 text-13 text-muted",
            ),
        ),
        _field("sender_name", AgentMailbox.SENDER, AgentMailbox.SENDER_HINT, "text"),
        title=AgentMailbox.ANSWERS,
        lead=AgentMailbox.ANSWERS_LEAD,
    )


def _forwarding() -> rx.Component:
    return settings_group(
        rx.el.ol(
            _step("1", _field("public_address", AgentMailbox.PUBLIC, AgentMailbox.PUBLIC_HINT, "email")),
            _step(
                "2",
                rx.el.p(AgentMailbox.FORWARD, class_name="text-14"),
                rx.el.div(
                    rx.el.code(MailboxState.address, class_name="min-w-0 flex-1 text-13 break-all"),
                    copy_button(MailboxState.address, label=AgentMailbox.COPY),
                    class_name="mt-2 flex items-center gap-2 rounded-control border border-line bg-sunken px-3 py-1.5",
                ),
            ),
            _step("3", rx.el.p(AgentMailbox.TEST_LEAD, class_name="text-14"), _test()),
            class_name="flex flex-col gap-6",
        ),
        title=AgentMailbox.FORWARDING,
        lead=AgentMailbox.FORWARDING_LEAD,
    )


def _test() -> rx.Component:
    has_address = MailboxState.values["public_address"] != ""
    return rx.el.div(
        button(
            rx.cond(MailboxState.tested_at != "", AgentMailbox.TEST_AGAIN, AgentMailbox.TEST),
            icon="send",
            on_click=MailboxState.test,
            disabled=~AgentState.can_edit | ~has_address,
        ),
        rx.el.div(
            rx.cond(
                MailboxState.verified_at != "",
                badge(AgentMailbox.VERIFIED, tone="success", icon="check"),
                rx.cond(
                    MailboxState.tested_at != "",
                    rx.el.span(
                        badge(AgentMailbox.WAITING, tone="warning", icon="clock"),
                        rx.el.span(
                            f"{AgentMailbox.WAITING_HINT} ",
                            time_ago(MailboxState.tested_at),
                            class_name="text-13 text-muted",
                        ),
                        class_name="flex flex-wrap items-center gap-2",
                    ),
                    badge(AgentMailbox.UNTESTED, tone="neutral"),
                ),
            ),
            role="status",
            class_name="min-w-0",
        ),
        class_name="mt-2 flex flex-wrap items-center gap-3",
    )


def _leaving() -> rx.Component:
    return rx.cond(
        AgentState.can_edit,
        rx.el.div(
            button(AgentMailbox.DETACH, icon="unplug", on_click=MailboxState.ask_to_detach(True)), class_name="pt-6"
        ),
        rx.fragment(),
    )


def _step(number: str, *body: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            number,
            aria_hidden="true",
            class_name=(
                "tabular flex size-6 shrink-0 items-center justify-center rounded-full bg-hover text-13 font-medium"
            ),
        ),
        rx.el.div(*body, class_name="min-w-0 flex-1"),
        class_name="flex gap-3",
    )


def _field(name: str, text: str, hint: str, kind: str) -> rx.Component:
    return saving_field(
        name,
        text,
        value=MailboxState.values[name],
        on_save=lambda value: MailboxState.save(name, value),
        kind="email" if kind == "email" else "text",
        hint=hint,
        error=MailboxState.errors[name],
        save_state=rx.cond(MailboxState.saved == name, "saved", ""),
        disabled=~AgentState.can_edit,
        max_length=254,
    )
