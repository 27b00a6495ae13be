"""The vendors of a call follow the agent's settings, and one that fails is stood in for, also in the middle of it."""

import asyncio

import aiohttp
import numpy as np
import pytest
from aiohttp import web
from livekit.agents import llm
from pydantic import SecretStr

from backend.agents import fields
from backend.core.config import settings
from backend.sandbox import spoken
from tests.ports import free_port
from tests.voice_agent.dialling import PATIENT_S
from tests.voice_agent.ends import Mouth
from voice_agent import turns, vendors
from voice_agent.hearing import Attention
from voice_agent.legs.pacing import PCM_24K, PCMU

SETTINGS = {field.name: field.default for field in fields.ALL}


@pytest.fixture
async def aiohttp_server():
    """Return a maker of servers that answer one address with a handler; each gives its own."""
    runners = []

    async def serve(path, handler):
        app, port = web.Application(), free_port()
        app.router.add_get(path, handler)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}"

    yield serve
    for runner in runners:
        await runner.cleanup()


async def test_the_voice_is_connected_before_there_is_anything_to_say(monkeypatch, aiohttp_server):
    connected = asyncio.get_running_loop().create_future()

    async def speak(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connected.set_result(None)
        async for _ in socket:
            pass
        return socket

    address = await aiohttp_server("/text-to-speech/{voice}/multi-stream-input", speak)
    monkeypatch.setattr(settings(), "elevenlabs_base_url", address)
    async with aiohttp.ClientSession() as http:
        voice = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http, PCMU.rate).voice
        voice.prewarm()
        async with asyncio.timeout(PATIENT_S):
            await connected
        await voice.aclose()


async def broken(sandbox, target, kind):
    await sandbox.client.put("/sandbox/faults", json=[{"target": target, "kind": kind, "status": 503}])


@pytest.mark.parametrize("rate", [PCMU.rate, PCM_24K.rate])
async def test_vendors_hear_and_speak_at_the_rate_of_the_line_so_that_no_change_of_it_holds_sound_back(
    rate, monkeypatch, aiohttp_server
):
    asked = asyncio.get_running_loop().create_future()

    async def listen(request):
        asked.set_result(request.query["sample_rate"])
        return web.Response(status=503)

    monkeypatch.setattr(settings(), "deepgram_base_url", await aiohttp_server("/listen", listen))
    async with aiohttp.ClientSession() as http:
        made = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http, rate)
        recognizer = made.ear.open()
        assert await asked == str(rate)
        await recognizer.aclose()
    assert (made.own_voice.sample_rate, made.voice.sample_rate) == (rate, rate)


@pytest.mark.parametrize("kind", ["error", "drop", "timeout"])
@pytest.mark.parametrize(("voice_id", "target"), [("", "elevenlabs.speech"), ("openai-nova", "openai.speech")])
async def test_another_vendor_speaks_when_the_voice_fails(sandbox, voice_id, target, kind):
    await broken(sandbox, target, kind)
    async with aiohttp.ClientSession() as http:
        voice = vendors.of({**SETTINGS, "voice_id": voice_id}, "gpt-4.1-mini", 300, http, PCMU.rate).voice
        sound = b""
        async with voice.stream(conn_options=vendors.CONNECTING.tts_conn_options) as speech:
            speech.push_text("We are open.")
            speech.end_input()
            async for one in speech:
                sound, rate = sound + bytes(one.frame.data), one.frame.sample_rate
        await voice.aclose()
    samples = np.concatenate([np.frombuffer(sound, np.int16), np.zeros(rate, np.int16)])
    assert list(spoken.Listener(rate).hear(samples)) == ["We are open."]


@pytest.mark.parametrize("kind", ["error", "drop", "timeout"])
async def test_what_a_caller_said_while_their_recognizer_failed_is_heard_by_another(sandbox, kind):
    await broken(sandbox, "deepgram.listen", kind)
    said = "I want to book a table"
    async with aiohttp.ClientSession() as http:
        ear = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http, PCMU.rate).ear
        attention = Attention(ear.give_up)
        mouth, heard = Mouth(), []
        mouth.say(said)

        async def listen():
            async for event in stream:
                if event.alternatives and event.alternatives[0].text:
                    attention.understood()
                    heard.append(event.alternatives[0].text)

        async with ear.stream() as stream:
            listening = asyncio.create_task(listen())
            attention.spoke()
            async with asyncio.timeout(PATIENT_S):
                async for frame in mouth:
                    stream.push_frame(frame)
                    if not mouth.is_saying:
                        attention.paused()
                    if said in heard:
                        break
            listening.cancel()
        attention.stop()
        await ear.aclose()
    assert heard == [said]
    assert ear.place == 1


async def test_another_server_thinks_when_the_model_of_the_first_cannot_be_reached(sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "openai_base_url", f"http://127.0.0.1:{free_port()}/v1")
    monkeypatch.setattr(settings(), "fallback_openai_base_url", f"{sandbox.url}/v1")
    monkeypatch.setattr(settings(), "fallback_openai_api_key", SecretStr("sandbox-openai-key"))
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="Hello")
    async with aiohttp.ClientSession() as http:
        mind = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http, PCMU.rate).mind
        async with mind.chat(chat_ctx=context) as answer:
            said = [one.delta.content async for one in answer if one.delta and one.delta.content]
        await mind.aclose()
    assert "".join(said)


@pytest.mark.parametrize(("position", "wait", "interruption"), [(0.0, 1.0, 0.7), (1.0, 0.1, 0.1), (0.5, 0.55, 0.4)])
def test_sliders_mean_what_the_table_says_also_at_nought(position, wait, interruption):
    made = turns.options({"responsiveness": position, "interrupt_sensitivity": position})
    assert made["endpointing"]["min_delay"] == wait
    assert made["interruption"]["min_duration"] == interruption
