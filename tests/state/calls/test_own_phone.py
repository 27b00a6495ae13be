"""The card of a call by one's own phone: what to press, how far it is, and why nobody is called."""

import pytest

from backend.calls import log
from backend.calls import service as calls
from backend.core import clock
from state.calls.own_phone import OwnPhoneState
from state.hub import News
from tests.state.tab import sign_in

pytestmark = pytest.mark.usefixtures("db")
OWN = "(415) 555-0155"


@pytest.fixture
async def page(line):
    return (await sign_in(line.org.owner)).go("/phone")


async def test_what_is_wrong_is_said_and_nobody_is_called(line, page):
    state = await page.state(OwnPhoneState)
    for own, words in (("", "own phone"), ("900 555 0123", "cost extra"), (line.number.phone_number, "organization")):
        await page.call(OwnPhoneState.dial, line.caller, line.number.phone_number, own)
        assert words in state.answer["problem"]
    assert (state.answer["n"], state.call["id"]) == (3, "")
    assert await line.calls() == []


async def test_the_card_says_what_to_press_and_how_the_call_stands_until_it_is_put_away(line, page):
    state = await page.state(OwnPhoneState)
    await page.call(OwnPhoneState.dial, line.caller, line.number.phone_number, OWN)
    (call,) = await line.calls()
    assert (state.number, state.answer["problem"], call.own_phone) == (OWN, "", "+14155550155")
    assert (state.call["id"], state.call["stage"], len(state.call["key"])) == (str(call.id), "rings", 2)
    await page.call(OwnPhoneState.dismiss)
    assert state.call["id"]
    told = {"status": "canceled", "reason": "Your own phone was busy."}
    await calls.append(call.id, log.OURS, "end", "call.ended", clock.now(), told)
    await state._hear([News(frozenset({calls.CHANGED}), subjects=frozenset({str(call.id)}))])
    assert (state.call["stage"], state.call["reason"]) == ("over", "Your own phone was busy.")
    await page.call(OwnPhoneState.dismiss)
    assert state.call["id"] == ""
    await page.call(OwnPhoneState.load)
    assert state.number == OWN
