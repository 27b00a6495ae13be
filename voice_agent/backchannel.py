"""Show a caller who speaks for long that the agent listens, by a word said softly where they pause for a breath."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from livekit import rtc

from voice_agent.core.listening import Listening
from voice_agent.filler import Filler

# Beside the voice as it speaks in its turn.
SOFTLY = 0.5
# Each takes a voice to make; who lists more is content with these.
_MOST_WORDS = 8


class Backchannel:
    """What one agent says while it listens."""

    def __init__(self, settings: Mapping[str, Any], filler: Filler) -> None:
        """Take the agent's fields, and what speaks beside the session."""
        words = [one.strip() for one in str(settings["backchannel_words"]).split(",") if one.strip()][:_MOST_WORDS]
        frequency = float(settings["backchannel_frequency"])
        is_on = bool(settings["backchannel_enabled"] and words and frequency)
        self._unmade, self._filler = words, filler
        self._listening = Listening(words, frequency) if is_on else None

    def hear(self, frame: rtc.AudioFrame, is_speaking: bool, is_their_turn: bool) -> None:
        """Take sound of the caller, whether it is known as a voice, and whether nobody but them has the word."""
        if self._listening is None:
            return
        if not is_their_turn:
            self._listening.begin_anew()
            return
        samples = np.frombuffer(frame.data, np.int16).astype(np.float32)
        loudness = float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
        if word := self._listening.hear(loudness, frame.duration, is_speaking):
            self._filler.say(word, SOFTLY)
        elif self._unmade and self._listening.is_near:
            unmade, self._unmade = self._unmade, []
            for one in unmade:
                self._filler.prepare(one)

    def stop(self) -> None:
        """Say nothing more: the call is over."""
        self._filler.stop()

    def understand(self, text: str) -> None:
        """Take the words of the caller so far."""
        if self._listening is not None:
            self._listening.understand(text)
