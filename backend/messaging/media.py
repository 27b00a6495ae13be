"""Keep the files of texts in our own private storage, and open them for people who may see the conversation.

What a file is, its bytes say; neither the carrier nor the sender is believed. Kinds a browser could run (HTML, SVG,
scripts) are not kept at all, and only pictures, sound and film are ever shown inline.
"""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import NotFound, VendorError
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.messaging import queries
from backend.messaging.schemas import MediaFile, media_data
from backend.models.messaging import MessageMedia, SmsMessage
from backend.vendors import http, signalwire
from backend.vocab import Direction

MAX_BYTES = 10_000_000
# Files are there when the carrier announces them; one that is not within this time never comes.
GIVE_UP = timedelta(minutes=3)
_INLINE = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "audio/amr", "audio/mp4",
        "video/mp4", "video/3gpp",
    }
)  # fmt: skip
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
    "text/vcard": "vcf",
}
# First bytes of each kind (IANA registrations and their specifications).
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"#!AMR", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
# ISO base media files name their brand after the box type (ISO/IEC 14496-12 §4.3).
_BRANDS = ((b"3g", "video/3gpp"), (b"M4A", "audio/mp4"), (b"hei", "image/heic"), (b"mif1", "image/heic"))


def sniff(content: bytes) -> str | None:
    """Return the media type the first bytes prove, or None for a kind that is not kept."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return next((kind for start, kind in _BRANDS if brand.startswith(start)), "video/mp4")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _STARTS if content.startswith(start)), None)


async def fetch_media(org_id: UUID, media_id: UUID) -> None:
    """Copy one attachment into our storage; what cannot be kept says why on the timeline.

    Raises a retryable `VendorError` while the address may still answer.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            item = await queries.media(session, org_id, media_id)
            if item is None or item.path or item.error:
                return
            address, is_last_try = item.vendor_url, clock.now() - item.created_at > GIVE_UP
            message = await session.get(SmsMessage, item.message_id)
            is_carriers = message is not None and message.direction == Direction.INBOUND
        error, content_type, content = "", "", b""
        try:
            fetched = await _fetched(address, is_carriers)
        except VendorError as problem:
            if problem.is_retryable and not is_last_try:
                raise
            error = problem.message
        else:
            content, content_type = fetched.content, sniff(fetched.content) or ""
            if not content_type:
                error = "Files of this kind are not kept."
        path = "" if error else await keep(org_id, media_id, content)
        async with unit_of_work() as session:
            await _record(session, org_id, media_id, path, content_type, len(content), error)


async def _fetched(address: str, is_carriers: bool) -> http.Fetched:
    """Fetch a file; only an address the carrier announced may be on its server, which wants our credentials.

    One that a sender of ours named is a stranger's: with our credentials it could be anybody's file.
    """
    if not is_carriers:
        return await http.fetch(address, max_bytes=MAX_BYTES)
    return await http.fetch(
        address, max_bytes=MAX_BYTES, trusted_origin=signalwire.origin(), auth=signalwire.credentials()
    )


async def open_media(session: AsyncSession, media_id: UUID) -> MediaFile:
    """Return where a kept attachment lies and how it may be served. Raises `NotFound`."""
    item = await queries.media(session, org_id_of(session), media_id)
    if item is None:
        raise NotFound("This file does not exist.")
    return await kept_file(item.path, item.content_type, f"attachment-{item.position + 1}")


async def keep(org_id: UUID, media_id: UUID, content: bytes) -> str:
    """Write a file whole or not at all and return its path below the media folder."""
    return await asyncio.to_thread(_write, org_id, media_id, content)


async def kept_file(path: str, content_type: str, name: str) -> MediaFile:
    """Return how a file below the media folder may be served, under `name` with its kind's ending.

    Raises `NotFound` when it is gone.
    """
    whole = settings().media_dir / path
    if not path or not await asyncio.to_thread(whole.is_file):
        raise NotFound("This file does not exist.")
    return MediaFile(
        str(whole), content_type, content_type in _INLINE, f"{name}.{_EXTENSIONS.get(content_type, 'bin')}"
    )


def _write(org_id: UUID, media_id: UUID, content: bytes) -> str:
    name = f"{org_id}/{media_id}"
    folder = settings().media_dir / str(org_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial: Path = folder / f".{media_id}.{os.getpid()}"
    partial.write_bytes(content)
    partial.chmod(0o600)
    partial.replace(settings().media_dir / name)
    return name


async def _record(
    session: AsyncSession, org_id: UUID, media_id: UUID, path: str, content_type: str, size: int, error: str
) -> None:
    item: MessageMedia | None = await queries.media(session, org_id, media_id)
    if item is None:
        return
    item.path, item.size_bytes, item.error = path, size, error
    item.content_type = content_type or item.content_type
    session.add(item)
    await session.flush()
    # Two files of one text may finish at once: the text's row decides who writes the list last, and whole.
    await queries.locked(session, org_id, item.message_id)
    media = await queries.media_of(session, org_id, [item.message_id])
    await conversations.update_item(session, item.message_id, data={"media": [media_data(one) for one in media]})
