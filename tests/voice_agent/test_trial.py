"""A person tries an agent's draft from a browser: heard, answered and explained, and nothing of it is kept."""

import asyncio
import json

import aiohttp
import numpy as np
import pytest
from sqlmodel import func, select

from backend.agents import trials
from backend.calls import passes
from backend.calls.passes import Door
from backend.core.config import settings
from backend.core.errors import Invalid
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.calls import CallRecord
from backend.sandbox import spoken
from backend.vocab import AgentType
from tests.voice_agent import dialling
from voice_agent.core import rules
from voice_agent.worker import Worker

RATE, FRAME = 24_000, 480
PUBLISHED, DRAFT = "North Dental.", "North Dental, how can I help?"


class Page:
    """A page at the other end of the socket, as `assets/voice-line.js` is one: plays what comes, and sends frames."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._listener = spoken.Listener(RATE)
        self.heard: list[str] = []
        self.told: list[dict] = []

    async def send(self, event: str, **more: str) -> None:
        await self._socket.send_str(json.dumps({"event": event, **more}))

    async def speak(self, text: str) -> None:
        """Speak into the microphone, at the pace of speech, and be silent for as long as a turn takes to be over."""
        samples = np.concatenate([spoken.say(text, RATE), np.zeros(RATE * 2, np.int16)])
        for begin in range(0, len(samples), FRAME):
            await self._socket.send_bytes(samples[begin : begin + FRAME].tobytes())
            await asyncio.sleep(0.015)

    async def until(self, event: str, **like: object) -> dict:
        """Return the first news of a kind that came, or comes, with these values."""
        read = 0
        async with asyncio.timeout(dialling.PATIENT_S):
            while True:
                for one in self.told[read:]:
                    if one["event"] == event and all(value in (one.get(name), ...) for name, value in like.items()):
                        return one
                read = len(self.told)
                await self._take()

    async def _take(self) -> None:
        message = await self._socket.receive()
        if message.type == aiohttp.WSMsgType.BINARY:
            self.heard += self._listener.hear(np.frombuffer(message.data, np.int16))
        else:
            assert message.type == aiohttp.WSMsgType.TEXT, (message, self.told)
            self.told.append(json.loads(message.data))
            if self.told[-1]["event"] == "mark":
                await self.send("mark", name=self.told[-1]["name"])


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let nothing here depend on how fast this machine is."""
    for name in ("WATCH_S", "RETRY_AFTER_S", "BROKEN_AFTER_S", "CLOSING_S"):
        monkeypatch.setattr(rules, name, 300.0)


@pytest.fixture
async def worker(line, sandbox):
    made = Worker(1)
    async with dialling.voice(made):
        yield made


@pytest.fixture
async def page(worker):
    async with aiohttp.ClientSession() as http, http.ws_connect(settings().voice_browser_url) as socket:
        yield Page(socket)


async def kept(line) -> int:
    with line.org.scope():
        async with unit_of_work() as session:
            of = [select(func.count()).select_from(one) for one in (CallRecord, AgentTurn)]
            return sum([(await session.exec(one)).one() for one in of])


async def test_a_draft_is_heard_answered_and_explained_and_nothing_is_kept(line, page, worker, eventually):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.draft = {"greeting": DRAFT}
            session.add(agent)
    await trials.let_call(line.org.owner, line.agent.id)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.TEST, line.agent.id)})
    assert (await page.until("ready"))["stand_ins"] == ["ear", "mind", "voice"]
    await page.until("caption", who="agent", text=DRAFT, is_final=True)
    assert DRAFT in page.heard
    await page.speak("My name is Dana Ruiz")
    await page.until("caption", who="caller", text="My name is Dana Ruiz", is_final=True)
    assert (await page.until("why"))["turn"]["prompt"]
    await page.send("say", text="Do you take walk-ins?")
    await page.until("caption", who="caller", text="Do you take walk-ins?", is_final=True)
    await page.send("bye")

    async def is_over():
        return worker.calls == 0

    await eventually(is_over, dialling.PATIENT_S)
    assert await kept(line) == 0


async def test_a_pass_is_good_for_one_line_one_person_and_a_minute(line, page):
    shown = passes.issue(line.org.owner, Door.TEST, line.agent.id)
    assert (await passes.use(shown)).about == line.agent.id
    await page.send("start", **{"pass": shown})
    assert "opened already" in (await page.until("refused"))["reason"]


@pytest.mark.parametrize("opening", [{"event": "start", "pass": "a.b.c.d.1.e.f"}, {"event": "start"}, {"event": "x"}])
async def test_a_page_without_a_pass_is_told_so_and_sent_away(page, opening):
    await page.send(**opening)
    assert (await page.until("refused"))["reason"]


async def test_an_agent_that_does_not_speak_cannot_be_called(line):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.agent_type = AgentType.CHAT_WIDGET
            session.add(agent)
    with pytest.raises(Invalid):
        await trials.let_call(line.org.owner, line.agent.id)
