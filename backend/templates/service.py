"""Keep the library of what is sent and said often: messages for texts and chats, emails, and calls.

Shared templates are the team's and are changed by editors; personal ones are their writer's alone. A change announces
`templates.changed`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import service as contacts
from backend.core import realtime
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.strict_json import clean
from backend.core.tenancy import org_id_of
from backend.details import service as details
from backend.details.definitions import shown
from backend.messaging import service as messaging
from backend.models.contacts import Contact
from backend.models.templates import MessageTemplate
from backend.numbers import e164
from backend.templates import filling, queries
from backend.templates.filling import fill
from backend.templates.schemas import CallWords, Preview, TemplateRow
from backend.vocab import MemberRole

__all__ = [
    "CALL",
    "KINDS",
    "MOST_SHOWN",
    "CallWords",
    "Preview",
    "TemplateRow",
    "delete",
    "fill",
    "folders",
    "for_call",
    "get",
    "known",
    "messages",
    "of_team",
    "preview",
    "save",
    "templates",
    "values_for",
]

KINDS = ("message", "email", "call")
MESSAGE, EMAIL, CALL = KINDS
SHORTCUT_LIMIT, TITLE_LIMIT, FOLDER_LIMIT, SUBJECT_LIMIT, GOAL_LIMIT = 32, 80, 40, 200, 500
# A message as long as the carrier takes one; a call's purpose stands in every prompt of that call.
BODY_LIMITS = {MESSAGE: 1600, EMAIL: 20_000, CALL: 500}
MOST_TEMPLATES = 1000
# A list on a screen is a window of at most this many rows; the search reaches the others.
MOST_SHOWN = 100
MOST_IN_INBOX = 500
# Places that are empty because nothing is known: nobody is asked for them, they leave no gap.
_KNOWN_OF = ("contact.", "me.", "business.")
_SHORTCUT = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")
_WORDS_OF_BODY = {MESSAGE: "Write what the message says.", EMAIL: "Write what the email says.", CALL: "Say why."}


async def templates(
    session: AsyncSession, principal: Principal, *, kind: str = "", folder: str = "", words: str = "", limit: int = 0
) -> tuple[list[TemplateRow], int]:
    """Return the team's templates and the person's own, by title, and how many fit the filters."""
    found, total = await queries.templates(
        session,
        org_id_of(session),
        principal.user_id,
        kind=kind,
        folder=folder,
        words=" ".join(words.split())[:80],
        limit=limit or MOST_SHOWN,
    )
    users = await queries.users(session, org_id_of(session), [one.id for one in found])
    return [_row(one, principal, users.get(one.id, ())) for one in found], total


async def messages(session: AsyncSession, principal: Principal) -> list[TemplateRow]:
    """Return the messages a person may use while they write, by title."""
    found, _ = await templates(session, principal, kind=MESSAGE, limit=MOST_IN_INBOX)
    return found


async def get(session: AsyncSession, principal: Principal, template_id: UUID) -> TemplateRow:
    """Return one template. Raises `NotFound`."""
    return _row(await _found(session, principal, template_id), principal)


async def of_team(session: AsyncSession, template_id: UUID) -> TemplateRow:
    """Return a template of the team, for what sends by itself. Raises `NotFound`."""
    found = await queries.shared(session, org_id_of(session), template_id)
    if found is None:
        raise NotFound("This template does not exist.")
    return _row(found, None)


async def for_call(
    session: AsyncSession,
    principal: Principal,
    template_id: UUID,
    contact: Contact,
    *,
    conversation_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
    purpose: str = "",
    goal: str = "",
) -> CallWords:
    """Return what a template says of a call of somebody; `purpose` and `goal` stand in place of its own words.

    `given` fills places before what is known of the contact does. Places that only the caller can fill and that have
    no words of their own stay as they are, and are `asked`. Raises `NotFound`, `Invalid` for a template of no call.
    """
    found = await _found(session, principal, template_id)
    if found.kind != CALL:
        raise Invalid("This template is not for calls.", field="template_id")
    values = await values_for(session, principal, contact, conversation_id)
    values |= {name.lower(): _spelled(value) for name, value in (given or {}).items()}
    words = (purpose or found.body, goal or found.goal)
    places = filling.missing("\n".join(words), values)
    asked = tuple(name for name in places if not name.startswith(_KNOWN_OF))
    left = {name: value for name, value in values.items() if name not in asked}
    return CallWords(found.id, found.title, fill(words[0], left), fill(words[1], left), asked)


async def folders(session: AsyncSession, principal: Principal) -> list[str]:
    """Return the names of the folders a person sees, in order."""
    return await queries.folders(session, org_id_of(session), principal.user_id)


async def save(
    session: AsyncSession, principal: Principal, given: Mapping[str, Any], template_id: UUID | None = None
) -> TemplateRow:
    """Make a template, or change one; what `given` leaves out stays. Shared ones need the editor role.

    Raises `NotFound`, `NotAllowed`, `Invalid` naming the field, `Conflict` for a shortcut that is taken.
    """
    principal.require(MemberRole.SUPPORT)
    if template_id is None:
        stored = MessageTemplate(org_id=org_id_of(session), user_id=principal.user_id, title="", body="")
        if await queries.total(session, stored.org_id) >= MOST_TEMPLATES:
            raise Conflict(f"There are {MOST_TEMPLATES:,} templates already. Delete one first.", code="too_many")
    else:
        stored = await _found(session, principal, template_id, for_update=True)
    former = {name: getattr(stored, name) for name in _FIELDS}
    wanted = _checked({**former, **{name: given[name] for name in _FIELDS if given.get(name) is not None}})
    if wanted["is_shared"] or stored.is_shared:
        _require_editor(principal)
    await _require_known(session, wanted)
    if stored.is_shared and (not wanted["is_shared"] or wanted["kind"] == CALL):
        await _require_unused(session, stored)
    shortcut, is_shared = wanted["shortcut"], wanted["is_shared"]
    taken = Conflict(f"There is a message /{shortcut} already.", field="shortcut")
    if shortcut and await queries.is_taken(session, stored, shortcut, is_shared=is_shared):
        raise taken
    if wanted["is_default"] and not stored.is_default:
        await _step_down(session, stored.org_id)
    for name, value in wanted.items():
        setattr(stored, name, value)
    try:
        async with session.begin_nested():
            session.add(stored)
            await session.flush()
    except IntegrityError:
        # Somebody saved one of the same shortcut in this very moment.
        raise taken from None
    await realtime.announce(session, stored.org_id, "templates.changed")
    return _row(stored, principal)


async def delete(session: AsyncSession, principal: Principal, template_id: UUID) -> None:
    """Delete a template; a shared one needs the editor role.

    Raises `NotFound`, `NotAllowed`, and `Conflict` (`in_use`) for one that an alert sends.
    """
    stored = await _found(session, principal, template_id, for_update=True)
    if stored.is_shared:
        _require_editor(principal)
    await _require_unused(session, stored)
    await session.delete(stored)
    await session.flush()
    await realtime.announce(session, stored.org_id, "templates.changed")


async def known(session: AsyncSession) -> list[str]:
    """Return every name a template may hold: ours, the contacts' own fields, and what agents find out."""
    own = [f"contact.{field['key']}" for field in await contacts.fields(session)]
    shared = [str(one["name"]) for one in await details.shared(session)]
    found = await queries.detail_names(session, org_id_of(session))
    return list(dict.fromkeys([*filling.BUILT_IN, *own, *shared, *sorted(found)]))


async def values_for(
    session: AsyncSession,
    principal: Principal | None = None,
    contact: Contact | None = None,
    conversation_id: UUID | None = None,
) -> dict[str, str]:
    """Return the value of every name a template may hold, as it is for a person and a conversation; empty if none."""
    values = dict.fromkeys(await known(session), "")
    if conversation_id is not None:
        found = await details.found_in(session, conversation_id)
        values |= {one.name: shown(one.value) for one in found.values()}
    if contact is not None:
        fields = await contacts.fields(session)
        own = {f"contact.{field['key']}": contact.custom_fields.get(field["key"]) for field in fields}
        values |= {name: _spelled(value) for name, value in own.items()}
        values |= {
            "contact.name": contact.name,
            "contact.first_name": contact.first_name or contact.name.split(" ")[0],
            "contact.last_name": contact.last_name,
            "contact.phone": e164.display(contact.phone_number) if contact.phone_number else "",
            "contact.email": contact.email or "",
            "contact.company": contact.company,
        }
    if principal is not None:
        values |= {"me.name": principal.name, "me.first_name": principal.name.split(" ")[0]}
    values["business.name"] = await queries.business_name(session, org_id_of(session))
    return values


async def preview(
    session: AsyncSession, principal: Principal, given: Mapping[str, str], contact_id: UUID | None = None
) -> Preview:
    """Return how words read for a contact, or for somebody of whom nothing is known. Raises `NotFound`."""
    contact = await contacts.get(session, contact_id) if contact_id is not None else None
    values = await values_for(session, principal, contact)
    said = {name: given.get(name, "") for name in ("subject", "body", "goal")}
    whole = "\n".join(said.values())
    body = fill(said["body"], values)
    size = messaging.measure(body)
    return Preview(
        subject=fill(said["subject"], values),
        body=body,
        goal=fill(said["goal"], values),
        missing=tuple(name for name in filling.missing(whole, values) if name in values),
        unknown=tuple(filling.unknown(whole, values)),
        segments=size.segments if body else 0,
        is_unicode=size.encoding != "GSM-7",
    )


_FIELDS = ("kind", "folder", "shortcut", "title", "subject", "body", "goal", "is_shared", "is_default")


async def _found(
    session: AsyncSession, principal: Principal, template_id: UUID, *, for_update: bool = False
) -> MessageTemplate:
    found = await queries.template(session, org_id_of(session), principal.user_id, template_id, for_update=for_update)
    if found is None:
        raise NotFound("This template does not exist.")
    return found


def _require_editor(principal: Principal) -> None:
    if principal.member_role == MemberRole.SUPPORT:
        raise NotAllowed("Templates of the whole team are changed by editors. Keep this one to yourself.")


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a template as they are stored. Raises `Invalid` that names the field."""
    kind = _line(given, "kind", 10)
    if kind not in KINDS:
        raise Invalid("A template is a message, an email or a call.", field="kind")
    shortcut = _shortcut(_line(given, "shortcut", 80)) if kind == MESSAGE else ""
    title = _line(given, "title", TITLE_LIMIT) or shortcut
    if not title:
        raise Invalid("Give it a title, so that it can be found.", field="title")
    body = _text(given, "body", BODY_LIMITS[kind])
    if not body:
        raise Invalid(_WORDS_OF_BODY[kind], field="body")
    subject = _line(given, "subject", SUBJECT_LIMIT) if kind == EMAIL else ""
    if kind == EMAIL and not subject:
        raise Invalid("An email needs a subject.", field="subject")
    goal = _text(given, "goal", GOAL_LIMIT) if kind == CALL else ""
    if kind == CALL and not goal:
        raise Invalid("Say what the call is to bring about.", field="goal")
    is_shared = _flag(given, "is_shared")
    return {
        "kind": kind,
        "folder": _line(given, "folder", FOLDER_LIMIT),
        "shortcut": shortcut,
        "title": title,
        "subject": subject,
        "body": body,
        "goal": goal,
        "is_shared": is_shared,
        "is_default": kind == CALL and is_shared and _flag(given, "is_default"),
    }


def _shortcut(said: str) -> str:
    shortcut = said.removeprefix("/").lower()
    if shortcut and (not _SHORTCUT.fullmatch(shortcut) or len(shortcut) > SHORTCUT_LIMIT):
        raise Invalid("Choose a short word of letters and digits, such as hours.", field="shortcut")
    return shortcut


def _text(given: Mapping[str, Any], name: str, limit: int) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=name)
    found = clean(value).strip()
    if len(found) > limit:
        raise Invalid(f"At most {limit:,} characters.", field=name)
    if wrong := filling.fault(found):
        raise Invalid(wrong, field=name)
    return found


def _line(given: Mapping[str, Any], name: str, limit: int) -> str:
    return " ".join(_text(given, name, limit).split())


def _flag(given: Mapping[str, Any], name: str) -> bool:
    if not isinstance(given[name], bool):
        raise Invalid("This is either true or false.", field=name)
    return bool(given[name])


async def _require_unused(session: AsyncSession, stored: MessageTemplate) -> None:
    if names := (await queries.users(session, stored.org_id, [stored.id])).get(stored.id):
        said = ", ".join(f"“{name}”" for name in names[:5])
        raise Conflict(f"The alert {said} sends this template. Give it other words first.", code="in_use")


async def _require_known(session: AsyncSession, wanted: Mapping[str, Any]) -> None:
    names = frozenset(await known(session))
    for field in ("subject", "body", "goal"):
        wrong = filling.unknown(wanted[field], names)
        # Whoever has an agent call is asked for what nothing else can fill.
        wrong = [name for name in wrong if wanted["kind"] != CALL or name.startswith(_KNOWN_OF)]
        if wrong:
            said = ", ".join(f"{{{{{name}}}}}" for name in wrong[:5])
            raise Invalid(f"There is no variable {said}.", field=field, code="unknown_variable")


async def _step_down(session: AsyncSession, org_id: UUID) -> None:
    former = await queries.default_call(session, org_id)
    if former is not None:
        former.is_default = False
        session.add(former)
        await session.flush()


def _spelled(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else shown(value)


def _row(one: MessageTemplate, principal: Principal | None, used_by: Sequence[str] = ()) -> TemplateRow:
    is_support = principal is None or principal.member_role == MemberRole.SUPPORT
    return TemplateRow(
        id=str(one.id),
        kind=one.kind,
        folder=one.folder,
        shortcut=one.shortcut,
        title=one.title,
        subject=one.subject,
        body=one.body,
        goal=one.goal,
        is_shared=one.is_shared,
        is_mine=principal is not None and one.user_id == principal.user_id,
        is_default=one.is_default,
        may_change=not (one.is_shared and is_support),
        used_by=list(used_by),
    )
