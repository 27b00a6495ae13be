"""The Setup part of an agent's page: who it is and how it speaks."""

from typing import Any

import reflex as rx

from pages.components.button import button, icon_button
from pages.components.field import error_text, label, saved_mark, select_field, text_field
from pages.components.saving_field import saving_field
from pages.components.surface import settings_group
from pages.words import AgentSetup, Common
from state.agents.open_agent import AgentState
from state.agents.setup import SetupState, Variable

LANGUAGES = [
    ("en-US", "English"),
    ("multi", "Answers in the customer’s language"),
    ("es", "Español"),
    ("fr", "Français"),
    ("de", "Deutsch"),
]


def setup_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        settings_group(
            _text("name", AgentSetup.NAME, hint=AgentSetup.NAME_HINT, max_length=80),
            rx.el.div(
                _text("organization_name", AgentSetup.BUSINESS, hint=AgentSetup.BUSINESS_HINT),
                _text("owner_name", AgentSetup.OWNER),
                class_name="grid gap-4 md:grid-cols-2",
            ),
            _text("agent_role", AgentSetup.ROLE, hint=AgentSetup.ROLE_HINT),
            _text("greeting", AgentSetup.GREETING, hint=AgentSetup.GREETING_HINT, kind="area", rows=2),
            title=AgentSetup.WHO,
            lead=AgentSetup.WHO_LEAD,
        ),
        settings_group(
            rx.el.div(
                _choice("llm_model", AgentSetup.MODEL, SetupState.models),
                _choice("language", AgentSetup.LANGUAGE, LANGUAGES),
                _text("max_tokens", AgentSetup.LENGTH, hint=AgentSetup.LENGTH_HINT, kind="number"),
                _temperature(),
                class_name="grid gap-x-4 gap-y-5 md:grid-cols-2",
            ),
            title=AgentSetup.HOW,
            lead=AgentSetup.HOW_LEAD,
        ),
        settings_group(
            _variables(),
            title=AgentSetup.VARIABLES,
            lead=AgentSetup.VARIABLES_LEAD,
        ),
        class_name="max-w-180",
    )


def _save_state(field: str) -> rx.Var[str]:
    return rx.cond(SetupState.saved == field, "saved", "")


def _text(field: str, text: str, **props: Any) -> rx.Component:
    return saving_field(
        field,
        text,
        value=SetupState.values[field],
        on_save=lambda value: SetupState.save(field, value),
        error=SetupState.errors[field],
        save_state=_save_state(field),
        disabled=~AgentState.can_edit,
        **props,
    )


def _choice(field: str, text: str, options: Any, **props: Any) -> rx.Component:
    return select_field(
        field,
        text,
        options,
        value=SetupState.values[field],
        on_change=lambda value: SetupState.save(field, value),
        error=SetupState.errors[field],
        save_state=_save_state(field),
        disabled=~AgentState.can_edit,
        **props,
    )


def _temperature() -> rx.Component:
    control_id = "field-temperature"
    return rx.el.div(
        rx.el.div(
            label(AgentSetup.TEMPERATURE, control_id=control_id),
            rx.el.span(SetupState.values["temperature"], class_name="tabular text-13 text-muted"),
            saved_mark(_save_state("temperature")),
            class_name="flex h-5 items-center gap-2",
        ),
        rx.el.input(
            id=control_id,
            type="range",
            min=0,
            max=1,
            step=0.1,
            default_value=SetupState.values["temperature"],
            key=f"{AgentState.id}-{SetupState.values['temperature']}",
            on_change=lambda value: SetupState.save("temperature", value).debounce(400),
            disabled=~AgentState.can_edit,
            aria_describedby=f"{control_id}-hint",
            class_name="h-9 w-full accent-accent pointer-coarse:h-11",
        ),
        rx.el.p(AgentSetup.TEMPERATURE_HINT, id=f"{control_id}-hint", class_name="text-13 text-muted"),
        error_text(control_id, SetupState.errors["temperature"]),
        class_name="flex flex-col gap-1.5",
    )


def _variables() -> rx.Component:
    return rx.el.div(
        rx.cond(
            SetupState.variables.length() > 0,
            rx.el.ul(
                rx.foreach(SetupState.variables, _variable),
                class_name="divide-y divide-line rounded-card border border-line",
            ),
            rx.fragment(),
        ),
        rx.cond(AgentState.can_edit, _new_variable(), rx.fragment()),
        error_text("field-variables", SetupState.errors["variables"]),
        class_name="flex flex-col gap-3",
    )


def _variable(variable: rx.Var[Variable]) -> rx.Component:
    return rx.el.li(
        rx.el.code("{{", variable["name"], "}}", class_name="w-44 shrink-0 truncate font-mono text-13 text-accent-ink"),
        rx.el.span(variable["value"], class_name="min-w-0 flex-1 truncate text-14"),
        rx.cond(
            AgentState.can_edit,
            icon_button("x", Common.REMOVE, size="sm", on_click=SetupState.remove_variable(variable["name"])),
            rx.fragment(),
        ),
        key=variable["name"],
        class_name="flex min-h-10 items-center gap-3 px-3",
    )


def _new_variable() -> rx.Component:
    return rx.el.form(
        text_field(
            "variable_name",
            AgentSetup.VARIABLE,
            placeholder=AgentSetup.VARIABLE_PLACEHOLDER,
            max_length=40,
            required=True,
            auto_complete="off",
            class_name="min-w-40 flex-1",
        ),
        text_field(
            "variable_value",
            AgentSetup.VALUE,
            placeholder=AgentSetup.VALUE_PLACEHOLDER,
            max_length=200,
            required=True,
            auto_complete="off",
            class_name="min-w-40 flex-2",
        ),
        button(AgentSetup.ADD_VARIABLE, icon="plus", type="submit", class_name="h-9"),
        on_submit=SetupState.add_variable,
        reset_on_submit=True,
        class_name="flex flex-wrap items-end gap-3",
    )
