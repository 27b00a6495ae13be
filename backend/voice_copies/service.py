"""Hold the voices that callers agreed to have copied: who agreed to what, what the vendor made of it, and its end.

A sample is kept until the vendor has it, encrypted, and not a moment longer. What is removed here is removed at the
vendor; agents that spoke with it speak with the recommended voice.
"""

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, jobs, realtime
from backend.core.errors import Conflict, LimitReached, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.voices import VoiceCopy
from backend.vocab import MemberRole, VoiceCopyStatus
from backend.voice_copies import queries
from backend.voice_copies.schemas import CopiedVoice, Sample, Speaker, VoiceCopyRow

__all__ = [
    "CHANGED",
    "MOST",
    "PREFIX",
    "CopiedVoice",
    "Sample",
    "Speaker",
    "VoiceCopyRow",
    "id_of",
    "keep",
    "ready",
    "remove",
    "require_room",
    "rows",
    "spoken_with",
]

CHANGED = "voices.changed"
# How agents store a copied voice, before its id.
PREFIX = "copy-"
# ElevenLabs' smallest plan that copies voices holds ten (https://elevenlabs.io/pricing).
MOST = 10


def id_of(copy: VoiceCopy) -> str:
    """Return the id under which agents store a voice."""
    return f"{PREFIX}{copy.id.hex}"


async def require_room(session: AsyncSession, contact_id: UUID) -> None:
    """Raise `Conflict` for somebody whose voice is here already, `LimitReached` where no more voices fit."""
    org_id = org_id_of(session)
    if await queries.count(session, org_id, contact_id):
        raise Conflict("There is a copy of this caller's voice already.", code="voice_exists")
    if await queries.count(session, org_id) >= MOST:
        raise LimitReached(f"There are {MOST} copied voices already, which is the most.", code="too_many_voices")


async def keep(session: AsyncSession, speaker: Speaker, sample: Sample) -> UUID:
    """Keep what a caller agreed to and spoke, and have the vendor copy it by a durable job. Raises as `require_room`.

    Nobody may be asked here whether the sample may be kept: that is decided by the call it comes from.
    """
    org_id = org_id_of(session)
    await queries.alone(session, org_id)
    await require_room(session, speaker.contact_id)
    made = VoiceCopy(
        org_id=org_id,
        contact_id=speaker.contact_id,
        call_id=speaker.call_id,
        name=speaker.name,
        asked=sample.asked,
        agreed=sample.agreed,
        agreed_at=sample.agreed_at,
        sample=base64.b64encode(sample.wave).decode(),
        speech_ms=round(sample.speech_s * 1000),
    )
    session.add(made)
    await session.flush()
    await jobs.defer(session, "voice_copies.submit", org_id=str(org_id), copy_id=str(made.id))
    details = {"call": str(speaker.call_id), "agreed": sample.agreed}
    await audit.record(session, None, "call:voice:copied", made.id, details)
    await realtime.announce(session, org_id, CHANGED)
    return made.id


async def ready(session: AsyncSession) -> list[CopiedVoice]:
    """Return the voices agents may speak with, newest first."""
    found = await queries.all_of(session, org_id_of(session))
    return [CopiedVoice(id_of(one), one.name) for one in found if one.status == VoiceCopyStatus.READY]


async def spoken_with(session: AsyncSession, settings: Mapping[str, Any], otherwise: str) -> dict[str, Any]:
    """Return an agent's fields with the vendor's own id in place of a copied voice's; `otherwise` where it is gone."""
    voice = str(settings.get("voice_id") or "")
    if not voice.startswith(PREFIX):
        return dict(settings)
    found = await queries.one(session, org_id_of(session), UUID(voice.removeprefix(PREFIX)))
    is_there = found is not None and found.status == VoiceCopyStatus.READY
    return {**settings, "voice_id": found.vendor_voice_id if found is not None and is_there else otherwise}


async def rows(session: AsyncSession, principal: Principal) -> list[VoiceCopyRow]:
    """Return every copied voice with its consent, newest first. Members."""
    principal.require(MemberRole.SUPPORT)
    org_id = org_id_of(session)
    users = await queries.users(session, org_id)
    return [
        VoiceCopyRow(
            id=str(one.id),
            name=one.name,
            status=one.status,
            failure=one.failure,
            contact_id=str(one.contact_id),
            call_id=str(one.call_id or ""),
            asked=one.asked,
            agreed=one.agreed,
            agreed_at=one.agreed_at.isoformat(),
            used_by=sorted({name for voice, name in users if voice == id_of(one)}),
        )
        for one in await queries.all_of(session, org_id)
    ]


async def remove(session: AsyncSession, principal: Principal, copy_id: UUID) -> None:
    """Have a voice forgotten, here at once for speaking and at the vendor by a durable job. Owners. Raises `NotFound`.

    Asked again, nothing more happens.
    """
    principal.require(MemberRole.OWNER)
    org_id = org_id_of(session)
    found = await queries.one(session, org_id, copy_id, for_update=True)
    if found is None:
        raise NotFound("This voice does not exist.", code="voice_not_found")
    if found.status == VoiceCopyStatus.REMOVING:
        return
    found.status, found.sample = VoiceCopyStatus.REMOVING, ""
    session.add(found)
    await session.flush()
    await jobs.defer(session, "voice_copies.remove", org_id=str(org_id), copy_id=str(found.id))
    source = "api" if principal.is_key else "ui"
    await audit.record(session, principal, f"{source}:voice:removed", found.id, {"name": found.name})
    await realtime.announce(session, org_id, CHANGED)
