"""An alert in a browser: a template, a topic tried on a sentence, and what came of a customer's text."""

import re
import secrets

from playwright.sync_api import expect

from pages.words import AgentAlerts, Templates
from tests.browser.addresses import AGENT, Address
from tests.browser.look import settle, sideways, violations


def test_a_topic_is_tried_saved_and_heard_in_a_customers_text(window, ana, up, carrier, new_customer):
    page, mark, customer = window(ana).page, secrets.token_hex(3), new_customer()
    dialog = page.get_by_role("dialog")
    page.goto("/settings/templates")
    settle(page)
    page.get_by_role("button", name=Templates.ADD).first.click()
    dialog.get_by_label(Templates.NAME).fill(f"Saxophone {mark}")
    dialog.get_by_label(Templates.BODY).fill("{{contact.name|Somebody}} {{nobody}}")
    expect(dialog.get_by_text(f"{Templates.UNKNOWN} {{{{nobody}}}}")).to_be_visible()
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_label(Templates.BODY).fill(f"{{{{contact.phone|Somebody}}}} asks for {mark}.")
    dialog.get_by_text(Templates.SHARED).click()
    dialog.get_by_role("button", name=Templates.SAVE, exact=True).click()
    expect(page.get_by_text(f"Saxophone {mark}")).to_be_visible()
    assert violations(page) == []

    page.goto(Address(f"/agents/{AGENT}").of(up) + "?tab=alerts")
    settle(page)
    page.get_by_role("button", name=AgentAlerts.ADD).click()
    dialog.get_by_label(AgentAlerts.NAME, exact=True).fill(f"Saxophone {mark}")
    dialog.get_by_label(AgentAlerts.TOPIC).fill("My saxophone is broken and I need it repaired")
    dialog.get_by_label(AgentAlerts.TO_EMAIL).fill("nowhere")
    dialog.get_by_label(AgentAlerts.TEMPLATE).select_option(f"Saxophone {mark}")
    dialog.get_by_label(AgentAlerts.TRY_OWN).fill("Can you repair saxophones?")
    dialog.get_by_role("button", name=AgentAlerts.TRY_VERB).click()
    expect(dialog.get_by_role("listitem").first).to_contain_text(AgentAlerts.WOULD)
    assert violations(page, "[role=dialog]") == []
    dialog.get_by_role("button", name=AgentAlerts.SAVE, exact=True).click()
    expect(dialog.get_by_text("Give a whole email address.")).to_be_visible()
    dialog.get_by_label(AgentAlerts.TO_EMAIL).fill(f"{mark}@example.com")
    dialog.get_by_role("button", name=AgentAlerts.SAVE, exact=True).click()
    expect(dialog).to_have_count(0)

    carrier.text(customer, "Hello. Do you mend a broken saxophone? Mine has no sound.")
    row = page.get_by_role("listitem").filter(has_text=f"Saxophone {mark}")
    expect(row).to_contain_text(re.compile(AgentAlerts.ONCE))
    assert violations(page) == []
    row.get_by_role("button", name=AgentAlerts.MORE).click()
    page.get_by_role("menuitem", name=AgentAlerts.HISTORY).click()
    expect(dialog.get_by_role("listitem")).to_contain_text(f"Mailed to {mark}@example.com")
    assert violations(page, "[role=dialog]") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert sideways(page) == ""
