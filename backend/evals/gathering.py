"""Make a test of a real conversation: the customer's lines, what was known, and what came of it as checks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.errors import Conflict
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.evals import queries, suites
from backend.evals.definitions import CHANNELS, LINE_LIMIT, MOST_RESULTS, RESULT_LIMIT, SHORT_LIMIT
from backend.evals.disguises import FIRST, LAST, PHONE, Disguise
from backend.models.agents import AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import ConversationItem
from backend.models.evals import EvalCase, EvalSuite
from backend.vocab import Channel, Direction, ItemKind, MemberRole, TurnStatus

SUITE = "From conversations"
SUITE_ABOUT = "Conversations with customers that were kept as tests, with other names and numbers."
MOST_LINES = 12
ITEMS_READ = 200
# Who writes again after so long begins something new.
PAUSE = timedelta(hours=12)
NAME_LENGTH = 60
_ANSWERED = (TurnStatus.ANSWERED, TurnStatus.DRAFTED, TurnStatus.HANDED_OFF)
# What the product's own tools leave: checked by what they do, not by their name.
_OWN = ("hand_over_to_person", "save_contact_name", "save_details")


async def gather(session: AsyncSession, principal: Principal, conversation_id: UUID) -> EvalCase:
    """Make a test of the latest stretch of a conversation, in the suite of the agent that answered it last.

    Names, addresses and long numbers are replaced. Anybody of the team may. Raises `NotFound`, and `Conflict`
    (`no_agent_answered`) when people alone answered or the agent is gone.
    """
    principal.require(MemberRole.SUPPORT)
    org_id = org_id_of(session)
    conversation = await conversations.get(session, conversation_id)
    contact = await contacts.get(session, conversation.contact_id)
    items = _stretch(await queries.newest_items(session, org_id, conversation_id, ITEMS_READ))
    turns = [
        one
        for one in await queries.turns_of(session, org_id, [item.record_id for item in items if item.record_id])
        if one.status in _ANSWERED and one.agent_id is not None
    ]
    said = [item for item in items if _is_said(item)][:MOST_LINES]
    if not turns or not said or turns[-1].agent_id is None:
        raise Conflict(
            "No agent answered here lately, so there is nothing to test. Choose a conversation an agent took part in.",
            code="no_agent_answered",
        )
    agent_id = turns[-1].agent_id
    zone = ZoneInfo((await agents.cast(session, agent_id, 0)).spec.timezone or "UTC")
    disguise = Disguise(_names(contact, turns))
    return await suites.save_case(
        session,
        principal,
        suite_id=(await _suite(session, principal, agent_id)).id,
        name=_name(disguise.text(said[0].body)),
        description="",
        definition={
            **_definition(disguise, contact, said, turns),
            # On the agent's own wall, as people write it in the editor.
            "clock": said[0].happened_at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes"),
        },
        conversation_id=conversation_id,
    )


def _stretch(newest: Sequence[ConversationItem]) -> list[ConversationItem]:
    """Return the rows since the last long pause, oldest first."""
    kept: list[ConversationItem] = []
    for item in newest:
        if kept and item.kind == ItemKind.MESSAGE and kept[-1].happened_at - item.happened_at > PAUSE:
            break
        kept.append(item)
    return kept[::-1]


def _is_said(item: ConversationItem) -> bool:
    return item.kind == ItemKind.MESSAGE and item.direction == Direction.INBOUND and bool(item.body.strip())


def _names(contact: Contact, turns: Sequence[AgentTurn]) -> list[str]:
    saved = [
        str(use["arguments"].get("name", ""))
        for turn in turns
        for use in turn.tools
        if use["name"] == "save_contact_name"
    ]
    return [one for one in (contact.name, *saved) if one]


def _name(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= NAME_LENGTH else words[:NAME_LENGTH].rsplit(" ", 1)[0] + "…"


def _definition(
    disguise: Disguise, contact: Contact, said: Sequence[ConversationItem], turns: Sequence[AgentTurn]
) -> dict[str, Any]:
    channel = said[0].channel
    used = [use for turn in turns for use in turn.tools if use["status"] == "ok"]
    called = [use for use in used if use["name"] not in _OWN]
    named = any(use["name"] == "save_contact_name" for use in used)
    return {
        "channel": channel if channel in CHANNELS else Channel.SMS,
        # A message is one line in the editor.
        "opening": [" ".join(disguise.text(item.body).split())[:LINE_LIMIT] for item in said],
        "facts": {
            # A name that was only learned in the conversation was not known before it.
            "name": "" if named or not contact.name else f"{FIRST} {LAST}" if " " in contact.name else FIRST,
            "phone": PHONE.format(100) if contact.phone_number else "",
        },
        "results": [
            {
                "tool": use["name"][:SHORT_LIMIT],
                "status": "ok",
                "result": disguise.text(str(use["result"]))[:RESULT_LIMIT],
            }
            for use in called[:MOST_RESULTS]
        ],
        "checks": _checks(used, called, turns),
    }


def _checks(
    used: Sequence[dict[str, Any]], called: Sequence[dict[str, Any]], turns: Sequence[AgentTurn]
) -> list[dict[str, Any]]:
    """Return what came of it as checks: whom it was left to, what was called, what was found out."""
    is_handed_over = any(turn.status == TurnStatus.HANDED_OFF for turn in turns)
    found = dict.fromkeys(
        name for use in used if use["name"] == "save_details" for name in use["arguments"] if isinstance(name, str)
    )
    tools = dict.fromkeys(use["name"][:SHORT_LIMIT] for use in called)
    return [
        {"kind": "handed_over" if is_handed_over else "not_handed_over"},
        *({"kind": "tool_called", "tool": name} for name in tools),
        *({"kind": "detail", "name": name[:SHORT_LIMIT]} for name in found),
    ]


async def _suite(session: AsyncSession, principal: Principal, agent_id: UUID) -> EvalSuite:
    found = await queries.gathered(session, org_id_of(session), agent_id)
    return found or await suites.save_suite(
        session, principal, name=SUITE, description=SUITE_ABOUT, agent_id=agent_id, is_gathered=True
    )
