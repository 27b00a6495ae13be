"""A word that shows that the agent listens is said in pauses of long speeches, and nowhere else."""

import pytest

from voice_agent.core.listening import LONG_S, PAUSE_S, Listening

FRAME_S, VOICE, ROOM = 0.02, 4_000.0, 60.0


class Caller:
    """What a caller is heard to do, frame by frame, and the words said to it."""

    def __init__(self, frequency: float = 1.0, chance: float = 0.5) -> None:
        self.listening = Listening(["uh-huh", "okay"], frequency, lambda: chance)
        self.at = 0.0
        self.said: list[tuple[float, str]] = []

    def sounds(self, loudness: float, seconds: float, is_speaking: bool = True) -> "Caller":
        for _ in range(round(seconds / FRAME_S)):
            self.at += FRAME_S
            if word := self.listening.hear(loudness, FRAME_S, is_speaking):
                self.said.append((round(self.at, 2), word))
        return self

    def speaks(self, seconds: float) -> "Caller":
        return self.sounds(VOICE, seconds)

    def pauses(self, seconds: float) -> "Caller":
        return self.sounds(ROOM, seconds)

    @property
    def words(self) -> list[str]:
        return [word for _, word in self.said]


def test_a_word_is_said_once_in_a_pause_of_a_long_speech_and_then_another():
    caller = Caller().speaks(LONG_S + 1).pauses(3.0)
    assert caller.said == [(round(LONG_S + 1 + PAUSE_S, 2), "uh-huh")]
    caller.speaks(LONG_S - 1).pauses(1.0)
    assert caller.words == ["uh-huh"]
    caller.speaks(2.0).pauses(1.0).speaks(LONG_S + 1).pauses(1.0)
    assert caller.words == ["uh-huh", "okay", "uh-huh"]


def test_gaps_between_words_are_no_pauses_and_what_is_said_around_them_counts_together():
    caller = Caller()
    for _ in range(10):
        caller.speaks(0.5).pauses(PAUSE_S - 0.06)
    assert not caller.words
    assert caller.pauses(1.0).words == ["uh-huh"]


@pytest.mark.parametrize(
    ("frequency", "chance", "times"), [(0.0, 0.0, 0), (0.2, 0.1, 3), (0.2, 0.2, 0), (1.0, 0.99, 3)]
)
def test_it_is_said_as_often_as_the_agent_says(frequency, chance, times):
    caller = Caller(frequency, chance)
    for _ in range(3):
        caller.speaks(LONG_S + 1).pauses(1.0)
    assert len(caller.words) == times


@pytest.mark.parametrize("text", ["When do you open?", "I will be there.", "Help! "])
def test_who_has_said_a_whole_sentence_waits_for_an_answer(text):
    caller = Caller().speaks(LONG_S + 1)
    caller.listening.understand(text)
    assert not caller.pauses(1.0).words
    caller.listening.understand(f"{text} And then")
    assert caller.speaks(0.5).pauses(1.0).words == ["uh-huh"]


def test_what_is_no_voice_is_not_listened_to():
    assert not Caller().sounds(VOICE, 2 * LONG_S, is_speaking=False).pauses(1.0).words


def test_noise_that_goes_on_is_no_pause():
    caller = Caller().speaks(LONG_S + 1)
    assert not caller.sounds(VOICE / 4, 2.0).words


def test_another_turn_is_another_speech():
    caller = Caller().speaks(LONG_S + 1)
    caller.listening.begin_anew()
    assert not caller.pauses(1.0).speaks(LONG_S - 1).pauses(1.0).words
