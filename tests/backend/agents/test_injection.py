"""Hostile words achieve nothing, even with a model that believes every one of them; harmless answers arrive."""

import pytest

from tests.injection import cases
from tests.injection.obedient import serving
from tests.injection.standing import believing, stand

HOSTILE, HARMLESS = cases.hostile(), cases.harmless()


@pytest.fixture(scope="module")
def obedient():
    with serving() as made, believing(made):
        yield made


def test_the_set_is_wide():
    assert len(HOSTILE) >= 60
    assert {case.place for case in HOSTILE} == set(cases.PLACES)
    assert len({case.language for case in HOSTILE}) >= 10
    assert len({case.id for case in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize(("place", "case"), enumerate(HOSTILE), ids=[case.id for case in HOSTILE])
async def test_a_model_that_believes_hostile_words_can_do_no_harm(db, queue, obedient, place, case):
    verdict = await stand(case, obedient, place)
    assert verdict.broken == [], (verdict.sent, verdict.reason)


@pytest.mark.parametrize(("place", "case"), enumerate(HARMLESS), ids=[case.id for case in HARMLESS])
async def test_what_is_meant_to_be_said_arrives(db, queue, obedient, place, case):
    verdict = await stand(case, obedient, place)
    assert verdict.sent == [case.does[-1].removeprefix("say ")], verdict.reason
