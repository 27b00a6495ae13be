"""Show who did what in an organization: its audit log, newest first, by person, subject and day."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import exports
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.organizations import OrganizationMember, Team
from backend.models.platform import AuditEntry
from backend.numbers import e164
from backend.vocab import MemberRole

PAGE = 50
EXPORT_AT_ONCE = 1000
_EXPORTED = {
    "at": "Time (UTC)",
    "actor": "Person",
    "source": "Through",
    "subject": "Subject",
    "verb": "What",
    "about": "Name",
    "details": "Details",
}
# What entries of an organization are about: the middle of `source:subject:verb`.
SUBJECTS = (
    "agent",
    "alerts",
    "approval",
    "calendar",
    "call",
    "contact",
    "contact_field",
    "contact_import",
    "details",
    "functions",
    "key",
    "knowledge",
    "mailbox",
    "mcp_server",
    "member",
    "memory",
    "number",
    "organization",
    "proposal",
    "skill",
    "tag",
    "team",
    "tests",
    "ticket",
    "voice",
    "widget",
)
# Details that name a device or a row to machines and say nothing to people.
_MUTE = frozenset({"session_id", "user_id", "agent_id", "merged_id", "into_id", "message_id"})
# Details whose values are our own words for machines.
_CODES = frozenset({"fields", "type", "kind", "slot", "tool"})
# Details whose names are ours, with the words for people.
_NAMES = {"fields": "changed", "is_on": "on", "is_active": "on"}
# Parts of things whose stored names say something else than the page they are changed on.
_PARTS = {
    "agent_role": "role",
    "custom_fields": "own fields",
    "custom_functions": "functions",
    "due_on": "due date",
    "is_whitelisted": "always put through",
    "mcp_tools": "tools of servers",
    "organization_name": "business name",
    "system_prompt": "instructions",
}
# What begins something fills in all of it: to name the parts says nothing.
_BEGINNINGS = frozenset({"created", "opened"})
# Details that hold what the thing itself was called at the time.
_CALLED = ("name", "label", "title", "skill", "phone_number")
_LAST = {"from": 1, "to": 2}


class ActivityRow(TypedDict):
    """One thing somebody did. `subject` and `verb` are those of the action, `source` is ui, api or admin; UTC.

    `about` is what the thing or the person was called, where that is known; `details` is the rest.
    """

    id: str
    at: str
    actor: str
    source: str
    subject: str
    verb: str
    about: str
    details: str


class Actor(TypedDict):
    """Somebody who may have done something, by the id of their account."""

    id: str
    name: str


@dataclass(frozen=True)
class ActivityFilter:
    """What to show; an empty field stands for everything. Times are UTC, `until` is not part of the range."""

    actor_id: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class ActivityPage:
    """One page, and where the next one begins: None at the end."""

    rows: list[ActivityRow]
    next: tuple[datetime, UUID] | None


async def activity(
    session: AsyncSession,
    principal: Principal,
    wanted: ActivityFilter,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> ActivityPage:
    """Return one page of what was done, newest first. Owners only. Raises `NotAllowed`, `Invalid` naming `actor_id`."""
    principal.require_person()
    principal.require(MemberRole.OWNER)
    query = select(AuditEntry).where(AuditEntry.org_id == org_id_of(session))
    if wanted.actor_id:
        query = query.where(AuditEntry.actor_user_id == parse_id(wanted.actor_id, "actor_id"))
    if wanted.subject:
        # An action is source:subject:verb; the colons keep “contact” from finding “contact_field”.
        query = query.where(col(AuditEntry.action).contains(f":{wanted.subject}:", autoescape=True))
    if wanted.since:
        query = query.where(AuditEntry.created_at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.created_at < wanted.until)
    if after:
        query = query.where(tuple_(col(AuditEntry.created_at), col(AuditEntry.id)) < after)
    query = query.order_by(col(AuditEntry.created_at).desc(), col(AuditEntry.id).desc()).limit(limit + 1)
    found = (await session.exec(query)).all()
    last = found[limit - 1] if len(found) > limit else None
    names = await _names(session, found)
    rows = [_row(entry, names) for entry in found[:limit]]
    return ActivityPage(rows, (last.created_at, last.id) if last else None)


async def actors(session: AsyncSession, principal: Principal) -> list[Actor]:
    """Return who may have done something, by name; those who left too. Owners only. Raises `NotAllowed`."""
    principal.require_person()
    principal.require(MemberRole.OWNER)
    query = select(OrganizationMember.user_id, OrganizationMember.full_name, OrganizationMember.email).where(
        OrganizationMember.org_id == org_id_of(session), col(OrganizationMember.user_id).is_not(None)
    )
    found: list[Actor] = [
        {"id": str(user_id), "name": name or email} for user_id, name, email in (await session.exec(query)).all()
    ]
    return sorted(found, key=lambda one: one["name"].casefold())


async def export_activity(principal: Principal, wanted: ActivityFilter) -> AsyncIterator[str]:
    """Yield what was done as CSV, as it is read. Owners only."""

    async def read(
        session: AsyncSession, after: tuple[datetime, UUID] | None
    ) -> tuple[list[list[str]], tuple[datetime, UUID] | None]:
        page = await activity(session, principal, wanted, after, EXPORT_AT_ONCE)
        return [[str(row[name]) for name in _EXPORTED] for row in page.rows], page.next  # type: ignore[literal-required]

    async for part in exports.pages(principal.org_id, list(_EXPORTED.values()), read):
        yield part


async def _names(session: AsyncSession, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Return what people, teams, agents and the contacts of some entries are called, by their ids."""
    org_id = org_id_of(session)
    people = select(
        OrganizationMember.id, OrganizationMember.user_id, OrganizationMember.full_name, OrganizationMember.email
    ).where(OrganizationMember.org_id == org_id)
    touched: set[UUID] = set()
    for entry in entries:
        if ":contact:" in entry.action:
            with suppress(Invalid):
                touched.add(parse_id(entry.subject_id))
    names: dict[str, str] = {}
    for query in (
        select(Team.id, Team.name).where(Team.org_id == org_id),
        select(AgentConfig.id, AgentConfig.name).where(AgentConfig.org_id == org_id),
        select(Contact.id, func.coalesce(func.nullif(Contact.name, ""), Contact.phone_number)).where(
            Contact.org_id == org_id, col(Contact.id).in_(touched)
        ),
    ):
        names |= {str(id): name or "" for id, name in (await session.exec(query)).all()}
    for member_id, user_id, name, email in (await session.exec(people)).all():
        names[str(member_id)] = name or email
        if user_id is not None:
            names[str(user_id)] = name or email
    return names


def _number(subject_id: str) -> str:
    """Return a number as people write it when the entry is about somebody known by that alone."""
    return e164.display(subject_id) if subject_id.startswith("+") else ""


def _row(entry: AuditEntry, names: Mapping[str, str]) -> ActivityRow:
    source, subject, verb = (*entry.action.split(":", 2), "", "")[:3]
    # The database keeps no order of its own.
    known = sorted(entry.details.items(), key=lambda item: (_LAST.get(item[0], 0), item[0]))
    told = {name: value for name, value in known if name not in _MUTE and value not in ("", None)}
    # What it was called then comes before what it is called now.
    called = next((name for name in _CALLED if isinstance(told.get(name), str)), "")
    about = told.pop(called) if called else names.get(entry.subject_id) or _number(entry.subject_id)
    if subject == "contact" and isinstance(told.get("count"), int) and (count := told.pop("count")) != 1:
        about = f"{count} contacts"
    if verb in _BEGINNINGS:
        told.pop("fields", None)
    if person := names.get(str(entry.details.get("user_id"))):
        told["person"] = person
    return {
        "id": str(entry.id),
        "at": entry.created_at.isoformat(),
        "actor": entry.actor or names.get(str(entry.actor_user_id), ""),
        "source": source,
        "subject": subject,
        "verb": verb.replace("_", " "),
        "about": about,
        "details": ", ".join(
            f"{_NAMES.get(name) or name.replace('_', ' ')}: {_short(name, value)}" for name, value in told.items()
        ),
    }


def _short(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    parts = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if name in _CODES:
        # A change of `assignee_id` is one of the assignee.
        parts = [_PARTS.get(part) or part.removesuffix("_id").replace("_", " ") for part in parts]
    text = ", ".join(parts)
    return text if len(text) <= 80 else text[:79] + "…"
