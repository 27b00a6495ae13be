"""Try an agent's draft without a customer: the same turn as a real one, and nothing is stored, sent or done."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from backend.agents import fields, queries, runtime, tool_calls
from backend.agents.retrieval import retriever, warm_up
from backend.agents.schemas import Customer, Line, TurnRequest, TurnView
from backend.agents.specs import spec_of
from backend.agents.turns import tried
from backend.core import rate_limits
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions.schemas import CallSetting
from backend.vocab import Channel, MemberRole

CHANNELS = (Channel.SMS, Channel.CHAT, Channel.EMAIL)
TEXT_LIMIT = 1600
HISTORY_LIMIT = 20
# Quicker than anyone reads answers, for a team that tries together.
TRIES, WINDOW = 60, timedelta(minutes=10)


async def try_message(
    principal: Principal,
    agent_id: UUID,
    text: str,
    history: Sequence[tuple[bool, str]] = (),
    channel: Channel | str = Channel.SMS,
) -> TurnView:
    """Return what the draft would answer on a text channel and why; `history` is (is_ours, text), oldest first.

    Opens its own transactions, because none may be held open while a model thinks: call it outside any. What tools
    would have done is listed and not done; functions that only read are called. Raises `NotFound`, `Invalid` for an
    empty or too long text, and `LimitReached`, because a model costs money and whoever signs up may try.
    """
    principal.require(MemberRole.SUPPORT)
    if channel not in CHANNELS:
        raise Invalid("An agent can be tried as a text, in a chat or by email.", field="channel")
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid("Write a message first.", field="message")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"A text has at most {TEXT_LIMIT:,} characters.", field="message")
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            agent = await queries.agent(session, principal.org_id, agent_id)
            if agent is None:
                raise NotFound("This agent does not exist.")
            spec = await spec_of(session, agent, fields.drafted(agent))
        await rate_limits.hit("playground.organization", TRIES, WINDOW, about=principal.org_id)
        said = tuple(Line("assistant" if is_ours else "user", one) for is_ours, one in history[-HISTORY_LIMIT:] if one)
        known = tool_calls.known(spec, Customer())
        call = tool_calls.reading_caller(
            CallSetting(principal.org_id, agent_id, spec.name, spec.version, channel, known=known, is_test=True)
        )
        request = TurnRequest(
            spec, Customer(), said, text, retriever(agent_id), channel=Channel(channel), call_tool=call
        )
        # The jobs process did this when it started; here nobody may have asked before.
        await warm_up()
        record = await runtime.turn(request)
    return tried(spec, record)
