"""Offer what an agent may do beside answering: send a text or an email, and open a ticket for the team.

Each is switched off until the team allows it. It writes to the customer at an address that is theirs for certain, or
to somebody the team listed, and to nobody else, whatever a model was talked into; who asked for silence gets it. Every
effect carries the id of its call as its key, so that running it again does nothing more.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import rate_limits
from backend.core.errors import Invalid, LimitReached, Refused
from backend.core.json_schema import closed_object
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.messaging import service as messaging
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.numbers import ServiceNumber
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.numbers import service as numbers
from backend.support import service as support
from backend.vocab import AuthorKind, Channel, TicketPriority, ToolCallStatus, ToolKind, ToolPolicy

SEND_TEXT, SEND_EMAIL, OPEN_TICKET = "send_text", "send_email", "create_support_ticket"
TEXT_LIMIT, MAIL_LIMIT, SUBJECT_LIMIT = 1600, 10_000, 200
# More than a team's agents write in an honest hour; whoever talks one into a flood stops here.
MOST_AN_HOUR, HOUR = 120, timedelta(hours=1)
_LAST = "{agent} of {business} sent this. Answer by text or in the chat; mail to this address is not read."
_UNPROVEN = "Nobody has proven whose address this is, so nothing was sent. Hand over to a person."


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return the actions, each with whom it may write to."""
    listed = values["message_recipients"]
    mails = [one for one in listed if "@" in one["address"]]
    texts = [one for one in listed if "@" not in one["address"]]
    return [
        Offer(
            ToolKind.ACTION,
            SEND_TEXT,
            "Send a text message to the customer's phone, or to somebody named under “to”. Use it when they ask for"
            " something in writing, never to answer what they just wrote in this conversation.",
            _parameters(texts, message=("The text, complete as it will be read", TEXT_LIMIT)),
            {"recipients": texts},
            is_repeatable=True,
            label="Send a text",
            default=ToolPolicy.OFF,
        ),
        Offer(
            ToolKind.ACTION,
            SEND_EMAIL,
            "Send an email to the customer's address on file, or to somebody named under “to”.",
            _parameters(
                mails,
                subject=("The subject", SUBJECT_LIMIT),
                message=("The email, complete, in short paragraphs", MAIL_LIMIT),
            ),
            {"recipients": mails},
            is_repeatable=True,
            label="Send an email",
            default=ToolPolicy.OFF,
        ),
        Offer(
            ToolKind.ACTION,
            OPEN_TICKET,
            "Open a ticket for the team to look into, when the customer reports a problem or wants something done that"
            " you cannot do now. Tell them its number.",
            _ticket_parameters(),
            is_repeatable=True,
            label="Open a ticket",
            default=ToolPolicy.OFF,
        ),
    ]


def fault(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    properties = offer.parameters["properties"]
    unknown = sorted(set(arguments) - set(properties))
    if unknown:
        return f"Unknown argument: {unknown[0][:40]}."
    for name, one in properties.items():
        value = arguments.get(name)
        if value is None and name not in offer.parameters["required"]:
            continue
        if not isinstance(value, str) or (name != "to" and not value.strip()):
            return f"Missing argument: {name}."
        if len(value) > one.get("maxLength", SUBJECT_LIMIT):
            return f"The argument {name} is too long."
        if name == "priority" and value not in one["enum"]:
            return f"The argument {name} is one of: {', '.join(one['enum'])}."
    wanted = str(arguments.get("to") or "")
    return "You may not write to them." if wanted and _listed(offer, wanted) is None else ""


def words(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what a call would do, for the person who is asked."""
    if offer.name == OPEN_TICKET:
        priority = arguments.get("priority") or TicketPriority.MEDIUM
        return f"Open a ticket of {priority} priority: “{arguments['subject']}”"
    listed = _listed(offer, str(arguments.get("to") or ""))
    who = f"{listed['label']} ({listed['address']})" if listed else "the customer"
    return f"Text {who}" if offer.name == SEND_TEXT else f"Email {who}: “{arguments['subject']}”"


async def run(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Do it; what speaks against it comes back as a refusal in words."""
    if setting.conversation_id is None:
        return Outcome(call_id, ToolCallStatus.REFUSED, "There is no customer here.")
    act = {SEND_TEXT: _send_text, SEND_EMAIL: _send_email, OPEN_TICKET: _open_ticket}[offer.name]
    listed = _listed(offer, str(arguments.get("to") or ""))
    try:
        with org_scope(setting.org_id):
            await rate_limits.hit("agents.actions", MOST_AN_HOUR, HOUR, about=setting.org_id)
            said = await act(arguments, call_id, setting, listed)
    except (Refused, Invalid, LimitReached) as refusal:
        return Outcome(call_id, ToolCallStatus.REFUSED, refusal.message, attempts=1)
    return Outcome(call_id, ToolCallStatus.OK, said, said, attempts=1)


async def _send_text(
    arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, listed: Mapping[str, str] | None
) -> str:
    async with unit_of_work() as session:
        conversation, contact = await _customer(session, setting)
        number = await _sender(session, conversation)
        if listed is not None:
            contact = await contacts.ensure_by_phone(session, listed["address"])
            conversation = await conversations.for_contact(session, contact.id)
        elif not setting.is_proven:
            raise Refused(_UNPROVEN, code="unproven")
        await messaging.queue_text(
            session,
            conversation,
            number,
            arguments["message"].strip(),
            _author(setting),
            agent_id=setting.agent_id,
            is_ai=True,
            dedupe_key=f"tool:{call_id}",
            purpose=Purpose.SERVICE,
            data={"agent_version": setting.agent_version, "turn_id": str(setting.turn_id or "")},
        )
    return "The text is on its way."


async def _send_email(
    arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, listed: Mapping[str, str] | None
) -> str:
    async with unit_of_work() as session:
        _, contact = await _customer(session, setting)
        address = listed["address"] if listed else (contact.email or "").lower()
        if listed is None and not setting.is_proven:
            raise Refused(_UNPROVEN, code="unproven")
        if not address:
            raise Refused("There is no email address on file for this customer.", code="no_address")
        if listed is None:
            await compliance.require_may_contact(session, contact, Channel.EMAIL, Purpose.SERVICE, sender="")
    subject = " ".join(arguments["subject"].split())
    paragraphs = tuple(" ".join(one.split()) for one in arguments["message"].split("\n") if one.strip())
    business = setting.known.get("business.name", "") or "the business"
    mail = Mail(subject, paragraphs, last=_LAST.format(agent=setting.agent_name, business=business))
    with platform_scope("mail what an agent wrote"):
        async with unit_of_work() as session:
            await notifications.queue_email(session, address, mail, once=f"tool:{call_id}")
    async with unit_of_work() as session:
        conversation, _ = await _customer(session, setting)
        shown = await conversations.timeline(session, conversation.id)
        if not any(one["data"].get("mail") == str(call_id) for one in shown):
            to = listed["label"] if listed else address
            said = f"{setting.agent_name} emailed {to}: “{subject}”"
            more = {"session_id": setting.session_id} if setting.session_id else {}
            await conversations.note_event(
                session, conversation, said, said="\n".join(paragraphs), mail=str(call_id), **more
            )
    return "The email is on its way."


async def _open_ticket(
    arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, listed: Mapping[str, str] | None
) -> str:
    async with unit_of_work() as session:
        conversation, contact = await _customer(session, setting)
        wish = support.AgentsTicket(
            subject=arguments["subject"],
            description=arguments["description"],
            priority=arguments.get("priority") or TicketPriority.MEDIUM,
            call_id=call_id,
            agent_id=setting.agent_id,
            agent_name=setting.agent_name,
            agent_version=setting.agent_version,
            # Somebody who only says who they are may have said another's address.
            email=(contact.email or "").lower() if setting.is_proven else "",
            told_in=setting.session_id,
        )
        ticket = await support.open_by_agent(session, conversation, wish)
    return f"Ticket {ticket['ticket_ref']} is open, and the team has been told."


async def _customer(session: AsyncSession, setting: CallSetting) -> tuple[Conversation, Contact]:
    assert setting.conversation_id is not None
    conversation = await conversations.locked(session, setting.conversation_id)
    return conversation, await contacts.get(session, conversation.contact_id)


async def _sender(session: AsyncSession, conversation: Conversation) -> ServiceNumber:
    """Return the number last used with this customer, else the usual one."""
    owned = {one["phone_number"] for one in await numbers.list_all(session) if one["is_active"]}
    for item in reversed(await conversations.timeline(session, conversation.id)):
        number = str(item["data"].get("service_number", ""))
        if number in owned:
            return await numbers.get_owned(session, number)
    return await numbers.default_sender(session)


def _parameters(recipients: list[Mapping[str, str]], **texts: tuple[str, int]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        name: {"type": "string", "description": said, "maxLength": limit} for name, (said, limit) in texts.items()
    }
    if recipients:
        properties["to"] = {
            "type": "string",
            "enum": [one["label"] for one in recipients],
            "description": "Somebody of the business; leave it out for the customer",
        }
    return closed_object(properties, texts)


def _ticket_parameters() -> dict[str, Any]:
    found = _parameters(
        [],
        subject=("What it is about, in a few words", support.SUBJECT_LIMIT),
        description=("All the team has to know, and how the customer wants to be reached", support.DESCRIPTION_LIMIT),
    )
    priority = {"type": "string", "enum": list(TicketPriority), "description": "How soon; medium when left out"}
    return {**found, "properties": {**found["properties"], "priority": priority}}


def _listed(offer: Offer, wanted: str) -> Mapping[str, str] | None:
    label = wanted.strip().casefold()
    found: list[Mapping[str, str]] = offer.definition.get("recipients", [])
    return next((one for one in found if label and one["label"].casefold() == label), None)


def _author(setting: CallSetting) -> Author:
    return Author(AuthorKind.AGENT, setting.agent_name, setting.agent_id)
