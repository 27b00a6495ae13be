"""Keep words a team sends often, and put the names in when one is used."""

import re
from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.inbox.schemas import CannedRow
from backend.models.inbox import CannedReply
from backend.vocab import MemberRole

SHORTCUT_LIMIT, TITLE_LIMIT, BODY_LIMIT = 32, 80, 1600
MOST_REPLIES = 500
# What may stand between two pairs of braces, and what an empty value leaves behind.
VARIABLES = ("contact.name", "contact.first_name", "contact.phone", "me.name", "business.name")
_PLACE = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_SHORTCUT = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")


async def canned_replies(session: AsyncSession, principal: Principal) -> list[CannedRow]:
    """Return the team's canned replies and the person's own, by shortcut."""
    query = (
        select(CannedReply)
        .where(
            CannedReply.org_id == org_id_of(session),
            or_(CannedReply.user_id == principal.user_id, col(CannedReply.is_shared)),
        )
        .order_by(col(CannedReply.shortcut), col(CannedReply.id))
    )
    return [_row(one, principal) for one in (await session.exec(query)).all()]


async def save_canned(
    session: AsyncSession,
    principal: Principal,
    *,
    shortcut: str,
    title: str,
    body: str,
    is_shared: bool = False,
    reply_id: UUID | None = None,
) -> CannedRow:
    """Make a canned reply, or change one. Shared ones need the editor role.

    Raises `NotFound`, `NotAllowed`, `Invalid` naming the field, `Conflict` for a shortcut that is taken.
    """
    principal.require(MemberRole.SUPPORT)
    reply = await _own(session, principal, reply_id) if reply_id else _new(session, principal)
    if is_shared or reply.is_shared:
        _require_editor(principal)
    shortcut, title, body = _checked(shortcut, title, body)
    await _require_free(session, principal, shortcut, is_shared, reply.id)
    reply.shortcut, reply.title, reply.body, reply.is_shared = shortcut, title, body, is_shared
    session.add(reply)
    await session.flush()
    await realtime.announce(session, reply.org_id, "canned.changed")
    return _row(reply, principal)


async def delete_canned(session: AsyncSession, principal: Principal, reply_id: UUID) -> None:
    """Delete a canned reply; a shared one needs the editor role. Raises `NotFound`, `NotAllowed`."""
    reply = await _own(session, principal, reply_id)
    if reply.is_shared:
        _require_editor(principal)
    await session.delete(reply)
    await session.flush()
    await realtime.announce(session, reply.org_id, "canned.changed")


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return a reply with its places filled; one without a value leaves no gap before a comma or at an end."""
    said = _PLACE.sub(lambda place: values.get(place[1], "") if place[1] in VARIABLES else place[0], body)
    return re.sub(r"[ \t]{2,}", " ", re.sub(r"[ \t]+([,.!?])", r"\1", said)).strip()


def _new(session: AsyncSession, principal: Principal) -> CannedReply:
    return CannedReply(org_id=org_id_of(session), user_id=principal.user_id, shortcut="", title="", body="")


def _require_editor(principal: Principal) -> None:
    if principal.member_role == MemberRole.SUPPORT:
        raise NotAllowed("Replies of the whole team are changed by editors. Keep this one to yourself.")


async def _own(session: AsyncSession, principal: Principal, reply_id: UUID) -> CannedReply:
    query = select(CannedReply).where(
        CannedReply.org_id == org_id_of(session),
        CannedReply.id == reply_id,
        or_(CannedReply.user_id == principal.user_id, col(CannedReply.is_shared)),
    )
    reply = (await session.exec(query)).first()
    if reply is None:
        raise NotFound("This reply does not exist.")
    return reply


def _checked(shortcut: str, title: str, body: str) -> tuple[str, str, str]:
    shortcut = shortcut.strip().removeprefix("/").lower()
    if not _SHORTCUT.fullmatch(shortcut) or len(shortcut) > SHORTCUT_LIMIT:
        raise Invalid("Choose a short word of letters and digits, such as hours.", field="shortcut")
    title, body = " ".join(title.split()), body.strip()
    if len(title) > TITLE_LIMIT:
        raise Invalid(f"A title has at most {TITLE_LIMIT} characters.", field="title")
    if not body:
        raise Invalid("Write what the reply says.", field="body")
    if len(body) > BODY_LIMIT:
        raise Invalid(f"A reply has at most {BODY_LIMIT:,} characters.", field="body")
    unknown = [place for place in _PLACE.findall(body) if place not in VARIABLES]
    if unknown:
        raise Invalid(f"Nothing is known as {{{{{unknown[0]}}}}}.", field="body")
    return shortcut, title or shortcut, body


async def _require_free(session: AsyncSession, principal: Principal, shortcut: str, is_shared: bool, but: UUID) -> None:
    org_id = org_id_of(session)
    whose = col(CannedReply.is_shared) if is_shared else CannedReply.user_id == principal.user_id
    taken = select(CannedReply.id).where(
        CannedReply.org_id == org_id,
        CannedReply.shortcut == shortcut,
        col(CannedReply.is_shared) == is_shared,
        whose,
        col(CannedReply.id) != but,
    )
    if (await session.exec(taken)).first() is not None:
        raise Conflict(f"There is a reply /{shortcut} already.", field="shortcut")
    total = (await session.exec(select(func.count()).where(CannedReply.org_id == org_id))).one()
    if total >= MOST_REPLIES:
        raise Conflict(f"There are {MOST_REPLIES} replies already. Delete one first.", code="too_many_replies")


def _row(reply: CannedReply, principal: Principal) -> CannedRow:
    return CannedRow(
        id=str(reply.id),
        shortcut=reply.shortcut,
        title=reply.title,
        body=reply.body,
        is_shared=reply.is_shared,
        is_mine=reply.user_id == principal.user_id,
    )
