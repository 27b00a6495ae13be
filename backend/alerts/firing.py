"""Do what an alert does for a match: text, mail, Slack, HubSpot or a webhook, once for each match.

A text and a mail carry the match's key, so a second run finds them made. HubSpot's notes carry a mark that is looked
for before a second try. A webhook carries the match's id as `Idempotency-Key`, the same with every try. Slack knows
no key: what may have arrived there is sent again by a person alone.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.alerts import queries, wording
from backend.alerts.wording import Said
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM
from backend.core import clock, realtime
from backend.core.config import settings
from backend.core.errors import MagpipeError, NotFound, VendorError
from backend.core.logging import log
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.functions import service as functions
from backend.messaging import service as messaging
from backend.models.alerts import SemanticMatch, SemanticMatchAction
from backend.models.contacts import Contact
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.numbers import e164
from backend.templates import service as templates
from backend.vendors import http, hubspot
from backend.vocab import AlertAction, MatchStatus

MOST_BYTES = 20_000
TIMEOUT_S = 15.0
SLACK_LIMIT = 3000
GAVE_UP = "It was tried again and again, and did not work."
OFF = "The alert was switched off before this was sent."
UNCERTAIN = "No answer came: it may have arrived. Look there before you send it again."
# These say that nothing was done, whatever was asked.
_NOT_DONE = (429, 503)
_PASSING = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Occasion:
    """A match with all that acting on it needs."""

    org_id: UUID
    match_id: UUID
    item_id: UUID
    conversation_id: UUID
    at: datetime
    is_repeat: bool
    alert: SemanticMatchAction
    contact: Contact
    agent_name: str
    number_id: UUID | None
    said: Said
    channel: str
    message: str
    score: float


class _Uncertain(Exception):
    """It may have arrived, and sending it again could do it twice."""


async def act(match_id: UUID) -> None:
    """Do what a match sets off; runs in the organization scope of its caller.

    Raises `VendorError` when it is to be tried again; a final refusal ends the match as failed, with the reason.
    """
    async with unit_of_work() as session:
        occasion = await _begin(session, match_id)
    if occasion is None:
        return
    try:
        result = await _DOING[AlertAction(occasion.alert.action_type)](occasion)
    except _Uncertain:
        await _end(match_id, MatchStatus.UNCERTAIN, UNCERTAIN)
        return
    except VendorError as error:
        if error.is_retryable:
            await _end(match_id, MatchStatus.WAITING, error.message)
            raise
        await _end(match_id, MatchStatus.FAILED, error.message)
        return
    except MagpipeError as error:
        await _end(match_id, MatchStatus.FAILED, error.message)
        return
    await _end(match_id, MatchStatus.DONE, result)


async def give_up(match_id: UUID) -> None:
    """Mark a match whose job was buried as failed, visibly; running it again changes nothing."""
    async with unit_of_work() as session:
        match = await queries.match(session, org_id_of(session), match_id)
    if match is not None and match.status in (MatchStatus.WAITING, MatchStatus.SENDING):
        await _end(match_id, MatchStatus.FAILED, match.result or GAVE_UP)


async def _begin(session: AsyncSession, match_id: UUID) -> Occasion | None:
    """Mark a match as being acted on, committed before anybody hears of it; None when there is nothing to do."""
    org_id = org_id_of(session)
    match = await queries.match(session, org_id, match_id, for_update=True)
    if match is None or match.status not in (MatchStatus.WAITING, MatchStatus.SENDING):
        return None
    alert = await queries.alert(session, org_id, match.action_id)
    said = await queries.said(session, org_id, match.item_id)
    if alert is None or said is None:
        return None
    was_interrupted = match.status == MatchStatus.SENDING
    if was_interrupted and alert.action_type == AlertAction.SLACK:
        # A worker died between sending and writing down what came of it.
        _finish(match, MatchStatus.UNCERTAIN, UNCERTAIN)
        session.add(match)
        return None
    is_repeat = match.attempted_at is not None
    # A person who has it done again wants it done, whatever the alert is now.
    is_asked_for = is_repeat and match.attempts == 0
    if not alert.is_active and not (was_interrupted or is_asked_for):
        match.attempted_at = match.attempted_at or clock.now()
        _finish(match, MatchStatus.FAILED, OFF)
        session.add(match)
        await realtime.announce(session, org_id, "alerts.changed", subject=str(alert.agent_id))
        return None
    match.status, match.attempts, match.attempted_at = MatchStatus.SENDING, match.attempts + 1, clock.now()
    session.add(match)
    conversation = await conversations.get(session, match.conversation_id)
    contact = await contacts.get(session, conversation.contact_id)
    agent = await queries.agent(session, org_id, alert.agent_id)
    agent_name = agent.name if agent else ""
    words, subject = await _words(session, alert)
    values = await _values(session, alert, contact, match, said.body, agent_name)
    return Occasion(
        org_id=org_id,
        match_id=match.id,
        item_id=match.item_id,
        conversation_id=match.conversation_id,
        at=said.at,
        is_repeat=is_repeat,
        alert=alert,
        contact=contact,
        agent_name=agent_name,
        number_id=said.number_id,
        said=wording.said(words, subject, values, is_unproven=said.is_unproven),
        channel=match.channel,
        message=said.body,
        score=match.score,
    )


async def _words(session: AsyncSession, alert: SemanticMatchAction) -> tuple[str, str]:
    """Return the words and the subject of an alert: those of its template, else its own."""
    subject = str(alert.action_config.get("subject", ""))
    if alert.template_id is not None:
        try:
            found = await templates.of_team(session, alert.template_id)
            return found["body"], found["subject"] or subject
        except NotFound:
            log.info("alerts.template_gone", alert=str(alert.id))
    return alert.words, subject


async def _values(
    session: AsyncSession,
    alert: SemanticMatchAction,
    contact: Contact,
    match: SemanticMatch,
    message: str,
    agent_name: str,
) -> dict[str, str]:
    values = await templates.values_for(session, None, contact, match.conversation_id)
    number = e164.display(contact.phone_number) if contact.phone_number else ""
    return {
        **values,
        "contact.name": contact.name or number or (contact.email or ""),
        "alert.name": alert.name,
        "alert.topic": alert.topic,
        "agent.name": agent_name,
        "message": " ".join(message.split())[:1000],
        "link": f"{settings().public_url}/inbox/{match.conversation_id}",
    }


async def _text(occasion: Occasion) -> str:
    """Queue a text to a number of the team's."""
    recipient = str(occasion.alert.action_config["phone_number"])
    async with unit_of_work() as session:
        number = await queries.a_number(session, occasion.org_id, occasion.number_id)
        if number is None:
            raise NotFound("There is no number to text from. Get one under Phone, then try again.")
        receiver = await contacts.ensure_by_phone(session, recipient)
        conversation = await conversations.for_contact(session, receiver.id)
        await messaging.queue_text(
            session,
            conversation,
            number,
            occasion.said.text,
            SYSTEM,
            dedupe_key=f"alert:{occasion.match_id}",
            purpose="service",
            data={"is_automatic": True},
            recipient=recipient if recipient != receiver.phone_number else "",
        )
    return f"Texted to {e164.display(recipient)}"


async def _mail(occasion: Occasion) -> str:
    """Queue a mail."""
    recipient = str(occasion.alert.action_config["email_address"])
    mail = Mail(
        occasion.said.subject,
        tuple(line for line in occasion.said.body.splitlines() if line.strip()),
        link=occasion.said.link,
        link_words="Open the conversation",
        last=f"The alert “{occasion.alert.name}” of {occasion.agent_name} sent this.",
    )
    with platform_scope("mail an alert"):
        async with unit_of_work() as session:
            await notifications.queue_email(session, recipient, mail, once=f"alert:{occasion.match_id}")
    return f"Mailed to {recipient}"


async def _slack(occasion: Occasion) -> str:
    """Post into the channel of an incoming webhook, as Slack documents it."""
    content = json.dumps({"text": occasion.said.slack[:SLACK_LIMIT]}, ensure_ascii=False).encode()
    answer = await _sent(occasion.alert.secret, {}, content, is_keyed=False)
    return f"Posted to {answer}"


async def _webhook(occasion: Occasion) -> str:
    """Call the business's own address, signed, with the match as JSON."""
    url = str(occasion.alert.action_config["url"])
    async with unit_of_work() as session:
        secret = await functions.signing(session)
    content = json.dumps(_payload(occasion), ensure_ascii=False).encode()
    now = int(clock.now().timestamp())
    headers = functions.signed(secret, now, content, urlsplit(url).query)
    headers["Idempotency-Key"] = str(occasion.match_id)
    answer = await _sent(url, headers, content, is_keyed=True)
    return f"Sent to {answer}"


async def _note(occasion: Occasion) -> str:
    """Write a note into HubSpot, with the customer's contact there if it has one."""
    token, reference = occasion.alert.secret, f"Magpipe {occasion.match_id.hex}"
    if occasion.is_repeat and await hubspot.find_note(token, occasion.match_id.hex):
        return "Noted in HubSpot"
    known = await hubspot.find_contact(
        token, email=occasion.contact.email or "", phone=occasion.contact.phone_number or ""
    )
    await hubspot.create_note(token, occasion.said.note(reference), occasion.at, known)
    return "Noted in HubSpot, with the contact" if known else "Noted in HubSpot; no contact there has this address"


_DOING: Mapping[AlertAction, Callable[[Occasion], Awaitable[str]]] = {
    AlertAction.SMS: _text,
    AlertAction.EMAIL: _mail,
    AlertAction.SLACK: _slack,
    AlertAction.WEBHOOK: _webhook,
    AlertAction.HUBSPOT: _note,
}


async def _sent(url: str, headers: Mapping[str, str], content: bytes, *, is_keyed: bool) -> str:
    """Post JSON to an address people gave, and return its server's name.

    Without a key (`is_keyed`) what may have arrived is not sent again: raises `_Uncertain`.
    """
    ours = {**headers, "Content-Type": "application/json", "User-Agent": "Magpipe", "Accept": "*/*"}
    try:
        answer = await http.send("POST", url, headers=ours, content=content, max_bytes=MOST_BYTES, timeout_s=TIMEOUT_S)
    except VendorError as error:
        if error.may_have_happened and not is_keyed:
            raise _Uncertain from None
        raise
    if 200 <= answer.status < 300:
        return str(urlsplit(url).hostname)
    said = " ".join(answer.content.decode("utf-8", "replace").split())[:200]
    if answer.status in _PASSING and answer.status not in _NOT_DONE and not is_keyed:
        raise _Uncertain
    raise VendorError(
        f"The address answered {answer.status}. {said}".strip(),
        vendor="web",
        is_retryable=answer.status in _PASSING,
    )


def _payload(occasion: Occasion) -> dict[str, object]:
    contact = occasion.contact
    return {
        "event": "semantic_match.triggered",
        "match_id": str(occasion.match_id),
        "alert": {"id": str(occasion.alert.id), "name": occasion.alert.name, "topic": occasion.alert.topic},
        "agent": {"id": str(occasion.alert.agent_id), "name": occasion.agent_name},
        "conversation_id": str(occasion.conversation_id),
        "channel": occasion.channel,
        "message": occasion.message,
        "similarity": occasion.score,
        "contact": {
            "id": str(contact.id),
            "name": contact.name,
            "phone_number": contact.phone_number,
            "email": contact.email,
        },
        "text": occasion.said.body,
        "link": occasion.said.link,
        "occurred_at": occasion.at.isoformat(),
    }


async def _end(match_id: UUID, status: MatchStatus, result: str) -> None:
    async with unit_of_work() as session:
        match = await queries.match(session, org_id_of(session), match_id, for_update=True)
        if match is None:
            return
        _finish(match, status, result)
        session.add(match)
        await session.flush()
        alert = await queries.alert(session, match.org_id, match.action_id)
        if alert is not None:
            await realtime.announce(session, match.org_id, "alerts.changed", subject=str(alert.agent_id))


def _finish(match: SemanticMatch, status: MatchStatus, result: str) -> None:
    match.status, match.result = status, result
    match.finished_at = None if status == MatchStatus.WAITING else clock.now()
