"""Decide what becomes of a call that comes in, from one row of what is known; nothing is read or written here.

The order of the questions is the product's promise: whose number, who may call it, who answers, when, and for what.
"""

from dataclasses import dataclass
from typing import Any

from backend.agents import service as agents
from backend.billing import service as billing
from backend.calls import privacy
from backend.calls.queries import Situation
from backend.models.agents import AgentConfig
from backend.vocab import AnsweredBy, Channel, Disposition

NOT_IN_SERVICE = "The number you have called is not in service. Please check the number and try again. Goodbye."
NOT_ASSIGNED = "Thank you for calling. Nobody is set up to answer this number yet. Please try again later. Goodbye."
UNAVAILABLE = "We are sorry, we cannot take your call right now. Please try again later. Goodbye."
BROKE_OFF = "We are sorry, we lost you there. Somebody will call you back. Goodbye."
NOT_REACHED = "We are sorry, nobody could take your call. Please try again in a few minutes. Goodbye."


@dataclass(frozen=True)
class Decision:
    """What becomes of a call: an agent answers (no `disposition`), or it goes to `forward_to`, or it is not taken.

    `rings_people` has browsers of the team ring before anything else. `say` is spoken first; a call that is not taken
    and says nothing hears a busy line. `reason` is for the team.
    """

    say: str = ""
    forward_to: str = ""
    disposition: str = ""
    reason: str = ""
    calls_for_person: bool = False
    takes_message: bool = False
    """Whether the caller may leave a message after `say`."""
    rings_people: bool = False


def decide(known: Situation) -> Decision:
    """Return what becomes of the call now."""
    agent = known.agent
    if not known.number.is_active:
        return _refused(NOT_IN_SERVICE, "The number is switched off.")
    if known.caller is not None and known.caller.blocked_at is not None:
        return Decision(disposition=Disposition.BLOCKED, reason="The caller is blocked.")
    if known.number.answered_by == AnsweredBy.PEOPLE:
        if not billing.covers(known.business.balance_micros):
            return _refused(UNAVAILABLE, "The balance does not cover calls. Add credits.")
        return Decision(rings_people=True)
    if agent is None or agent.deleted_at is not None:
        return _refused(NOT_ASSIGNED, "No agent answers calls to this number.")
    if not agent.is_active:
        return _refused(NOT_ASSIGNED, f"{agent.name} is switched off.")
    settings = agents.live_fields(agent)
    if not agents.hours_now(agent, Channel.CALL).is_open:
        return _closed(known, agent, settings)
    if not billing.covers(known.business.balance_micros):
        return _refused(UNAVAILABLE, "The balance does not cover calls. Add credits.")
    if known.forward_to:
        return Decision(forward_to=known.forward_to)
    return Decision(rings_people=known.number.answered_by == AnsweredBy.PEOPLE_THEN_AGENT)


def _closed(known: Situation, agent: AgentConfig, settings: dict[str, Any]) -> Decision:
    """Do outside the hours what the business chose for them."""
    action, forward_to = settings["after_hours_action"], str(settings["after_hours_call_forwarding"] or "")
    reason = "They called outside the hours."
    if action == "silent":
        return Decision(disposition=Disposition.AFTER_HOURS, reason=reason)
    if action == "forward" and forward_to and billing.covers(known.business.balance_micros):
        return Decision(forward_to=forward_to)
    # Where nothing that is said may be kept, no message is asked for.
    may_keep = settings["pii_storage"] == privacy.STORED and billing.covers(known.business.balance_micros)
    takes_message = action == "take_message" and may_keep
    hours = agents.hours_now(agent, Channel.CALL)
    words = agents.closed_words(agent, hours, known.business.name, takes_message=takes_message)
    return Decision(
        say=words,
        disposition=Disposition.AFTER_HOURS,
        reason=reason,
        calls_for_person=action == "take_message",
        takes_message=takes_message,
    )


def _refused(say: str, reason: str) -> Decision:
    return Decision(say=say, disposition=Disposition.REFUSED, reason=reason)
