"""Keep the tags of an organization; contacts and conversations share them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, realtime
from backend.core.errors import Conflict, Invalid, LimitReached, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.contacts import ContactTag
from backend.models.tags import Tag
from backend.tags.schemas import TagRow
from backend.vocab import MemberRole, TagColour

NAME_LIMIT = 40
# More than a person can choose from; an import with a mistaken column stops here.
MOST = 500
# Nobody chose these, so none of them looks like a warning.
_COLOURS = (TagColour.GREEN, TagColour.TEAL, TagColour.BLUE, TagColour.PURPLE, TagColour.YELLOW)


async def all_tags(session: AsyncSession, *, with_counts: bool = False) -> list[TagRow]:
    """Return every tag by name, with how many contacts carry each when asked for."""
    org_id = org_id_of(session)
    tags = (await session.exec(select(Tag).where(Tag.org_id == org_id).order_by(func.lower(Tag.name)))).all()
    counts: dict[UUID, int] = {}
    if with_counts:
        grouped = select(ContactTag.tag_id, func.count()).where(ContactTag.org_id == org_id)
        found = await session.exec(grouped.group_by(col(ContactTag.tag_id)))
        counts = dict(found.all())
    return [row(tag, counts.get(tag.id, 0)) for tag in tags]


async def get(session: AsyncSession, tag_id: UUID) -> Tag:
    """Return one tag. Raises `NotFound`."""
    found = (await session.exec(select(Tag).where(Tag.id == tag_id, Tag.org_id == org_id_of(session)))).first()
    if found is None:
        raise NotFound("This tag does not exist.")
    return found


async def named(session: AsyncSession, names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names that exist; case does not matter."""
    wanted = {_clean(name).lower() for name in names if name.strip()}
    query = select(Tag).where(Tag.org_id == org_id_of(session), func.lower(Tag.name).in_(wanted))
    return list((await session.exec(query)).all()) if wanted else []


async def ensure(session: AsyncSession, names: Sequence[str]) -> list[Tag]:
    """Return a tag for each name, making those that are new. Raises `Invalid`, `LimitReached`."""
    wanted: dict[str, str] = {}
    for name in names:
        if name.strip():
            wanted.setdefault(_clean(name).lower(), _clean(name))
    if not wanted:
        return []
    known = {tag.name.lower() for tag in await named(session, wanted.values())}
    missing = [name for key, name in wanted.items() if key not in known]
    if missing:
        await _require_room(session, len(missing))
        values = [
            Tag(org_id=org_id_of(session), name=name, colour=_COLOURS[sum(name.encode()) % len(_COLOURS)]).model_dump()
            for name in missing
        ]
        await session.execute(insert(Tag).values(values).on_conflict_do_nothing())
        await realtime.announce(session, org_id_of(session), "tags.updated")
    return await named(session, wanted.values())


async def change(
    session: AsyncSession, principal: Principal, tag_id: UUID, *, name: str | None = None, colour: str | None = None
) -> Tag:
    """Rename or recolour a tag. Editors. Raises `NotFound`, `Invalid`, and `Conflict` when the name is taken."""
    principal.require(MemberRole.EDITOR)
    tag = await get(session, tag_id)
    if name is not None:
        cleaned = _clean(name)
        if any(other.id != tag.id for other in await named(session, [cleaned])):
            raise Conflict(f"There is a tag “{cleaned}” already.", field="name", code="duplicate")
        tag.name = cleaned
    if colour is not None:
        if colour not in tuple(TagColour):
            raise Invalid("Choose one of the colours.", field="colour")
        tag.colour = colour
    session.add(tag)
    await session.flush()
    await audit.record(session, principal, "ui:tag:updated", tag.id, {"name": tag.name, "colour": tag.colour})
    await realtime.announce(session, tag.org_id, "tags.updated")
    return tag


async def delete(session: AsyncSession, principal: Principal, tag_id: UUID) -> None:
    """Take a tag away, and off everything that carries it. Editors. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    tag = await get(session, tag_id)
    await session.delete(tag)
    await session.flush()
    await audit.record(session, principal, "ui:tag:deleted", tag.id, {"name": tag.name})
    await realtime.announce(session, tag.org_id, "tags.updated")


def row(tag: Tag, count: int = 0) -> TagRow:
    """Return a tag as screens take it."""
    return TagRow(id=str(tag.id), name=tag.name, colour=tag.colour, count=count)


def _clean(name: str) -> str:
    words = " ".join(name.split())
    if not words or not words.isprintable() or "," in words:
        raise Invalid("A tag has a name without commas.", field="tags")
    if len(words) > NAME_LIMIT:
        raise Invalid(f"A tag has at most {NAME_LIMIT} characters.", field="tags")
    return words


async def _require_room(session: AsyncSession, wanted: int) -> None:
    query = select(func.count()).select_from(Tag).where(col(Tag.org_id) == org_id_of(session))
    if (await session.exec(query)).one() + wanted > MOST:
        raise LimitReached(f"An organization has at most {MOST} tags.", field="tags")
