"""The dialog that makes an agent: five types, one name."""

import reflex as rx

from pages.agents.types import type_options
from pages.components.button import button, button_class
from pages.components.choice import radio_cards
from pages.components.dialog import dialog, dialog_close
from pages.components.field import text_field
from pages.words import Agents, Common
from state.agents.creating import NewAgentState


def new_agent_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return button(Agents.NEW, variant="primary", icon="plus", on_click=NewAgentState.set_open(True))


def new_agent_dialog() -> rx.Component:
    """Return the dialog; it opens by `new_agent_button`."""
    return dialog(
        rx.el.form(
            radio_cards(
                "agent-type-choice",
                Agents.CREATE_LEAD,
                type_options(),
                value=NewAgentState.chosen_type,
                on_change=NewAgentState.choose,
                # Five tiles: the first, which most begin with, takes a row of its own.
                columns="md:grid-cols-2 md:[&>:first-child]:col-span-2",
            ),
            text_field(
                "name",
                Agents.NAME,
                hint=Agents.NAME_HINT,
                error=NewAgentState.name_error,
                placeholder=Agents.NAME_PLACEHOLDER,
                max_length=80,
                auto_complete="off",
                optional=True,
            ),
            id="new-agent",
            on_submit=NewAgentState.create,
            class_name="flex flex-col gap-5 pt-1",
        ),
        title=Agents.CREATE_TITLE,
        open=NewAgentState.is_open,
        on_open_change=NewAgentState.set_open,
        size="lg",
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(Agents.CREATE, variant="primary", type="submit", form="new-agent"),
        ],
    )
