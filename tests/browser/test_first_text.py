"""A new person's first quarter of an hour: from an empty account to a customer answered, taken over and handed back."""

import re
import secrets

from playwright.sync_api import Page, expect

from pages.words import (
    AgentTest,
    Forms,
    InboxSide,
    InboxTimeline,
    SignUp,
    VerifyEmail,
    Welcome,
)
from tests.browser.inbox import Inbox
from tests.browser.people import PASSWORD

NAME, EMAIL, BUSINESS = "Dana Ruiz", f"dana-{secrets.token_hex(4)}@hill-street.example", "Hill Street Dental"
FACTS = """Opening hours: Monday to Friday, 9:00 am to 5:00 pm. Saturday and Sunday: closed.
A cleaning costs $130 and takes 40 minutes.
There is free parking behind the house on Hill Street."""
MOST_CLICKS = 6

COUNT_CLICKS = """() => document.addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.setItem("clicks", 1 + Number(sessionStorage.getItem("clicks") ?? 0));
}, true)"""


def clicks(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.getItem('clicks') ?? 0)"))


def test_new_person_reaches_an_answering_agent_watches_it_and_takes_over(window, carrier, new_customer):
    page = window().page
    page.add_init_script(f"({COUNT_CLICKS})()")

    # Sign up, with the code from the mail.
    page.goto("/signup")
    page.get_by_label(Forms.NAME).fill(NAME)
    page.get_by_label(Forms.EMAIL).fill(EMAIL)
    page.get_by_label(Forms.PASSWORD, exact=True).fill(PASSWORD)
    page.get_by_role("button", name=SignUp.SUBMIT).click()
    expect(page).to_have_url(re.compile("/verify-email"))
    expect(page.get_by_role("heading", level=1)).to_have_text(VerifyEmail.TITLE)
    page.get_by_label(Forms.CODE).press_sequentially(carrier.code_for(EMAIL))  # the sixth digit sends it
    expect(page).to_have_url(re.compile("/welcome"))

    # From here on every press counts, up to the answer.
    page.evaluate("sessionStorage.removeItem('clicks')")
    expect(page.get_by_label(Welcome.NAME)).to_be_visible()
    page.get_by_label(Welcome.NAME).fill(BUSINESS)
    page.get_by_label(Welcome.FACTS).fill(FACTS)
    page.get_by_role("button", name=Welcome.CREATE).click()
    number = page.get_by_text(re.compile(r"^\(\d{3}\) \d{3}-\d{4}$"))
    shown = number.inner_text()
    page.get_by_role("button", name=Welcome.USE).click()
    question = page.get_by_label(AgentTest.PLACEHOLDER)
    expect(question).to_have_value(Welcome.TEST_DEFAULT)
    page.get_by_role("button", name=Welcome.SEND).click()
    expect(page.get_by_role("log").get_by_text("9:00 am to 5:00 pm")).to_be_visible()
    assert clicks(page) <= MOST_CLICKS

    # A customer texts the number; the answer appears in the open inbox and on their phone, without a reload.
    e164 = "+1" + re.sub(r"\D", "", shown)
    customer = new_customer()
    page.get_by_role("link", name=Welcome.FINISH).click()
    inbox = Inbox(page)
    expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    page.evaluate("window.neverReloaded = true")
    phone = window(width=390, height=844).page
    phone.goto(carrier.phone_page(customer, to=e164))
    phone.get_by_label("Text message").fill("How much is a cleaning?")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("log").get_by_text("$130")).to_be_visible()
    inbox.open(customer)
    answer = inbox.said("$130")
    expect(answer).to_be_visible()
    expect(answer).to_contain_text(InboxTimeline.DELIVERED)

    # Why did it say that?
    answer.get_by_role("button", name=InboxTimeline.WHY).click()
    why = page.get_by_role("region", name=InboxSide.WHY)
    expect(why.get_by_role("listitem").filter(has_text="A cleaning costs $130")).to_be_visible()
    expect(why).to_contain_text(InboxSide.MODEL)

    # Take over: the person's words reach the phone, and the agent stays silent.
    inbox.take_over.click()
    expect(inbox.hand_back).to_be_visible()
    inbox.reply("Dana here, I take it from here.")
    expect(inbox.said("Dana here")).to_contain_text(InboxTimeline.DELIVERED)
    expect(phone.get_by_role("log").get_by_text("Dana here")).to_be_visible()
    phone.get_by_label("Text message").fill("Where can I park?")
    phone.keyboard.press("Enter")
    expect(inbox.said("Where can I park?")).to_be_visible()

    # Hand back: it answers again.
    inbox.hand_back.click()
    expect(inbox.take_over).to_be_visible()
    phone.get_by_label("Text message").fill("And where can I park my car?")
    phone.keyboard.press("Enter")
    expect(inbox.said("behind the house")).to_be_visible()
    expect(phone.get_by_role("log").get_by_text("behind the house")).to_be_visible()
    # Whatever it meant to say to the first of the two questions would be there by now.
    assert len(carrier.received_by(customer, of=e164)) == 3
    assert page.evaluate("window.neverReloaded") is True
