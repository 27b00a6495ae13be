"""The vendors of a call follow the agent's settings, and one that fails is stood in for."""

import aiohttp
import numpy as np
import pytest

from backend.agents import fields
from backend.sandbox import spoken
from voice_agent import turns, vendors

SETTINGS = {field.name: field.default for field in fields.ALL}


async def test_another_vendor_speaks_when_the_voice_fails(sandbox):
    fault = {"target": "elevenlabs.speech", "kind": "error", "status": 503}
    await sandbox.client.put("/sandbox/faults", json=[fault])
    async with aiohttp.ClientSession() as http:
        voice = vendors.of(SETTINGS, "gpt-4.1-mini", 300, http).voice
        sound = b""
        async with voice.synthesize("We are open.") as speech:
            async for one in speech:
                sound, rate = sound + bytes(one.frame.data), one.frame.sample_rate
        await voice.aclose()
    samples = np.concatenate([np.frombuffer(sound, np.int16), np.zeros(rate, np.int16)])
    assert list(spoken.Listener(rate).hear(samples)) == ["We are open."]


@pytest.mark.parametrize(("position", "wait", "interruption"), [(0.0, 1.0, 0.7), (1.0, 0.1, 0.1), (0.5, 0.55, 0.4)])
def test_sliders_mean_what_the_table_says_also_at_nought(position, wait, interruption):
    made = turns.options({"responsiveness": position, "interrupt_sensitivity": position})
    assert made["endpointing"]["min_delay"] == wait
    assert made["interruption"]["min_duration"] == interruption
