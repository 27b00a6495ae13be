"""Do what was proposed when the person it was proposed to confirms it: exactly what was shown, once, in time.

What happens is read from the proposal alone. It goes through the services that the pages use, which ask the person's
role, the recipient's choices and the number anew; what they refuse is kept with its reason.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.assistant import queries
from backend.assistant.schemas import Decision, Kind, ProposalRow
from backend.assistant.views import proposal_row
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import audit, clock, realtime
from backend.core.errors import Conflict, MagpipeError, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.messaging import service as messaging
from backend.models.assistant import AssistantProposal
from backend.vocab import AuthorKind, MemberRole


async def confirm(session: AsyncSession, principal: Principal, proposal_id: UUID) -> ProposalRow:
    """Do what was proposed; a second confirmation finds it done and does nothing.

    When a service refuses, nothing is done and the proposal says why. Raises `NotFound` for a proposal made to
    somebody else, and `Conflict` when it was dismissed, failed or has expired.
    """
    proposal = await _own(session, principal, proposal_id)
    if proposal.status == Decision.DONE:
        return proposal_row(proposal)
    _require_open(proposal)
    try:
        async with session.begin_nested():
            proposal.link = await _DOERS[Kind(proposal.kind)](session, principal, proposal)
        proposal.status = Decision.DONE
    except MagpipeError as refused:
        await session.refresh(proposal)
        proposal.status, proposal.outcome = Decision.FAILED, refused.message
    await _settle(session, principal, proposal)
    return proposal_row(proposal)


async def dismiss(session: AsyncSession, principal: Principal, proposal_id: UUID) -> ProposalRow:
    """Put a proposal aside, so that it can never happen. Raises `NotFound`, and `Conflict` when it happened."""
    proposal = await _own(session, principal, proposal_id)
    if proposal.status == Decision.DISMISSED:
        return proposal_row(proposal)
    _require_open(proposal)
    proposal.status = Decision.DISMISSED
    await _settle(session, principal, proposal)
    return proposal_row(proposal)


async def _own(session: AsyncSession, principal: Principal, proposal_id: UUID) -> AssistantProposal:
    principal.require(MemberRole.SUPPORT)
    principal.require_person()
    found = await queries.proposal(session, org_id_of(session), principal.user_id, proposal_id)
    if found is None:
        raise NotFound("This proposal does not exist.")
    return found


def _require_open(proposal: AssistantProposal) -> None:
    if proposal.status != Decision.PENDING:
        raise Conflict("This was decided already. Ask again to do it after all.", code="proposal_decided")
    if proposal.expires_at <= clock.now():
        raise Conflict("This waited too long and no longer counts. Ask again.", code="proposal_expired")


async def _settle(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> None:
    proposal.decided_at = clock.now()
    session.add(proposal)
    await session.flush()
    details = {"kind": proposal.kind, "outcome": proposal.outcome}
    await audit.record(session, principal, f"assistant:proposal:{proposal.status}", proposal.id, details)
    await realtime.announce(session, proposal.org_id, "assistant.changed", subject=str(proposal.user_id))


async def _text(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    effect = proposal.effect
    message = await messaging.send_from_person(
        session,
        principal,
        sender_number=effect["from"],
        recipient_number=effect["to"],
        body=effect["body"],
        at=datetime.fromisoformat(effect["at"]) if "at" in effect else None,
        client_key=f"assistant:{proposal.id}",
        created_via="assistant",
    )
    return f"/inbox/{message.conversation_id}"


async def _cancel_text(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    await messaging.cancel_action(session, principal, UUID(proposal.effect["action_id"]))
    return ""


async def _change_agent(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    effect = proposal.effect
    agent = await agents.edit(session, principal, UUID(effect["agent_id"]), effect["changes"], effect["bases"])
    tab = "prompt" if {"system_prompt", "greeting"} & set(effect["changes"]) else "configure"
    return f"/agents/{agent.id}?tab={tab}"


async def _publish_agent(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    effect = proposal.effect
    agent = await agents.publish(
        session, principal, UUID(effect["agent_id"]), expected_revision=int(effect["revision"])
    )
    return f"/agents/{agent.id}?tab=versions"


async def _callback(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    principal.require(MemberRole.SUPPORT)
    effect = proposal.effect
    contact = await contacts.get(session, UUID(effect["contact_id"]))
    conversation = await conversations.for_contact(session, contact.id)
    member = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    words = f"Call back: {effect['reason']}" if effect["reason"] else "Call back"
    await conversations.write_note(session, conversation.id, words, [], member)
    await conversations.assign(session, conversation.id, principal.user_id, member)
    await conversations.snooze(session, conversation.id, datetime.fromisoformat(effect["at"]), member)
    return f"/inbox/{conversation.id}"


async def _call(session: AsyncSession, principal: Principal, proposal: AssistantProposal) -> str:
    principal.require(MemberRole.SUPPORT)
    effect = proposal.effect
    order = calls.CallOrder(effect["to"], effect["from"], UUID(effect["agent_id"]), purpose=effect["purpose"])
    call = await calls.place(session, principal, order)
    return f"/inbox/{call.conversation_id}"


_Doer = Callable[[AsyncSession, Principal, AssistantProposal], Awaitable[str]]
_DOERS: Mapping[Kind, _Doer] = {
    Kind.SEND_TEXT: _text,
    Kind.SCHEDULE_TEXT: _text,
    Kind.CANCEL_TEXT: _cancel_text,
    Kind.CHANGE_AGENT: _change_agent,
    Kind.PUBLISH_AGENT: _publish_agent,
    Kind.PLAN_CALLBACK: _callback,
    Kind.PLACE_CALL: _call,
}
