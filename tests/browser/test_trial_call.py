"""An agent's draft is called from its page: heard, answered by typing where nobody hears, and explained."""

import re

from playwright.sync_api import expect

from pages.words import Agents, AgentTest, AgentTypes, LineWords, TrialCall

# The voice process loads after everything else serves, on a machine that does much else.
PATIENT_MS = 60_000


def test_a_draft_is_called_from_its_page_with_captions_and_says_why(window, ana, voice):
    page = window(ana).page
    page.goto("/agents")
    page.get_by_role("button", name=Agents.NEW).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("label").filter(has_text=AgentTypes.INBOUND_VOICE_LINE).click()
    dialog.get_by_role("button", name=Agents.CREATE).click()
    expect(page).to_have_url(re.compile(r"/agents/[0-9a-f-]{36}"))
    page.goto(f"{page.url.partition('?')[0]}?tab=test")
    page.locator("label").filter(has=page.get_by_role("radio", name=TrialCall.AS_CALL, exact=True)).click()
    page.get_by_role("button", name=re.compile("^Call ")).click()

    said = page.get_by_role("log", name=TrialCall.CAPTIONS)
    expect(said).to_contain_text("Harbor Dental", timeout=PATIENT_MS)
    page.get_by_label(TrialCall.WRITE).fill("Do you whiten marzipan crowns?")
    page.get_by_role("button", name=TrialCall.SEND, exact=True).click()
    expect(said).to_contain_text("Do you whiten marzipan crowns?", timeout=PATIENT_MS)
    expect(page.get_by_text(AgentTest.WHY_EMPTY)).to_have_count(0, timeout=PATIENT_MS)
    page.get_by_role("button", name=LineWords.MUTE, exact=True).click()
    expect(page.get_by_role("button", name=LineWords.UNMUTE)).to_be_visible()
    page.get_by_role("button", name=LineWords.HANG_UP).click()
    expect(page.get_by_text(TrialCall.ENDED)).to_be_visible()
