"""Make what hears, thinks and speaks in a call: the vendors of the settings, and who stands in for each mid-call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from livekit.agents import NOT_GIVEN, APIConnectOptions, llm, stt, tts
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.plugins import deepgram, elevenlabs, openai

from voice_agent import gateway, turns
from voice_agent.hearing import Ears
from voice_agent.prompt_voice import PromptVoice

# What is written down for people to read may be a tenth of a second late: lines of every rate are brought to this one.
CAPTIONS_HZ = 16_000
# A language Deepgram hears as any of several (https://developers.deepgram.com/docs/multilingual-code-switching).
MANY = "multi"
# OpenAI's quickest voice model, which speaks where ElevenLabs fails, and for agents that chose one of its voices.
OPENAI_VOICE_MODEL = "tts-1"
STAND_IN_VOICE = "nova"
# ElevenLabs' range of speed and of stability (https://elevenlabs.io/docs/api-reference/text-to-speech); ours is wider.
SPEEDS, STABILITIES = (0.7, 1.2), (0.0, 1.0)
SIMILARITY = 0.75
# OpenAI's model that hears where Deepgram fails; it takes whole sentences.
STAND_IN_EAR_MODEL = "gpt-4o-mini-transcribe"
# Seconds a vendor is waited for before its stand-in is asked: for the first word of a model or its next, and for the
# first sound of a voice or its next. Shorter than the call's own patience (`core.rules`), which would ask it again.
MIND_WAITS_S, VOICE_WAITS_S = 3.0, 2.0
CONNECTING = SessionConnectOptions(tts_conn_options=APIConnectOptions(max_retry=1, timeout=VOICE_WAITS_S))


@dataclass(frozen=True)
class Vendors:
    """The three of one call; each is several, of whom the next takes over where one fails."""

    ear: Ears
    mind: llm.LLM[Any]
    voice: tts.TTS[Any]
    own_voice: tts.TTS[Any]
    """The agent's own voice, without what stands in for it."""


def of(
    settings: Mapping[str, Any],
    model: str,
    max_tokens: int,
    http: aiohttp.ClientSession,
    rate: int,
    hears: bool = True,
) -> Vendors:
    """Return the vendors for an agent's published fields; they share `http` and are closed with it.

    They hear and speak at the line's own `rate` (samples a second: 8,000 or 24,000): a change of rate on the way holds
    sound back by as much as 0.1 s.
    """
    ours = gateway.settings()
    ear = Ears([_ear(settings, ours, http, rate), _stand_in_ear(settings, ours)], hears)
    voices = _voices(settings, ours, http, rate)
    voice = tts.FallbackAdapter(voices, max_retry_per_tts=0, sample_rate=rate)
    return Vendors(ear, _mind(settings, model, max_tokens, ours), voice, voices[0])


def ears_of_people(settings: Mapping[str, Any], http: aiohttp.ClientSession) -> Ears:
    """Return what hears people who hold a call themselves; `settings` are the agent's, where there is one."""
    known = {"language": MANY, "vocabulary": "", "responsiveness": 0.5, **settings}
    ours = gateway.settings()
    return Ears([_ear(known, ours, http, CAPTIONS_HZ), _stand_in_ear(known, ours)], hears=True)


def _stand_in_ear(settings: Mapping[str, Any], ours: gateway.Settings) -> stt.STT[Any]:
    language = str(settings["language"])
    return openai.STT(
        model=STAND_IN_EAR_MODEL,
        language=language[:2],
        detect_language=language == MANY,
        prompt=str(settings["vocabulary"]) or NOT_GIVEN,
        client=gateway.openai_client(ours.openai_base_url, ours.openai_api_key.get_secret_value()),
    )


def _ear(settings: Mapping[str, Any], ours: gateway.Settings, http: aiohttp.ClientSession, rate: int) -> stt.STT[Any]:
    terms = [one.strip() for one in str(settings["vocabulary"]).split(",") if one.strip()]
    return deepgram.STT(
        model=ours.deepgram_model,
        language=settings["language"],
        sample_rate=rate,
        endpointing_ms=turns.endpointing_ms(settings),
        # Spellings the business wants; only this family of models takes them.
        keyterm=terms if ours.deepgram_model.startswith("nova-3") else [],
        api_key=ours.deepgram_api_key.get_secret_value(),
        base_url=f"{ours.deepgram_base_url.rstrip('/')}/listen",
        http_session=http,
    )


def _mind(settings: Mapping[str, Any], model: str, max_tokens: int, ours: gateway.Settings) -> llm.LLM[Any]:
    names = dict.fromkeys(name for name in (model, ours.fallback_chat_model, ours.chat_model) if name)
    here = (ours.openai_base_url, ours.openai_api_key.get_secret_value())
    wanted = [(name, *here) for name in list(names)[:2]]
    if ours.fallback_openai_base_url:
        elsewhere = (ours.fallback_openai_base_url, ours.fallback_openai_api_key.get_secret_value() or here[1])
        wanted = [wanted[0], (ours.fallback_chat_model or wanted[0][0], *elsewhere)]
    made: list[llm.LLM[Any]] = [
        openai.LLM(
            model=name,
            client=gateway.openai_client(address, key),
            temperature=settings["temperature"],
            max_completion_tokens=max_tokens,
            service_tier="priority" if settings["priority_sequencing"] else NOT_GIVEN,
            # Our tools' schemas are checked by us, and other servers know no strict ones.
            _strict_tool_schema=False,
        )
        for name, address, key in wanted
    ]
    return llm.FallbackAdapter(made, attempt_timeout=MIND_WAITS_S) if len(made) > 1 else made[0]


def _voices(
    settings: Mapping[str, Any], ours: gateway.Settings, http: aiohttp.ClientSession, rate: int
) -> list[tts.TTS[Any]]:
    chosen = gateway.voice_of(str(settings["voice_id"]))
    is_openai = chosen.provider == gateway.OPENAI
    spoken_by_openai = PromptVoice(
        model=OPENAI_VOICE_MODEL,
        voice=chosen.name.lower() if is_openai else STAND_IN_VOICE,
        speed=float(settings["voice_speed"]),
        response_format="pcm",
        client=gateway.openai_client(ours.openai_base_url, ours.openai_api_key.get_secret_value()),
    )
    language = str(settings["language"])[:2]
    spoken_by_elevenlabs = elevenlabs.TTS(
        voice_id=gateway.voice_of("").id if is_openai else chosen.id,
        model=ours.elevenlabs_model,
        voice_settings=elevenlabs.VoiceSettings(
            stability=_within(settings["voice_stability"], STABILITIES),
            similarity_boost=SIMILARITY,
            speed=_within(settings["voice_speed"], SPEEDS),
        ),
        encoding="pcm_8000" if rate == 8_000 else "pcm_24000",
        api_key=ours.elevenlabs_api_key.get_secret_value(),
        base_url=ours.elevenlabs_base_url.rstrip("/"),
        http_session=http,
        language=NOT_GIVEN if settings["language"] == MANY else language,
    )
    both: list[tts.TTS[Any]] = [spoken_by_elevenlabs, spoken_by_openai]
    return both[::-1] if is_openai else both


def _within(value: float, ends: tuple[float, float]) -> float:
    return min(max(float(value), ends[0]), ends[1])
