"""Whoever opens a socket without a ticket, or sends what is no stream, carries no call and holds nobody up."""

import contextlib
import json
from uuid import UUID

import aiohttp
import pytest

from backend.calls import tickets
from backend.core.config import settings
from backend.core.ids import new_id
from tests.voice_agent import dialling
from tests.voice_agent.dialling import PATIENT_S
from voice_agent import server
from voice_agent.worker import Worker

ADDRESS = settings().voice_stream_url


def start(call_id: UUID | str, ticket: str) -> str:
    given = {"call_id": str(call_id), "ticket": ticket}
    return json.dumps({"event": "start", "streamSid": "s", "start": {"customParameters": given}})


STRANGE = [
    start(new_id(), "1.2"),
    start("no-id", ""),
    json.dumps({"event": "start"}),
    json.dumps({"event": "start", "start": []}),
    json.dumps({"event": "start", "start": {"customParameters": "x"}}),
]
NO_STREAM = ["", "[]", "{", "null", json.dumps({"event": ["start"]}), "[" * 10_000]


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.mark.parametrize("message", STRANGE)
async def test_a_stranger_is_sent_away(queue, http, message):
    async with dialling.voice(Worker(1)), http.ws_connect(ADDRESS) as socket:
        await socket.send_str(message)
        assert (await socket.receive(PATIENT_S)).type == aiohttp.WSMsgType.CLOSE
        assert socket.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_what_is_no_stream_is_passed_over_and_ends_when_it_lasts(queue, http, monkeypatch):
    monkeypatch.setattr(server, "BEGINS_WITHIN_S", 0.2)
    async with dialling.voice(Worker(1)), http.ws_connect(ADDRESS) as socket:
        # Its time may be over before all of it is said.
        with contextlib.suppress(ConnectionError):
            for message in NO_STREAM:
                await socket.send_str(message)
        assert (await socket.receive(PATIENT_S)).type == aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(("capacity", "is_draining", "says"), [(0, False, "full"), (1, True, "draining")])
async def test_who_has_no_room_says_so_before_anything_begins(queue, http, capacity, is_draining, says):
    worker = Worker(capacity)
    worker.is_draining = is_draining
    async with dialling.voice(worker):
        async with http.get(ADDRESS.replace("ws://", "http://").replace(server.STREAM, server.HEALTH)) as health:
            assert (health.status, (await health.json())["status"]) == (503, says)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(ADDRESS)
        assert refused.value.status == 503


async def test_a_call_no_agent_answers_is_let_go_of(line, http):
    call = await line.begin()
    with line.org.scope():
        from backend.core.tenancy import unit_of_work

        async with unit_of_work() as session:
            record = await session.get(type(call), call.id)
            record.agent_id = None
            session.add(record)
    worker = Worker(1)
    async with dialling.voice(worker), http.ws_connect(ADDRESS) as socket:
        await socket.send_str(start(call.id, tickets.issue(call.id)))
        assert (await socket.receive(PATIENT_S)).type == aiohttp.WSMsgType.CLOSE
        assert socket.close_code == aiohttp.WSCloseCode.INTERNAL_ERROR
    assert worker.calls == 0
