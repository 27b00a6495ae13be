"""Say of every field of an agent what it is: its check, its default, its place, and which agents have it.

Storage, the API, forms, the comparison of versions and files all follow this table. A field with a column of
`agent_configs` of its own is kept there, any other in `settings`; the draft holds what differs from both.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from backend.agents import holidays, policies, schedule, validation, voices
from backend.agents.validation import Check
from backend.calendars import definitions as appointments
from backend.core.errors import Invalid
from backend.details import definitions as details
from backend.functions import definitions
from backend.mcp_servers import definitions as mcp_tools
from backend.memory import rules as memory
from backend.models.agents import AgentConfig
from backend.vocab import AgentType

VOICE = frozenset({AgentType.INBOUND_VOICE, AgentType.OUTBOUND_VOICE})

NAME_LIMIT = 80
SHORT_LIMIT = 120
ROLE_LIMIT = 200
PROMPT_LIMIT = 20_000
GREETING_LIMIT = 500
VOCABULARY_LIMIT = 1000
# Said before every recorded call: ten seconds of it are long.
NOTICE_LIMIT = 300
# A text that is sent as it is written has to fit one message of the carrier.
MESSAGE_LIMIT = 1600

# `multi` follows the customer.
LANGUAGES = ("en-US", "multi", "fr", "es", "de")
TRANSLATIONS = ("", "en", "fr", "es", "de")
STYLES = ("professional", "friendly", "casual", "formal")
VETTING = ("name-and-purpose", "strict", "lenient")
AMBIENCES = ("off", "coffee-shop", "convention-hall", "summer-outdoor", "mountain-outdoor", "call-center")
NOISE = ("high", "medium", "low", "off")
PII = ("enabled", "disabled", "redacted")
ACTIONS = ("message", "forward", "take_message", "silent")
AT_MACHINE = ("hang_up", "leave_message")
AT_SCREENING = ("talk", "hang_up")
BACKCHANNEL_WORDS = "uh-huh, I see, okay"


@dataclass(frozen=True)
class Field:
    """One field: `kind` says how it is shown, `low`, `high` and `step` bound a number, `options` name a choice."""

    name: str
    group: str
    kind: str
    default: Any
    check: Check
    options: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    types: frozenset[AgentType] = frozenset(AgentType)

    @property
    def has_column(self) -> bool:
        """Whether the field is a column of its own."""
        return self.name in AgentConfig.model_fields


def _text(name: str, group: str, limit: int, default: str = "", **more: Any) -> Field:
    lines = more.pop("is_line", True)
    check = validation.text(limit, required=more.pop("required", ""), is_line=lines)
    return Field(name, group, "line" if lines else "text", default, check, high=limit, **more)


def _choice(name: str, group: str, options: tuple[str, ...], default: str, **more: Any) -> Field:
    return Field(name, group, "choice", default, validation.choice(options), options, **more)


def _range(name: str, group: str, low: float, high: float, step: float, default: float, **more: Any) -> Field:
    check = validation.number(low, high)
    return Field(name, group, "range", default, check, low=low, high=high, step=step, **more)


def _whole(name: str, group: str, low: int, high: int, default: int, **more: Any) -> Field:
    return Field(name, group, "whole", default, validation.whole(low, high), low=low, high=high, step=1, **more)


def _switch(name: str, group: str, default: bool, **more: Any) -> Field:
    return Field(name, group, "switch", default, validation.flag, **more)


def _hours(name: str) -> Field:
    return Field(name, "schedule", "schedule", {}, schedule.checked)


# Ranges and defaults are the reference product's (ui.md §4.1, backend.md §2.3), so that its agents move over unchanged.
ALL = (
    _text("name", "identity", NAME_LIMIT, required="Give the agent a name."),
    _text("organization_name", "identity", SHORT_LIMIT),
    _text("owner_name", "identity", SHORT_LIMIT),
    _text("agent_role", "identity", ROLE_LIMIT),
    _choice("agent_type", "basic", tuple(AgentType), AgentType.INBOUND_VOICE),
    _text("greeting", "prompt", GREETING_LIMIT),
    _text("system_prompt", "prompt", PROMPT_LIMIT, required="Write what the agent should do.", is_line=False),
    Field("variables", "prompt", "variables", {}, validation.own_variables),
    Field("custom_functions", "functions", "functions", [], definitions.checked),
    Field("dynamic_variables", "functions", "details", [], details.checked),
    Field("tool_policies", "functions", "policies", {}, policies.policies),
    Field("transfer_targets", "functions", "targets", [], policies.targets),
    Field("transfer_numbers", "functions", "numbers", [], policies.numbers, types=VOICE),
    # Of callers who agree in the call; it needs more trust than anything else an agent does, so people switch it on.
    _switch("voice_copying", "functions", False, types=VOICE),
    Field("message_recipients", "functions", "recipients", [], policies.recipients),
    # A week at most: whoever asked has gone elsewhere by then.
    _whole("approval_minutes", "functions", 5, 10_080, 60),
    _switch("approval_notice", "functions", True),
    _text("approval_message", "functions", MESSAGE_LIMIT, is_line=False),
    Field("appointments", "functions", "appointments", [], appointments.checked),
    Field("mcp_tools", "functions", "mcp_tools", [], mcp_tools.checked),
    _choice("response_style", "basic", STYLES, "professional"),
    _choice("language", "basic", LANGUAGES, "en-US"),
    _choice("translate_to", "basic", TRANSLATIONS, ""),
    Field("voice_id", "voice", "voice", voices.DEFAULT, validation.voice, types=VOICE),
    _choice("vetting_strategy", "basic", VETTING, "name-and-purpose", types=VOICE),
    _range("agent_volume", "voice", 0, 2, 0.1, 1.0, types=VOICE),
    _range("voice_speed", "voice", 0.5, 2, 0.1, 1.0, types=VOICE),
    _range("voice_stability", "voice", 0, 2, 0.05, 0.75, types=VOICE),
    Field("pronunciations", "voice", "phrases", [], validation.pronunciations, types=VOICE),
    _choice("ambient_sound", "voice", AMBIENCES, "off", types=VOICE),
    _range("ambient_sound_volume", "voice", 0, 2, 0.05, 0.25, types=VOICE),
    _choice("noise_suppression", "voice", NOISE, "medium", types=VOICE),
    _switch("backchannel_enabled", "conversation", False, types=VOICE),
    _text("backchannel_words", "conversation", SHORT_LIMIT, BACKCHANNEL_WORDS, types=VOICE),
    _range("backchannel_frequency", "conversation", 0, 1, 0.05, 0.2, types=VOICE),
    _range("interrupt_sensitivity", "conversation", 0, 1, 0.05, 0.6, types=VOICE),
    _range("responsiveness", "conversation", 0, 1, 0.05, 1.0, types=VOICE),
    _range("idle_seconds", "conversation", 0, 10, 0.5, 2.0, types=VOICE),
    _whole("max_idle_reminders", "conversation", 0, 5, 0, types=VOICE),
    # One minute at least; four hours is the longest call carriers keep up (Twilio's and SignalWire's limit).
    _whole("max_call_duration", "conversation", 60, 14_400, 1800, types=VOICE),
    Field("end_call_phrases", "conversation", "phrases", [], validation.phrases, types=VOICE),
    Field("transfer_phone_number", "conversation", "phone", "", validation.phone, types=VOICE),
    _choice("at_machine", "outgoing", AT_MACHINE, "hang_up", types=VOICE),
    _choice("at_screening", "outgoing", AT_SCREENING, "talk", types=VOICE),
    _text("voicemail_message", "outgoing", GREETING_LIMIT, types=VOICE),
    Field("llm_model", "ai", "model", "", validation.model),
    _range("temperature", "ai", 0, 1, 0.1, 0.7),
    _whole("max_tokens", "ai", 50, 4096, 300),
    _switch("priority_sequencing", "ai", False, types=VOICE),
    _text("vocabulary", "ai", VOCABULARY_LIMIT),
    # In a day of one conversation: two machines that answer each other stop here. A hundred usual answers of the listed
    # models cost between ten cents and two dollars.
    _whole("max_conversation_turns", "limits", 1, 1000, 60),
    _range("max_conversation_cost", "limits", 0.1, 20, 0.1, 2.0),
    _switch("recording_enabled", "privacy", True, types=VOICE),
    _text("recording_notice", "privacy", NOTICE_LIMIT, types=VOICE),
    _choice("pii_storage", "privacy", PII, "enabled"),
    _switch("memory_enabled", "memory", False),
    Field("memory_config", "memory", "memory", dict(memory.CONFIG), memory.config),
    _switch("semantic_memory_enabled", "memory", False),
    Field("semantic_memory_config", "memory", "memory", dict(memory.SEMANTIC_CONFIG), memory.semantic_config),
    Field("shared_memory_agent_ids", "memory", "agents", [], memory.linked),
    _hours("calls_schedule"),
    _hours("texts_schedule"),
    _hours("chats_schedule"),
    _hours("emails_schedule"),
    Field("schedule_timezone", "schedule", "timezone", "UTC", validation.timezone),
    Field("holidays", "schedule", "holidays", [], holidays.checked),
    _choice("after_hours_action", "schedule", ACTIONS, "message"),
    _text("after_hours_message", "schedule", MESSAGE_LIMIT, is_line=False),
    Field("after_hours_sms_forwarding", "schedule", "phone", "", validation.phone),
    Field("after_hours_call_forwarding", "schedule", "phone", "", validation.phone),
)
BY_NAME: Mapping[str, Field] = {field.name: field for field in ALL}
NAMES = tuple(BY_NAME)


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes as they are stored. Raises `Invalid` that names the first field at fault."""
    stored: dict[str, Any] = {}
    for name, value in changes.items():
        field = BY_NAME.get(name)
        if field is None:
            raise Invalid(f"An agent has no field “{name[:40]}” that can be changed.", field=name[:40])
        stored[name] = field.check(value, name)
    return stored


def published(agent: AgentConfig) -> dict[str, Any]:
    """Return every field as it answers customers."""
    return {
        field.name: getattr(agent, field.name)
        if field.has_column
        else agent.settings.get(field.name, deepcopy(field.default))
        for field in ALL
    }


def drafted(agent: AgentConfig) -> dict[str, Any]:
    """Return every field as the team has it before them: the published ones with the draft's changes."""
    return {**published(agent), **{name: value for name, value in agent.draft.items() if name in BY_NAME}}


def completed(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored version with the defaults of fields that came later."""
    return {field.name: snapshot.get(field.name, deepcopy(field.default)) for field in ALL}


def put(agent: AgentConfig, values: Mapping[str, Any]) -> None:
    """Make `values`, which were checked, the published ones."""
    own = {name: value for name, value in values.items() if not BY_NAME[name].has_column}
    for name, value in values.items():
        if BY_NAME[name].has_column:
            setattr(agent, name, value)
    if own:
        agent.settings = {**agent.settings, **own}
