"""The dialog that proposes instructions: from the model on a wish, or with a changed name, to take or to leave."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.diff import diff_lines
from pages.components.feedback import banner, working
from pages.components.field import text_field
from pages.words import AgentPrompt, Common
from state.agents.proposal import ProposalState


def improve_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return button(AgentPrompt.IMPROVE, icon="sparkles", on_click=ProposalState.set_open(True))


def proposal_dialog() -> rx.Component:
    """Return the dialog; it opens by `improve_button`, or by the notice of a changed name."""
    return dialog(
        rx.el.div(
            rx.cond(ProposalState.is_from_model, _wish(), rx.fragment()),
            rx.cond(ProposalState.is_working, working(AgentPrompt.ASKING), rx.fragment()),
            rx.cond(
                ProposalState.error != "",
                banner(ProposalState.error, tone="warning", rounded=True),
                rx.fragment(),
            ),
            rx.cond(
                ProposalState.lost.length() > 0,
                banner(AgentPrompt.LOST, " ", ProposalState.lost.join(", "), tone="warning", rounded=True),
                rx.fragment(),
            ),
            rx.cond(
                ProposalState.lines.length() > 0,
                rx.el.section(diff_lines(ProposalState.lines), aria_label=AgentPrompt.CHANGED_LINES),
                rx.fragment(),
            ),
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.cond(ProposalState.is_from_model, AgentPrompt.IMPROVE_TITLE, AgentPrompt.MENTION_TITLE),
        description=rx.cond(ProposalState.is_from_model, AgentPrompt.IMPROVE_LEAD, ""),
        open=ProposalState.is_open,
        on_open_change=ProposalState.set_open,
        size="lg",
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                AgentPrompt.ACCEPT,
                variant="primary",
                on_click=ProposalState.accept,
                disabled=ProposalState.lines.length() == 0,
            ),
        ],
    )


def _wish() -> rx.Component:
    return rx.el.form(
        text_field(
            "wish",
            AgentPrompt.WISH,
            placeholder=AgentPrompt.WISH_PLACEHOLDER,
            max_length=500,
            auto_complete="off",
            optional=True,
            class_name="min-w-48 flex-1",
        ),
        button(AgentPrompt.ASK, type="submit", icon="sparkles", disabled=ProposalState.is_working, class_name="h-9"),
        on_submit=ProposalState.improve,
        class_name="flex flex-wrap items-end gap-2",
    )
