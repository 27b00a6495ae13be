"""How a message sounds, by its words: what is said, what is denied, and silence where there is nothing to read."""

import pytest

from backend.conversations import sentiment


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("Thank you, that was great!", "positive"),
        ("Muchas gracias, perfecto", "positive"),
        ("👍", "positive"),
        ("I am very disappointed, this is unacceptable", "negative"),
        ("Das ist eine Beschwerde, ich bin enttäuscht", "negative"),
        ("😡😡", "negative"),
        ("This is not great", "negative"),
        ("No problem", "neutral"),
        ("Are you open on Sunday?", "neutral"),
        ("Thanks, but it is broken again and I am upset", "negative"),
        ("", ""),
        ("12 34", ""),
        ("💬", ""),
    ],
)
def test_words_decide_and_denial_turns_praise_around(text, sounds):
    assert sentiment.of(text) == sounds


def test_a_very_long_message_is_read_at_its_beginning_only():
    assert sentiment.of("great " + "x " * 1_000_000 + "terrible awful worst") == "positive"
