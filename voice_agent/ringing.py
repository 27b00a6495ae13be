"""Ring a telephone from a room of LiveKit's, and say how that went."""

from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc

from voice_agent import gateway
from voice_agent.legs import livekit_room

# LiveKit gives up ringing a little before we give up waiting for it.
_MARGIN_S = 5.0
_SEEN_S = 5.0
# SIP's answers for a line that is in use, one that is put down unheard, and one that nobody takes (RFC 3261 §21).
_BUSY, _NOBODY = frozenset({486, 600, 603}), frozenset({408, 480, 487})
# What LiveKit calls it that the time to ring is up: its SIP service the first, its server the second.
_RANG_LONG = frozenset({api.TwirpErrorCode.CANCELED, api.TwirpErrorCode.DEADLINE_EXCEEDED})
# Its SIP service has no processor to spare, or is not there.
_FULL = "LiveKit cannot ring a telephone now. Call again later."
_OURS = "LiveKit could not ring this telephone. Ask an operator to look at its trunk."


class NotReached(Exception):
    """Nobody picked up: `status` is the end of the call, `reason` says why in words, empty where that says it."""

    def __init__(self, status: str, reason: str = "") -> None:
        super().__init__(status)
        self.status, self.reason = status, reason


async def ring(room: rtc.Room, dialling: gateway.Dialling) -> rtc.RemoteParticipant:
    """Ring, and return who picked up. Raises `NotReached`."""
    try:
        async with livekit_room.server(failover=False) as livekit:
            await livekit.sip.create_sip_participant(asked(room.name, dialling), timeout=dialling.rings_s + _MARGIN_S)
    except api.SipCallError as error:
        raise _not_reached(error.sip_status_code or 0) from error
    except (api.TwirpError, OSError, TimeoutError) as error:
        if not room.isconnected():
            # Somebody of ours put the phone down meanwhile, and closed the room by that.
            raise NotReached("canceled") from error
        if isinstance(error, TimeoutError) or getattr(error, "code", "") in _RANG_LONG:
            raise NotReached("no_answer") from error
        gateway.log.error("voice.not_rung", call=str(dialling.call.call_id), error=str(error))
        is_full = getattr(error, "code", "") == api.TwirpErrorCode.UNAVAILABLE
        raise NotReached("failed", _FULL if is_full else _OURS) from error
    try:
        # LiveKit's answer may overtake the news of who is in the room.
        return await livekit_room.comes(room, _SEEN_S, gateway.room_line(dialling.call.call_id))
    except TimeoutError as error:
        # They picked up and put the phone down again.
        raise NotReached("completed") from error


def asked(room: str, dialling: gateway.Dialling) -> api.CreateSIPParticipantRequest:
    """Return what LiveKit is asked for: our call's id is in all that tells of it."""
    config, call = gateway.settings(), dialling.call
    return api.CreateSIPParticipantRequest(
        trunk=api.SIPOutboundConfig(
            hostname=config.livekit_trunk_host,
            auth_username=config.livekit_trunk_user,
            auth_password=config.livekit_trunk_password.get_secret_value(),
        ),
        sip_number=call.service_number,
        sip_call_to=call.caller_number,
        room_name=room,
        participant_identity=gateway.room_line(call.call_id),
        participant_attributes={gateway.CALL_ATTRIBUTE: str(call.call_id)},
        headers={gateway.CALL_HEADER: str(call.call_id)},
        ringing_timeout=Duration(seconds=dialling.rings_s),
        max_call_duration=Duration(seconds=dialling.lasts_s),
        wait_until_answered=True,
    )


def _not_reached(code: int) -> NotReached:
    reason = gateway.sip_reason(str(code))
    if code in _BUSY:
        return NotReached("busy", reason)
    if code in _NOBODY or not code:
        return NotReached("no_answer", reason)
    return NotReached("failed", reason or f"The carrier answered {code}.")
