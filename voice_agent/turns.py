"""Turn the sliders of an agent into the turn taking of a telephone call (the table in docs/calls.md)."""

from collections.abc import Mapping
from typing import Any

from livekit.agents import TurnHandlingOptions

# Seconds at the lowest and at the highest position of a slider. The shortest waits are those at which callers who think
# in the middle of a sentence are still let finish; the longest, the patience people have with a silent line.
WAIT_S = (1.0, 0.1)
LONGEST_WAIT_S = (3.0, 1.2)
INTERRUPTION_S = (0.7, 0.1)
# Silence at the recognizer before it calls what it heard final, in milliseconds.
ENDPOINTING_MS = (500, 100)
# After a cough or a word that was none, the agent goes on where it stopped.
RESUME_AFTER_S = 1.0


def _at(position: float, ends: tuple[float, float]) -> float:
    """Return where a slider from 0 to 1 stands between two ends."""
    low, high = ends
    return round(low + (high - low) * min(max(position, 0.0), 1.0), 3)


def options(settings: Mapping[str, Any]) -> TurnHandlingOptions:
    """Return how a session takes turns, from an agent's published fields."""
    sensitivity = float(settings["interrupt_sensitivity"])
    return TurnHandlingOptions(
        # Judged by voice and silence on this machine; other ways ask a service of LiveKit's.
        turn_detection="vad",
        endpointing={
            "mode": "fixed",
            "min_delay": shortest_wait_s(settings),
            "max_delay": _at(float(settings["responsiveness"]), LONGEST_WAIT_S),
        },
        interruption={
            "enabled": True,
            "mode": "vad",
            "min_duration": _at(sensitivity, INTERRUPTION_S),
            "resume_false_interruption": True,
            "false_interruption_timeout": RESUME_AFTER_S,
            # Who answers a question of ours before its last sound was played is heard whole.
            "discard_audio_if_uninterruptible": False,
        },
        preemptive_generation={"enabled": True},
    )


def shortest_wait_s(settings: Mapping[str, Any]) -> float:
    """Return the silence after which a caller's turn is over."""
    return _at(float(settings["responsiveness"]), WAIT_S)


def endpointing_ms(settings: Mapping[str, Any]) -> int:
    """Return the silence after which the recognizer calls words final."""
    return round(_at(float(settings["responsiveness"]), ENDPOINTING_MS))
