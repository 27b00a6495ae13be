"""Passages keep a text's structure and lose nothing."""

import itertools
import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.knowledge.chunking import MAX_TOKENS, chunks, path_line, split_stored, tokens

LINES = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=120),
    st.text("abcdefgh .!?", max_size=900),
    st.text("x", min_size=900, max_size=2500),
    st.from_regex(r"\A#{1,3} [A-Z][a-z]{2,12}( [a-z]{2,8})?\Z"),
    st.from_regex(r"\A(- |\d\. )[a-z ]{1,60}\Z"),
    st.sampled_from(["", "====", "----", "#", "- "]),
)
TEXTS = st.lists(LINES, max_size=60).map("\n".join)

HANDBOOK = """# Visits

## Opening hours

We open Monday to Friday from 9:00 to 17:00. On Saturday we open at 10:00.

## Prices

- Cleaning: $120
- Whitening: $350

Parking
-------
Free parking stands behind the building.
"""


def squeezed(text: str) -> str:
    return re.sub(r"[\s#=\-]+", "", text)


@settings(max_examples=40)
@given(TEXTS)
def test_every_word_of_the_text_stands_in_a_passage_or_its_path(text: str) -> None:
    cut = chunks(text)
    kept = squeezed("".join(chunk.fresh for chunk in cut)) + "".join(squeezed("".join(chunk.path)) for chunk in cut)
    for line in text.split("\n"):
        for word in line.split():
            assert squeezed(word)[:700] in kept


@settings(max_examples=40)
@given(TEXTS)
def test_no_passage_is_longer_than_the_limit_and_none_is_empty(text: str) -> None:
    for chunk in chunks(text):
        assert chunk.fresh.strip()
        assert tokens(chunk.text) <= MAX_TOKENS


@given(st.text("abc. !?", max_size=6000))
def test_plain_text_comes_back_whole_from_the_fresh_parts(text: str) -> None:
    assert squeezed("".join(chunk.fresh for chunk in chunks(text))) == squeezed(text)


@settings(max_examples=40)
@given(TEXTS)
def test_cutting_twice_gives_the_same_passages(text: str) -> None:
    assert chunks(text) == chunks(text)


def test_passages_carry_the_headings_they_stand_under() -> None:
    found = {chunk.path: chunk.fresh for chunk in chunks(HANDBOOK)}
    assert found[("Visits", "Opening hours")].startswith("We open Monday")
    assert "Whitening: $350" in found[("Visits", "Prices")]
    assert found[("Visits", "Parking")] == "Free parking stands behind the building."


def test_a_heading_without_text_is_kept_as_a_passage() -> None:
    assert [chunk.fresh for chunk in chunks("# Closed on Mondays\n\n# Prices\n\nFree.")] == [
        "Closed on Mondays",
        "Free.",
    ]


def test_passages_of_one_section_overlap_by_whole_sentences() -> None:
    text = " ".join(f"Fact number {number} is true." for number in range(200))
    cut = chunks(text)
    assert len(cut) > 3
    for before, after in itertools.pairwise(cut):
        assert after.overlap
        assert before.fresh.endswith(after.overlap)


def test_sections_do_not_bleed_into_each_other() -> None:
    assert all(not chunk.overlap for chunk in chunks(HANDBOOK))


def test_what_is_stored_opens_with_the_title_path_and_splits_again() -> None:
    chunk = chunks(HANDBOOK)[0]
    stored = chunk.stored("Handbook")
    assert split_stored(stored) == ("Handbook › Visits › Opening hours", chunk.text)
    assert path_line("Prices", ("Prices",)) == "Prices"


def test_a_row_that_is_nearly_a_rule_costs_no_more_than_another() -> None:
    began = time.thread_time()
    text = "|a\n--" + " " * 100_000 + "x\n" + "One more sentence. " * 4_000
    assert len(chunks(text)) > 50
    assert time.thread_time() - began < 3


def test_rows_of_a_long_table_repeat_its_names() -> None:
    text = "| What | Price |\n|:---|---:|\n" + "\n".join(f"| Room number {at} | ${at} |" for at in range(100))
    assert all(chunk.overlap == "| What | Price |" for chunk in chunks(text)[1:])
