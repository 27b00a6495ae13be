"""Keep how each person wants the inbox to reach them, and whether they are there."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.inbox.schemas import PreferenceRow
from backend.inbox.translation import LANGUAGES
from backend.models.inbox import InboxPreference

FLAGS = ("has_sound", "has_desktop", "has_mail", "is_away")


async def preferences(session: AsyncSession, principal: Principal) -> PreferenceRow:
    """Return the person's preferences in this organization."""
    query = select(InboxPreference).where(
        InboxPreference.org_id == org_id_of(session), InboxPreference.user_id == principal.user_id
    )
    found = (await session.exec(query)).first() or InboxPreference(org_id=org_id_of(session), user_id=principal.user_id)
    return PreferenceRow(
        has_sound=found.has_sound,
        has_desktop=found.has_desktop,
        has_mail=found.has_mail,
        is_away=found.is_away,
        language=found.language,
    )


async def set_preference(session: AsyncSession, principal: Principal, name: str, value: bool | str) -> PreferenceRow:
    """Change one preference: a flag of `FLAGS`, or the `language` to translate into. Raises `Invalid`."""
    if name == "language":
        if value not in LANGUAGES and value != "":
            raise Invalid("Choose one of the languages.", field="language")
    elif name not in FLAGS or not isinstance(value, bool):
        raise Invalid("This preference does not exist.", field="name")
    row = InboxPreference(org_id=org_id_of(session), user_id=principal.user_id)
    setattr(row, name, value)
    await session.execute(
        insert(InboxPreference)
        .values(**row.model_dump())
        .on_conflict_do_update(index_elements=["org_id", "user_id"], set_={name: value, "updated_at": row.updated_at})
    )
    if name == "is_away":
        await realtime.announce(session, row.org_id, "teams.changed", subject=str(principal.user_id))
    return await preferences(session, principal)
