"""Two turns differ by what was decided, not by how it was worded."""

from backend.evals import decisions
from backend.evals.decisions import SILENT, Decision

SOURCES = [
    {"title": "Hours", "quote": "We open from nine to five on weekdays and ten to four on Sunday."},
    {"title": "Prices", "quote": "Whitening costs ninety dollars, a check-up fifty dollars."},
]


def decided(reply, *, handed=False, unsure=False, tools=()):
    used = [{"name": name, "status": status} for name, status in tools]
    return decisions.decision(reply, is_handed_over=handed, is_unsure=unsure, tools=used, sources=SOURCES)


def whats(before, after):
    return [(row["what"], row["before"], row["after"]) for row in decisions.differences(before, after)]


def test_other_words_for_the_same_are_no_change():
    assert whats(decided("We open on Sunday, ten to four."), decided("On Sunday from ten to four.")) == []


def test_each_other_decision_is_named():
    plain = decided("Whitening costs ninety dollars here.")
    assert whats(plain, decided("A colleague will write.", handed=True)) == [("outcome", "answers", "hands over")]
    assert whats(plain, decided("I don't know.", unsure=True)) == [("outcome", "answers", "does not know")]
    assert whats(plain, SILENT) == [("outcome", "answers", "stays silent")]
    assert whats(plain, decided("Booked.", tools=[("book", "ok")])) == [("tools", "no tool", "book")]
    assert whats(plain, decided("No.", tools=[("book", "refused")])) == [("refused", "no tool", "book")]
    assert whats(plain, decided("We open weekdays from nine to five.")) == [("source", "Prices", "Hours")]


def test_the_source_of_an_answer_is_the_one_whose_words_it_shares():
    assert decisions.main_source("Whitening costs ninety dollars.", SOURCES) == "Prices"
    assert decisions.main_source("Certainly!", SOURCES) == ""
    assert decisions.differences(Decision("answers", source="Hours"), Decision("answers")) == []
