"""Give a test a business with a chat widget, served as the web process serves it, and a visitor who writes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
import websockets
from sqlalchemy import text as sql
from sqlmodel import col, select

from backend.agents import service as agents
from backend.api.app import create_api
from backend.api.cross_origin import CrossOrigin
from backend.api.limits import RequestLimits
from backend.api.session import SessionMiddleware
from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.chat import ChatMessage, ChatSession, ChatWidget
from backend.models.contacts import Contact
from tests.ports import free_port

SITE = "https://www.shop.example"


@dataclass
class Desk:
    """A business with a chat agent and its widget."""

    org: Any
    agent: AgentConfig
    widget: ChatWidget

    async def change(self, **changes: Any) -> None:
        """Change the widget's settings."""
        with self.org.scope():
            async with unit_of_work() as session:
                self.widget = await chat.update(session, self.org.owner, self.widget.id, **changes)

    async def all(self, table: type[Any]) -> list[Any]:
        """Return every row of one of the organization's tables, oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(table).where(table.org_id == self.org.org_id).order_by(col(table.id))
                return list((await session.exec(query)).all())

    async def sessions(self) -> list[ChatSession]:
        return await self.all(ChatSession)

    async def messages(self) -> list[ChatMessage]:
        return await self.all(ChatMessage)

    async def turns(self) -> list[AgentTurn]:
        return await self.all(AgentTurn)

    async def contacts(self) -> list[Contact]:
        return await self.all(Contact)

    async def timeline(self, conversation_id: UUID) -> list[Any]:
        """Return a conversation's items, oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                return await conversations.timeline(session, conversation_id)

    async def reply(self, conversation_id: UUID, body: str, **options: Any) -> ChatMessage:
        """Write to the visitor as a person of the team."""
        with self.org.scope():
            async with unit_of_work() as session:
                return await chat.send_from_person(
                    session, self.org.owner, conversation_id=conversation_id, body=body, **options
                )


@pytest.fixture
def make_desk(make_org) -> Callable[..., Awaitable[Desk]]:
    async def make(name: str = "North Dental", **fields: Any) -> Desk:
        org = await make_org(name)
        with org.scope():
            async with unit_of_work() as session:
                agent = await agents.create(session, org.owner, "chat_widget", "Ava")
                widget = await chat.create(session, org.owner, agent.id, **fields)
        return Desk(org, agent, widget)

    return make


@pytest.fixture
async def desk(committed, make_desk) -> AsyncIterator[Desk]:
    """A desk that is really committed, and taken away afterwards; the limits start anew."""
    made = await make_desk()
    yield made
    await take_away(made)


async def take_away(desk: Desk) -> None:
    with platform_scope("take a test's organization away"):
        async with unit_of_work() as session:
            for statement in (
                "update users set current_organization_id = null where current_organization_id = :org",
                "delete from organizations where id = :org",
            ):
                await session.execute(sql(statement), {"org": desk.org.org_id})
            await session.execute(sql("delete from rate_counters where key like 'chat.%'"))


@dataclass
class Visitor:
    """A visitor's browser: requests with an Origin, and a socket."""

    url: str
    key: str
    origin: str = SITE
    token: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    sent: int = 0

    async def call(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Make a request as the widget does."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            own = {"Origin": self.origin} if self.origin else {}
            if body is None:
                return await client.get(f"/api/chat/{path}", headers={**own, **headers})
            return await client.post(
                f"/api/chat/{path}", content=json.dumps(body), headers={"Content-Type": "text/plain", **own, **headers}
            )

    async def open(self, **about: Any) -> dict[str, Any]:
        """Open or resume the session."""
        self.about = {**self.about, **about}
        reply = await self.call("session", {"key": self.key, "token": self.token, **self.about})
        assert reply.status_code == 200, reply.text
        self.token = reply.json()["token"] or self.token
        return reply.json()

    async def say(self, text: str, **more: Any) -> httpx.Response:
        """Send a message."""
        self.sent += 1
        return await self.call("message", {"token": self.token, "id": f"c{self.sent}", "text": text, **more})

    async def read(self, after: int = 0) -> list[dict[str, Any]]:
        """Return what was said."""
        reply = await self.call("poll", {"token": self.token, "after": after})
        assert reply.status_code == 200, reply.text
        return reply.json()["messages"]

    @asynccontextmanager
    async def socket(self, after: int = 0) -> AsyncIterator[Any]:
        """Open the socket and say hello."""
        address = self.url.replace("http", "ws") + "/api/chat/socket"
        async with websockets.connect(address, origin=self.origin or None) as opened:
            await opened.send(json.dumps({"token": self.token, "after": after}))
            yield opened


async def hear(socket: Any, kind: str, within_s: float = 60) -> dict[str, Any]:
    """Return the next thing of a kind that a socket says."""
    async with asyncio.timeout(within_s):
        while True:
            said = json.loads(await socket.recv())
            if said["t"] == kind:
                return said


@pytest.fixture
async def site(queue, monkeypatch) -> AsyncIterator[str]:
    """Serve the API with its doors and the visitors' rooms, as the web process does, and return its address."""
    port = free_port()
    app = CrossOrigin(RequestLimits(SessionMiddleware(create_api())))
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="websockets-sansio", lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    listens, resync = asyncio.Event(), chat.rooms.resync

    async def listens_now() -> None:
        listens.set()
        await resync()

    monkeypatch.setattr(chat.rooms, "resync", listens_now)
    listening = asyncio.create_task(chat.rooms.run())
    await listens.wait()
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
async def working(queue) -> AsyncIterator[None]:
    """Work through jobs as they come, as the jobs process does."""
    worker = asyncio.create_task(
        queue.run_worker_async(
            concurrency=4,
            install_signal_handlers=False,
            delete_jobs="successful",
            fetch_job_polling_interval=0.05,
            listen_notify=False,
        )
    )
    yield
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


@pytest.fixture
def visitor(site, desk) -> Visitor:
    return Visitor(site, desk.widget.widget_key)
