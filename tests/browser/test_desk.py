"""A person calls a telephone from /phone, goes on working while they talk, and hangs up where they are by then."""

import re

import httpx
from playwright.sync_api import expect

from pages.words import Contacts, Desk, LineWords

# A telephone that is rung, and a machine that does much else.
PATIENT_MS = 60_000


def test_a_call_from_the_browser_lasts_while_its_person_goes_elsewhere(window, ana, up, voice, new_customer):
    customer = new_customer()
    httpx.put(f"{up.sandbox_url}/sandbox/lines/{customer}", json={"answers": "person", "talks_ms": 600_000})
    page = window(ana).page
    page.goto("/phone")
    keys = page.get_by_role("region", name=Desk.TITLE, exact=True)
    number = keys.get_by_label(Desk.NUMBER, exact=True)
    number.fill("12")
    keys.get_by_role("button", name=Desk.CALL, exact=True).click()
    expect(keys.get_by_role("alert")).to_be_visible()
    number.fill(customer.removeprefix("+1"))
    number.press("Enter")

    call = page.get_by_role("region", name=Desk.IN_CALL)
    expect(call).to_contain_text(Desk.ON_THE_LINE, timeout=PATIENT_MS)
    page.get_by_role("link", name=Contacts.TITLE, exact=True).first.click()
    expect(page.get_by_role("heading", name=Contacts.TITLE, level=1)).to_be_visible()
    expect(call).to_contain_text(Desk.ON_THE_LINE)
    call.get_by_role("button", name=LineWords.HANG_UP).click()
    expect(call).to_contain_text(Desk.ENDED)
    page.goto("/phone")
    expect(keys.get_by_role("button", name=re.compile(customer[-4:]))).to_be_visible()
    [(disposition, agent)] = up.query(
        "select disposition, agent_id from call_records where caller_number = %s", customer
    )
    assert (disposition, agent) == ("answered_by_person", None)
