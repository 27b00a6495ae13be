"""Phone numbers are read as people write them, and what nobody can text is refused."""

import pytest

from backend.core.errors import Invalid
from backend.numbers import e164


@pytest.mark.parametrize("written", ["(415) 555-0132", "415 555 0132", "1-415-555-0132", "+1 415 555 0132"])
def test_national_and_international_forms_become_one(written):
    assert e164.normalize(written) == "+14155550132"


@pytest.mark.parametrize("written", ["555-0132", "1453972", "+1453972", "12", "Dana", "+", "(415) 555-0132 99999"])
def test_number_that_cannot_be_reached_from_elsewhere_is_refused(written):
    with pytest.raises(Invalid):
        e164.normalize(written)


def test_empty_number_is_called_missing():
    with pytest.raises(Invalid) as refusal:
        e164.normalize("  ")
    assert refusal.value.code == "missing_phone_number"
