"""The Prompt part of an agent's page: instructions, opening line, variables, and the whole of what the model reads."""

from typing import Any

import reflex as rx

from pages.agents.proposal import improve_button
from pages.components.button import button, button_class, icon_button
from pages.components.dialog import confirm_dialog
from pages.components.field import error_text, label, saved_mark, text_field
from pages.components.icon import icon
from pages.components.local_file import jsx
from pages.components.saving_field import saving_field
from pages.components.surface import row_list, settings_group
from pages.words import AgentPrompt, Common
from state.agents.open_agent import AgentState
from state.agents.prompt import PromptState, Variable

_FILE = jsx(__name__, "prompt_editor.jsx")
_SHOW_FULL = "document.getElementById('full-prompt')?.scrollIntoView({block: 'nearest'})"
# The service refuses longer instructions; the editor says so while they are written.
LIMIT = 20_000
VARIABLES = [
    {"name": "contact.first_name", "label": AgentPrompt.CONTACT_FIRST_NAME},
    {"name": "contact.name", "label": AgentPrompt.CONTACT_NAME},
    {"name": "contact.phone", "label": AgentPrompt.CONTACT_PHONE},
    {"name": "business.name", "label": AgentPrompt.BUSINESS_NAME},
    {"name": "agent.name", "label": AgentPrompt.AGENT_NAME},
    {"name": "agent.role", "label": AgentPrompt.AGENT_ROLE},
    {"name": "business.owner", "label": AgentPrompt.OWNER_NAME},
    {"name": "business.owner_first_name", "label": AgentPrompt.OWNER_FIRST_NAME},
    {"name": "now", "label": AgentPrompt.NOW},
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
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


def prompt_part() -> rx.Component:
    """Return the part."""
    control_id = "field-instructions"
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                label(AgentPrompt.LABEL, control_id=control_id),
                saved_mark(_save_state("system_prompt")),
                class_name="flex h-5 items-center gap-2",
            ),
            _PromptEditor.create(
                input_id=control_id,
                value=PromptState.text,
                limit=LIMIT,
                disabled=~AgentState.can_edit,
                invalid=PromptState.errors["system_prompt"] != "",
                described_by=f"{control_id}-hint {control_id}-error",
                variables=_variables(),
                words={
                    "insert": AgentPrompt.INSERT,
                    "words": AgentPrompt.WORDS,
                    "about": AgentPrompt.ABOUT,
                    "tokens": AgentPrompt.TOKENS,
                    "over": AgentPrompt.OVER,
                },
                on_save=lambda text, base: PromptState.save("system_prompt", text, base),
                class_name=(
                    "block min-h-80 w-full resize-y field-sizing-content max-h-[60dvh] bg-canvas px-3 py-2.5 text-14 "
                    "leading-relaxed text-ink outline-none pointer-coarse:text-16"
                ),
            ),
            rx.el.p(AgentPrompt.HINT, id=f"{control_id}-hint", class_name="text-13 text-muted"),
            error_text(control_id, PromptState.errors["system_prompt"]),
            class_name="flex flex-col gap-1.5",
        ),
        rx.el.div(
            rx.cond(AgentState.can_edit, improve_button(), rx.fragment()),
            button(
                AgentPrompt.FULL,
                icon="scan_text",
                on_click=PromptState.show_full(~PromptState.is_full_open),
                aria_expanded=PromptState.is_full_open,
                aria_controls="full-prompt",
            ),
            rx.cond(AgentState.can_edit, _restore(), rx.fragment()),
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(PromptState.is_full_open, _full_prompt(), rx.fragment()),
        saving_field(
            "greeting",
            AgentPrompt.GREETING,
            kind="area",
            rows=2,
            value=PromptState.greeting,
            on_save=lambda text, base: PromptState.save("greeting", text, base),
            hint=AgentPrompt.GREETING_HINT,
            error=PromptState.errors["greeting"],
            save_state=_save_state("greeting"),
            disabled=~AgentState.can_edit,
        ),
        settings_group(_own_variables(), title=AgentPrompt.VARIABLES, lead=AgentPrompt.VARIABLES_LEAD),
        class_name="flex max-w-220 flex-col gap-6",
    )


def _save_state(name: str) -> rx.Var[str]:
    return rx.cond(PromptState.saved == name, "saved", "")


def _own_variables() -> rx.Component:
    return rx.el.div(
        rx.cond(
            PromptState.variables.length() > 0,
            row_list(PromptState.variables, _variable),
            rx.fragment(),
        ),
        rx.cond(AgentState.can_edit, _new_variable(), rx.fragment()),
        error_text("field-variables", PromptState.errors["variables"]),
        class_name="flex flex-col gap-3",
    )


def _variable(variable: rx.Var[Variable]) -> rx.Component:
    return rx.el.li(
        rx.el.code("{{", variable["name"], "}}", class_name="w-44 shrink-0 truncate font-mono text-13 text-accent-ink"),
        rx.el.span(variable["value"], class_name="min-w-0 flex-1 truncate text-14"),
        rx.cond(
            AgentState.can_edit,
            icon_button("x", Common.REMOVE, size="sm", on_click=PromptState.remove_variable(variable["name"])),
            rx.fragment(),
        ),
        key=variable["name"],
        class_name="flex min-h-10 items-center gap-3 px-3",
    )


def _new_variable() -> rx.Component:
    return rx.el.form(
        text_field(
            "variable_name",
            AgentPrompt.VARIABLE,
            placeholder=AgentPrompt.VARIABLE_PLACEHOLDER,
            max_length=40,
            required=True,
            auto_complete="off",
            class_name="min-w-40 flex-1",
        ),
        text_field(
            "variable_value",
            AgentPrompt.VALUE,
            placeholder=AgentPrompt.VALUE_PLACEHOLDER,
            max_length=200,
            required=True,
            auto_complete="off",
            class_name="min-w-40 flex-2",
        ),
        button(AgentPrompt.ADD_VARIABLE, icon="plus", type="submit", class_name="h-9"),
        on_submit=PromptState.add_variable,
        reset_on_submit=True,
        class_name="flex flex-wrap items-end gap-3",
    )


def _variables() -> Any:
    own = rx.Var(
        f"{PromptState.variables!s}.map((one) => ({{ name: one.name, label: one.name }}))",
        _var_type=list[dict[str, str]],
        _var_data=PromptState.variables._get_all_var_data(),
    )
    return rx.Var.create(VARIABLES).to(list[dict[str, str]]) + own.to(list[dict[str, str]])


def _restore() -> rx.Component:
    return confirm_dialog(
        title=AgentPrompt.RESTORE_TITLE,
        verb=AgentPrompt.RESTORE_VERB,
        loss=AgentPrompt.RESTORE_LOSS,
        on_confirm=PromptState.restore,
        trigger=rx.fragment(icon("rotate_ccw"), AgentPrompt.RESTORE),
        trigger_class=button_class("ghost"),
    )


def _full_prompt() -> rx.Component:
    return rx.el.section(
        rx.el.p(AgentPrompt.FULL_LEAD, class_name="text-13 text-muted"),
        rx.el.pre(
            PromptState.full_prompt,
            tab_index=0,
            class_name=(
                "mt-2 max-h-[60dvh] overflow-auto rounded-card border border-line bg-sunken p-4 font-mono text-13 "
                "whitespace-pre-wrap text-ink"
            ),
        ),
        id="full-prompt",
        aria_label=AgentPrompt.FULL,
        # It opens under the button, which often stands at the edge of the window.
        on_mount=rx.call_script(_SHOW_FULL),
        class_name="scroll-my-4",
    )
