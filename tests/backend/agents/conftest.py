"""Give a test a business whose agent answers a number, a customer, and a model that says what it is told."""

import base64
import json
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlalchemy import text as sql
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.agents import jobs as agent_jobs
from backend.agents import model_calls
from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.config import settings
from backend.core.tenancy import platform_scope, unit_of_work
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.vocab import AuthorKind, Channel, Direction, ItemKind, MessageStatus
from tests.ports import free_port

# Little-endian float32 as base64, as the SDK asks for it: reading so many figures as JSON takes longer than the rest.
VECTOR = base64.b64encode(array("f", [1.0] + [0.0] * 1535).tobytes()).decode()


@dataclass
class Desk:
    """A business with a number, its text agent, and the customer who writes."""

    org: Any
    number: ServiceNumber
    agent: AgentConfig
    customer: str = "+14155550199"

    async def receive(self, body: str) -> UUID:
        """Store a customer's text as it lies before its agent is asked, and return its id."""
        with self.org.scope():
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, self.customer)
                conversation = await conversations.for_contact(session, contact.id)
                message = SmsMessage(
                    org_id=self.org.org_id,
                    conversation_id=conversation.id,
                    contact_id=contact.id,
                    number_id=self.number.id,
                    direction=Direction.INBOUND,
                    sender_number=self.customer,
                    recipient_number=self.number.phone_number,
                    content=body,
                    status=MessageStatus.RECEIVED,
                )
                session.add(message)
                await session.flush()
                await conversations.append(
                    session,
                    conversation,
                    kind=ItemKind.MESSAGE,
                    author=Author(AuthorKind.CONTACT, contact.name, contact.id),
                    body=body,
                    channel=Channel.SMS,
                    direction=Direction.INBOUND,
                    status=MessageStatus.RECEIVED,
                    record_id=message.id,
                )
        return message.id

    async def answer(self, message_id: UUID) -> None:
        """Run the job that answers a text."""
        await agent_jobs.answer_text(str(self.org.org_id), str(message_id))

    async def ask(self, body: str) -> str:
        """Let the customer text and return what was sent back, or an empty string."""
        before = len(await self.sent())
        await self.answer(await self.receive(body))
        sent = await self.sent()
        assert len(sent) <= before + 1
        return sent[-1].content if len(sent) > before else ""

    async def sent(self, to: str = "") -> list[SmsMessage]:
        """Return the texts to the customer (or to another number), oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = (
                    select(SmsMessage)
                    .where(
                        SmsMessage.org_id == self.org.org_id,
                        SmsMessage.direction == Direction.OUTBOUND,
                        SmsMessage.recipient_number == (to or self.customer),
                    )
                    .order_by(col(SmsMessage.id))
                )
                return list((await session.exec(query)).all())

    async def turns(self) -> list[AgentTurn]:
        """Return every turn, oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(AgentTurn).where(AgentTurn.org_id == self.org.org_id).order_by(col(AgentTurn.id))
                return list((await session.exec(query)).all())

    async def conversation(self) -> Any:
        """Return the customer's conversation as it is now."""
        with self.org.scope():
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, self.customer)
                return await conversations.for_contact(session, contact.id)

    async def timeline(self) -> list[Any]:
        """Return the conversation's items, oldest first."""
        conversation = await self.conversation()
        with self.org.scope():
            async with unit_of_work() as session:
                return await conversations.timeline(session, conversation.id)

    async def contact_name(self) -> str:
        """Return what the customer is called."""
        with self.org.scope():
            async with unit_of_work() as session:
                return (await contacts.ensure_by_phone(session, self.customer)).name

    async def change(self, **changes: Any) -> None:
        """Change the agent."""
        with self.org.scope():
            async with unit_of_work() as session:
                await agents.update(session, self.org.owner, self.agent.id, **changes)

    async def teach(self, title: str, content: str) -> None:
        """Teach the agent a text."""
        with self.org.scope():
            async with unit_of_work() as session:
                source = await knowledge.add_text(session, self.org.owner, title, content)
            await knowledge_jobs.index(str(self.org.org_id), str(source.id))


@pytest.fixture
def make_desk(make_org) -> Callable[..., Any]:
    async def make(phone_number: str = "+14155550132") -> Desk:
        org = await make_org()
        with org.scope():
            async with unit_of_work() as session:
                agent = await agents.create(session, org.owner, "text", "Ava")
                number = ServiceNumber(org_id=org.org_id, phone_number=phone_number, text_agent_id=agent.id)
                session.add(number)
        return Desk(org, number, agent)

    return make


@pytest.fixture
async def desk(db, make_desk) -> Desk:
    return await make_desk()


@pytest.fixture
async def open_desk(committed, make_desk):
    """A desk that is really committed, and taken away afterwards."""
    desk = await make_desk("+12125550147")
    yield desk
    with platform_scope("take a test's organization away"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update users set current_organization_id = null where current_organization_id = :org"),
                {"org": desk.org.org_id},
            )
            await session.execute(sql("delete from organizations where id = :org"), {"org": desk.org.org_id})


@dataclass
class Script:
    """A server of OpenAI's protocol that answers what a test tells it: text, tool calls, or a status."""

    answers: list[Any] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    usage: tuple[int, int] | None = (1000, 100)
    before_answer: Callable[[], None] = lambda: None

    def says(self, *answers: Any) -> None:
        """Answer with each of `answers` in turn, and with the last one from then on.

        One that is a function is given the messages: where it is not known how often the model is asked, as of a voice
        that begins to think before its caller has ended.
        """
        self.answers = list(answers)

    @staticmethod
    def calls(*tools: tuple[str, Any]) -> dict[str, Any]:
        """Return an answer that calls tools; arguments that are text are sent as they are."""
        return {"tools": tools}

    @staticmethod
    def cuts(text: str) -> dict[str, Any]:
        """Return an answer that ran into its length limit."""
        return {"cut": text}

    async def complete(self, request: Request) -> Response:
        self.requests.append(await request.json())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(self.requests[-1]["messages"])
        self.before_answer()
        if isinstance(answer, int):
            return JSONResponse({"error": {"message": "scripted", "type": "server_error"}}, answer)
        cut = answer.get("cut") if isinstance(answer, dict) else None
        said = answer if isinstance(answer, str) else cut
        message: dict[str, Any] = {"role": "assistant", "content": said}
        if isinstance(answer, dict) and "tools" in answer:
            message["tool_calls"] = [
                {
                    "id": f"call_{len(self.requests)}_{place}",
                    "type": "function",
                    "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
                }
                for place, (name, given) in enumerate(answer["tools"])
            ]
        head = {"id": "1", "created": 1, "model": "gpt-4.1-mini"}
        finish = "length" if cut else "stop"
        if self.requests[-1].get("stream"):
            for place, call in enumerate(message.get("tool_calls", [])):
                call["index"] = place
            piece = {"index": 0, "delta": message, "finish_reason": finish}
            chunks = [{"choices": [piece]}, {"choices": [], **self._usage()}]
            lines = [json.dumps({**head, "object": "chat.completion.chunk", **one}) for one in chunks]
            text = "".join(f"data: {one}\n\n" for one in [*lines, "[DONE]"])
            return Response(text, media_type="text/event-stream")
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], **self._usage()})

    def _usage(self) -> dict[str, Any]:
        if self.usage is None:
            return {}
        read, written = self.usage
        return {"usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}}

    async def embed(self, request: Request) -> JSONResponse:
        """Every text has the same meaning here, so that words alone decide what is found."""
        texts = (await request.json())["input"]
        data = [{"object": "embedding", "index": place, "embedding": VECTOR} for place in range(len(texts))]
        return JSONResponse(
            {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        )


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch) -> None:
    """Keep the pauses between tries out of the tests' time."""
    monkeypatch.setattr(model_calls, "PAUSES_S", (0.01, 0.02))


@pytest.fixture(scope="session")
def script_server() -> Iterator[tuple[str, Script]]:
    script = Script()
    port = free_port()
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", script.complete, methods=["POST"]),
            Route("/v1/embeddings", script.embed, methods=["POST"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield f"http://127.0.0.1:{port}/v1", script
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def script(script_server, monkeypatch) -> Script:
    """A model that says what the test tells it, at the address of the settings."""
    address, script = script_server
    script.says("Yes.")
    script.requests.clear()
    script.usage = (1000, 100)
    script.before_answer = lambda: None
    monkeypatch.setattr(settings(), "openai_base_url", address)
    return script
