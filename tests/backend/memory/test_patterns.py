"""Of other customers nothing is told that one of them alone has."""

from backend.core.ids import new_id
from backend.memory import patterns

ANA, BEN, CLEO = new_id(), new_id(), new_id()


def test_only_topics_that_enough_people_share_are_told():
    found = [
        (ANA, ["late delivery", "bankruptcy"], True),
        (BEN, ["Late  delivery", "divorce"], False),
        (CLEO, ["late delivery"], False),
    ]
    told = patterns.told(found, ["Ana Silva"], 3)
    assert told == "3 other customers asked about something like this: late delivery."
    assert patterns.told(found, [], 4) == ""
    assert patterns.told([(ANA, ["late delivery"], False)] * 9, [], 2) == "", "one person is no pattern"


def test_no_name_number_or_address_is_told():
    topics = ["ana", "silva order", "ana@example.com", "4155550199", "order 7741", "12 elm street", "a b c d"]
    found = [(one, [*topics, "refund"], False) for one in (ANA, BEN, CLEO)]
    told = patterns.told(found, ["Ana Silva", "ana@example.com"], 2)
    assert told == "3 other customers asked about something like this: refund."
