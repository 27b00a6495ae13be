"""The place around an agent is heard by the caller, under its voice and between its words, and by nobody else."""

import asyncio
import base64
from uuid import uuid4

import aiohttp
import numpy as np
import pytest
from aiohttp import web
from livekit import rtc

from backend.agents import fields
from tests.ports import free_port
from tests.voice_agent.dialling import PATIENT_S
from voice_agent import places
from voice_agent.ambience import around
from voice_agent.legs import ulaw
from voice_agent.legs.media_stream import MediaStream, Start, read

CAFE = {"ambient_sound": "coffee-shop", "ambient_sound_volume": 1.0}


class Recorder:
    """Whoever listens in, or records."""

    def __init__(self):
        self.sound = b""

    def hear(self, side, samples, rate):
        self.sound += samples


class Telephone:
    """What a carrier's line is sent."""

    def __init__(self):
        self.sound = np.zeros(0, np.int16)

    async def listen(self, socket):
        async for message in socket:
            told = read(message.data)
            if told["event"] == "media":
                frame = np.frombuffer(ulaw.decode(base64.b64decode(told["media"]["payload"])), np.int16)
                self.sound = np.concatenate([self.sound, frame])


@pytest.fixture
async def line():
    """A leg, and the telephone at its other end."""
    opened = asyncio.get_running_loop().create_future()
    closing = asyncio.Event()

    async def answer(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        opened.set_result(MediaStream(socket, Start("one", {}), uuid4(), "line"))
        await closing.wait()
        return socket

    app = web.Application()
    app.router.add_get("/", answer)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{port}/") as socket:
        phone = Telephone()
        listening = asyncio.create_task(phone.listen(socket))
        yield await opened, phone
        closing.set()
        listening.cancel()
    await runner.cleanup()


def test_every_place_that_can_be_chosen_has_a_sound_of_its_own_that_never_stands_out():
    assert {"off", *places.NAMES} == set(fields.AMBIENCES)
    sounds = [np.frombuffer(places.loop(name, ulaw.RATE), np.int16).astype(float) for name in places.NAMES]
    for sound in sounds:
        assert 600 < np.sqrt(np.mean(sound**2)) < 1200
        assert np.abs(sound).max() < 6000
    alike = np.corrcoef(sounds) - np.eye(len(sounds))
    assert np.abs(alike).max() < 0.2


async def test_the_place_is_heard_between_words_and_under_them_by_the_caller_alone(line, eventually):
    leg, phone = line
    listens = Recorder()
    leg.taps.add(listens)

    async def heard(seconds):
        return len(phone.sound) >= seconds * ulaw.RATE

    async with around(leg, CAFE):
        await eventually(lambda: heard(0.5), PATIENT_S)
        assert listens.sound == b""
        # A silent speech: what the caller hears of it is the place.
        before = len(phone.sound)
        quiet = rtc.AudioFrame(bytes(ulaw.RATE), ulaw.RATE, 1, ulaw.RATE // 2)
        await leg.mouth.capture_frame(quiet)
        leg.mouth.flush()
        await leg.mouth.wait_for_playout()
        await eventually(lambda: heard(before / ulaw.RATE + 0.5), PATIENT_S)
    assert len(listens.sound) == ulaw.RATE
    assert not np.any(np.frombuffer(listens.sound, np.int16))
    loud = phone.sound.astype(float)
    assert np.all([np.abs(loud[at : at + 800]).max() > 100 for at in range(0, len(loud) - 800, 800)])


async def test_an_agent_that_is_nowhere_and_music_on_hold_stay_as_they_are(line, eventually):
    leg, phone = line
    frame = ulaw.encode(np.full(ulaw.FRAME, 3000, np.int16).tobytes())

    async def heard():
        return len(phone.sound) > 0

    async with around(leg, {**CAFE, "ambient_sound": "off"}):
        await leg.send_sound(frame)
        await eventually(heard, PATIENT_S)
    assert set(phone.sound) == set(np.frombuffer(ulaw.decode(frame), np.int16))
    leg.around.be(places.loop("call-center", ulaw.RATE), 2.0)
    assert leg.around.under(frame, is_voice=False) == frame
    assert leg.around.under(frame, is_voice=True) != frame
