"""Keep what each person wants to be told of: for all agents, and for one agent otherwise.

Who has said nothing of an agent follows their own defaults; who has not set those is told of nothing. A row holds for
each channel whether it is on, where it goes, of what it tells, and what its message includes.
"""

import re
from collections.abc import Mapping
from typing import Any, TypedDict, cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.models.notifications import NotificationPreference
from backend.notifications.occasions import MESSAGE_IN, MESSAGE_OUT, NEEDS_APPROVAL, NEEDS_PERSON, NEW_TICKET
from backend.numbers import e164

EMAIL, SMS = "email", "sms"
CHANNELS = (EMAIL, SMS)
CONTENTS = ("contact", "agent", "message")
PREFIX_LIMIT = 120
EMAIL_LIMIT = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+")


class ChannelWish(TypedDict):
    """What one channel does. An empty `address` is the person's own email; texts need one."""

    enabled: bool
    address: str
    inbound_messages: bool
    all_messages: bool
    needs_person: bool
    tickets: bool
    contents: list[str]
    prefix: str


class Wishes(TypedDict):
    """A person's wishes for an agent; `is_own` is false while their defaults stand in for it."""

    is_own: bool
    email: ChannelWish
    sms: ChannelWish


def _unset() -> ChannelWish:
    return ChannelWish(
        enabled=False,
        address="",
        inbound_messages=False,
        all_messages=False,
        needs_person=True,
        tickets=True,
        contents=list(CONTENTS),
        prefix="",
    )


async def of(session: AsyncSession, user_id: UUID, agent_id: UUID | None) -> Wishes:
    """Return a person's wishes for an agent, or their defaults when `agent_id` is None or nothing was said of it."""
    own = await _row(session, user_id, agent_id)
    found = own or (await _row(session, user_id, None) if agent_id else None)
    kept: Mapping[str, Any] = found.channels if found else {}
    return cast(Wishes, {"is_own": own is not None, **{name: _complete(kept.get(name)) for name in CHANNELS}})


async def change(
    session: AsyncSession, principal: Principal, agent_id: UUID | None, channel: str, **changes: Any
) -> Wishes:
    """Change one channel of the acting person's own wishes; the first change for an agent starts from their defaults.

    Raises `NotFound` (agent) and `Invalid` that names the field.
    """
    if channel not in CHANNELS:
        raise Invalid("Choose email or text message.", field="channel")
    await _require_agent(session, agent_id)
    wishes = await of(session, principal.user_id, agent_id)
    wish = {**wishes[channel], **_checked(channel, changes)}  # type: ignore[literal-required]
    if channel == SMS and wish["enabled"] and not wish["address"]:
        raise Invalid("Write the number that gets the texts first.", field="address")
    row = await _row(session, principal.user_id, agent_id) or NotificationPreference(
        org_id=org_id_of(session), user_id=principal.user_id, agent_id=agent_id
    )
    row.channels = {**{name: wishes[name] for name in CHANNELS}, channel: wish}  # type: ignore[literal-required]
    session.add(row)
    await session.flush()
    return await of(session, principal.user_id, agent_id)


async def follow_defaults(session: AsyncSession, principal: Principal, agent_id: UUID) -> Wishes:
    """Forget what the acting person said of one agent. Raises `NotFound`."""
    await _require_agent(session, agent_id)
    row = await _row(session, principal.user_id, agent_id)
    if row is not None:
        await session.delete(row)
        await session.flush()
    return await of(session, principal.user_id, agent_id)


async def people_told(session: AsyncSession, kind: str, agent_id: UUID | None) -> dict[UUID, dict[str, ChannelWish]]:
    """Return who wants to hear of an occasion, and by which channels, by user."""
    query = select(NotificationPreference).where(
        NotificationPreference.org_id == org_id_of(session),
        (col(NotificationPreference.agent_id) == agent_id) | col(NotificationPreference.agent_id).is_(None),
    )
    chosen: dict[UUID, NotificationPreference] = {}
    for row in (await session.exec(query)).all():
        if row.agent_id is not None or row.user_id not in chosen:
            chosen[row.user_id] = row
    told: dict[UUID, dict[str, ChannelWish]] = {}
    for user_id, row in chosen.items():
        wishes = {name: _complete(row.channels.get(name)) for name in CHANNELS}
        if wanted := {name: wish for name, wish in wishes.items() if _wants(wish, kind)}:
            told[user_id] = wanted
    return told


def _wants(wish: ChannelWish, kind: str) -> bool:
    if not wish["enabled"]:
        return False
    return {
        MESSAGE_IN: wish["inbound_messages"] or wish["all_messages"],
        MESSAGE_OUT: wish["all_messages"],
        NEEDS_PERSON: wish["needs_person"],
        NEEDS_APPROVAL: wish["needs_person"],
        NEW_TICKET: wish["tickets"],
    }[kind]


def _complete(kept: Any) -> ChannelWish:
    known = _unset()
    if isinstance(kept, Mapping):
        known.update(cast(ChannelWish, {name: value for name, value in kept.items() if name in known}))
        # Once the two were one wish.
        known["tickets"] = kept.get("tickets", known["needs_person"])
    return known


def _checked(channel: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name in ("enabled", "inbound_messages", "all_messages", "needs_person", "tickets"):
            if not isinstance(value, bool):
                raise Invalid("This is either on or off.", field=name)
            found[name] = value
        elif name == "address" and isinstance(value, str):
            found[name] = _address(channel, value.strip())
        elif name == "contents" and isinstance(value, list) and set(value) <= set(CONTENTS):
            found[name] = [one for one in CONTENTS if one in value]
        elif name == "prefix" and isinstance(value, str):
            words = " ".join(value.replace("\x00", "").split())
            if len(words) > PREFIX_LIMIT:
                raise Invalid(f"At most {PREFIX_LIMIT} characters.", field=name)
            found[name] = words
        else:
            raise Invalid("This cannot be set.", field=name[:40])
    return found


def _address(channel: str, value: str) -> str:
    if not value:
        return ""
    if channel == SMS:
        return e164.normalize(value, field="address")
    if len(value) > EMAIL_LIMIT or not _EMAIL.fullmatch(value):
        raise Invalid("Enter an email address, like dana@example.com.", field="address")
    return value.lower()


async def _row(session: AsyncSession, user_id: UUID, agent_id: UUID | None) -> NotificationPreference | None:
    query = select(NotificationPreference).where(
        NotificationPreference.org_id == org_id_of(session),
        NotificationPreference.user_id == user_id,
        col(NotificationPreference.agent_id).is_(None)
        if agent_id is None
        else col(NotificationPreference.agent_id) == agent_id,
    )
    return (await session.exec(query)).first()


async def _require_agent(session: AsyncSession, agent_id: UUID | None) -> None:
    if agent_id is None:
        return
    query = select(AgentConfig.id).where(
        AgentConfig.id == agent_id, AgentConfig.org_id == org_id_of(session), col(AgentConfig.deleted_at).is_(None)
    )
    if (await session.exec(query)).first() is None:
        raise NotFound("This agent does not exist.")
