"""Let a person call by their own phone: which one that is, and how the call that this tab began stands."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict

import reflex as rx

from backend.calls import service as calls
from backend.core.errors import MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.organizations import service as organizations
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class OwnCall(TypedDict):
    """A call by one's own phone; `id` is empty where this tab began none, the others as `calls.Stage` has them."""

    id: str
    name: str
    conversation: str
    stage: str
    key: str
    is_proven: bool
    reason: str


NO_CALL = OwnCall(id="", name="", conversation="", stage="", key="", is_proven=False, reason="")


class OwnPhoneState(SessionState):
    """The person's own phone, and the call by it, which is drawn on every page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "resync"})

    number: str = ""
    """As people write it; empty where they gave none."""
    call: OwnCall = NO_CALL
    # Why nobody is called, and how often somebody tried.
    answer: dict[str, str | int] = {"n": 0, "problem": ""}

    @rx.event
    @answers
    async def load(self) -> None:
        """Show which phone is the person's own."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                own = await organizations.own_phone(session, principal.user_id)
        self.number = e164.display(own.number) if own.number else ""

    @rx.event
    @answers
    async def dial(self, phone_number: str, caller_id: str, own_phone: str) -> None:
        """Have the person's own phone rung for a call; `own_phone` is kept as theirs where it is given."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                if own_phone.strip():
                    async with unit_of_work() as session:
                        own = await organizations.set_own_phone(session, principal, own_phone[:32])
                    self.number = e164.display(own.number)
            await self._begin(principal, phone_number, caller_id)
        except MagpipeError as error:
            self._answer(error.message)
        else:
            self._answer("")

    @rx.event
    @answers
    async def dismiss(self) -> None:
        """Put a call away that is over."""
        await self._principal()
        if self.call["stage"] == "over":
            self.call = NO_CALL

    async def _begin(self, principal: Principal, phone_number: str, caller_id: str) -> None:
        """Have the person's own phone rung, and show how that goes. Raises what `calls.place_by_own_phone` does."""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                placed = await calls.place_by_own_phone(session, principal, phone_number, caller_id)
        hub.subscribe(self.router.session.client_token, principal, OwnPhoneState)
        await self._show(principal, str(placed.id))

    def _answer(self, problem: str) -> None:
        self.answer = {"n": int(self.answer["n"]) + 1, "problem": problem}

    async def _show(self, principal: Principal, call: str) -> None:
        call_id = parse_id(call, "call_id")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                line = await calls.line(session, call_id)
                found = await calls.own_phone_stage(session, call_id)
        name = line["contact_name"] or line["number_display"]
        self.call = OwnCall(id=call, name=name, conversation=line["conversation_id"], **found)

    async def _hear(self, batch: Sequence[News]) -> None:
        wanted = self.call["id"]
        if wanted and not any(wanted in news.subjects or "resync" in news.kinds for news in batch):
            return
        if wanted and self.call["stage"] != "over":
            try:
                await self._show(await self._principal(), wanted)
            except NotFound:
                self.call = NO_CALL
        if self.call["stage"] in ("", "over"):
            hub.leave(self.router.session.client_token, OwnPhoneState)
