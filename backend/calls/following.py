"""Say what a caller hears next when the wait for people is over: the agent, or that nobody could take the call."""

from backend.calls import deciding, log, moving, privacy, queries, records, ringing, routing, voicemail
from backend.calls.cxml import Answer
from backend.calls.projection import CARRIER, Kind
from backend.calls.schemas import CallBrief
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AnsweredBy, WaitOutcome


async def after_people(brief: CallBrief, leg: str) -> Answer:
    """Return what follows the line on which a caller waited; asked again, the same."""
    outcome = await ringing.came_to(brief)
    with org_scope(brief.org_id):
        async with unit_of_work() as session:
            events = await queries.standing_events(session, brief.call_id)
    kinds = {event.kind for event in events}
    if Kind.HANG_UP_ASKED in kinds or any(one.kind == Kind.ENDED and one.source != CARRIER for one in events):
        return Answer().hang_up()
    if outcome == WaitOutcome.TAKEN and Kind.PERSON_JOINED in kinds:
        await records.note_lost(brief, "The line of the person who took the call broke off.")
        return Answer().say(deciding.BROKE_OFF).hang_up()
    if leg == routing.TEAM_LEG:
        return await moving.back(brief, f"team:{sum(event.kind == Kind.PEOPLE_RUNG for event in events)}")
    if brief.answered_by == AnsweredBy.PEOPLE_THEN_AGENT and brief.agent_id is not None:
        return await _to_agent(brief)
    return await to_voicemail(brief)


async def to_voicemail(brief: CallBrief) -> Answer:
    """Let a caller whom nobody took leave a message, or say that nobody could take the call."""
    if brief.has_voicemail:
        with org_scope(brief.org_id):
            async with unit_of_work() as session:
                may_speak = await voicemail.offer(session, brief.call_id)
        if may_speak:
            words = voicemail.greeting(brief.voicemail_greeting, brief.business_name)
            return routing.to_voicemail(Answer(), brief.call_id, words, str(brief.settings.get("language") or ""))
    return Answer().say(deciding.NOT_REACHED).hang_up()


async def to_team(brief: CallBrief) -> Answer | None:
    """Have the team rung for a caller whom the agent cannot help, or return None where nobody is on duty."""
    with org_scope(brief.org_id):
        async with unit_of_work() as session:
            call = await records.get(session, brief.call_id)
            wait = await ringing.begin(session, call, brief.ring_team_id, brief.ring_s)
    return routing.to_people(Answer(), brief.call_id, wait.id) if wait else None


async def _to_agent(brief: CallBrief) -> Answer:
    first = privacy.announcement(brief.settings)
    if first:
        with org_scope(brief.org_id):
            async with unit_of_work() as session:
                await log.announced(session, brief.call_id)
    return routing.to_agent(Answer(), brief.call_id, brief.service_number, brief.settings, first)
