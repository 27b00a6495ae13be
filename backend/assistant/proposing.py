"""What the assistant may propose: each tool looks up what it names, freezes the exact effect, and does nothing.

The role is asked here, so that nobody is shown what they may not confirm, and asked again when it is confirmed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from backend.agents import service as agents
from backend.assistant import moments, people
from backend.assistant.people import Recipient
from backend.assistant.reading import FIELDS, agent_named
from backend.assistant.schemas import NOTHING_SHOWN, Desk, DiffLine, Draft, Kind, Shown, ToolAnswer
from backend.calls import service as calls
from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.conversations import service as conversations
from backend.core import clock
from backend.messaging import service as messaging
from backend.messaging.schemas import ScheduledView
from backend.models.contacts import Contact
from backend.models.numbers import ServiceNumber
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import ActionStatus, Channel, MemberRole

# Long enough to read and think, short enough that nobody confirms what they have forgotten.
LASTS = timedelta(minutes=15)
MOST_PLANNED = 50
LONGEST_PURPOSE = 600
NO_MOMENT = "When is not clear. Say a day and a time, such as tomorrow at 9:00 or 2026-11-24T09:00."
_WAITS = "It is shown to be confirmed; nothing has happened yet."


async def send_text(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose a text, now or for later."""
    desk.principal.require(MemberRole.SUPPORT)
    to = await people.recipient(desk, arguments["recipient"])
    if isinstance(to, ToolAnswer):
        return to
    body = arguments["message"].replace("\x00", "").strip()
    size = messaging.checked_size(body)
    now, at = clock.now(), None
    if wanted := arguments.get("send_at", ""):
        at = moments.read(wanted, now, desk.zone)
        if at is None:
            return ToolAnswer("failed", NO_MOMENT)
        if at <= now:
            return ToolAnswer("failed", f"{moments.words(at, desk.zone)} has passed. Ask for another time.")
    sender = await _sender(desk, to, arguments.get("from_number", ""))
    if not sender.is_active:
        return ToolAnswer("refused", f"{e164.display(sender.phone_number, desk.country)} is switched off.")
    if to.contact is not None:
        await compliance.require_may_contact(
            desk.session, to.contact, Channel.SMS, Purpose.SERVICE, sender=sender.phone_number
        )
    shown = _shown(
        **_to(desk, to),
        from_number=e164.display(sender.phone_number, desk.country),
        body=body,
        segments=size.segments,
        at_words=moments.words(at, desk.zone) if at else "",
    )
    effect: dict[str, Any] = {"to": to.number, "from": sender.phone_number, "body": body}
    if at is not None:
        effect["at"] = at.isoformat()
    kind = Kind.SCHEDULE_TEXT if at else Kind.SEND_TEXT
    expires = min(now + LASTS, at) if at else now + LASTS
    when = f" on {shown['at_words']}" if at else ""
    words = f"A text to {to.name or shown['to_number']} is ready{when}: “{body}” {_WAITS}"
    return ToolAnswer("proposed", words, draft=Draft(kind, effect, shown, expires))


async def cancel_planned_text(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose to take back a planned text."""
    desk.principal.require(MemberRole.SUPPORT)
    to = await people.recipient(desk, arguments["recipient"])
    if isinstance(to, ToolAnswer):
        return to
    listed, _ = await messaging.list_actions(desk.session, status=ActionStatus.PENDING, limit=MOST_PLANNED)
    fits = [one for one in listed if one["parameters"].get("recipient_phone") == to.number]
    if wanted := arguments.get("when", ""):
        at = moments.read(wanted, clock.now(), desk.zone)
        fits = [one for one in fits if at is not None and _at(one) == at]
    who = to.name or e164.display(to.number, desk.country)
    if not fits:
        return ToolAnswer("failed", f"No text to {who} is planned then.")
    if len(fits) > 1:
        times = "; ".join(moments.words(_at(one), desk.zone) for one in fits)
        return ToolAnswer("ambiguous", f"Several texts to {who} are planned: {times}. Which time is meant?")
    planned = fits[0]
    shown = _shown(
        **_to(desk, to),
        body=str(planned["parameters"].get("message", "")),
        at_words=moments.words(_at(planned), desk.zone),
    )
    words = f"Taking back the text to {who} planned for {shown['at_words']}. {_WAITS}"
    return _proposed(Kind.CANCEL_TEXT, {"action_id": planned["id"]}, shown, words)


async def change_agent(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose a change to one field of an agent's draft."""
    desk.principal.require(MemberRole.EDITOR)
    agent = await agent_named(desk, arguments["agent"])
    if isinstance(agent, ToolAnswer):
        return agent
    wanted = arguments["field"]
    name, before = FIELDS[wanted], str(agents.draft(agent)[FIELDS[wanted]])
    after = arguments["value"]
    if old := arguments.get("replaces", ""):
        if before.count(old) != 1:
            return ToolAnswer("failed", "The words to replace must stand in it exactly once. Read it first.")
        after = before.replace(old, after)
    elif arguments.get("how") == "add" and before:
        after = f"{before.rstrip()}\n{after}" if name == "system_prompt" else f"{before.rstrip()} {after}"
    field = next(one for one in agents.FORM if one.name == name)
    after = str(field.check(after, name))
    if after == before:
        return ToolAnswer("failed", f"The {wanted} of {agent.name} is that already.")
    shown = _shown(
        agent_name=agent.name,
        field=wanted,
        before="" if field.kind == "text" else before,
        after="" if field.kind == "text" else after,
        lines=_lines(agents.line_changes(before, after)) if field.kind == "text" else [],
    )
    effect = {"agent_id": str(agent.id), "changes": {name: after}, "bases": {name: before}}
    words = f"A change of the {wanted} of {agent.name} is ready; it goes into the draft. {_WAITS}"
    return _proposed(Kind.CHANGE_AGENT, effect, shown, words)


async def publish_agent(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose to publish an agent's draft."""
    desk.principal.require(MemberRole.EDITOR)
    agent = await agent_named(desk, arguments["agent"])
    if isinstance(agent, ToolAnswer):
        return agent
    if not agent.draft:
        return ToolAnswer("failed", f"{agent.name} has no unpublished changes.")
    lines: list[Any] = []
    for change in await agents.compare(desk.session, agent.id, agent.version, 0):
        lines.append({"mark": " ", "text": change["field"].replace("_", " ")})
        lines += change["lines"] or [
            {"mark": "-", "text": str(change["before"])},
            {"mark": "+", "text": str(change["after"])},
        ]
    shown = _shown(agent_name=agent.name, lines=_lines(lines))
    effect = {"agent_id": str(agent.id), "revision": agent.draft_revision}
    words = f"Publishing the changes of {agent.name} as version {agent.version + 1} is ready. {_WAITS}"
    return _proposed(Kind.PUBLISH_AGENT, effect, shown, words)


async def place_call(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose that an agent calls somebody now, with what the call is about."""
    desk.principal.require(MemberRole.SUPPORT)
    to = await people.recipient(desk, arguments["contact"])
    if isinstance(to, ToolAnswer):
        return to
    agent = await agent_named(desk, arguments["agent"]) if arguments.get("agent") else None
    if isinstance(agent, ToolAnswer):
        return agent
    sender = await _caller_id(desk, arguments.get("from_number", ""), is_agent_named=agent is not None)
    if sender is None:
        return ToolAnswer("refused", "No number of the business has an agent that speaks. Give one to a number first.")
    purpose = " ".join(arguments.get("reason", "").split())[:LONGEST_PURPOSE]
    order = calls.CallOrder(to.number, sender, agent.id if agent else None, purpose=purpose)
    checked = await calls.check(desk.session, order)
    if to.contact is not None:
        await compliance.require_may_contact(
            desk.session, to.contact, Channel.CALL, Purpose.SERVICE, sender=sender, recipient=checked.recipient
        )
    shown = _shown(
        **_to(desk, to),
        from_number=e164.display(sender, desk.country),
        agent_name=checked.agent.name,
        body=purpose,
    )
    effect = {"to": checked.recipient, "from": sender, "agent_id": str(checked.agent.id), "purpose": purpose}
    words = f"A call of {checked.agent.name} to {to.name or shown['to_number']} is ready. {_WAITS}"
    return _proposed(Kind.PLACE_CALL, effect, shown, words)


async def plan_callback(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Propose that a conversation comes back to the person at a moment, with a note to call."""
    desk.principal.require(MemberRole.SUPPORT)
    contact = await people.named(desk, arguments["contact"])
    if isinstance(contact, ToolAnswer):
        return contact
    at = moments.read(arguments["when"], clock.now(), desk.zone)
    if at is None:
        return ToolAnswer("failed", NO_MOMENT)
    conversations.check_snooze(at)
    reason = " ".join(arguments.get("reason", "").split())[:300]
    to = Recipient(contact, contact.phone_number or "")
    shown = _shown(**_to(desk, to), body=reason, at_words=moments.words(at, desk.zone))
    effect = {"contact_id": str(contact.id), "at": at.isoformat(), "reason": reason}
    words = f"A callback to {contact.name or shown['to_number']} on {shown['at_words']} is ready. {_WAITS}"
    return ToolAnswer("proposed", words, draft=Draft(Kind.PLAN_CALLBACK, effect, shown, min(clock.now() + LASTS, at)))


async def _sender(desk: Desk, to: Recipient, wanted: str) -> ServiceNumber:
    """Return the number asked for, else the one last used with this person, else the usual one."""
    if wanted:
        return await numbers.get_owned(desk.session, e164.normalize(wanted, desk.country, field="from_number"))
    if last := await _last_used(desk, to.contact):
        return last
    return await numbers.default_sender(desk.session)


async def _caller_id(desk: Desk, wanted: str, *, is_agent_named: bool) -> str | None:
    """Return the number asked for, else the first that has an agent that calls, or any where one is named."""
    if wanted:
        return e164.normalize(wanted, desk.country, field="from_number")
    owned = [one for one in await numbers.list_all(desk.session) if one["is_active"]]
    fits = [one for one in owned if one["outbound_agent_id"]] or [one for one in owned if one["agent_id"]]
    found = next(iter(fits or (owned if is_agent_named else [])), None)
    return found["phone_number"] if found else None


async def _last_used(desk: Desk, contact: Contact | None) -> ServiceNumber | None:
    conversation_id = await conversations.of_contact(desk.session, contact.id) if contact else None
    if conversation_id is None:
        return None
    owned = {one["phone_number"] for one in await numbers.list_all(desk.session) if one["is_active"]}
    for item in reversed(await conversations.timeline(desk.session, conversation_id)):
        number = str(item["data"].get("service_number", ""))
        if number in owned:
            return await numbers.get_owned(desk.session, number)
    return None


def _to(desk: Desk, to: Recipient) -> dict[str, Any]:
    return {
        "to_name": to.name,
        "to_number": e164.display(to.number, desk.country) if to.number else "",
        "is_unnamed": not people.has_named(desk, to),
    }


def _at(planned: ScheduledView) -> datetime:
    return datetime.fromisoformat(planned["scheduled_at"])


def _shown(**given: Any) -> Shown:
    return cast(Shown, {**NOTHING_SHOWN, **given})


def _lines(lines: Any) -> list[DiffLine]:
    return [DiffLine(place=place, mark=str(line["mark"]), text=str(line["text"])) for place, line in enumerate(lines)]


def _proposed(kind: Kind, effect: Mapping[str, Any], shown: Shown, words: str) -> ToolAnswer:
    return ToolAnswer("proposed", words, draft=Draft(kind, effect, shown, clock.now() + LASTS))
