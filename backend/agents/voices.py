"""List the voices an agent may speak with, and what people need to know to choose one."""

import re
from dataclasses import dataclass

ELEVENLABS, OPENAI = "elevenlabs", "openai"


@dataclass(frozen=True)
class Voice:
    """One voice: its id as agents store it, and how it sounds."""

    id: str
    name: str
    provider: str
    tone: str
    accent: str = "American"
    age: str = "Middle-aged"
    use: str = "Conversation"

    @property
    def description(self) -> str:
        """How it sounds, in a line."""
        return f"{self.tone}, {self.accent}, {self.age.lower()}"


# ElevenLabs' premade voices, with the traits its voice library gives them (https://elevenlabs.io/docs/voices).
_ELEVENLABS = (
    Voice("EXAVITQu4vr4xnSDxMaL", "Sarah", ELEVENLABS, "Warm and sure", age="Young"),
    Voice("9BWtsMINqrJLrRacOOus", "Aria", ELEVENLABS, "Expressive", use="Social media"),
    Voice("CwhRBWXzGAHq8TQ4Fs17", "Roger", ELEVENLABS, "Relaxed"),
    Voice("FGY2WhTYpPnrIDTdsKH5", "Laura", ELEVENLABS, "Bright", age="Young"),
    Voice("IKne3meq5aSn9XLyUdCD", "Charlie", ELEVENLABS, "Lively", "Australian", "Young"),
    Voice("JBFqnCBsd6RMkjVDRZzb", "George", ELEVENLABS, "Warm", "British", use="Narration"),
    Voice("N2lVS1w4EtoT3dr4eOWO", "Callum", ELEVENLABS, "Husky", use="Characters"),
    Voice("SAz9YHcvj6GT2YYXdXww", "River", ELEVENLABS, "Calm and neutral"),
    Voice("SOYHLrjzK2X1ezoPC6cr", "Harry", ELEVENLABS, "Forceful", age="Young", use="Characters"),
    Voice("TX3LPaxmHKxFdv7VOQHJ", "Liam", ELEVENLABS, "Energetic", age="Young"),
    Voice("XB0fDUnXU5powFXDhCwa", "Charlotte", ELEVENLABS, "Inviting", "Swedish", "Young", "Characters"),
    Voice("Xb7hH8MSUJpSbSDYk0k2", "Alice", ELEVENLABS, "Clear", "British", use="Education"),
    Voice("XrExE9yKIg1WjnnlVkGX", "Matilda", ELEVENLABS, "Knowing", use="Education"),
    Voice("bIHbv24MWmeRgZZ458Ic", "Will", ELEVENLABS, "Easy-going", age="Young"),
    Voice("cgSgspJ2msm6clMCkdW9", "Jessica", ELEVENLABS, "Playful", age="Young"),
    Voice("cjVigY5qzO86Huf0OWal", "Eric", ELEVENLABS, "Smooth and trustworthy"),
    Voice("iP95p4xoKVk53GoZ742B", "Chris", ELEVENLABS, "Friendly"),
    Voice("nPczCjzI2devNBz1zQrb", "Brian", ELEVENLABS, "Deep", use="Narration"),
    Voice("onwK4e9ZLuTAKqWW03F9", "Daniel", ELEVENLABS, "Steady", "British", use="News"),
    Voice("pFZP5JQG7iQjIQuC4Bku", "Lily", ELEVENLABS, "Velvety", "British", use="Narration"),
    Voice("pqHfZKP75CvOlQylNhV4", "Bill", ELEVENLABS, "Wise", age="Older"),
)
# OpenAI's speech voices (https://platform.openai.com/docs/guides/text-to-speech).
_OPENAI = tuple(
    Voice(f"openai-{name.lower()}", name, OPENAI, tone)
    for name, tone in (
        ("Alloy", "Neutral"),
        ("Echo", "Even"),
        ("Fable", "Storytelling"),
        ("Onyx", "Deep"),
        ("Nova", "Bright"),
        ("Shimmer", "Soft"),
    )
)
DEFAULT = _ELEVENLABS[0].id
# What agents store for a voice of a caller that their organization had copied (`backend.voice_copies`).
_COPY = re.compile(r"copy-[0-9a-f]{32}")


def is_copy(voice_id: str) -> bool:
    """Tell whether an id names a copied voice, which only one organization may know."""
    return _COPY.fullmatch(voice_id) is not None


def voices() -> tuple[Voice, ...]:
    """Return the voices on offer, the recommended one first."""
    return (*_ELEVENLABS, *_OPENAI)


def known(voice_id: str) -> str:
    """Return the id a voice is stored under, from any spelling its clients use, or an empty string.

    Whether a copied voice is the organization's own is asked by whoever stores it.
    """
    if is_copy(voice_id):
        return voice_id
    plain = voice_id.removeprefix("11labs-")
    by_name = {voice.name.lower(): voice.id for voice in (*_OPENAI, *_ELEVENLABS)}
    return plain if any(voice.id == plain for voice in voices()) else by_name.get(plain.lower(), "")
