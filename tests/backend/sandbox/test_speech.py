"""The real plugins of the vendors of speech run unchanged against the stand-ins, and what one says the other hears."""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, inference, stt, tts
from livekit.agents.vad import VADEventType
from livekit.plugins import deepgram, elevenlabs, openai

from backend.sandbox import spoken

VOICE = "EXAVITQu4vr4xnSDxMaL"
ONCE = APIConnectOptions(max_retry=0, timeout=2)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def _quiet_plugins():
    # What they report of the faults we order is no news.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("livekit").setLevel(logging.NOTSET)


def eleven(url: str, http: aiohttp.ClientSession, key: str = "sandbox-elevenlabs-key") -> elevenlabs.TTS:
    return elevenlabs.TTS(voice_id=VOICE, api_key=key, base_url=f"{url}/v1", encoding="pcm_24000", http_session=http)


def deep(url: str, http: aiohttp.ClientSession, key: str = "sandbox-deepgram-key", rate: int = 16_000) -> deepgram.STT:
    return deepgram.STT(api_key=key, base_url=f"{url}/v1/listen", http_session=http, sample_rate=rate)


async def heard(voice: tts.ChunkedStream | tts.SynthesizeStream) -> tuple[bytes, int]:
    sound, rate = b"", 0
    async with voice:
        async for one in voice:
            sound, rate = sound + bytes(one.frame.data), one.frame.sample_rate
    return sound, rate


def words(sound: bytes, rate: int) -> list[str]:
    samples = np.concatenate([np.frombuffer(sound, np.int16), np.zeros(rate, np.int16)])
    return list(spoken.Listener(rate).hear(samples))


def telephone(samples: np.ndarray) -> np.ndarray:
    """Return samples as G.711's µ-law leaves them."""
    wave = samples / 32768
    pressed = np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256)
    pressed = np.round(pressed * 127) / 127
    return np.asarray(np.sign(pressed) * (256 ** np.abs(pressed) - 1) / 255 * 32767, np.int16)


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(min_size=1, max_size=20).map(str.strip).filter(bool),
    rate=st.sampled_from([8_000, 16_000, 24_000]),
    late=st.integers(0, 4_000),
    step=st.integers(80, 900),
    loudness=st.floats(0.1, 1.0),
    is_phone=st.booleans(),
)
def test_every_text_is_heard_as_it_was_said_through_a_telephone_too(text, rate, late, step, loudness, is_phone):
    said = np.asarray(spoken.say(text, rate) * loudness, np.int16)
    line = np.concatenate([np.zeros(late, np.int16), telephone(said) if is_phone else said, np.zeros(rate, np.int16)])
    listener = spoken.Listener(rate)
    assert [one for at in range(0, len(line), step) for one in listener.hear(line[at : at + step])] == [text]


async def test_a_detector_of_voices_takes_the_tones_for_a_voice():
    stream = inference.VAD(model="silero").stream()
    line = np.concatenate(
        [np.zeros(8_000, np.int16), spoken.say("Good morning to you", 16_000), np.zeros(16_000, np.int16)]
    )
    for at in range(0, len(line), 320):
        part = line[at : at + 320]
        stream.push_frame(rtc.AudioFrame(part.tobytes(), 16_000, 1, len(part)))
    stream.end_input()
    kinds = [event.type async for event in stream if event.type != VADEventType.INFERENCE_DONE]
    assert kinds == [VADEventType.START_OF_SPEECH, VADEventType.END_OF_SPEECH]


async def test_voices_stream_what_is_written_sentence_by_sentence(model_url, http):
    voice = eleven(model_url, http).stream()
    for part in ("Good morning. ", "How can I ", "help you?"):
        voice.push_text(part)
    voice.end_input()
    sound, rate = await heard(voice)
    assert rate == 24_000
    assert " ".join(words(sound, rate)) == "Good morning. How can I help you?"


async def test_voices_answer_requests_too_and_are_listed(model_url, http):
    sound, rate = await heard(eleven(model_url, http).synthesize("One moment, please."))
    assert words(sound, rate) == ["One moment, please."]
    assert VOICE in [one.id for one in await eleven(model_url, http).list_voices()]
    other = openai.TTS(
        voice="nova", model="tts-1", response_format="pcm", api_key="sandbox-openai-key", base_url=f"{model_url}/v1"
    )
    sound, rate = await heard(other.synthesize("One moment, please."))
    assert words(sound, rate) == ["One moment, please."]


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_hearing_goes_from_the_start_of_speech_over_interim_words_to_the_end(model_url, http, rate):
    async with deep(model_url, http, rate=rate).stream() as hearing:
        await speak(hearing, "I would like an appointment", rate)
        events = await until_end(hearing)
    kinds = [one.type for one in events]
    assert kinds[0] == stt.SpeechEventType.START_OF_SPEECH
    assert stt.SpeechEventType.INTERIM_TRANSCRIPT in kinds
    assert kinds[-2:] == [stt.SpeechEventType.FINAL_TRANSCRIPT, stt.SpeechEventType.END_OF_SPEECH]
    assert events[-2].alternatives[0].text == "I would like an appointment"


async def test_what_is_asked_for_at_once_is_final_and_a_closed_stream_tells_what_was_left(model_url, http):
    async with deep(model_url, http).stream() as hearing:
        await speak(hearing, "Never mind", 16_000, silence_s=0.0)
        hearing.end_input()
        events = [one async for one in hearing]
    finals = [one.alternatives[0].text for one in events if one.type == stt.SpeechEventType.FINAL_TRANSCRIPT]
    assert " ".join(finals).strip() == "Never mind"


async def test_a_wrong_key_is_refused_by_either_vendor(model_url, http):
    with pytest.raises(APIError):
        await heard(eleven(model_url, http, key="wrong").synthesize("Hello", conn_options=ONCE))
    with pytest.raises(APIError):
        async with deep(model_url, http, key="wrong").stream(conn_options=ONCE) as hearing:
            await until_end(hearing)


@pytest.mark.parametrize("kind", ["error", "drop"])
async def test_vendors_of_speech_fail_on_command_and_recover(model_url, http, kind):
    async def order(*faults):
        async with http.put(f"{model_url}/sandbox/faults", json=list(faults)) as answer:
            assert answer.status == 200

    try:
        await order(*({"target": one, "kind": kind} for one in ("deepgram.listen", "elevenlabs.speech")))
        voice = eleven(model_url, http).stream(conn_options=ONCE)
        voice.push_text("Hello there.")
        voice.end_input()
        with pytest.raises(APIError):
            await heard(voice)
        with pytest.raises(APIError):
            async with deep(model_url, http).stream(conn_options=ONCE) as hearing:
                await speak(hearing, "Hello", 16_000)
                await until_end(hearing)
    finally:
        await order()
    sound, rate = await heard(eleven(model_url, http).synthesize("Back again."))
    assert words(sound, rate) == ["Back again."]


async def speak(hearing: stt.RecognizeStream, text: str, rate: int, silence_s: float = 0.3) -> None:
    line = np.concatenate([spoken.say(text, rate), np.zeros(round(rate * silence_s), np.int16)])
    for at in range(0, len(line), rate // 50):
        part = line[at : at + rate // 50]
        hearing.push_frame(rtc.AudioFrame(part.tobytes(), rate, 1, len(part)))


async def until_end(hearing: stt.RecognizeStream) -> list[stt.SpeechEvent]:
    events = []
    async with asyncio.timeout(60):
        async for one in hearing:
            if one.type != stt.SpeechEventType.RECOGNITION_USAGE:
                events.append(one)
            if one.type == stt.SpeechEventType.END_OF_SPEECH:
                break
    return events
