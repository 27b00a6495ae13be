"""A caller's voice is taken when they agreed and spoke, and at no other time; what the agent is told of it is true."""

import base64
import io
import wave

import numpy as np
import pytest
from sqlmodel import select

from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig
from backend.models.voices import VoiceCopy
from backend.sandbox import spoken
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from voice_agent import sampling
from voice_agent.core.phrases import agrees
from voice_agent.legs.taps import Side
from voice_agent.sampling import Sample
from voice_agent.worker import Worker

pytestmark = pytest.mark.usefixtures("patience")

ASKED = "say yes or no."
SPOKEN = "The quick brown fox jumps over the lazy dog, and the dog sleeps on."


@pytest.fixture
async def caller(carrier, line, eventually, monkeypatch):
    """Somebody on the line of an agent that takes samples, who has been greeted; two seconds are enough here."""
    monkeypatch.setattr(sampling, "LEAST_S", 1.0)
    monkeypatch.setattr(sampling, "ENOUGH_S", 2.0)
    monkeypatch.setattr(sampling, "LAST_WORDS_S", dialling.PATIENT_S)
    # A question that is late to be answered is not put again.
    monkeypatch.setattr(sampling, "ANSWER_S", dialling.PATIENT_S)
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get_one(AgentConfig, line.agent.id)
            agent.settings = {"voice_copying": True}
            session.add(agent)
    made = Worker(1)
    async with dialling.voice(made):
        found = Customer(carrier, eventually)
        await found.dial(line.number.phone_number)
        await found.hears("North Dental.")
        yield found, made


async def copies(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(VoiceCopy))).all())


def lines(events):
    return [(one.data["who"], one.data["text"]) for one in events if one.kind == "transcript.line"]


async def test_who_agrees_and_speaks_has_their_voice_taken_and_hears_that_it_was(line, caller, eventually, run_jobs):
    customer, worker = caller
    await customer.says("Make a copy of my voice")
    await customer.hears(ASKED)
    await customer.says("Yes, I agree")
    await customer.hears("I am listening.")
    await customer.says(SPOKEN)
    await customer.hears("being submitted")
    (kept,) = await copies(line)
    assert (kept.status, kept.agreed) == ("submitting", "Yes, I agree")
    assert ASKED in kept.asked
    assert kept.agreed_at > line.began
    with wave.open(io.BytesIO(base64.b64decode(kept.sample))) as sound:
        rate, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    # Neither what was said before the caller agreed, nor anything of ours, is in it.
    assert list(spoken.Listener(rate).hear(np.concatenate([samples, np.zeros(rate, np.int16)]))) == [SPOKEN]
    # The agent has the caller again.
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)
    events = await told(line)
    assert ("caller", "Yes, I agree") in lines(events)
    assert lines(events).count(("caller", "Make a copy of my voice")) == 1
    [used] = [one.data for one in events if one.kind == "tool.called"]
    assert (used["name"], used["status"]) == ("copy_voice", "ok")


@pytest.mark.parametrize("answers", [["No, I do not want that"], ["What is that for?", "Maybe"]])
async def test_nothing_is_taken_of_who_does_not_clearly_agree(line, caller, eventually, answers):
    customer, _ = caller
    await customer.says("Make a copy of my voice")
    for times, answer in enumerate(answers, start=1):
        await customer.hears(ASKED, times)
        await customer.says(answer)
    await customer.hears("nothing was taken")
    assert await copies(line) == []
    [used] = [one.data for one in await eventually(lambda: told(line, "tool.called"))]
    assert (used["name"], used["status"]) == ("copy_voice", "failed")


async def test_who_hangs_up_while_they_are_heard_leaves_nothing(line, caller, eventually, run_jobs):
    customer, worker = caller
    await customer.says("Make a copy of my voice")
    await customer.hears(ASKED)
    await customer.says("Yes")
    await customer.hears("I am listening.")
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)
    assert await copies(line) == []


def heard(*parts):
    sample = Sample()
    for loud, seconds in parts:
        for _ in range(round(seconds * 50)):
            sample.hear(Side.CALLER, (np.ones(160) * loud).astype(np.int16).tobytes(), 8_000)
    return sample


def test_a_sample_is_whole_when_enough_was_said_or_its_speaker_is_silent_for_long():
    assert not heard((0, 0.5), (5_000, 40)).is_whole.is_set()
    assert heard((0, 0.5), (5_000, 30.1), (50, 1.1)).is_whole.is_set()
    assert heard((0, 0.5), (5_000, 60)).is_whole.is_set()
    assert not heard((0, 0.5), (5_000, 11), (50, 2.5)).is_whole.is_set()
    assert heard((0, 0.5), (5_000, 11), (50, 3.1)).is_whole.is_set()
    # Who has not said enough is given time.
    assert not heard((0, 0.5), (5_000, 5), (50, 15)).is_whole.is_set()
    assert heard((0, 0.5), (5_000, 5), (50, 16.1)).is_whole.is_set()


def test_noise_and_our_own_side_are_no_speech():
    noise = heard((0, 0.5), (140, 20))
    assert noise.speech_s == 0
    sample = Sample()
    sample.hear(Side.AGENT, (np.ones(160) * 5_000).astype(np.int16).tobytes(), 8_000)
    assert sample.speech_s == 0


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        ("Yes.", "en-US", True),
        ("Yeah, I agree", "en-US", True),
        ("Yes, but not for everything", "en-US", False),
        ("I don't think so, yes?", "en-US", False),
        ("Okay", "en-US", None),
        ("What for?", "en-US", None),
        ("Oui, d'accord", "fr", True),
        ("Oui", "en-US", None),
        ("Ja", "multi", True),
        ("Nein", "multi", False),
        ("Sí", "es", True),
        ("", "en-US", None),
    ],
)
def test_only_a_clear_yes_agrees_and_any_no_refuses(text, language, says):
    assert agrees(text, language) is says
