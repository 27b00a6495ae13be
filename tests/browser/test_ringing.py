"""A caller rings the browsers of the people on duty: whoever answers first has them, and the others fall silent."""

import re

import httpx
from playwright.sync_api import expect

from pages.words import Agents, Contacts, Desk, LineWords, Phone, Ringing

# A voice process that is being started, and a machine that does much else.
PATIENT_MS = 60_000


def test_a_call_rings_on_any_page_and_the_first_who_answers_has_it(window, ana, leo, up, voice, carrier, new_customer):
    here, there = window(ana).page, window(leo).page
    here.goto("/phone")
    here.get_by_role("button", name=re.compile(rf"^{Phone.ANSWERING}")).first.click()
    dialog = here.get_by_role("dialog")
    dialog.get_by_label(Phone.ANSWERED_BY).select_option("people")
    dialog.get_by_label(Phone.RING_FOR).select_option("60")
    expect(dialog.get_by_label(Phone.RING_FOR)).to_have_value("60")
    here.keyboard.press("Escape")
    try:
        here.get_by_role("link", name=Contacts.TITLE, exact=True).first.click()
        there.goto("/team")
        expect(there.get_by_role("heading", level=1)).to_be_visible()
        customer = new_customer()
        httpx.put(f"{up.sandbox_url}/sandbox/lines/{customer}", json={"talks_ms": 600_000})
        carrier.call(customer)
        rings = [page.get_by_role("region", name=Ringing.INCOMING) for page in (here, there)]
        for ring in rings:
            expect(ring).to_be_visible(timeout=PATIENT_MS)
        here.keyboard.press("Alt+R")
        expect(rings[0].get_by_role("button", name=Ringing.ANSWER)).to_be_focused()
        here.keyboard.press("Enter")
        call = here.get_by_role("region", name=Desk.IN_CALL)
        expect(call).to_contain_text(Desk.ON_THE_LINE, timeout=PATIENT_MS)
        for ring in rings:
            expect(ring).to_have_count(0)
        here.get_by_role("link", name=Agents.TITLE, exact=True).first.click()
        expect(call).to_contain_text(Desk.ON_THE_LINE)
        call.get_by_role("button", name=LineWords.HANG_UP).click()
        expect(call).to_contain_text(Desk.ENDED)
    finally:
        up.query("update service_numbers set answered_by = 'agent', ring_s = 25 returning id")
