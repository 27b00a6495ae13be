"""Keep the files of emails, theirs and ours, in our private storage, and open them for people who may see them.

What a file is, its bytes say; kinds a browser could run are not kept at all.
"""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.mailboxes import queries
from backend.mailboxes.reading import InboundFile
from backend.messaging import service as messaging
from backend.messaging.schemas import MediaFile
from backend.models.inbox import OutgoingFile
from backend.models.mailboxes import EmailFile
from backend.vendors.postmark import Attachment

MAX_BYTES = 10_000_000
_NAME_LIMIT = 80


async def keep_all(org_id: UUID, email_id: UUID, given: Sequence[InboundFile]) -> list[EmailFile]:
    """Write the files of an email that is about to be stored and return their rows; one not kept says why."""
    return [await _keep(org_id, email_id, position, one) for position, one in enumerate(given)]


async def open_file(session: AsyncSession, file_id: UUID) -> MediaFile:
    """Return where a kept file lies and how it may be served. Raises `NotFound`."""
    found = await queries.file(session, org_id_of(session), file_id)
    if found is None:
        raise NotFound("This file does not exist.")
    return await messaging.kept_file(found.path, found.content_type, _stem(found.name))


async def attach(session: AsyncSession, email_id: UUID, chosen: Sequence[OutgoingFile]) -> list[EmailFile]:
    """Make files that a person chose those of an email of ours; they are no longer unsent."""
    rows = [
        EmailFile(
            id=new_id(),
            org_id=one.org_id,
            message_id=email_id,
            position=position,
            name=_tidy(one.name) or f"file-{position + 1}",
            content_type=one.content_type,
            size_bytes=one.size_bytes,
            path=one.path,
        )
        for position, one in enumerate(chosen)
    ]
    for one in chosen:
        await session.delete(one)
    session.add_all(rows)
    await session.flush()
    return rows


async def read(rows: Sequence[EmailFile]) -> list[Attachment]:
    """Return the files of an email with their bytes. Raises `NotFound` for one that is gone from our storage."""
    attached = []
    for row in rows:
        kept = await messaging.kept_file(row.path, row.content_type, _stem(row.name))
        content = await asyncio.to_thread(Path(kept.path).read_bytes)
        attached.append(Attachment(row.name, row.content_type, content))
    return attached


async def _keep(org_id: UUID, email_id: UUID, position: int, given: InboundFile) -> EmailFile:
    file_id = new_id()
    name = _tidy(given.name) or f"file-{position + 1}"
    row = EmailFile(id=file_id, org_id=org_id, message_id=email_id, position=position, name=name)
    content = await asyncio.to_thread(given.decoded)
    kind = messaging.sniff(content) if content else None
    row.size_bytes = len(content or b"")
    if not content:
        row.error = "This file could not be read."
    elif len(content) > MAX_BYTES:
        row.error = f"Files over {MAX_BYTES // 1_000_000} MB are not kept."
    elif kind is None:
        row.error = "Files of this kind are not kept."
    else:
        row.content_type = kind
        row.path = await messaging.keep(org_id, file_id, content)
    return row


def _tidy(name: str) -> str:
    """Return a name without path or signs that mean something to a system."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^\w .()-]+", "_", base).strip(" ._")[:_NAME_LIMIT]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
