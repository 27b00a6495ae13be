"""Bring calls about in an installation: `python -m tests.browser.callers <steps as JSON>`, in its own environment.

What a worker and a carrier would tell of a call is told to its log here, so that a test decides what is said and when.
"""

import asyncio
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.installation import Installation

ROOT = Path(__file__).parents[2]


def tell(up: Installation, *steps: dict[str, Any]) -> list[str]:
    """Take steps in an installation, one after the other; return what each gave (the id of a call that began)."""
    record = json.loads((up.data_dir / "run" / "owner.json").read_text())
    env = {**os.environ, "DATA_DIR": str(up.data_dir), "DATABASE_URL": record["database_url"]}
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.callers", json.dumps(steps), str(up.data_dir)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


async def _take(steps: list[dict[str, Any]], data_dir: Path) -> list[str]:
    from backend.calls import service as calls
    from backend.core import clock

    given: list[str] = []
    began = clock.now()
    for step in steps:
        if "begin" in step:
            given.append(await _begin(**step["begin"]))
        elif "record" in step:
            began = await _record(UUID(step.get("call") or given[-1]), step["record"], data_dir)
        else:
            call_id = UUID(step.get("call") or given[-1])
            at = began + timedelta(seconds=step.get("after", 0))
            event = step.get("id") or step["kind"]
            await calls.append(call_id, step.get("source", "worker"), event, step["kind"], at, step.get("data", {}))
    return given


async def _record(call_id: UUID, seconds: float, data_dir: Path) -> datetime:
    """Leave a recording as the voice process does: a file, and a job that completes it; return when it began."""
    from backend.core import clock, jobs
    from backend.core.config import settings
    from backend.recordings import service as recordings
    from tests.backend.recordings.tones import write

    begun = await recordings.begin(call_id, "line", 0.1)
    assert begun is not None
    began = clock.now()
    # The tests have a data folder of their own; the file belongs into the installation's.
    write(data_dir / begun.path.relative_to(settings().data_dir), seconds)
    async with jobs.queue.open_async():
        await recordings.made(begun)
    return began


async def _begin(number: str, customer: str, direction: str = "inbound", agent: str = "Reception") -> str:
    """Keep a call as the carrier's webhook does, served by an agent that is made on first use."""
    from sqlmodel import select

    from backend.agents import service as agents
    from backend.calls import records
    from backend.contacts import service as contacts
    from backend.conversations import service as conversations
    from backend.core.tenancy import org_scope, platform_scope, unit_of_work
    from backend.models.agents import AgentConfig
    from backend.models.calls import CallRecord
    from backend.models.numbers import ServiceNumber

    with platform_scope("find the number that is called"):
        async with unit_of_work() as session:
            ours = (await session.exec(select(ServiceNumber).where(ServiceNumber.phone_number == number))).one()
    with org_scope(ours.org_id):
        async with unit_of_work() as session:
            serving = next((one for one in await agents.list_all(session) if one.name == agent), None)
            if serving is None:
                serving = AgentConfig(org_id=ours.org_id, name=agent, agent_type="inbound_voice", system_prompt="Help.")
                session.add(serving)
                await session.flush()
            contact = await contacts.ensure_by_phone(session, customer)
            conversation = await conversations.for_contact(session, contact.id)
            call = CallRecord(
                org_id=ours.org_id,
                conversation_id=conversation.id,
                contact_id=contact.id,
                number_id=ours.id,
                agent_id=serving.id,
                agent_version=serving.version,
                direction=direction,
                caller_number=customer,
                service_number=number,
            )
            return str((await records.begin(session, call, conversation, contact, serving)).id)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_take(json.loads(sys.argv[1]), Path(sys.argv[2])))))
