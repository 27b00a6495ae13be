"""Give a test a customer who texts, an agent that remembers them, and a model that proposes what it is told."""

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from backend.contacts import service as contacts
from backend.core import clock
from backend.core.config import Settings
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge_service
from backend.memory import jobs as memory_jobs
from backend.memory import service as memory
from backend.memory.reading import IDLE
from backend.memory.rules import of as rules_of
from backend.models.memory import MemoryStretch
from tests.backend.agents.conftest import *  # noqa: F403 - the same desk and the same scripted model

LATER = IDLE + timedelta(minutes=1)


class Keeper:
    """The memory of one desk."""

    def __init__(self, desk: Any, script: Any) -> None:
        self.desk, self.script = desk, script

    def propose(self, *facts: Any, summary: str = "", so_far: str = "", topics: tuple[str, ...] = ()) -> None:
        """Have the model propose facts as (message, quote, fact), with what else it is told of each."""
        rows = [
            {"kind": "detail", "confidence": 0.9, **more, "message": message, "quote": quote, "fact": fact}
            for message, quote, fact, *rest in facts
            for more in [rest[0] if rest else {}]
        ]
        kept = {"facts": rows, "summary": summary, "summary_so_far": so_far, "topics": list(topics)}
        self.script.says(self.script.calls(("keep_memory", kept)))

    async def said(self, *texts: str) -> None:
        """Let the customer text, and the agent answer the first."""
        self.script.says("All right.")
        for text in texts:
            await self.desk.ask(text)

    async def read(self) -> None:
        """Read what was said, once the conversation has ended."""
        conversation = await self.desk.conversation()
        with clock.at(clock.now() + LATER):
            await memory_jobs.update(str(self.desk.org.org_id), str(conversation.id))

    async def learn(self, text: str, *facts: str, **more: Any) -> None:
        """Let the customer say a sentence, and remember facts of it."""
        await self.said(text)
        place = len([one for one in await self.unread() if one.direction == "inbound"]) * 2 - 1
        self.propose(*((place, text, fact) for fact in facts), **more)
        await self.read()

    async def unread(self) -> list[Any]:
        """Return the messages no stretch covers."""
        covered = {one for stretch in await self.stretches() for one in stretch.items}
        items = [one for one in await self.desk.timeline() if one["kind"] == "message"]
        return [_Item(**{"direction": one["direction"]}) for one in items if one["id"] not in covered]

    async def stretches(self) -> list[MemoryStretch]:
        """Return everything that was read."""
        async with self.work() as session:
            query = select(MemoryStretch).where(MemoryStretch.org_id == self.desk.org.org_id)
            return list((await session.exec(query.order_by(col(MemoryStretch.id)))).all())

    async def facts(self, phone: str = "") -> list[dict[str, Any]]:
        """Return what is remembered of the customer."""
        return [fact for view in await self.views(phone) for fact in view["facts"]]

    async def contents(self) -> set[str]:
        return {fact["content"] for fact in await self.facts()}

    async def views(self, phone: str = "") -> list[Any]:
        async with self.work() as session:
            contact = await contacts.ensure_by_phone(session, phone or self.desk.customer)
            return await memory.of_contact(session, contact.id)

    async def recalled(self, question: str, agent: Any = None, **changes: Any) -> Any:
        """Return what an agent is told for a question."""
        values = {
            "memory_enabled": True,
            "pii_storage": "enabled",
            "memory_config": {},
            "semantic_memory_enabled": False,
            "semantic_memory_config": {},
            "shared_memory_agent_ids": [],
            **changes,
        }
        async with self.work() as session:
            contact = await contacts.ensure_by_phone(session, self.desk.customer)
        with self.desk.org.scope():
            look_up = memory.recaller(contact.id, (agent or self.desk.agent).id, "", rules_of(values))
            return await look_up(question)

    @asynccontextmanager
    async def work(self) -> Any:
        with self.desk.org.scope():
            async with unit_of_work() as session:
                yield session


class _Item:
    def __init__(self, direction: str) -> None:
        self.direction = direction


@pytest.fixture
async def keeper(desk, script, monkeypatch) -> Keeper:
    # The model is scripted, but what texts mean is what the local model says.
    monkeypatch.setattr(Settings, "uses_local_embeddings", True)
    # Loading it takes longer than a turn waits for what it looks up.
    await knowledge_service.warm_up()
    await desk.change(memory_enabled=True)
    return Keeper(desk, script)
