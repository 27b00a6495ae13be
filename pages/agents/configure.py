"""The Configure part of an agent's page: every field of the form, drawn as its kind asks, saving itself."""

from typing import Any

import reflex as rx

from pages.agents.field_words import CHOICES, LABELS, options_of
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog
from pages.components.field import error_text, label, saved_mark, select_field
from pages.components.saving_field import saving_field
from pages.components.surface import settings_group
from pages.words import AgentConfigure
from state.agents.configure import FORM, ConfigureState
from state.agents.open_agent import AgentState

# Kinds a line of text holds; the rest draw controls of their own.
_TEXTS = {"line": "text", "phone": "tel", "phrases": "text", "whole": "number"}
GROUPS = (
    ("identity", AgentConfigure.WHO, AgentConfigure.WHO_LEAD),
    ("basic", AgentConfigure.BASIC, AgentConfigure.BASIC_LEAD),
    ("voice", AgentConfigure.VOICE, AgentConfigure.VOICE_LEAD),
    ("conversation", AgentConfigure.CONVERSATION, AgentConfigure.CONVERSATION_LEAD),
    ("outgoing", AgentConfigure.OUTGOING, AgentConfigure.OUTGOING_LEAD),
    ("ai", AgentConfigure.AI, AgentConfigure.AI_LEAD),
    ("limits", AgentConfigure.LIMITS, AgentConfigure.LIMITS_LEAD),
    ("privacy", AgentConfigure.PRIVACY, AgentConfigure.PRIVACY_LEAD),
)
# Fields that need the whole width.
_WIDE = frozenset(
    {
        "backchannel_words",
        "end_call_phrases",
        "pronunciations",
        "recording_notice",
        "vocabulary",
        "voice_id",
        "voicemail_message",
    }
)


def configure_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        *(_group(key, title, lead) for key, title, lead in GROUPS),
        _type_dialog(),
        class_name="max-w-180",
    )


def is_of_type(name: str) -> rx.Var[bool]:
    """Return whether the open agent's type has a field."""
    types = rx.Var.create([kind.value for kind in sorted(FORM[name].types)])
    return types.contains(AgentState.agent_type)


def _group(key: str, title: str, lead: str) -> rx.Component:
    names = [name for name, field in FORM.items() if field.group == key]
    fields = [
        _field(name) if len(FORM[name].types) == len(CHOICES["agent_type"]) else rx.cond(is_of_type(name), _field(name))
        for name in names
    ]
    group = settings_group(
        rx.el.div(*fields, class_name="grid items-start gap-x-4 gap-y-5 md:grid-cols-2"), title=title, lead=lead
    )
    if all(len(FORM[name].types) < len(CHOICES["agent_type"]) for name in names):
        return rx.cond(is_of_type(names[0]), group)
    return group


def _field(name: str) -> rx.Component:
    kind = FORM[name].kind
    if kind in _TEXTS:
        return _text(name, _TEXTS[kind])
    if kind == "range":
        return _range(name)
    if kind == "switch":
        return _switch(name)
    if name == "agent_type":
        return _select(name, options_of(name), on_change=ConfigureState.ask_type)
    if kind == "model":
        return _select(name, ConfigureState.models)
    if kind == "voice":
        return _select(name, ConfigureState.voices)
    return _select(name, options_of(name))


def _save_state(name: str) -> rx.Var[str]:
    return rx.cond(ConfigureState.saved == name, "saved", "")


def _wide(name: str) -> str:
    return "md:col-span-2" if name in _WIDE else ""


def _text(name: str, kind: Any) -> rx.Component:
    field = FORM[name]
    limit = {"max_length": int(field.high)} if field.kind == "line" else {}
    return saving_field(
        name,
        LABELS[name],
        kind=kind,
        value=ConfigureState.values[name],
        on_save=lambda value, base: ConfigureState.save(name, value, base),
        hint=AgentConfigure.HINTS.get(name, ""),
        error=ConfigureState.errors[name],
        save_state=_save_state(name),
        disabled=~AgentState.can_edit,
        class_name=_wide(name),
        **limit,
    )


def _select(name: str, options: Any, on_change: Any = None) -> rx.Component:
    return select_field(
        name,
        LABELS[name],
        options,
        value=ConfigureState.values[name],
        on_change=on_change or (lambda value: ConfigureState.save(name, value, ConfigureState.values[name])),
        hint=AgentConfigure.HINTS.get(name, ""),
        error=ConfigureState.errors[name],
        save_state=_save_state(name),
        disabled=~AgentState.can_edit,
        class_name=_wide(name),
    )


def _switch(name: str) -> rx.Component:
    value = ConfigureState.values[name]
    return rx.el.div(
        switch(
            name,
            LABELS[name],
            checked=value == "true",
            on_change=lambda is_on: ConfigureState.switch(name, is_on),
            hint=AgentConfigure.HINTS.get(name, ""),
            disabled=~AgentState.can_edit,
        ),
        class_name="md:col-span-2",
    )


def _range(name: str) -> rx.Component:
    field, control_id = FORM[name], f"field-{name}"
    value = ConfigureState.values[name]
    hint = AgentConfigure.HINTS.get(name, "")
    return rx.el.div(
        rx.el.div(
            label(LABELS[name], control_id=control_id),
            rx.el.span(value, class_name="tabular text-13 text-muted"),
            saved_mark(_save_state(name)),
            class_name="flex h-5 items-center gap-2",
        ),
        rx.el.input(
            id=control_id,
            type="range",
            min=field.low,
            max=field.high,
            step=field.step,
            default_value=value,
            key=f"{AgentState.id}-{value}",
            on_change=lambda chosen: ConfigureState.save(name, chosen, value).debounce(400),
            disabled=~AgentState.can_edit,
            aria_describedby=f"{control_id}-hint {control_id}-error" if hint else f"{control_id}-error",
            class_name="h-9 w-full accent-accent pointer-coarse:h-11",
        ),
        *([rx.el.p(hint, id=f"{control_id}-hint", class_name="text-13 text-muted")] if hint else []),
        error_text(control_id, ConfigureState.errors[name]),
        class_name="flex flex-col gap-1.5",
    )


def _type_dialog() -> rx.Component:
    return confirm_dialog(
        title=AgentConfigure.TYPE_TITLE,
        verb=AgentConfigure.TYPE_VERB,
        loss=AgentConfigure.TYPE_LOSS,
        on_confirm=ConfigureState.change_type,
        open=ConfigureState.asked_type != "",
        on_open_change=ConfigureState.close_type,
        danger=False,
    )
