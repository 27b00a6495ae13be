"""Whoever calls hears what the business decided for that moment: over the carrier's real webhooks, call after call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text

from backend.calls import deciding
from backend.calls.schemas import LIVE
from backend.core.tenancy import platform_scope, unit_of_work
from tests.backend.calls.conftest import CALLER
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer

ELSEWHERE = "+14155550111"
SETTINGS = "update agent_configs set settings = settings || '{%s}' where org_id = :org"
# Open on a day that is not today, wherever this runs.
OPEN_ON = f"{datetime.now(UTC) + timedelta(days=3):%a}".lower()
HOURS = f'"calls_schedule": {{"{OPEN_ON}": [["09:00", "17:00"]]}}, "after_hours_call_forwarding": "{ELSEWHERE}"'
CLOSED = SETTINGS % (HOURS + ', "after_hours_action": "%s"')
FORWARDED = (
    "insert into call_whitelist (id, created_at, updated_at, org_id, agent_id, caller_number, forward_to, label)"
    f" select gen_random_uuid(), now(), now(), org_id, id, '{CALLER}', '{ELSEWHERE}', '' from agent_configs"
    " where org_id = :org"
)
UNDONE = (
    "update service_numbers set is_active = true, agent_id = (select id from agent_configs where org_id = :org)"
    " where org_id = :org",
    "update agent_configs set is_active = true, settings = '{}' where org_id = :org",
    "update organizations set balance_micros = 0 where id = :org",
    "update contacts set blocked_at = null where org_id = :org",
    "delete from call_whitelist where org_id = :org",
)


@dataclass(frozen=True)
class Way:
    """What the business arranged, what its caller hears, what the record says, and how the carrier ends the call."""

    arranged: str
    hears: str
    disposition: str
    ends: str = "completed"
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
    """How the telephone behaves that the call is forwarded to."""


WAYS = {
    "the number is off": Way(
        "update service_numbers set is_active = false where org_id = :org", deciding.NOT_IN_SERVICE, "refused"
    ),
    "no agent has the number": Way(
        "update service_numbers set agent_id = null where org_id = :org", deciding.NOT_ASSIGNED, "refused"
    ),
    "the agent is off": Way(
        "update agent_configs set is_active = false where org_id = :org", deciding.NOT_ASSIGNED, "refused"
    ),
    "the balance is used up": Way(
        "update organizations set balance_micros = -50000000 where id = :org", deciding.UNAVAILABLE, "refused"
    ),
    "closed, with a message": Way(CLOSED % "message", "closed", "after_hours"),
    "closed, taking messages": Way(CLOSED % "take_message", "leave a message after the tone", "voicemail"),
    "closed, silent": Way(CLOSED % "silent", "", "after_hours", ends="busy"),
    "closed, forwarded": Way(CLOSED % "forward", "", "forwarded", elsewhere={"talks_ms": 20}),
    "the caller goes straight to a person": Way(FORWARDED, "", "forwarded", elsewhere={"talks_ms": 20}),
    "that person is busy": Way(FORWARDED, deciding.NOT_REACHED, "forward_failed", elsewhere={"answers": "busy"}),
    "the caller is blocked": Way(
        "update contacts set blocked_at = now() where org_id = :org", "", "blocked", ends="busy"
    ),
    "the agent's process is away": Way("select 1", deciding.NOT_REACHED, "failed"),
}


async def arrange(line, *statements: str) -> None:
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            for one in statements:
                await session.execute(text(one.replace(":org", f"'{line.org.org_id}'")))


async def ended(line, known, run_jobs, disposition):
    """Return the new call once the carrier has told that it is over, which it does when it is, and what came of it.

    What the caller left on a tape may be told after the end.
    """
    await run_jobs()
    (record,) = [one for one in await line.calls() if one.id not in known]
    return record if record.status not in LIVE and record.disposition == disposition else None


async def test_every_way_in_speaks_to_the_caller_and_says_what_came_of_it(line, sandbox, run_jobs, eventually):
    number = line.number.phone_number
    await dialling.connect(sandbox.client, number)
    customer = Customer(sandbox.client, eventually)

    async def over():
        call = await customer.call()
        return call if call["status"] in ("completed", "busy") else None

    found = {}
    async with dialling.api():
        for name, way in WAYS.items():
            await arrange(line, *UNDONE, way.arranged)
            await customer.reaches(ELSEWHERE, **way.elsewhere)
            known = {one.id for one in await line.calls()}
            await customer.dial(number)
            call = await eventually(over, dialling.PATIENT_S)
            came = partial(ended, line, known, run_jobs, way.disposition)
            record = await eventually(came, dialling.PATIENT_S)
            assert record.disposition_reason or record.disposition == "forwarded", name
            found[name] = (way.hears if way.hears in " ".join(call["heard"]) else call["heard"], call["status"])
    assert found == {name: (way.hears, way.ends) for name, way in WAYS.items()}
