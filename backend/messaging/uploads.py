"""Take files that a person sends with a text or an email: keep them, attach them, and let the carrier fetch them.

The carrier has no account here, so each attachment has an address of its own with a key that only this installation
can make; it opens that one file and nothing else.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.core import clock, crypto
from backend.core.config import settings
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.messaging import media
from backend.messaging.schemas import MOST_MEDIA, MediaFile
from backend.models.inbox import OutgoingFile
from backend.models.messaging import MessageMedia, SmsMessage
from backend.vocab import MemberRole

# North American carriers refuse multimedia messages beyond 5 MB, all files together.
MOST_BYTES = 5_000_000
# What phones show; a carrier drops the rest without a word.
_SENDABLE = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "video/mp4",
    "video/3gpp",
    "audio/mpeg",
    "audio/amr",
    "application/pdf",
    "text/vcard",
}
UNSENT = timedelta(days=1)


async def accept_file(
    session: AsyncSession, principal: Principal, conversation_id: UUID, name: str, content: bytes
) -> OutgoingFile:
    """Keep a file that is to go with a text or an email.

    Raises `NotFound`, and `Invalid` for a kind or size no carrier takes.
    """
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.get(session, conversation_id)
    if not content:
        raise Invalid("This file is empty.", field="file")
    if len(content) > MOST_BYTES:
        raise Invalid(f"A message carries at most {MOST_BYTES // 1_000_000} MB of files.", field="file")
    kind = media.sniff(content)
    if kind not in _SENDABLE:
        raise Invalid("Phones cannot show this kind of file. Send a picture, a video, sound or a PDF.", field="file")
    file = OutgoingFile(
        id=new_id(),
        org_id=conversation.org_id,
        user_id=principal.user_id,
        conversation_id=conversation.id,
        name=" ".join(name.split())[:120] or "file",
        content_type=kind,
        size_bytes=len(content),
        path="",
    )
    file.path = await media.keep(file.org_id, file.id, content)
    session.add(file)
    await session.flush()
    return file


async def open_file(session: AsyncSession, principal: Principal, file_id: UUID) -> MediaFile:
    """Return a file the person chose and has not sent. Raises `NotFound`."""
    found = await session.exec(
        select(OutgoingFile).where(
            OutgoingFile.org_id == org_id_of(session),
            OutgoingFile.id == file_id,
            OutgoingFile.user_id == principal.user_id,
        )
    )
    file = found.first()
    if file is None:
        raise NotFound("This file does not exist.")
    return await media.kept_file(file.path, file.content_type, "attachment")


async def chosen_files(
    session: AsyncSession, principal: Principal, conversation_id: UUID, ids: Sequence[UUID]
) -> list[OutgoingFile]:
    """Return files the person chose for a message, in their order. Raises `Invalid` for too many, too large or gone."""
    if len(ids) > MOST_MEDIA:
        raise Invalid(f"A message carries at most {MOST_MEDIA} files.", field="media")
    found = await session.exec(
        select(OutgoingFile)
        .where(
            OutgoingFile.org_id == org_id_of(session),
            OutgoingFile.user_id == principal.user_id,
            OutgoingFile.conversation_id == conversation_id,
            col(OutgoingFile.id).in_(list(ids)),
        )
        .with_for_update()
    )
    files = {file.id: file for file in found.all()}
    if len(files) < len(set(ids)):
        raise Invalid("One of the files is gone. Choose it again.", field="media")
    if sum(file.size_bytes for file in files.values()) > MOST_BYTES:
        raise Invalid(f"A message carries at most {MOST_BYTES // 1_000_000} MB of files.", field="media")
    return [files[id] for id in dict.fromkeys(ids)]


async def attach(
    session: AsyncSession, message: SmsMessage, files: Sequence[OutgoingFile], first: int = 0
) -> list[MessageMedia]:
    """Make chosen files the attachments of a text, from place `first` on; they are no longer unsent."""
    kept = []
    for position, file in enumerate(files, first):
        item = MessageMedia(
            id=new_id(),
            org_id=message.org_id,
            message_id=message.id,
            position=position,
            content_type=file.content_type,
            vendor_url="",
            path=file.path,
            size_bytes=file.size_bytes,
        )
        item.vendor_url = _address(item.id)
        kept.append(item)
        await session.delete(file)
    session.add_all(kept)
    await session.flush()
    return kept


async def open_for_carrier(session: AsyncSession, media_id: UUID, key: str) -> MediaFile:
    """Return an attachment to whoever holds its key (platform scope). Raises `NotFound`."""
    item = await session.get(MessageMedia, media_id) if crypto.matches(_key(media_id), key) else None
    if item is None:
        raise NotFound("This file does not exist.")
    return await media.kept_file(item.path, item.content_type, f"attachment-{item.position + 1}")


async def sweep_unsent(session: AsyncSession) -> int:
    """Delete files that nobody sent within a day (platform scope); return how many."""
    gone = await session.exec(
        delete(OutgoingFile)
        .where(col(OutgoingFile.created_at) < clock.now() - UNSENT)
        .returning(col(OutgoingFile.path))
    )
    paths = [str(path) for path in gone.scalars()]
    for path in paths:
        (settings().media_dir / path).unlink(missing_ok=True)
    return len(paths)


def _key(media_id: UUID) -> str:
    return crypto.digest("carrier_media", str(media_id))


def _address(media_id: UUID) -> str:
    return f"{settings().public_url}/api/carrier-media/{media_id}/{_key(media_id)}"
