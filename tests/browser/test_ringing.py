"""A caller rings the browsers of the people on duty: whoever answers first has them, and the others fall silent."""

import re

import httpx
from playwright.sync_api import expect

from pages.words import Agents, Contact, Contacts, Desk, LineWords, Phone, Ringing

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
        there.goto("/contacts")
        there.get_by_role("button", name=Contacts.NEW, exact=True).first.click()
        typed = there.get_by_role("dialog").get_by_label(Contact.FIRST_NAME, exact=True)
        typed.fill("Marzipan")
        customer = new_customer()
        httpx.put(f"{up.sandbox_url}/sandbox/lines/{customer}", json={"talks_ms": 600_000})
        carrier.call(customer)
        rings = [page.get_by_role("region", name=Ringing.INCOMING) for page in (here, there)]
        for ring in rings:
            expect(ring).to_be_visible(timeout=PATIENT_MS)
        # A dialog stays as it is, however one goes to the call, and goes on when that is over.
        rings[1].get_by_text(Ringing.INCOMING).click()
        there.keyboard.press("Alt+R")
        expect(rings[1].get_by_role("button", name=Ringing.ANSWER)).to_be_focused()
        there.keyboard.press("Escape")
        here.keyboard.press("Alt+R")
        expect(rings[0].get_by_role("button", name=Ringing.ANSWER)).to_be_focused()
        here.keyboard.press("Enter")
        call = here.get_by_role("region", name=Desk.IN_CALL)
        expect(call).to_contain_text(Desk.ON_THE_LINE, timeout=PATIENT_MS)
        for ring in rings:
            expect(ring).to_have_count(0)
        expect(typed).to_have_value("Marzipan")
        expect(typed).to_be_focused()
        here.get_by_role("link", name=Agents.TITLE, exact=True).first.click()
        expect(call).to_contain_text(Desk.ON_THE_LINE)
        call.get_by_role("button", name=LineWords.HANG_UP).click()
        expect(call).to_contain_text(Desk.ENDED)
    finally:
        up.query("update service_numbers set answered_by = 'agent', ring_s = 25 returning id")
