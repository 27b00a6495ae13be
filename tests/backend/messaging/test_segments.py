"""Segments: the alphabets and the cuts of 3GPP TS 23.038 and 23.040."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import Invalid
from backend.messaging import segments


@pytest.mark.parametrize(
    ("body", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("Hello", "GSM-7", 5, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # 152 letters leave one septet, and an escaped sign needs two: it moves to the next part.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("smart ’ quote", "UCS-2", 13, 1),
        ("ж" * 70, "UCS-2", 70, 1),
        ("ж" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        # 66 units leave one, and a surrogate pair needs two.
        ("ж" * 66 + "😀" + "ж" * 66, "UCS-2", 134, 3),
        ("`", "UCS-2", 1, 1),
        ("ç", "UCS-2", 1, 1),
        ("Ç^{}\\[~]|€\f", "GSM-7", 21, 1),
    ],
)
def test_known_sizes(body, encoding, units, count):
    assert segments.measure(body) == segments.Size(encoding, units, count)


def test_the_alphabet_has_127_letters_besides_the_escape():
    assert len(segments._BASIC) == 127
    assert len(segments._EXTENDED) == 10


@given(st.text(max_size=2000))
def test_every_unit_finds_room_and_no_part_is_empty(body):
    size = segments.measure(body)
    alone, split = (160, 153) if size.encoding == "GSM-7" else (70, 67)
    assert size.segments == 1 or size.units > alone
    assert size.units <= (alone if size.segments == 1 else split * size.segments)
    # At most one unit is lost at each cut, because nothing is wider than two.
    assert size.segments == 1 or size.units > (split - 1) * (size.segments - 1)


@given(st.text(max_size=600), st.characters())
def test_one_more_character_never_costs_less(body, more):
    assert segments.measure(body + more).segments >= segments.measure(body).segments


@given(st.text(max_size=600))
def test_ucs2_units_are_what_utf16_counts(body):
    size = segments.measure(body + "ж")
    assert size.units == len((body + "ж").encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("body", ["", "   ", "\n\t"])
def test_an_empty_text_is_refused_by_name(body):
    with pytest.raises(Invalid) as refused:
        segments.checked(body)
    assert (refused.value.code, refused.value.field) == ("empty_message", "body")


def test_the_longest_text_is_1600_characters():
    assert segments.checked("ж" * 1600).segments == 24
    with pytest.raises(Invalid) as refused:
        segments.checked("a" * 1601)
    assert refused.value.code == "message_too_long"
