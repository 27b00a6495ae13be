"""The Instructions part of an agent's page: the prompt, its variables, and the whole of what the model reads."""

from typing import Any

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import confirm_dialog
from pages.components.field import error_text, label, saved_mark
from pages.components.icon import icon
from pages.components.local_file import jsx
from pages.words import AgentInstructions
from state.agents.instructions import InstructionsState
from state.agents.open_agent import AgentState

_FILE = jsx(__name__, "prompt_editor.jsx")
# The service refuses longer instructions; the editor says so while they are written.
LIMIT = 20_000
VARIABLES = [
    {"name": "contact.first_name", "label": AgentInstructions.CONTACT_FIRST_NAME},
    {"name": "business.name", "label": AgentInstructions.BUSINESS_NAME},
    {"name": "agent.name", "label": AgentInstructions.AGENT_NAME},
    {"name": "agent.role", "label": AgentInstructions.AGENT_ROLE},
    {"name": "business.owner", "label": AgentInstructions.OWNER_NAME},
    {"name": "now", "label": AgentInstructions.NOW},
]


class _PromptEditor(rx.Component):
    library = _FILE.importable_path
    tag = "PromptEditor"

    input_id: rx.Var[str]
    value: rx.Var[str]
    limit: rx.Var[int]
    disabled: rx.Var[bool]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    variables: rx.Var[list[dict[str, str]]]
    words: rx.Var[dict[str, str]]
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def instructions_part() -> rx.Component:
    """Return the part."""
    control_id = "field-instructions"
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                label(AgentInstructions.LABEL, control_id=control_id),
                saved_mark(InstructionsState.save_state),
                class_name="flex h-5 items-center gap-2",
            ),
            _PromptEditor.create(
                input_id=control_id,
                value=InstructionsState.text,
                limit=LIMIT,
                disabled=~AgentState.can_edit,
                invalid=InstructionsState.error != "",
                described_by=f"{control_id}-hint {control_id}-error",
                variables=_variables(),
                words={
                    "insert": AgentInstructions.INSERT,
                    "words": AgentInstructions.WORDS,
                    "about": AgentInstructions.ABOUT,
                    "tokens": AgentInstructions.TOKENS,
                    "over": AgentInstructions.OVER,
                },
                on_save=InstructionsState.save,
                class_name=(
                    "block min-h-80 w-full resize-y field-sizing-content max-h-[60dvh] bg-canvas px-3 py-2.5 text-14 "
                    "leading-relaxed text-ink outline-none pointer-coarse:text-16"
                ),
            ),
            rx.el.p(AgentInstructions.HINT, id=f"{control_id}-hint", class_name="text-13 text-muted"),
            error_text(control_id, InstructionsState.error),
            class_name="flex flex-col gap-1.5",
        ),
        rx.el.div(
            button(
                AgentInstructions.FULL,
                icon="scan_text",
                on_click=InstructionsState.show_full(~InstructionsState.is_full_open),
                aria_expanded=InstructionsState.is_full_open,
                aria_controls="full-prompt",
            ),
            rx.cond(AgentState.can_edit, _restore(), rx.fragment()),
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(InstructionsState.is_full_open, _full_prompt(), rx.fragment()),
        class_name="flex max-w-220 flex-col gap-4",
    )


def _variables() -> Any:
    own = rx.Var(
        f"{InstructionsState.variables!s}.map((name) => ({{ name, label: name }}))",
        _var_type=list[dict[str, str]],
        _var_data=InstructionsState.variables._get_all_var_data(),
    )
    return rx.Var.create(VARIABLES).to(list[dict[str, str]]) + own.to(list[dict[str, str]])


def _restore() -> rx.Component:
    return confirm_dialog(
        title=AgentInstructions.RESTORE_TITLE,
        verb=AgentInstructions.RESTORE_VERB,
        loss=AgentInstructions.RESTORE_LOSS,
        on_confirm=InstructionsState.restore,
        trigger=rx.fragment(icon("rotate_ccw"), AgentInstructions.RESTORE),
        trigger_class=button_class("ghost"),
    )


def _full_prompt() -> rx.Component:
    return rx.el.section(
        rx.el.p(AgentInstructions.FULL_LEAD, class_name="text-13 text-muted"),
        rx.el.pre(
            InstructionsState.full_prompt,
            tab_index=0,
            class_name=(
                "mt-2 max-h-[60dvh] overflow-auto rounded-card border border-line bg-sunken p-4 font-mono text-13 "
                "whitespace-pre-wrap text-ink"
            ),
        ),
        id="full-prompt",
        aria_label=AgentInstructions.FULL,
    )
