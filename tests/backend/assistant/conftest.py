"""Give a test a business, somebody of its team who asks, and a model that streams what it is told."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.agents import model_calls
from backend.agents import service as agents
from backend.assistant import service as assistant
from backend.assistant.schemas import Begun, MessageRow, ProposalRow
from backend.contacts import service as contacts
from backend.core.config import settings
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from tests.ports import free_port


@dataclass
class Model:
    """A server of OpenAI's protocol that streams what a test tells it: text, tool calls, a status, or a long wait."""

    answers: list[Any] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def says(self, *answers: Any) -> None:
        """Answer with each of `answers` in turn, and with the last one from then on."""
        self.answers = list(answers)

    async def complete(self, request: Request) -> Response:
        self.requests.append(await request.json())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return JSONResponse({"error": {"message": "scripted", "type": "server_error"}}, answer)
        return StreamingResponse(self._stream(answer), media_type="text/event-stream")

    async def _stream(self, answer: Any) -> AsyncIterator[str]:
        if isinstance(answer, list):
            calls = [
                {
                    "index": place,
                    "id": f"call_{len(self.requests)}_{place}",
                    "type": "function",
                    "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
                }
                for place, (name, given) in enumerate(answer)
            ]
            yield _chunk({"role": "assistant", "tool_calls": calls}, None)
            yield _chunk({}, "tool_calls")
        else:
            for word in answer.split(" "):
                if word == "WAIT":
                    await asyncio.sleep(60)
                    continue
                yield _chunk({"content": word + " "}, None)
            yield _chunk({}, "stop")
        yield "data: [DONE]\n\n"


def _chunk(delta: dict[str, Any], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4.1-mini", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"


@dataclass
class Office:
    """A business with a number and an agent, and its owner who asks the assistant."""

    org: Any
    number: ServiceNumber
    agent: Any
    progress: list[tuple[str, str]] = field(default_factory=list)
    talk_id: UUID | None = None

    async def meet(self, name: str, phone: str | None = None, **more: Any) -> Any:
        """Add a contact."""
        with self.org.scope():
            async with unit_of_work() as session:
                given = {"name": name, **({"phone_number": phone} if phone else {}), **more}
                return await contacts.create(session, self.org.owner, given)

    async def begin(self, text: str, who: Principal | None = None) -> Begun:
        """Store a question in the open talk."""
        with self.org.scope():
            async with unit_of_work() as session:
                begun = await assistant.ask(session, who or self.org.owner, text, self.talk_id)
        self.talk_id = begun.conversation_id
        return begun

    async def ask(self, text: str, who: Principal | None = None) -> MessageRow:
        """Ask, and return the answer as it is stored."""
        begun = await self.begin(text, who)
        await assistant.answer(who or self.org.owner, begun, self.note)
        return (await self.read(who))[-1]

    async def note(self, text: str, tool: str) -> None:
        """Remember how an answer grew."""
        self.progress.append((text, tool))

    async def read(self, who: Principal | None = None) -> list[MessageRow]:
        """Return the messages of the open talk."""
        with self.org.scope():
            async with unit_of_work() as session:
                assert self.talk_id is not None
                return (await assistant.read(session, who or self.org.owner, self.talk_id)).messages

    async def confirm(self, proposal_id: str, who: Principal | None = None) -> ProposalRow:
        """Confirm a proposal."""
        with self.org.scope():
            async with unit_of_work() as session:
                return await assistant.confirm(session, who or self.org.owner, UUID(proposal_id))

    async def texts(self) -> list[SmsMessage]:
        """Return every text of the business, oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(SmsMessage).where(SmsMessage.org_id == self.org.org_id).order_by(col(SmsMessage.id))
                return list((await session.exec(query)).all())

    async def speaker(self, name: str) -> None:
        """Add an agent that makes calls."""
        with self.org.scope():
            async with unit_of_work() as session:
                session.add(
                    AgentConfig(org_id=self.org.org_id, name=name, agent_type="outbound_voice", system_prompt="Help.")
                )

    async def calls(self) -> list[CallRecord]:
        """Return every call of the business."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(CallRecord).where(CallRecord.org_id == self.org.org_id)
                return list((await session.exec(query)).all())

    async def draft(self) -> dict[str, Any]:
        """Return the agent's draft."""
        with self.org.scope():
            async with unit_of_work() as session:
                return agents.draft(await agents.get(session, self.agent.id))


@pytest.fixture
async def office(db, make_org) -> Office:
    org = await make_org()
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, "text", "Ava")
            number = ServiceNumber(org_id=org.org_id, phone_number="+14155550132", text_agent_id=agent.id)
            session.add(number)
    return Office(org, number, agent)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch) -> None:
    """Keep the pauses between tries out of the tests' time."""
    monkeypatch.setattr(model_calls, "PAUSES_S", (0.01, 0.02))


@pytest.fixture(scope="session")
def model_server() -> Iterator[tuple[str, Model]]:
    model = Model()
    port = free_port()
    app = Starlette(routes=[Route("/v1/chat/completions", model.complete, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield f"http://127.0.0.1:{port}/v1", model
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def model(model_server, monkeypatch) -> Model:
    """A model that says what the test tells it, at the address of the settings."""
    address, model = model_server
    model.says("Yes.")
    model.requests.clear()
    monkeypatch.setattr(settings(), "openai_base_url", address)
    return model
