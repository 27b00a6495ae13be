"""Take what LiveKit tells of the rooms calls are held in: who came, who left, and what was recorded.

Each webhook is verified, stored under LiveKit's own id, and written into the call's log by a job. A room's caller
carries our call id as an attribute, a room we opened carries it in its metadata, and a file we asked for in its name.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.calls import log, queries, recorded, room_calls, routing
from backend.calls.projection import Kind
from backend.core import clock, jobs, telemetry
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.platform import InboundEvent
from backend.vendors import livekit_webhooks as hooks
from backend.vendors.livekit_webhooks import SOURCE
from backend.vocab import CallStatus
from backend.webhooks import service as webhooks

KIND = "call.room"
_GONE = "participant_left"
# The kind of participant that an agent is; of ours the voice process tells.
_OURS = "AGENT"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KINDS = {
    "room_started": "room.opened",
    "room_finished": "room.closed",
    "participant_joined": "line.joined",
    _GONE: "line.left",
    "participant_connection_aborted": "line.left",
    "egress_ended": "recording.told",
}
# livekit.EgressStatus, as far as a recording is over by it.
_KEPT = "EGRESS_COMPLETE"


async def accept(token: str, body: bytes) -> None:
    """Store what LiveKit tells. Raises `MalformedWebhook`, `NotAllowed`."""
    told = hooks.read(KIND, token, body)
    if told["event"] not in _KINDS or _part(told, "participant").get("kind") == _OURS:
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": KIND, "outcome": "ignored"})
        return
    event = InboundEvent(source=SOURCE, kind=KIND, external_id=told["id"][:200], payload=told)
    with platform_scope("store a webhook of LiveKit"):
        async with unit_of_work() as session:
            is_new = await webhooks.store(session, event)
            if is_new:
                await jobs.defer(session, "calls.apply_room", urgency=jobs.Urgency.SOON, event_id=str(event.id))
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": KIND, "outcome": "stored" if is_new else "duplicate"})


async def apply(event_id: UUID) -> None:
    """Write a stored webhook into its call's log; running it again changes nothing."""
    with platform_scope("find which call a room is of"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            call_id = call_of(event.payload)
            org_id = await queries.org_of(session, call_id) if call_id is not None else None
    outcome = "unknown_call"
    if call_id is not None and org_id is not None:
        with org_scope(org_id):
            async with unit_of_work() as session:
                kind, data = _KINDS[event.payload["event"]], _data(event.payload)
                at = _moment(event.payload.get("createdAt"), event.received_at)
                await log.write(session, call_id, SOURCE, event.external_id, kind, at, data)
                for name in _files(event.payload):
                    await recorded.have_taken_up(session, org_id, name)
                if event.payload["event"] == _GONE and data.get("who") == room_calls.line_of(call_id):
                    # The telephone we rang is off the line, whatever the voice process knew of it; where that said
                    # how it went, its word says more than this one.
                    ended = {"status": CallStatus.COMPLETED}
                    await log.write(session, call_id, SOURCE, f"{event.external_id}:over", Kind.ENDED, at, ended)
        outcome = "applied"
    with platform_scope("mark a webhook of LiveKit as handled"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now())


def call_of(told: Mapping[str, Any]) -> UUID | None:
    """Return which call an event is of, or None when it names none."""
    attributes = _part(_part(told, "participant"), "attributes")
    given = [attributes.get(routing.CALL_ATTRIBUTE), _metadata(_part(told, "room")).get("call_id")]
    given += [found.group() for name in _files(told) if (found := _ID.search(name))]
    for value in given:
        try:
            return UUID(str(value or ""))
        except ValueError:
            continue
    return None


def _data(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an event is worth keeping."""
    if told["event"] == "egress_ended":
        info = _part(told, "egressInfo")
        first = next(iter(_results(info)), {})
        return {
            "sid": str(info.get("egressId") or ""),
            "url": str(first.get("location") or first.get("filename") or ""),
            "status": "completed" if info.get("status") == _KEPT else "failed",
            # Nanoseconds, which JSON carries as text.
            "duration_s": _whole(first.get("duration")) // 1_000_000_000,
            "reason": str(info.get("error") or "")[:300],
        }
    room, person = _part(told, "room"), _part(told, "participant")
    attributes = _part(person, "attributes")
    data = {
        "room": room.get("name"),
        "who": person.get("identity"),
        "number": attributes.get("sip.phoneNumber"),
        "sip_call_id": attributes.get("sip.callID"),
        "reason": person.get("disconnectReason"),
    }
    return {name: str(value)[:300] for name, value in data.items() if value}


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _metadata(room: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        found = json.loads(str(room.get("metadata") or "{}"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _results(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = info.get("fileResults")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _files(told: Mapping[str, Any]) -> list[str]:
    return [str(one.get("filename") or "") for one in _results(_part(told, "egressInfo"))]


def _whole(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _moment(value: object, received: datetime) -> datetime:
    """Return a time in Unix seconds, or `received` for what is none.

    LiveKit leaves parts of a second out: an event that came within it was received when it happened.
    """
    seconds = _whole(value)
    if not 0 < seconds < 10_000_000_000:
        return received
    return min(datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=1), received)
