"""Say what a minute of a call costs, by component, in micro-dollars.

The prices are the reference product's (backend.md §19). Minutes are exact fractions: nobody pays for a begun one.
"""

from collections.abc import Mapping
from typing import Any

VOICE, MODEL, TELEPHONY, EXTRAS = "voice", "model", "telephony", "extras"
_TELEPHONY = 15_000
_ELEVENLABS, _OPENAI = 70_000, 80_000
# OpenAI's voices have ids of ours that begin so; the others are ElevenLabs' own.
_OPENAI_VOICE = "openai-"
_MODELS = {
    "gpt-4o": 50_000,
    "gpt-4o-mini": 6_000,
    "gpt-4.1": 45_000,
    "gpt-4.1-mini": 16_000,
    "gpt-5": 40_000,
    "gpt-5-mini": 12_000,
    "gpt-5-nano": 3_000,
}
_OTHER_MODEL = 6_000
# Ours: the reference product writes down agents' calls alone. Two lines at Deepgram's list price for streams.
_CAPTIONS = 15_000
_ADDED = {"memory_enabled": 5_000, "semantic_memory_enabled": 5_000, "priority_sequencing": 100_000}


def per_minute(settings: Mapping[str, Any], model: str) -> dict[str, int]:
    """Return what a minute with an agent costs, from its published fields and the model it uses when they name none."""
    is_openai = str(settings.get("voice_id") or "").startswith(_OPENAI_VOICE)
    prices = {
        VOICE: _OPENAI if is_openai else _ELEVENLABS,
        MODEL: _MODELS.get(str(settings.get("llm_model") or model), _OTHER_MODEL),
        TELEPHONY: _TELEPHONY,
        EXTRAS: sum(price for name, price in _ADDED.items() if settings.get(name)),
    }
    return {name: price for name, price in prices.items() if price}


def of_captions(seconds: float) -> int:
    """Return what it costs that people's words are written down for so long."""
    return round(_CAPTIONS * seconds / 60)


def of_call(prices: Mapping[str, int], line_s: int, agent_s: int) -> dict[str, int]:
    """Return what a call costs: telephony for as long as the line was open, the rest while the agent was there.

    Each component is rounded once; what costs nothing is left out.
    """
    costs = {
        name: round(price * (line_s if name == TELEPHONY else min(agent_s, line_s)) / 60)
        for name, price in prices.items()
    }
    return {name: micros for name, micros in costs.items() if micros}
