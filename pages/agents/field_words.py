"""Name the fields of an agent and their values in words, wherever they are held in a state var."""

import reflex as rx

from backend.vocab import AgentType
from pages.agents.types import NAMES
from pages.words import AgentConfigure

LABELS = AgentConfigure.LABELS
CHOICES: dict[str, dict[str, str]] = {
    **AgentConfigure.CHOICES,
    "agent_type": {kind.value: NAMES[kind] for kind in AgentType},
}
_VALUES = {f"{field}={value}": words for field, options in CHOICES.items() for value, words in options.items()}
_SWITCHES = {"true": AgentConfigure.ON, "false": AgentConfigure.OFF}


def label_of(field: rx.Var[str]) -> rx.Var[str]:
    """Return the words for a field."""
    labels = rx.Var.create(LABELS)
    return rx.cond(labels.contains(field), labels[field], field)


def value_of(field: rx.Var[str], value: rx.Var[str]) -> rx.Var[str]:
    """Return the words for a field's value: those of a choice or a switch, else the value as it is."""
    values, switches = rx.Var.create(_VALUES), rx.Var.create(_SWITCHES)
    key = field.to(str) + "=" + value.to(str)
    return rx.cond(values.contains(key), values[key], rx.cond(switches.contains(value), switches[value], value))


def options_of(field: str) -> list[tuple[str, str]]:
    """Return the choices of a field as (value, words)."""
    return list(CHOICES[field].items())
