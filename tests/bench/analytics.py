"""Measure an agent's figures over 100,000 conversations and 400,000 answers, beside reading one index entry each."""

import psycopg
from sqlalchemy import text

from backend.agents import service as agents
from backend.core.db import conninfo
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import Row, ms, timed

CONVERSATIONS, ANSWERS = 100_000, 4
# Over two periods of the longest, so that both are full.
DAYS = 180
PROMPT = "word " * 800


async def rows() -> list[Row]:
    """Fill one business whose one agent answered everything, and read its figures."""
    owner = await make_owner("bench@analytics.example")
    with org_scope(owner.org_id):
        async with unit_of_work() as session:
            agent = AgentConfig(org_id=owner.org_id, name="Front desk")
            session.add(agent)
    wanted = {"org": owner.org_id, "agent": agent.id, "prompt": PROMPT}
    with platform_scope("fill a benchmark"):
        for statement in _FILL:
            async with unit_of_work() as session:
                await session.execute(text("set local statement_timeout = 0"))
                used = {name: value for name, value in wanted.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        await connection.execute("vacuum analyze agent_turns")
    lines = []
    with org_scope(owner.org_id):

        async def floor() -> object:
            async with unit_of_work() as session:
                query = text("select count(*) from agent_turns where org_id = :org and agent_id = :agent")
                return (await session.execute(query, {"org": owner.org_id, "agent": agent.id})).scalar_one()

        least = ms(await timed(floor, 10), 0.5, 0.95)
        for days, channel in ((7, ""), (30, ""), (90, ""), (90, "chat")):

            async def read(days: int = days, channel: str = channel) -> object:
                async with unit_of_work() as session:
                    return await agents.report(session, agent.id, days, channel)

            lines.append(
                Row(
                    f"figures of an agent, {days} days{' of chat' if channel else ''} and as many before:"
                    f" {CONVERSATIONS:,} conversations / {CONVERSATIONS * ANSWERS:,} answers in {DAYS} days",
                    "p95 ≤ 1 s",
                    ms(await timed(read, 10), 0.5, 0.95),
                    least,
                    "counting all of its answers",
                )
            )
    return lines


_FILL = (
    """
    insert into contacts (id, org_id, created_at, updated_at, name, phone_number, company, notes)
    select gen_random_uuid(), :org, now(), now(), 'Contact ' || n, '+1555' || lpad(n::text, 7, '0'), '', ''
    from generate_series(1, 100000) n
    """,
    """
    insert into conversations (id, org_id, contact_id, created_at, updated_at, status, answer_mode, needs_person,
      last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind, last_status)
    select gen_random_uuid(), :org, id, now(), now(), 'open', 'ai', false, 0, now(), '', '', '', '', ''
    from contacts where org_id = :org
    """,
    """
    insert into agent_turns (id, org_id, conversation_id, agent_id, agent_name, agent_version, channel,
      trigger_message_id, status, reason, reply, is_unanswered, prompt, model, sources, tools, attempts, tokens_in,
      tokens_out, cost_micros, retrieval_ms, model_ms, total_ms, sentiment, created_at, updated_at, finished_at)
    select gen_random_uuid(), :org, c.id, :agent, 'Front desk', 1, (array['sms', 'chat'])[1 + (n % 2)],
      gen_random_uuid(), (array['answered', 'answered', 'answered', 'handed_off', 'skipped'])[1 + floor(random() * 5)],
      '', 'Yes.', random() < 0.1, :prompt, 'm', '[]', '[]', '[]', 1000, 100, 500, 10, 900,
      (400 + random() * 3000)::int, (array['positive', 'neutral', 'negative', ''])[1 + floor(random() * 4)],
      at + n * interval '5 minutes', at, at
    from (select id, now() - random() * interval '180 days' as at from conversations where org_id = :org) c,
      generate_series(1, 4) n
    """,
)
