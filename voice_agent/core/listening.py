"""Decide when an agent shows that it listens: in the middle of what somebody says, where they pause for a breath.

Nothing here waits or hears: whoever listens feeds it how loud the caller was, frame by frame. Time is the sound's own.
"""

import random
from collections.abc import Callable, Sequence

# Who says less than this hears by the answer that somebody listened.
LONG_S = 4.0
# Gaps between words are shorter, and the end of a turn takes longer to be one.
PAUSE_S = 0.3
# A voice is at least this loud beside the loudest of it, as rooms and lines are not; and how fast that is forgotten.
_VOICED, _FADES_IN_S = 0.15, 5.0
# Of 32,768: below is a silent line.
_FLOOR = 30.0


class Listening:
    """The signs of listening in one call; `chance` gives numbers from 0 to below 1."""

    def __init__(self, words: Sequence[str], frequency: float, chance: Callable[[], float] = random.random) -> None:
        """Take what may be said, and the part of the pauses that it is said in: 0 none, 1 each."""
        self._words, self._frequency, self._chance = tuple(words), frequency, chance
        self._next = 0
        self._loudest = 0.0
        self._spoken_s = self._quiet_s = 0.0
        self._is_sentence_whole = self._is_over = False

    def hear(self, loudness: float, seconds: float, is_speaking: bool) -> str:
        """Take a moment of the caller's sound (root mean square of int16 samples); return what to say in it, or "".

        `is_speaking`: whether what is heard is a voice, as it was last told; a pause may be over before it is told of.
        """
        self._loudest = max(loudness, self._loudest * (1 - min(1.0, seconds / _FADES_IN_S)))
        if loudness >= max(_FLOOR, _VOICED * self._loudest):
            self._spoken_s += seconds if is_speaking else 0.0
            self._quiet_s, self._is_over = 0.0, False
            return ""
        self._quiet_s += seconds
        if self._is_over or self._quiet_s < PAUSE_S:
            return ""
        # One pause is judged once.
        self._is_over = True
        if self._spoken_s < LONG_S or self._is_sentence_whole or self._chance() >= self._frequency:
            return ""
        self._spoken_s = 0.0
        word = self._words[self._next % len(self._words)]
        self._next += 1
        return word

    @property
    def is_near(self) -> bool:
        """Whether somebody has spoken long enough for a word to be needed soon."""
        return self._spoken_s >= LONG_S / 2

    def understand(self, text: str) -> None:
        """Take the words of the caller so far: who has said a whole sentence may wait for an answer to it."""
        self._is_sentence_whole = text.rstrip().endswith((".", "?", "!"))

    def begin_anew(self) -> None:
        """Take that it is not the caller's turn, or no longer the same."""
        self._spoken_s, self._is_sentence_whole = 0.0, False
