"""Take pictures and files from visitors and the team, and open them by addresses that cannot be guessed.

What a file is, its bytes say; kinds a browser could run are refused, and only pictures are ever shown inline.
"""

import re
import unicodedata
from uuid import UUID

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import queries, tickets
from backend.chat.schemas import FileView
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.messaging.schemas import MediaFile
from backend.models.chat import ChatFile, ChatSession, ChatWidget

MAX_BYTES = 10_000_000
MOST_PER_MESSAGE, MOST_PER_SESSION = 5, 60
_KINDS = (
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "application/pdf", "video/mp4", "audio/mpeg",
    "audio/mp4",
)  # fmt: skip
# What browsers are told to offer in their file dialog.
ACCEPTED = ",".join(_KINDS)
NAME_LIMIT = 80


async def keep(
    session: AsyncSession, chat: ChatSession, content: bytes, name: str, *, sent_by: UUID | None = None
) -> ChatFile:
    """Keep one file of a session, to be sent with a message. Raises `Invalid` (`file`) for what is not taken."""
    if not content:
        raise Invalid("This file is empty.", field="file")
    if len(content) > MAX_BYTES:
        raise Invalid(f"Files can have up to {MAX_BYTES // 1_000_000} MB.", field="file", code="file_too_large")
    kind = messaging.sniff(content)
    if kind not in _KINDS:
        raise Invalid("Send a picture, a PDF, or an MP4 or MP3 file.", field="file", code="file_kind")
    held = select(func.count()).select_from(ChatFile).where(ChatFile.session_id == chat.id)
    if (await session.exec(held)).one() >= MOST_PER_SESSION:
        raise Invalid("This chat holds no more files.", field="file", code="too_many_files")
    file_id = new_id()
    path = await messaging.keep(chat.org_id, file_id, content)
    made = ChatFile(
        id=file_id,
        org_id=chat.org_id,
        session_id=chat.id,
        name=_tidy(name),
        content_type=kind,
        size_bytes=len(content),
        path=path,
        sent_by_user_id=sent_by,
    )
    session.add(made)
    await session.flush()
    return made


def require_taken(widget: ChatWidget) -> None:
    """Refuse files where the site wants none. Raises `Invalid` (`file`)."""
    if not widget.takes_files:
        raise Invalid("This chat takes no files.", field="file", code="no_files")


def require_chat(chat: ChatSession | None) -> ChatSession:
    """Return a session that can take a file. Raises `Conflict` (`no_chat`)."""
    if chat is None or chat.status != "active":
        raise Conflict("This person is in no web chat now.", code="no_chat")
    return chat


async def open_for_visitor(file_id: UUID, org: str, until: str, seal: str) -> MediaFile:
    """Return the file a signed address opens. Raises `NotFound`."""
    org_id = tickets.check_file(org, file_id, until, seal)
    with org_scope(org_id):
        async with unit_of_work() as session:
            return await open_for_team(session, file_id)


async def open_for_team(session: AsyncSession, file_id: UUID) -> MediaFile:
    """Return a file for members of its organization. Raises `NotFound`."""
    found = await queries.file(session, org_id_of(session), file_id)
    if found is None:
        raise NotFound("This file does not exist.")
    return await messaging.kept_file(found.path, found.content_type, found.name)


def view(file: ChatFile) -> FileView:
    """Return a file as its visitor sees it."""
    return FileView(
        id=str(file.id),
        name=file.name,
        type=file.content_type,
        size=file.size_bytes,
        is_image=file.content_type.startswith("image/") and file.content_type != "image/heic",
        url=tickets.file_address(file),
    )


def data(file: ChatFile) -> dict[str, str]:
    """Return a file as a timeline of the team shows it, served at `/api/media/{id}`."""
    return {"id": str(file.id), "content_type": file.content_type, "status": "kept", "name": file.name}


def _tidy(name: str) -> str:
    """Return a name without its ending (the bytes decide that), path, or signs that mean something to a system."""
    stem = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2].rpartition(".")
    words = re.sub(r"[^\w .()-]+", "_", stem[0] or stem[2]).strip(" ._")
    return words[:NAME_LIMIT] or "file"
