"""A call: its card grows while people talk, says what came of it, and is found again by what was said."""

import re

from playwright.sync_api import expect

from pages.words import Calls, CallWords
from tests.browser.callers import tell


def line(number: int, who: str, text: str) -> dict[str, object]:
    return {"kind": "transcript.line", "id": f"line:{number}", "after": number, "data": {"who": who, "text": text}}


def test_a_call_is_followed_live_ended_and_found_by_what_was_said(window, ana, up, new_customer):
    customer = new_customer()
    (call,) = tell(
        up,
        {"begin": {"number": up.demo["number"], "customer": customer}},
        {"kind": "agent.joined"},
        line(1, "agent", "Harbor Dental, how can I help?"),
    )
    [(conversation,)] = up.query("select conversation_id from call_records where id = %s", call)
    page = window(ana).page
    page.goto(f"/inbox/{conversation}")
    card = page.get_by_role("article", name=CallWords.INBOUND)
    expect(card.get_by_role("log")).to_contain_text("how can I help?")
    tell(up, {"call": call, **line(2, "caller", "My marzipan crown fell out, thank you for looking at it.")})
    expect(card.get_by_role("log")).to_contain_text("marzipan")

    card.get_by_role("button", name=CallWords.HANG_UP).click()
    page.get_by_role("dialog", name=CallWords.HANG_UP_TITLE).get_by_role("button", name=CallWords.HANG_UP).click()
    card.get_by_role("link", name=CallWords.OPEN).click()
    expect(page.get_by_text("Ana Silva ended the call.")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("marzipan")
    end = {"status": "completed", "duration_s": 130}
    tell(up, {"call": call, "kind": "call.ended", "source": "carrier", "after": 130, "data": end})
    expect(page.get_by_text("2 min 10 s")).to_be_visible()
    # The notes are written some seconds after the end, when the job's turn comes.
    expect(page.get_by_text("The caller said: My marzipan crown fell out")).to_be_visible(timeout=90_000)

    page.goto("/calls")
    page.get_by_role("searchbox", name=Calls.SEARCH).fill("marzip")
    row = page.get_by_role("list", name=Calls.TITLE).get_by_role("listitem")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("My marzipan crown fell out")
    page.get_by_label(Calls.RESULT).select_option(label="Missed")
    expect(page.get_by_role("heading", name=Calls.NO_MATCH_TITLE)).to_be_visible()


def test_a_recording_is_heard_along_its_transcript(window, ana, up, new_customer):
    (call,) = tell(
        up,
        {"begin": {"number": up.demo["number"], "customer": new_customer()}},
        {"kind": "agent.joined"},
        {"record": 20.0},
        line(1, "agent", "Harbor Dental, how can I help?"),
        line(12, "caller", "My crown fell out."),
        {"kind": "call.ended", "source": "carrier", "after": 20, "data": {"status": "completed", "duration_s": 20}},
    )
    page = window(ana).page
    page.goto(f"/calls/{call}")
    place = page.get_by_role("slider", name=CallWords.POSITION)
    # A job completes the recording, and the open page hears of it.
    expect(place).to_be_visible()
    page.get_by_role("button", name=re.compile(CallWords.PLAY_FROM.format(time="0:1"))).click()
    expect(page.locator("[data-line][aria-current=true]")).to_contain_text("My crown fell out.")
    page.get_by_role("button", name=CallWords.PAUSE).click()
    place.press("Home")
    place.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuenow", "5")
    expect(page.locator("[data-line][aria-current=true]")).to_contain_text("how can I help?")
    with page.expect_download() as download:
        page.get_by_role("link", name=CallWords.DOWNLOAD).click()
    assert download.value.suggested_filename.endswith(".mp3")
