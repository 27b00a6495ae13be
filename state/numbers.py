"""Hold the workspace's phone numbers: who answers each, getting one, giving one back."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.agents import service as agents
from backend.core.config import settings
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.numbers.schemas import FreeNumber, NumberView
from backend.organizations import service as organizations
from backend.vocab import AgentType, AnsweredBy, MemberRole
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState

WINDOW = 100
_ANSWERING = ("answered_by", "ring_team_id", "ring_s", "if_nobody", "voicemail_greeting", "written_down")


class Offer(TypedDict):
    """A free number, as people write it."""

    phone_number: str
    display: str
    country: str


class NumbersState(Loading, Removal, SessionState):
    """The table of `/phone`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"numbers.changed", "agents.changed", "resync"})

    rows: list[NumberView] = []
    text_agents: list[dict[str, str]] = []
    voice_agents: list[dict[str, str]] = []
    can_edit: bool = False
    can_release: bool = False
    rings_people: bool = False
    practice_url: str = ""
    label_errors: dict[str, str] = {}
    saved_id: str = ""

    @rx.event
    @answers
    async def load(self) -> Any:
        """Show the numbers; an address that asks for a new one opens that dialog."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, NumbersState)
        ours = settings()
        self.practice_url = f"{ours.sandbox_url}/phone" if "SignalWire" in ours.sandboxed_vendors else ""
        self.saved_id, self.doomed_id = "", ""
        await self._load(self._show(principal))
        if self.router.url.query_parameters.get("get") and self.can_edit:
            return GetNumberState.set_open(True)
        return None

    @rx.event
    @answers
    async def assign(self, number_id: str, slot: str, agent_id: str) -> None:
        """Let an agent serve a number in one slot; an empty agent leaves it to nobody."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                holder = parse_id(agent_id) if agent_id else None
                await numbers.assign(session, principal, parse_id(number_id), holder, slot)
        self.saved_id = f"{number_id}-{slot}"
        await self._show(principal)

    @rx.event
    @answers
    async def rename(self, number_id: str, label: str) -> None:
        """Give a number its label."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await numbers.rename(session, principal, parse_id(number_id), label)
        except Invalid as error:
            self.label_errors[number_id] = error.message
            return
        self.label_errors.pop(number_id, None)
        self.saved_id = f"{number_id}-label"
        await self._show(principal)

    @rx.event
    @answers
    async def set_active(self, number_id: str, is_active: bool) -> None:
        """Switch a number on or off."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await numbers.set_active(session, principal, parse_id(number_id), is_active)
        await self._show(principal)

    @rx.event
    @answers
    async def ask_release(self, number_id: str) -> None:
        """Ask whether a number shall be given back, by the number itself."""
        principal = await self._principal()
        doomed = await self._one(principal, parse_id(number_id))
        self.doomed_id, self.doomed_name = doomed["id"], doomed["display"]

    @rx.event
    @answers
    async def release(self) -> None:
        """Give back the number the person was asked about."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await numbers.release(session, principal, parse_id(doomed))
        await self._show(principal)

    async def _one(self, principal: Principal, number_id: UUID) -> NumberView:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await numbers.get(session, number_id)
                return next(row for row in await numbers.list_all(session) if row["id"] == str(number_id))

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                owned = await numbers.list_all(session)
                served_by = await agents.list_all(session)
        self.rows = owned[:WINDOW]
        self.rings_people = any(row["answered_by"] != AnsweredBy.AGENT for row in owned)
        self.text_agents = _choices(served_by, AgentType.TEXT)
        self.voice_agents = _choices(served_by, AgentType.INBOUND_VOICE)
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.can_release = principal.member_role == MemberRole.OWNER
        self.is_loaded = True


class AnsweringState(SessionState):
    """The dialog that chooses who takes the calls to a number."""

    number_id: str = ""
    title: str = ""
    values: dict[str, str] = dict.fromkeys(_ANSWERING, "")
    errors: dict[str, str] = {"voicemail_greeting": ""}
    teams: list[dict[str, str]] = []

    @rx.event
    @answers
    async def show(self, number_id: str) -> None:
        """Open the dialog for a number."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                known = await organizations.teams(session)
                await self._take(session, parse_id(number_id))
        self.teams = [{"value": team["id"], "label": team["name"]} for team in known]

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; only a number opens it."""
        await self._principal()
        if not is_open:
            self.number_id = ""

    @rx.event
    @answers
    async def choose(self, name: str, value: str) -> None:
        """Keep one choice for the number of the dialog."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                number_id = parse_id(self.number_id)
                await numbers.set_answering(session, principal, number_id, name, value)
                await self._take(session, number_id)
        await (await self.get_state(NumbersState))._show(principal)

    async def _take(self, session: Any, number_id: UUID) -> None:
        number = await numbers.get(session, number_id)
        self.number_id, self.title = str(number.id), e164.display(number.phone_number)
        self.values = {
            "answered_by": number.answered_by,
            "ring_team_id": str(number.ring_team_id or ""),
            "ring_s": str(number.ring_s),
            "if_nobody": "voicemail" if number.has_voicemail else "goodbye",
            "voicemail_greeting": number.voicemail_greeting,
            "written_down": "yes" if number.writes_calls_down else "no",
        }
        self.errors = {"voicemail_greeting": ""}


class GetNumberState(SessionState):
    """The dialog that takes a free number."""

    is_open: bool = False
    is_loading: bool = False
    digits: str = ""
    offers: list[Offer] = []
    taking: str = ""
    error: str = ""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> Any:
        """Open the dialog and look for free numbers, or close it."""
        await self._principal()
        self.is_open, self.digits, self.error, self.taking = is_open, "", "", ""
        self.offers, self.is_loading = [], is_open
        return GetNumberState.look if is_open else None

    @rx.event(background=True)
    @answers
    async def look(self) -> None:
        """Ask the carrier for free numbers that hold the digits."""
        async with self:
            principal = await self._principal()
            digits = self.digits
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    free = await numbers.available(session, principal)
        except MagpipeError as problem:
            async with self:
                self.is_loading, self.error = False, problem.message
            return
        async with self:
            self.is_loading, self.error = False, ""
            if digits != self.digits:
                return
            self.offers = matching(free, digits)[:WINDOW]

    @rx.event
    @answers
    async def search(self, digits: str) -> Any:
        """Look for other digits."""
        await self._principal()
        self.digits = "".join(character for character in digits if character.isdigit())[:15]
        return GetNumberState.look

    @rx.event(background=True)
    @answers
    async def take(self, phone_number: str) -> None:
        """Make a free number the workspace's."""
        async with self:
            principal = await self._principal()
            if self.taking:
                return
            self.taking, self.error = phone_number, ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await numbers.buy(session, principal, phone_number)
        except MagpipeError as problem:
            async with self:
                self.taking, self.error = "", problem.message
            return
        async with self:
            self.taking, self.is_open = "", False
            await (await self.get_state(NumbersState))._show(principal)


def matching(free: Sequence[FreeNumber], digits: str) -> list[Offer]:
    """Return the free numbers that hold `digits`, those that begin with them after the country code first."""
    found = [number for number in free if digits in number["phone_number"]]
    found.sort(key=lambda number: (digits not in number["phone_number"][:6], number["phone_number"]))
    return [
        Offer(phone_number=number["phone_number"], display=number["display"], country=number["country"])
        for number in found
    ]


def _choices(served_by: Sequence[Any], agent_type: AgentType) -> list[dict[str, str]]:
    return [{"value": str(agent.id), "label": agent.name} for agent in served_by if agent.agent_type == agent_type]
