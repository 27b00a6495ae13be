"""Lead a new workspace to an agent that answers a text: the business, a number, a test.

How far it came is read from what is stored, never from the tab, so it can be left and taken up again anywhere.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from backend.agents import service as agents
from backend.conversations import service as conversations
from backend.conversations.schemas import ListFilter
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.numbers import service as numbers
from backend.numbers.schemas import NumberView, Slot
from backend.organizations import service as organizations
from backend.vocab import AgentType, MemberRole
from state.errors import answers
from state.frame import FrameState
from state.session import SessionState

STEPS = ("business", "number", "test")
OFFERS = 5
# Facts just written are being read while the person goes on, which takes a second, or many where the machine is busy;
# the first question waits for them, but not for ever.
READING_WITHIN_S, READING_WAIT_S = 30.0, 0.25
# A browser remembers for this many organizations that the card was put away.
PUT_AWAY_AT_MOST = 20


@dataclass(frozen=True)
class Progress:
    """How far a workspace came: its text agent, the number that agent serves, and whether a customer wrote."""

    agent: Any | None
    number: NumberView | None
    was_texted: bool

    @property
    def done(self) -> list[str]:
        """The steps that are done, in order."""
        stands = (self.agent is not None, self.number is not None, self.was_texted)
        return [step for step, is_done in zip(STEPS, stands, strict=True) if is_done]


async def progress(principal: Principal) -> Progress:
    """Return how far the person's workspace came."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            texting = [agent for agent in await agents.list_all(session) if agent.agent_type == AgentType.TEXT]
            owned = await numbers.list_all(session)
            page = await conversations.page(session, principal.user_id, ListFilter(status="any"), limit=1)
    ids = {str(agent.id): agent for agent in texting}
    number = next((row for row in owned if row["text_agent_id"] in ids), None)
    agent = ids[number["text_agent_id"]] if number else next(iter(texting), None)
    return Progress(agent, number, bool(page.rows))


class Line(TypedDict):
    """One message of the test."""

    place: int
    is_ours: bool
    text: str


class Offer(TypedDict):
    """A number to begin with; `id` is empty while nobody owns it."""

    id: str
    phone_number: str
    display: str


class WelcomeState(SessionState):
    """The page `/welcome`."""

    step: str = ""
    done: list[str] = []
    business: str = ""
    business_error: str = ""
    facts_error: str = ""
    agent_id: str = ""
    agent_name: str = ""
    offers: list[Offer] = []
    place: int = 0
    number: str = ""
    is_busy: bool = False
    error: str = ""
    lines: list[Line] = []
    practice_url: str = ""

    @rx.event
    @answers
    async def load(self) -> Any:
        """Take up where the workspace stands."""
        principal = await self._principal()
        self.is_busy, self.error, self.lines = False, "", []
        came = await progress(principal)
        self.done = came.done
        self.business = (came.agent.organization_name if came.agent else "") or await _business_name(principal)
        self.agent_id = str(came.agent.id) if came.agent else ""
        self.agent_name = came.agent.name if came.agent else ""
        self._connect(came.number)
        self.step = next((step for step in STEPS if step not in self.done), "test")
        return WelcomeState.look if self.step == "number" else None

    @rx.event
    @answers
    async def go(self, step: str) -> Any:
        """Show a step whose forerunners are done; the number may be left for later."""
        await self._principal()
        if step == "business" or (step in STEPS and self.agent_id):
            self.step, self.error = step, ""
        return WelcomeState.look if self.step == "number" and not self.offers else None

    @rx.event
    @answers
    async def create(self, form: dict[str, Any]) -> Any:
        """Make the text agent, teach it the facts and go on to the number."""
        principal = await self._principal()
        business, facts = str(form.get("business", "")).strip(), str(form.get("facts", "")).strip()
        if not business:
            self.business_error = "Enter the name customers know."
            return None
        try:
            await self._make(principal, business, facts)
        except Invalid as problem:
            self.business_error = "" if problem.field == "content" else problem.message
            self.facts_error = problem.message if problem.field == "content" else ""
            return None
        self.business, self.business_error, self.facts_error = business, "", ""
        self.step = "number" if not self.number else "test"
        # The frame may call the organization by its new name.
        return [FrameState.load, *([WelcomeState.look] if self.step == "number" else [])]

    @rx.event(background=True)
    @answers
    async def look(self) -> None:
        """Find numbers to suggest: the workspace's own that nobody answers, then free ones."""
        async with self:
            principal = await self._principal()
            self.is_busy, self.error = True, ""
        offers: list[Offer] = []
        problem = ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                owned = await numbers.list_all(session)
            offers += [
                Offer(id=row["id"], phone_number=row["phone_number"], display=row["display"])
                for row in owned
                if not row["text_agent_id"] and row["is_active"]
            ]
            try:
                async with unit_of_work() as session:
                    free = await numbers.available(session, principal)
                offers += [
                    Offer(id="", phone_number=row["phone_number"], display=row["display"]) for row in free[:OFFERS]
                ]
            except MagpipeError as error:
                problem = "" if offers else error.message
        async with self:
            self.offers, self.place, self.is_busy, self.error = offers[:OFFERS], 0, False, problem

    @rx.event
    @answers
    async def show_other(self) -> None:
        """Suggest the next number."""
        await self._principal()
        if self.offers:
            self.place = (self.place + 1) % len(self.offers)

    @rx.event(background=True)
    @answers
    async def use(self, phone_number: str) -> Any:
        """Make the suggested number the workspace's and have the agent answer its texts."""
        async with self:
            principal = await self._principal()
            offer = next((offer for offer in self.offers if offer["phone_number"] == phone_number), None)
            agent_id = self.agent_id
            if offer is None or not agent_id or self.is_busy:
                return None
            self.is_busy, self.error = True, ""
        try:
            view = await self._take(principal, offer, parse_id(agent_id))
        except MagpipeError as problem:
            async with self:
                self.is_busy, self.error = False, problem.message
            # Somebody was faster: show what is free now.
            return WelcomeState.look if isinstance(problem, Conflict) else None
        async with self:
            self.is_busy, self.step = False, "test"
            self.done = [step for step in STEPS if step in {*self.done, "business", "number"}]
            self._connect(view)
        return None

    @rx.event(background=True)
    @answers
    async def ask(self, form: dict[str, Any]) -> None:
        """Ask the agent as a customer would and show its answer."""
        text = str(form.get("message", "")).strip()[:1600]
        async with self:
            principal = await self._principal()
            agent_id = self.agent_id
            if not text or not agent_id or self.is_busy:
                return
            history = [(line["is_ours"], line["text"]) for line in self.lines]
            self.lines = [*self.lines, Line(place=len(self.lines) + 1, is_ours=False, text=text)]
            self.is_busy, self.error = True, ""
        try:
            await _facts_are_read(principal, parse_id(agent_id))
            turn = await agents.try_message(principal, parse_id(agent_id), text, history)
        except MagpipeError as problem:
            async with self:
                self.is_busy, self.error = False, problem.message
            return
        async with self:
            self.is_busy = False
            self.lines = [*self.lines, Line(place=len(self.lines) + 1, is_ours=True, text=turn["reply"])]

    async def _make(self, principal: Principal, business: str, facts: str) -> None:
        is_unnamed = not await _business_name(principal)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if self.agent_id:
                    agent = await agents.update(session, principal, parse_id(self.agent_id), organization_name=business)
                else:
                    agent = await agents.create(session, principal, AgentType.TEXT, organization_name=business)
                if is_unnamed and principal.member_role == MemberRole.OWNER:
                    await organizations.update(session, principal, name=business)
                if facts:
                    await knowledge.add_text(session, principal, f"About {business}"[:120], facts, agent.id)
        self.agent_id, self.agent_name = str(agent.id), agent.name
        self.done = [step for step in STEPS if step in {*self.done, "business"}]

    async def _take(self, principal: Principal, offer: Offer, agent_id: UUID) -> NumberView:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                number_id = parse_id(offer["id"]) if offer["id"] else None
                if number_id is None:
                    number_id = (await numbers.buy(session, principal, offer["phone_number"])).id
                await numbers.assign(session, principal, number_id, agent_id, Slot.TEXT)
                return next(row for row in await numbers.list_all(session) if row["id"] == str(number_id))

    def _connect(self, number: NumberView | None) -> None:
        self.number = number["display"] if number else ""
        ours = settings()
        is_played = number is not None and "SignalWire" in ours.sandboxed_vendors
        self.practice_url = f"{ours.sandbox_url}/phone?to={number['phone_number']}" if is_played and number else ""


async def _business_name(principal: Principal) -> str:
    """Return what the organization is called, or nothing while it has the name that came with the account."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            name = (await organizations.details(session, principal))["name"]
    return "" if name == organizations.first_name_of(principal.name) else name


async def _facts_are_read(principal: Principal, agent_id: UUID) -> None:
    """Wait until what the business wrote can be found, at most `READING_WITHIN_S`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READING_WITHIN_S
    while loop.time() < deadline:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                sources = await knowledge.list_for_agent(session, agent_id)
        if all(source["status"] != "pending" for source in sources):
            return
        await asyncio.sleep(READING_WAIT_S)


class ChecklistState(SessionState):
    """The card that reminds of the steps left, until all are done or somebody puts it away in their browser."""

    is_shown: bool = False
    done: list[str] = []
    # The organizations whose card was put away in this browser; it says nothing about anybody's rights.
    put_away: str = rx.LocalStorage("", name="setup-put-away")
    # A card that cannot be read is left out; the page under it tells of its own troubles.
    has_failed: bool = False
    reference: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the card while a step is left."""
        principal = await self._principal()
        self.is_shown, self.has_failed = False, False
        try:
            self.done = (await progress(principal)).done
        except Exception:
            self.has_failed = True
            raise
        self.is_shown = len(self.done) < len(STEPS) and str(principal.org_id) not in self.put_away.split()

    @rx.event
    @answers
    async def dismiss(self) -> None:
        """Put the card away in this browser, for this organization."""
        principal = await self._principal()
        known = [org_id for org_id in self.put_away.split() if org_id != str(principal.org_id)]
        self.put_away = " ".join([*known, str(principal.org_id)][-PUT_AWAY_AT_MOST:])
        self.is_shown = False
