"""Publish an agent's draft: the mark of what is not published yet, and the dialog that shows it and asks for a note."""

import reflex as rx

from pages.agents.difference import changes_list
from pages.agents.replay import replay_section
from pages.components.button import button, button_class
from pages.components.dialog import confirm_dialog, dialog
from pages.components.feedback import banner
from pages.components.field import text_field
from pages.components.icon import icon
from pages.words import Agent, AgentPublish
from state.agents.history import PublishState
from state.agents.open_agent import AgentState


def publish_bar() -> rx.Component:
    """Return the line that says how much is not published yet, with the way to it; nothing without a draft."""
    return rx.cond(
        AgentState.changed > 0,
        rx.el.div(
            icon("git_commit_horizontal", class_name="shrink-0 text-info-ink"),
            rx.el.p(
                AgentState.changed,
                " ",
                rx.cond(AgentState.changed == 1, Agent.ONE_CHANGE, Agent.MANY_CHANGES),
                f" {Agent.UNPUBLISHED}",
                class_name="min-w-0 flex-1 text-13",
                aria_live="polite",
            ),
            rx.cond(
                AgentState.can_edit,
                button(Agent.REVIEW, variant="primary", size="sm", on_click=PublishState.set_open(True)),
                rx.fragment(),
            ),
            class_name="flex min-h-11 items-center gap-2.5 border-t border-line bg-info-soft px-4 py-1.5 md:px-6",
        ),
        rx.fragment(),
    )


def publish_dialog() -> rx.Component:
    """Return the dialog; it opens by `publish_bar`."""
    return dialog(
        rx.el.form(
            rx.cond(
                PublishState.error != "",
                banner(PublishState.error, tone="warning", rounded=True),
                rx.fragment(),
            ),
            rx.cond(
                PublishState.changes.length() > 0,
                changes_list(PublishState.changes),
                rx.el.p(AgentPublish.NOTHING, class_name="text-14 text-muted"),
            ),
            text_field(
                "note",
                AgentPublish.NOTE,
                hint=AgentPublish.NOTE_HINT,
                placeholder=AgentPublish.NOTE_PLACEHOLDER,
                max_length=200,
                auto_complete="off",
                optional=True,
            ),
            id="publish-agent",
            on_submit=PublishState.publish,
            class_name="flex flex-col gap-5 pt-1",
        ),
        rx.cond(PublishState.changes.length() > 0, rx.el.div(replay_section(), class_name="mt-5"), rx.fragment()),
        title=AgentPublish.TITLE,
        description=AgentPublish.LEAD,
        open=PublishState.is_open,
        on_open_change=PublishState.set_open,
        size="lg",
        footer=[
            confirm_dialog(
                title=AgentPublish.DISCARD_TITLE,
                verb=AgentPublish.DISCARD,
                loss=AgentPublish.DISCARD_LOSS,
                on_confirm=PublishState.discard,
                trigger=AgentPublish.DISCARD,
                trigger_class=button_class("ghost"),
            ),
            button(
                AgentPublish.VERB,
                " ",
                AgentState.version + 1,
                variant="primary",
                type="submit",
                form="publish-agent",
                disabled=PublishState.changes.length() == 0,
            ),
        ],
    )
