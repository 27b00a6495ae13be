"""Ids order by time and never go backwards; the clock can be held."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.core.errors import Invalid
from backend.core.ids import new_id, parse_id


def test_ids_are_version_7_and_grow():
    ids = [new_id() for _ in range(20_000)]
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_tells_when_it_was_made():
    before = time.time_ns() // 1_000_000
    stamp = new_id().int >> 80
    # A burst inside one millisecond may borrow from the next one.
    assert before - 1 <= stamp <= time.time_ns() // 1_000_000 + 10


@pytest.mark.parametrize("wrong", ["", "1", "not-an-id", None, 12, "01a20250-e8b8-7079-9130-f90d20bad43g"])
def test_something_that_is_not_an_id_names_its_field(wrong):
    with pytest.raises(Invalid) as caught:
        parse_id(wrong, "agent_id")
    assert caught.value.field == "agent_id"


def test_an_id_is_read_from_text():
    made = new_id()
    assert parse_id(str(made)) == made == parse_id(made)
    assert isinstance(parse_id(str(made)), UUID)


def test_the_clock_can_be_held_and_lets_go():
    moment = datetime(2026, 3, 8, 9, 30, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.ahead(hours=1) - clock.ago(hours=1) == timedelta(hours=2)
    assert clock.now() > moment


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="timezone"), clock.at(datetime(2026, 1, 1)):
        pass
