"""Teaching agents in a browser: questions, a file and a website, then what a question finds."""

import secrets

from playwright.sync_api import expect

from pages.words import Knowledge
from tests.browser.look import settle, sideways, violations


def test_what_is_taught_is_found_and_a_private_address_says_why(window, ana, tmp_path):
    page, mark = window(ana).page, secrets.token_hex(3)
    page.goto("/knowledge")
    settle(page)
    dialog = page.get_by_role("dialog")

    page.get_by_role("button", name=Knowledge.ADD).first.click()
    dialog.get_by_text(Knowledge.PAIRS, exact=True).click()
    dialog.get_by_role("textbox", name=Knowledge.NAME).fill(f"Questions {mark}")
    dialog.get_by_label(f"{Knowledge.QUESTION} 1").fill(f"Do you repair saxophones of the make {mark}?")
    dialog.get_by_role("textbox", name=Knowledge.ANSWER).fill("Yes, within a week.")
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_role("button", name=Knowledge.ADD_VERB, exact=True).click()
    expect(page.get_by_role("link", name=f"Questions {mark}")).to_be_visible()

    page.get_by_role("button", name=Knowledge.ADD).first.click()
    dialog.get_by_text(Knowledge.FILE, exact=True).click()
    table = tmp_path / f"prices-{mark}.csv"
    table.write_text("Instrument;Price\nTrumpet;40\nTuba;90\n")
    dialog.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_role("link", name=f"prices-{mark}")).to_be_visible()

    page.get_by_role("button", name=Knowledge.ADD).first.click()
    dialog.get_by_role("textbox", name=Knowledge.URL).fill(f"http://127.0.0.1:1/{mark}")
    dialog.get_by_role("button", name=Knowledge.MORE_OPTIONS).click()
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_role("button", name=Knowledge.ADD_VERB, exact=True).click()
    page.get_by_role("link", name=f"127.0.0.1:1/{mark}").click()
    expect(page.get_by_text("private network").first).to_be_visible()
    assert violations(page) == []

    page.goto("/knowledge/try")
    page.get_by_role("textbox", name=Knowledge.TRY_LABEL).fill(f"saxophones of the make {mark}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Yes, within a week.").first).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert sideways(page) == ""
