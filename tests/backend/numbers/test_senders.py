"""People text from numbers; short codes and names are machines, kept as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.numbers import senders
from backend.numbers.senders import SenderKind


@pytest.mark.parametrize(
    ("raw", "address", "kind"),
    [
        ("+14155550199", "+14155550199", SenderKind.NUMBER),
        ("14155550199", "+14155550199", SenderKind.NUMBER),
        ("+44 20 7946 0018", "+442079460018", SenderKind.NUMBER),
        ("72975", "72975", SenderKind.SHORT_CODE),
        ("+72975", "72975", SenderKind.SHORT_CODE),
        ("123", "123", SenderKind.SHORT_CODE),
        ("12345678", "12345678", SenderKind.SHORT_CODE),
        ("BANK", "BANK", SenderKind.NAME),
        ("1800FLOWERS", "1800FLOWERS", SenderKind.NAME),
        ("My  Bank\n", "My Bank", SenderKind.NAME),
        ("noreply@bank.example", "noreply@bank.example", SenderKind.NAME),
        ("12", "12", SenderKind.NAME),
        ("+1", "+1", SenderKind.NAME),
        ("", senders.NOBODY, SenderKind.NAME),
        ("\u200b\x00", senders.NOBODY, SenderKind.NAME),
        ("Ω" * 90, "Ω" * 64, SenderKind.NAME),
    ],
)
def test_a_sender_is_kept_as_what_it_is(raw, address, kind):
    assert senders.read(raw) == address
    assert senders.kind_of(address) == kind


@given(st.text(max_size=120))
def test_every_sender_has_an_address_and_reading_it_again_changes_nothing(raw):
    address = senders.read(raw)
    assert 0 < len(address) <= senders.LONGEST_NAME
    assert senders.read(address) == address
