"""Write down what is said in a message that a caller left, and show it as the words of its call."""

import asyncio
from datetime import timedelta
from uuid import UUID

from backend.calls import service as calls
from backend.core.config import settings
from backend.core.tenancy import org_id_of, unit_of_work
from backend.recordings import queries
from backend.vendors import deepgram
from backend.vocab import RecordingStatus

SOURCE = "recording"


async def hear(recording_id: UUID) -> None:
    """Keep the words of a recording, once; runs in the organization scope of its caller.

    What may be kept of them is decided as of every line. Raises `VendorError`.
    """
    async with unit_of_work() as session:
        found = await queries.one(session, org_id_of(session), recording_id)
    if found is None or found.status != RecordingStatus.READY:
        return
    try:
        sound = await asyncio.to_thread((settings().media_dir / found.path).read_bytes)
    except FileNotFoundError:
        # It was erased meanwhile.
        return
    words = await deepgram.hear(sound, found.content_type)
    if not words:
        return
    said = {"who": "caller", "text": words, "began_at": found.started_at.isoformat()}
    at = found.started_at + timedelta(milliseconds=found.duration_ms)
    await calls.append(found.call_id, SOURCE, f"line:{recording_id}", "transcript.line", at, said)
