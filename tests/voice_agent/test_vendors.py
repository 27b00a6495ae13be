"""The vendors of a call follow the agent's settings, and one that fails is stood in for, also in the middle of it."""

import asyncio

import aiohttp
import numpy as np
import pytest
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

SETTINGS = {field.name: field.default for field in fields.ALL}


async def broken(sandbox, target, kind):
    await sandbox.client.put("/sandbox/faults", json=[{"target": target, "kind": kind, "status": 503}])


@pytest.mark.parametrize("kind", ["error", "drop", "timeout"])
@pytest.mark.parametrize(("voice_id", "target"), [("", "elevenlabs.speech"), ("openai-nova", "openai.speech")])
async def test_another_vendor_speaks_when_the_voice_fails(sandbox, voice_id, target, kind):
    await broken(sandbox, target, kind)
    async with aiohttp.ClientSession() as http:
        voice = vendors.of({**SETTINGS, "voice_id": voice_id}, "gpt-4.1-mini", 300, http).voice
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
        ear = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http).ear
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
        mind = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http).mind
        async with mind.chat(chat_ctx=context) as answer:
            said = [one.delta.content async for one in answer if one.delta and one.delta.content]
        await mind.aclose()
    assert "".join(said)


@pytest.mark.parametrize(("position", "wait", "interruption"), [(0.0, 1.0, 0.7), (1.0, 0.1, 0.1), (0.5, 0.55, 0.4)])
def test_sliders_mean_what_the_table_says_also_at_nought(position, wait, interruption):
    made = turns.options({"responsiveness": position, "interrupt_sensitivity": position})
    assert made["endpointing"]["min_delay"] == wait
    assert made["interruption"]["min_duration"] == interruption
