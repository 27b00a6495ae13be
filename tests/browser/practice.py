"""Let the demo practice use all of its agent, by hand: what it is connected to, may do, remembers, and is tested with.

The pictures of `shots_of_agents.py` show what comes of it.
"""

import re

from playwright.sync_api import Locator, Page, expect

from pages.words import (
    Agent,
    AgentAlerts,
    AgentCase,
    AgentFunctions,
    AgentPolicies,
    AgentProving,
    AgentPublish,
    AgentSkills,
    AgentTools,
    Connections,
    InboxSide,
    InboxTimeline,
    Memory,
    Templates,
    Tickets,
)
from tests.browser.carrier import Carrier, wait_until
from tests.browser.inbox import Inbox
from tests.browser.look import settle
from tests.browser.shots import CUSTOMERS, press
from tests.installation import Installation

SAVE_NAME, OPEN_TICKET = "Save the customer's name", "Open a ticket"
SUITE, CASE, ALERT, FUNCTION = "Prices and hours", "Names the price of a cleaning", "Wants to leave", "look_up_order"
FOLLOW_UP, REVIEW = "Follow-up", "Review request"
_TEMPLATES = (
    ("Message", "Opening hours", "hours", "Hi {{contact.first_name|there}}, we are open from 8 to 6, Friday until 3."),
    (
        "Message",
        "Running late",
        "late",
        "Hi {{contact.first_name|there}}, we are running a little late today. Is that all right?",
    ),
    ("Email", "After a visit", "", "Hello {{contact.first_name|there}},\n\nthank you for your visit."),
    ("Call", "Confirm a visit", "", "Confirm tomorrow’s visit with {{contact.first_name|the patient}}."),
)


class Practice:
    """The demo workspace in the hands of its owner, in one window."""

    def __init__(self, page: Page, up: Installation, carrier: Carrier, agent: str) -> None:
        self._page, self._up, self._carrier, self._agent = page, up, carrier, agent
        self._dialog = page.get_by_role("dialog")

    def work(self) -> None:
        """Do all of it."""
        self._write_templates()
        self._connect()
        self._give_functions()
        self._remember()
        self._listen()
        self._publish()
        self._meet_customers()
        self._promise()
        self._switch_on_skills()
        self._test()
        self._change_again()

    def _open(self, tab: str) -> None:
        self._page.goto(f"{self._agent}?tab={tab}")
        settle(self._page)

    def _say(self, words: str) -> None:
        """Press the dialog's button and wait until it is away."""
        self._dialog.get_by_role("button", name=words, exact=True).click()
        expect(self._dialog).to_have_count(0, timeout=20_000)

    def _publish(self) -> None:
        press("button", Agent.REVIEW)(self._page)
        self._dialog.get_by_role("button", name=AgentPublish.VERB).click()
        expect(self._dialog).to_have_count(0)

    def _write_templates(self) -> None:
        self._page.goto("/settings/templates")
        for kind, title, shortcut, words in _TEMPLATES:
            press("button", Templates.ADD)(self._page)
            self._dialog.locator("label").filter(has_text=kind).first.click()
            self._dialog.get_by_label(Templates.NAME).fill(title)
            if shortcut:
                self._dialog.get_by_label(Templates.SHORTCUT).fill(shortcut)
            if kind == "Email":
                self._dialog.get_by_label(Templates.SUBJECT).fill("Thank you for your visit")
            if kind == "Call":
                self._dialog.get_by_label(Templates.GOAL).fill("A clear yes, or a new time.")
            self._dialog.get_by_label(Templates.PURPOSE if kind == "Call" else Templates.BODY, exact=True).fill(words)
            self._dialog.get_by_text(Templates.SHARED).click()
            self._say(Templates.SAVE)

    def _connect(self) -> None:
        self._page.goto("/settings/connections")
        self._page.get_by_label(Connections.KEY, exact=True).fill("cal_sandbox")
        press("button", Connections.CONNECT)(self._page)
        expect(self._page.get_by_text(Connections.ACCOUNT, exact=True)).to_be_visible()
        press("button", Connections.ADD)(self._page)
        self._dialog.get_by_label(Connections.NAME, exact=True).fill("Shop")
        self._dialog.get_by_label(Connections.URL, exact=True).fill(f"{self._up.sandbox_url}/mcp")
        self._say(Connections.CONNECT)

    def _give_functions(self) -> None:
        self._open("functions")
        press("button", AgentFunctions.ADD)(self._page)
        dialog = self._dialog
        dialog.get_by_label(AgentFunctions.NAME, exact=True).fill(FUNCTION)
        dialog.get_by_label(AgentFunctions.DESCRIPTION).fill("Look up an order when a customer asks where it is.")
        dialog.get_by_label(AgentFunctions.URL, exact=True).fill(
            f"{self._up.sandbox_url}/business/orders/{{{{number}}}}"
        )
        dialog.get_by_label(AgentFunctions.METHOD).select_option("GET")
        dialog.get_by_label(AgentFunctions.PARAMETER_NAME, exact=True).fill("number")
        dialog.get_by_label(AgentFunctions.PARAMETER_ABOUT, exact=True).fill("The number of the order")
        self._say(AgentFunctions.SAVE_DRAFT)
        more = self._page.get_by_role("button", name=f"{AgentFunctions.MORE} {FUNCTION}")
        for number in ("1042", "9999"):
            more.click()
            press("menuitem", AgentFunctions.TRY)(self._page)
            dialog.get_by_role("textbox").first.fill(number)
            press("button", AgentFunctions.TRY_VERB)(self._page)
            expect(dialog.get_by_text(AgentFunctions.RESPONSE).first).to_be_visible()
            self._page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)
        self._page.get_by_role("switch", name=re.compile("^Cleaning")).click(force=True)
        self._page.get_by_role("switch", name=re.compile(f"^{AgentTools.ALLOW} .*stock", re.IGNORECASE)).click(
            force=True
        )
        self._page.get_by_label(f"{AgentPolicies.POLICY} {SAVE_NAME}").select_option(label=AgentPolicies.ASK)
        self._page.get_by_label(f"{AgentPolicies.POLICY} {OPEN_TICKET}").select_option(label=AgentPolicies.ALLOWED)
        self._page.wait_for_timeout(800)

    def _remember(self) -> None:
        self._open("memory")
        self._page.get_by_role("switch", name=re.compile(f"^{Memory.SWITCH}")).click(force=True)
        self._page.wait_for_timeout(800)

    def _listen(self) -> None:
        self._open("alerts")
        press("button", AgentAlerts.ADD)(self._page)
        self._dialog.get_by_label(AgentAlerts.NAME, exact=True).fill(ALERT)
        self._dialog.get_by_label(AgentAlerts.TOPIC).fill("I want to change to another dentist")
        self._dialog.get_by_label(AgentAlerts.TO_EMAIL).fill("office@harbor-dental.example")
        self._say(AgentAlerts.SAVE)

    def _meet_customers(self) -> None:
        say = self._carrier.text
        told = {
            "approve": "Hi, my name is Mia Fox",
            "approved": "Hi, my name is Tom Berg",
            "refused": "Hi, my name is Ines Roth",
            "known": "I’m allergic to penicillin and mornings work best. My daughter is called Mina.",
            "gap": "Do you repair saxophones?",
            "gap2": "Can you fix a saxophone?",
            "leaves": "I want to move to another dentist, please.",
            "promised": "Please open a support ticket, my retainer broke, it is urgent",
        }
        for key, words in told.items():
            say(CUSTOMERS[key], words)
        for key in told:
            self._carrier.wait_for_reply(CUSTOMERS[key])
        inbox = Inbox(self._page).visit()
        for key, verb, outcome in (
            ("approved", InboxTimeline.APPROVAL_YES, InboxTimeline.APPROVAL_DONE),
            ("refused", InboxTimeline.APPROVAL_REFUSE, InboxTimeline.APPROVAL_REFUSED),
        ):
            inbox.open(CUSTOMERS[key])
            card = self._asked(inbox)
            card.get_by_role("button", name=verb, exact=True).click()
            if key == "refused":
                self._page.keyboard.type("Ask for their birthday first")
                self._page.keyboard.press("Control+Enter")
            expect(card).to_contain_text(outcome)
        inbox.open(CUSTOMERS["known"])
        inbox.rename("Jonas Lind")
        # A conversation that is closed is read for what is worth remembering.
        self._page.get_by_role("button", name="Close", exact=True).first.click()
        wait_until(lambda: self._up.query("select 1 from memory_facts limit 1"), "a remembered fact", within_s=60)

    def _promise(self) -> None:
        """Open tickets by hand beside the one the agent opened, one of them late and one done."""
        Inbox(self._page).visit().open(CUSTOMERS["promised"])
        side = self._page.get_by_role("region", name=InboxSide.TICKETS)
        expect(side.get_by_role("listitem")).to_have_count(1)
        tickets = (
            ("Send the X-rays to Dr Patel", "high", "Leo Park", "2026-11-02"),
            ("Ask the insurance whether a second crown within five years is covered", "medium", "", "2027-03-15"),
            ("Call back about the invoice", "low", "Ana Silva", ""),
        )
        for n, (subject, priority, name, due) in enumerate(tickets, start=2):
            press("button", InboxSide.TICKET_NEW)(self._page)
            self._dialog.get_by_label(Tickets.SUBJECT).fill(subject)
            self._dialog.get_by_label(Tickets.PRIORITY).select_option(priority)
            if name:
                self._dialog.get_by_label(Tickets.ASSIGNED_TO).select_option(label=name)
            self._dialog.get_by_label(Tickets.DUE_DATE).fill(due)
            self._say(Tickets.CREATE)
            expect(side.get_by_role("listitem")).to_have_count(n)
        done = side.get_by_role("listitem").filter(has_text=tickets[-1][0])
        done.get_by_role("button", name=InboxSide.TICKET_CLOSE).click()
        expect(done.get_by_role("button", name=InboxSide.TICKET_REOPEN)).to_be_visible()

    @staticmethod
    def _asked(inbox: Inbox) -> Locator:
        """Return the card that asks for approval, or did."""
        return inbox.timeline.get_by_role("article", name=re.compile("asks for your approval|asked for approval"))

    def _switch_on_skills(self) -> None:
        self._open("skills")
        for name in (FOLLOW_UP, REVIEW):
            press("button", f"{AgentSkills.SET_UP} {name}")(self._page)
            self._dialog.get_by_text("These customers agreed to hear from us").click()
            if name == REVIEW:
                self._dialog.get_by_label("Address of your review page").fill("https://reviews.example/harbor")
                self._dialog.locator("label").filter(has_text="Only by people").click()
            self._say(AgentSkills.SAVE_ON)
        press("button", f"{AgentSkills.MORE} {REVIEW}")(self._page)
        press("menuitem", AgentSkills.RUN_NOW)(self._page)
        self._page.wait_for_timeout(3000)

    def _test(self) -> None:
        self._open("tests")
        press("button", AgentProving.NEW_SUITE)(self._page)
        self._dialog.get_by_label(AgentProving.NAME, exact=True).fill(SUITE)
        self._dialog.get_by_label(AgentProving.ABOUT).fill("What patients ask most")
        self._say(AgentProving.SAVE)
        cases = (
            (CASE, "How much is a cleaning?", "$120"),
            ("Knows when it opens on Saturday", "Are you open on Saturday?\nAnd on Sunday?", "9:00 am"),
            ("Speaks of the crown guarantee", "How long is the guarantee on a crown?", "five years"),
        )
        for name, opening, says in cases:
            press("button", AgentProving.ADD_CASE)(self._page)
            self._dialog.get_by_label(AgentCase.NAME, exact=True).fill(name)
            self._dialog.get_by_label(AgentCase.OPENING).fill(opening)
            self._dialog.get_by_label(AgentCase.WORDS).fill(says)
            self._say(AgentCase.SAVE)
        running = "select 1 from test_rounds where status = 'running'"
        for against in ("v1", "draft"):
            self._open("tests")
            choice = self._page.get_by_label(AgentProving.TARGET)
            expect(choice.locator("option")).not_to_have_count(0)
            values = choice.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
            choice.select_option(values[0] if against == "draft" else values[-1])
            self._page.get_by_role("button", name=f"{AgentProving.RUN} {SUITE}").click()
            self._page.wait_for_timeout(1500)
            wait_until(lambda: not self._up.query(running), "the tests to end", within_s=60)

    def _change_again(self) -> None:
        """Leave a change in the draft by which the agent decides otherwise."""
        self._open("functions")
        self._page.get_by_label(f"{AgentPolicies.POLICY} {SAVE_NAME}").select_option(label=AgentPolicies.ALLOWED)
        self._page.wait_for_timeout(800)
