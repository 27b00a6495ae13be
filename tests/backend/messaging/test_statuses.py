"""Statuses: forward only, whatever order the carrier reports them in."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.messaging import statuses
from backend.vocab import MessageStatus

REPORTED = ["queued", "sending", "sent", "delivered", "undelivered", "failed"]


def settle(order, start=MessageStatus.SENDING):
    current = start
    for word in order:
        new = statuses.from_wire(word)
        if statuses.may_follow(current, new):
            current = new
    return current


@pytest.mark.parametrize("order", itertools.permutations(["queued", "sent", "delivered"]))
def test_a_delivered_text_ends_delivered_in_every_order(order):
    assert settle(order) == MessageStatus.DELIVERED


@pytest.mark.parametrize("order", itertools.permutations(["queued", "sent", "undelivered"]))
def test_an_undelivered_text_ends_so_in_every_order(order):
    assert settle(order) == MessageStatus.UNDELIVERED


def test_a_receipt_outweighs_the_carriers_time_out_and_not_the_other_way_round():
    assert settle(["undelivered", "delivered", "undelivered"]) == MessageStatus.DELIVERED


@pytest.mark.parametrize("end", [MessageStatus.FAILED, MessageStatus.DELIVERED, MessageStatus.CANCELLED])
@pytest.mark.parametrize("word", REPORTED)
def test_an_end_stays_the_end(end, word):
    assert not statuses.may_follow(end, statuses.from_wire(word))


@given(st.lists(st.sampled_from(REPORTED), max_size=12))
def test_repeating_what_was_reported_changes_nothing(order):
    once = settle(order)
    assert settle(order, once) == once or once == MessageStatus.UNDELIVERED


def test_words_of_the_carrier_that_say_nothing_about_sending_are_none():
    assert statuses.from_wire("receiving") is None
    assert statuses.from_wire("<b>") is None


def test_an_error_is_said_in_plain_words_and_an_unknown_one_in_the_carriers():
    assert "landline" in statuses.words("30006")
    assert statuses.words("39999", "Queue overflow in region 4") == "Queue overflow in region 4"
    assert "39999" in statuses.words("39999")
    assert statuses.words("")
