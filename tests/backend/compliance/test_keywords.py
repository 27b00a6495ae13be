"""Opt-out words: recognised in every language and spelling, and never inside a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.compliance.keywords import recognise
from backend.compliance.schemas import Keyword


@pytest.mark.parametrize(
    "body",
    [
        "STOP", "stop", " Stop. ", "“Stop”", "stop!!!", "STOP\n", "Stopall", "stop all", "UNSUBSCRIBE", "cancel", "END",
        "quit", "revoke", "opt out", "Opt-Out", "OPTOUT", "ARRET", "arrêt", "Arrêter", "ALTO", "parar", "baja", "STOPP",
        "abmelden", "ｓｔｏｐ", "stop \u200d",
    ],
)  # fmt: skip
def test_leaving_words_of_every_country(body):
    assert recognise(body) == Keyword.STOP


@pytest.mark.parametrize("body", ["START", "unstop", "Start!", "iniciar", "ALTA", "anmelden"])
def test_returning_words(body):
    assert recognise(body) == Keyword.START


@pytest.mark.parametrize("body", ["HELP", "info", "Help?", "Aide", "ayuda", "HILFE"])
def test_words_that_ask_for_help(body):
    assert recognise(body) == Keyword.HELP


@pytest.mark.parametrize("body", ["yes", "Yes!", "oui", "sí", "Ja."])
def test_agreement_is_its_own_kind(body):
    assert recognise(body) == Keyword.YES


@pytest.mark.parametrize(
    "body",
    [
        "", "   ", "?!", "please stop by at noon", "stop it now", "can I cancel my appointment", "The end", "STOPS",
        "start at nine", "help me choose", "yes please", "non-stop", "👍",
    ],
)  # fmt: skip
def test_a_sentence_is_not_a_keyword(body):
    assert recognise(body) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(body):
    assert recognise(body) in (None, *Keyword)
