"""Words are said as a business says them, however the text comes in pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents import validation
from backend.core.errors import Invalid
from voice_agent.pronouncing import Pronouncing

HOUSE = Pronouncing(["Nguyen = win", "SQL=sequel", "St. Ives = Saint Eyevs", "C++ = see plus plus"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dr. Nguyen is in.", "Dr. win is in."),
        ("nguyen, NGUYEN!", "win, win!"),
        ("SQLite is no SQL", "SQLite is no sequel"),
        ("We are at St. Ives.", "We are at Saint Eyevs."),
        ("We write C++.", "We write see plus plus."),
        ("MySQL", "MySQL"),
    ],
)
def test_whole_words_are_said_as_listed(written, said):
    assert HOUSE.said(written) == said


def test_without_a_list_nothing_changes():
    assert Pronouncing([]).said("Nguyen") == "Nguyen"


async def pieces(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    for start, end in pairwise(places):
        yield text[start:end]


WORDS = st.lists(st.sampled_from(["Nguyen", "SQL", "SQLite", "St.", "Ives", "C++", " ", ". ", "s", "n"]), max_size=12)


@given(words=WORDS, cuts=st.lists(st.integers(0, 60), max_size=12))
async def test_a_text_in_any_pieces_is_said_as_the_whole(words, cuts):
    text = "".join(words)
    assert "".join([part async for part in HOUSE.stream(pieces(text, cuts))]) == HOUSE.said(text)


async def test_only_what_may_become_a_listed_word_waits():
    async def written():
        yield "Hello, I am "
        assert said == ["Hello, I am "]
        yield "Ngu"
        assert said == ["Hello, I am "]
        yield "yen."

    said = []
    async for part in HOUSE.stream(written()):
        said.append(part)
    assert "".join(said) == "Hello, I am win."


@pytest.mark.parametrize("wrong", ["Nguyen", "=win", "Nguyen=", "a=b, c"])
def test_a_word_without_how_it_is_said_is_refused(wrong):
    with pytest.raises(Invalid):
        validation.pronunciations(wrong, "pronunciations")
    assert validation.pronunciations("Nguyen=win, SQL = sequel", "pronunciations") == ["Nguyen = win", "SQL = sequel"]
