"""A telephone that is rung from a room is asked for with our call's id, and each answer of SIP says the call's end."""

import pytest
from livekit import api

from tests.backend.calls import livekit_api
from voice_agent import gateway, ringing


class Room:
    """A room as far as ringing looks at it."""

    name = "call-1"
    remote_participants: dict[str, object] = {}

    def __init__(self, is_open: bool = True) -> None:
        self._is_open = is_open

    def on(self, *_: object) -> None:
        pass

    off = on

    def isconnected(self) -> bool:
        return self._is_open


@pytest.fixture
async def livekit(monkeypatch):
    monkeypatch.setattr(ringing, "_SEEN_S", 0.01)
    async with livekit_api.serving(monkeypatch) as made:
        yield made


@pytest.fixture
async def dialling(line):
    call = await line.begin("outbound")
    return gateway.Dialling(await gateway.brief(call.id), rings_s=30, lasts_s=660)


def sip(code: int, status: str = "") -> tuple[int, dict[str, object]]:
    """Return LiveKit's answer for a SIP answer of the carrier's."""
    told = {"sip_status_code": str(code), "sip_status": status}
    return 500, {"code": "unavailable", "msg": "sip failed", "meta": told}


@pytest.mark.parametrize(
    ("answer", "is_open", "status", "reason"),
    [
        (sip(486, "Busy Here"), True, "busy", ""),
        (sip(603, "Decline"), True, "busy", "The call was declined."),
        (sip(480), True, "no_answer", "The phone is switched off or out of reach."),
        (sip(487), True, "no_answer", ""),
        (sip(404), True, "failed", "This number does not exist."),
        (sip(403), True, "failed", "The carrier refused this call."),
        ((408, {"code": "deadline_exceeded", "msg": "too long"}), True, "no_answer", ""),
        # So LiveKit's SIP service says that it rang for as long as it was to.
        ((408, {"code": "canceled", "msg": "sip request timed out"}), True, "no_answer", ""),
        ((503, {"code": "unavailable", "msg": "cpu exhausted"}), True, "failed", "again later"),
        ((412, {"code": "failed_precondition", "msg": "no trunk"}), True, "failed", "its trunk"),
        ((404, {"code": "not_found", "msg": "room was deleted"}), False, "canceled", ""),
        ((200, {}), True, "completed", ""),
    ],
)
async def test_each_answer_ends_the_call_as_it_should(livekit, dialling, answer, is_open, status, reason):
    livekit.answers["CreateSIPParticipant"] = answer
    with pytest.raises(ringing.NotReached) as end:
        await ringing.ring(Room(is_open), dialling)
    assert end.value.status == status
    assert reason in end.value.reason
    (wanted,) = livekit.of("CreateSIPParticipant")
    found = api.CreateSIPParticipantRequest.FromString(wanted)
    call = str(dialling.call.call_id)
    assert (found.headers["X-Call-Id"], found.participant_attributes["call.id"]) == (call, call)
    assert (found.sip_call_to, found.sip_number) == (dialling.call.caller_number, dialling.call.service_number)
    assert (found.ringing_timeout.seconds, found.wait_until_answered) == (30, True)
    assert (found.trunk.hostname, found.trunk.auth_username) == ("sip.carrier.example", "magpipe")
