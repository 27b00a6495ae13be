"""List what an agent may call, its own functions and everybody's, and make the secret that calls are signed with."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions import service as functions
from state.agents.details import DetailsState
from state.agents.open_agent import AgentState
from state.agents.policies import PoliciesState
from state.agents.tools import AgentToolsState
from state.errors import answers
from state.hub import News, hub
from state.removal import Removal
from state.session import SessionState


class FunctionRow(TypedDict):
    """One function of the list; `needs_value` says that a header waits for its value."""

    id: str
    name: str
    description: str
    method: str
    url: str
    is_active: bool
    is_shared: bool
    needs_value: bool


class FunctionsState(Removal, SessionState):
    """The list in the Functions part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"functions.changed", "resync"})

    own: list[FunctionRow] = []
    shared: list[FunctionRow] = []
    is_loaded: bool = False
    has_failed: bool = False
    reference: str = ""
    is_signed: bool = False
    is_asking_secret: bool = False
    new_secret: str = ""
    is_doomed_shared: bool = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, FunctionsState)
        self.doomed_id, self.new_secret, self.is_asking_secret = "", "", False
        self.has_failed, self.reference = False, ""
        opened = await self.get_state(AgentState)
        try:
            await (await self.get_state(DetailsState))._open(principal, opened._values)
            await (await self.get_state(PoliciesState))._open(principal, opened._values)
            await (await self.get_state(AgentToolsState))._open(principal, opened._values)
            await self._show(principal, opened._values)
        except Exception:
            self.has_failed = not self.is_loaded
            raise

    @rx.event
    @answers
    async def set_active(self, function_id: str, is_active: bool) -> None:
        """Offer a function to the agent, or keep it for later."""
        principal = await self._principal()
        await self._changed(principal, function_id, {"is_active": is_active})

    @rx.event
    @answers
    async def ask_remove(self, function_id: str) -> None:
        """Ask whether a function shall go, by its name."""
        await self._principal()
        found = next((one for one in [*self.own, *self.shared] if one["id"] == function_id), None)
        if found is not None:
            self.doomed_id, self.doomed_name, self.is_doomed_shared = found["id"], found["name"], found["is_shared"]

    @rx.event
    @answers
    async def remove(self) -> None:
        """Remove the function the person was asked about."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        doomed = self._doomed()
        if self.is_doomed_shared:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await functions.remove_shared(session, principal, doomed)
        else:
            base = opened._own("custom_functions")
            left = functions.removed(base, doomed)
            await opened._change(principal, {"custom_functions": left}, {"custom_functions": base})
        await self._show(principal, opened._values)

    @rx.event
    @answers
    async def ask_secret(self, is_open: bool) -> None:
        """Ask whether calls shall be signed with a new secret."""
        await self._principal()
        self.is_asking_secret = is_open

    @rx.event
    @answers
    async def renew_secret(self) -> None:
        """Make the secret that calls are signed with, and show it once."""
        principal = await self._principal()
        self.is_asking_secret = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.new_secret = await functions.renew_signing(session, principal)
        self.is_signed = True

    @rx.event
    @answers
    async def forget_secret(self, is_open: bool) -> None:
        """Take the new secret off the page."""
        await self._principal()
        if not is_open:
            self.new_secret = ""

    async def _changed(self, principal: Principal, function_id: str, given: Mapping[str, Any]) -> None:
        """Store a change of a function, be it the agent's own or everybody's."""
        opened = await self.get_state(AgentState)
        base = opened._own("custom_functions")
        is_own = any(one["id"] == function_id for one in base)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if is_own:
                    rows, _ = await functions.saved(session, principal, base, given, function_id)
                else:
                    await functions.save_shared(session, principal, given, function_id)
        if is_own:
            await opened._change(principal, {"custom_functions": rows}, {"custom_functions": base})
        await self._show(principal, opened._values)

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(principal, opened._values)

    def _take(self, values: Mapping[str, Any]) -> None:
        self.own = [_row(one, is_shared=False) for one in values.get("custom_functions", [])]

    async def _show(self, principal: Principal, values: Mapping[str, Any]) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                shared = await functions.shared(session)
                self.is_signed = await functions.has_signing(session)
        self.shared = [_row(one, is_shared=True) for one in shared]
        self._take(values)
        self.is_loaded, self.has_failed = True, False

    async def _find(self, principal: Principal, function_id: str) -> tuple[dict[str, Any] | None, bool]:
        """Return a function of the open agent as its draft has it, and whether it is everybody's."""
        opened = await self.get_state(AgentState)
        for one in opened._values.get("custom_functions", []):
            if one["id"] == function_id:
                return dict(one), False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                shared = await functions.shared(session)
        return next((one for one in shared if one["id"] == function_id), None), True


def _row(one: Mapping[str, Any], *, is_shared: bool) -> FunctionRow:
    return FunctionRow(
        id=one["id"],
        name=one["name"],
        description=one["description"],
        method=one["http_method"],
        url=one["endpoint_url"],
        is_active=one["is_active"],
        is_shared=is_shared,
        needs_value=any(not header["secret"] for header in one["headers"]),
    )
