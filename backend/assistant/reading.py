"""What the assistant may look up at once: people, talk with them, agents, numbers, planned texts, figures.

Everything is read as the person could read it on the pages. What customers wrote is told as words of theirs.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from backend.agents import service as agents
from backend.assistant import moments, people
from backend.assistant.schemas import Desk, ToolAnswer
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import ListFilter
from backend.core import clock
from backend.messaging import service as messaging
from backend.messaging.schemas import MessageFilter
from backend.models.agents import AgentConfig
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import ActionStatus, AgentType, Direction, ItemKind

MOST_ROWS = 8
MOST_LINES = 12
LINE_LENGTH = 240
# Beyond this a figure is said as "or more".
MOST_COUNTED = 1000

_TYPES = {
    AgentType.INBOUND_VOICE: "answers calls",
    AgentType.OUTBOUND_VOICE: "makes calls",
    AgentType.TEXT: "answers texts",
    AgentType.EMAIL: "answers emails",
    AgentType.CHAT_WIDGET: "answers web chats",
}
# The agent's fields by the words the tools use for them.
FIELDS = {"name": "name", "greeting": "greeting", "instructions": "system_prompt", "role": "agent_role"}


async def find_contacts(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Find people by name, company, address or number."""
    listed = await contacts.search(desk.session, arguments["query"], MOST_ROWS + 1)
    if not listed:
        return ToolAnswer("ok", "No contact fits.")
    shown = "; ".join(people.line(desk, one) for one in listed[:MOST_ROWS])
    more = "; and more" if len(listed) > MOST_ROWS else ""
    return ToolAnswer("ok", f"{_count(min(len(listed), MOST_ROWS), 'contact')}: {shown}{more}.")


async def find_conversations(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """List conversations, newest first, as the inbox does."""
    which = arguments.get("which") or "open"
    wanted = {
        "open": ListFilter(),
        "mine": ListFilter(view="mine"),
        "unassigned": ListFilter(view="unassigned"),
        "unread": ListFilter(view="unread"),
        "waiting for a person": ListFilter(needs_person=True),
        "any": ListFilter(status="any"),
    }[which]
    if about := arguments.get("about", ""):
        wanted = ListFilter(wanted.view, "any", about)
    found = await conversations.page(desk.session, desk.principal.user_id, wanted, limit=MOST_ROWS)
    if not found.rows:
        return ToolAnswer("ok", "No conversation fits.")
    lines = []
    for row in found.rows:
        who = row["name"] or row["phone_display"] or "somebody without a name"
        side = "they wrote" if row["direction"] == Direction.INBOUND else "we wrote"
        when = moments.words(datetime.fromisoformat(row["last_at"]), desk.zone)
        lines.append(f"{who} ({row['status']}), {side} “{_short(row['preview'])}” on {when}")
    more = " There are more in the inbox." if found.next else ""
    return ToolAnswer("ok", f"{_count(len(lines), 'conversation')}: " + "; ".join(lines) + f".{more}")


async def read_conversation(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Tell the newest messages with one contact."""
    contact = await people.named(desk, arguments["contact"])
    if isinstance(contact, ToolAnswer):
        return contact
    conversation_id = await conversations.of_contact(desk.session, contact.id)
    found = await conversations.timeline(desk.session, conversation_id, limit=40) if conversation_id else []
    said = [item for item in found if item["kind"] in (ItemKind.MESSAGE, ItemKind.NOTE)][-MOST_LINES:]
    if not said:
        return ToolAnswer("ok", f"Nothing was said with {contact.name or 'them'} yet.")
    lines = []
    for item in said:
        who = item["author_name"] or ("they" if item["direction"] == Direction.INBOUND else "we")
        kind = "noted" if item["kind"] == ItemKind.NOTE else "wrote"
        when = datetime.fromisoformat(item["at"]).astimezone(desk.zone)
        lines.append(f"{when:%d %b %H:%M} {who} {kind}: “{_short(item['body'])}”")
    return ToolAnswer("ok", f"With {people.line(desk, contact)}:\n" + "\n".join(lines))


async def list_agents(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """List the agents and how they stand."""
    listed = (await agents.list_all(desk.session))[: MOST_ROWS * 2]
    if not listed:
        return ToolAnswer("ok", "There are no agents yet.")
    lines = [
        f"{one.name} {_TYPES.get(AgentType(one.agent_type), '')}, {'on' if one.is_active else 'off'},"
        f" version {one.version}{', with unpublished changes' if one.draft else ''}"
        for one in listed
    ]
    return ToolAnswer("ok", f"{_count(len(lines), 'agent')}: " + "; ".join(lines) + ".")


async def read_agent(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Tell one field of an agent's draft."""
    agent = await agent_named(desk, arguments["agent"])
    if isinstance(agent, ToolAnswer):
        return agent
    wanted = arguments.get("field") or "instructions"
    value = str(agents.draft(agent)[FIELDS[wanted]])
    return ToolAnswer("ok", f"The {wanted} of {agent.name}:\n{value}" if value else f"{agent.name} has no {wanted}.")


async def agent_named(desk: Desk, name: str) -> AgentConfig | ToolAnswer:
    """Return the agent a name means, or what to tell the model; the only one needs no name."""
    listed = await agents.list_all(desk.session)
    wanted = " ".join(name.split()).casefold()
    fits = [one for one in listed if one.name.casefold() == wanted]
    fits = fits or [one for one in listed if wanted and wanted in one.name.casefold()]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(one.name for one in (fits or listed)[:MOST_ROWS])
    if not listed:
        return ToolAnswer("failed", "There are no agents yet.")
    return ToolAnswer("ambiguous" if fits else "failed", f"Which agent is meant? There are: {known}.")


async def list_numbers(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """List the business's numbers and who answers them."""
    listed = await numbers.list_all(desk.session)
    if not listed:
        return ToolAnswer("ok", "There are no numbers yet. One is added under Phone.")
    lines = [
        f"{e164.display(one['phone_number'], desk.country)}{'' if one['is_active'] else ' (off)'},"
        f" texts: {one['text_agent_name'] or 'people'}"
        for one in listed[: MOST_ROWS * 2]
    ]
    return ToolAnswer("ok", f"{_count(len(lines), 'number')}: " + "; ".join(lines) + ".")


async def list_planned_texts(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """List the texts that wait for their time."""
    found, total = await messaging.list_actions(desk.session, status=ActionStatus.PENDING, limit=MOST_ROWS)
    if not found:
        return ToolAnswer("ok", "No text is planned.")
    lines = []
    for action in found:
        number = str(action["parameters"].get("recipient_phone", ""))
        contact = await contacts.find_by_phone(desk.session, number)
        who = people.line(desk, contact) if contact else e164.display(number, desk.country)
        when = moments.words(datetime.fromisoformat(action["scheduled_at"]), desk.zone)
        lines.append(f"to {who} on {when}: “{_short(str(action['parameters'].get('message', '')))}”")
    return ToolAnswer("ok", f"{_count(total, 'planned text')}: " + "; ".join(lines) + ".")


async def get_figures(desk: Desk, arguments: Mapping[str, str]) -> ToolAnswer:
    """Count what happened in a period, and how the inbox stands now."""
    period = arguments.get("period") or "today"
    midnight = clock.now().astimezone(desk.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = {
        "today": (midnight, None),
        "yesterday": (midnight - timedelta(days=1), midnight),
        "last 7 days": (midnight - timedelta(days=6), None),
        "last 30 days": (midnight - timedelta(days=29), None),
    }[period]
    counts = {}
    for direction in (Direction.INBOUND, Direction.OUTBOUND):
        wanted = MessageFilter(direction=direction, since=since, until=until)
        _, counts[direction] = await messaging.list_messages(desk.session, wanted, 1, 0)
    parts = [
        f"{period.capitalize()}: {_count(counts[Direction.INBOUND], 'text')} received,"
        f" {counts[Direction.OUTBOUND]:,} sent"
    ]
    if period == "today":
        done = await agents.today(desk.session)
        answered = sum(one["answered"] for one in done.values())
        handed = sum(one["handed_over"] for one in done.values())
        parts.append(f"agents answered {answered:,} and handed over {handed:,}")
    opened = await _places(desk, ListFilter())
    unassigned = await _places(desk, ListFilter(view="unassigned"))
    waiting = await _places(desk, ListFilter(needs_person=True))
    parts.append(f"now {opened} conversations are open, {unassigned} of them unassigned, {waiting} wait for a person")
    parts.append(f"{await contacts.count(desk.session):,} contacts")
    return ToolAnswer("ok", "; ".join(parts) + ".")


async def _places(desk: Desk, wanted: ListFilter) -> str:
    found = await conversations.places(desk.session, desk.principal.user_id, wanted, None, MOST_COUNTED)
    return f"{len(found):,} or more" if len(found) == MOST_COUNTED else f"{len(found):,}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LINE_LENGTH else f"{words[: LINE_LENGTH - 1]}…"
