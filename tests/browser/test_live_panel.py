"""The live panel of a call that is really held: whisper to the agent, speak instead of it, and hand the call back."""

import time
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import expect

from pages.words import CallWords
from tests.installation import Installation

# Everything here is spoken in tones, forty milliseconds a character, and a busy machine takes its time besides.
PATIENT_S = 60.0
PATIENT_MS = PATIENT_S * 1000


class Caller:
    """A customer on the telephone."""

    def __init__(self, up: Installation, number: str) -> None:
        self._carrier = httpx.Client(base_url=up.sandbox_url, timeout=60)
        self._carrier.put(f"/sandbox/lines/{number}", json={"talks_ms": 600_000}).raise_for_status()
        rung = self._carrier.post("/sandbox/calls", json={"from": number, "to": up.demo["number"]})
        rung.raise_for_status()
        self._call = f"/sandbox/calls/{rung.json()['sid']}"

    def hears(self, part: str) -> None:
        """Wait until words were heard."""
        eventually(lambda: any(part in one for one in self._carrier.get(self._call).json()["heard"]), part)

    def says(self, text: str) -> None:
        """Say something."""
        self._carrier.post(f"{self._call}/say", json={"text": text}).raise_for_status()

    def hangs_up(self) -> None:
        """Put the phone down."""
        self._carrier.post(f"{self._call}/hang-up").raise_for_status()
        self._carrier.close()


def eventually(check: Callable[[], Any], what: str, within_s: float = PATIENT_S) -> None:
    """Wait until something is so."""
    last = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < last, f"not in time: {what}"
        time.sleep(0.1)


def test_a_person_whispers_speaks_instead_of_the_agent_and_hands_the_call_back(
    window, ana, leo, up, voice, new_customer
):
    number = new_customer()
    caller = Caller(up, number)
    caller.hears("how can I help?")
    [(conversation,)] = up.query("select conversation_id from call_records where caller_number = %s", number)
    page = window(ana).page
    page.goto(f"/inbox/{conversation}")
    card = page.get_by_role("article", name=CallWords.INBOUND)
    said = card.get_by_role("log")
    expect(said).to_contain_text("how can I help?")

    card.get_by_role("button", name=CallWords.WHISPER).click()
    page.get_by_label(CallWords.WHISPER_LABEL).fill("Tuesday at ten is free")
    page.keyboard.press("Enter")
    expect(said).to_contain_text(CallWords.WHISPERED.format(name="Ana Silva"))
    expect(page.get_by_label(CallWords.WHISPER_LABEL)).to_have_count(0)
    caller.says("When can I come?")
    caller.hears("Tuesday at ten is free")

    # There is no microphone here: what a person types is said for them.
    card.get_by_role("button", name=CallWords.TAKE_OVER).click()
    expect(card.get_by_text(CallWords.YOU_SPEAK)).to_be_visible(timeout=PATIENT_MS)
    expect(said).to_contain_text(CallWords.TOOK.format(name="Ana Silva"))
    # A colleague sees who has the call, and is offered nothing that would reach the agent or the caller.
    leos = window(leo).page
    leos.goto(f"/inbox/{conversation}")
    leos_card = leos.get_by_role("article", name=CallWords.INBOUND)
    expect(leos_card.get_by_text(CallWords.TAKEN_BY.format(name="Ana Silva"))).to_be_visible()
    expect(leos_card.get_by_role("button", name=CallWords.NOTE, exact=True)).to_be_visible()
    for offered in (CallWords.WHISPER, CallWords.TRANSFER):
        expect(leos_card.get_by_role("button", name=offered, exact=True)).to_have_count(0)
    page.get_by_label(CallWords.SAY_LABEL).fill("Hello, this is Ana")
    page.keyboard.press("Enter")
    caller.hears("Hello, this is Ana")
    caller.says("Good to hear a person")
    expect(said).to_contain_text("Good to hear a person", timeout=PATIENT_MS)

    card.get_by_role("button", name=CallWords.HAND_BACK).click()
    expect(said).to_contain_text(CallWords.GAVE.format(name="Ana Silva"), timeout=PATIENT_MS)
    expect(leos_card.get_by_role("button", name=CallWords.WHISPER, exact=True)).to_be_visible()
    caller.hears("again.")
    caller.hangs_up()
