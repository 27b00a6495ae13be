"""List what an agent finds out, and make or change a detail in a dialog."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.details import service as details
from state.agents.open_agent import AgentState
from state.editor import Editor
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

FIELDS = ("name", "description", "var_type", "enum_options", "format", "low")


class Detail(TypedDict):
    """One detail of the list, its bounds and choices as the form holds them."""

    id: str
    name: str
    description: str
    var_type: str
    options: str
    required: bool
    read_back: bool
    format: str
    low: str
    high: str
    is_shared: bool


EMPTY = Detail(
    id="", name="", description="", var_type="text", options="", required=False, read_back=False, format="", low="",
    high="", is_shared=False,
)  # fmt: skip


class DetailsState(Editor, SessionState):
    """The details of the Functions part: the list, and the dialog of one."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"details.changed", "resync"})

    rows: list[Detail] = []
    editing: Detail = EMPTY
    kind: str = "text"
    is_shared: bool = False
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    drawing: int = 0
    doomed: Detail = EMPTY
    _shared: list[dict[str, Any]] = []

    async def _open(self, principal: Principal, values: Mapping[str, Any]) -> None:
        hub.subscribe(self.router.session.client_token, principal, DetailsState)
        self.doomed = EMPTY
        await self._show(principal, values)

    @rx.event
    @answers
    async def begin(self) -> None:
        """Open the dialog for a new detail."""
        await self._principal()
        self._fill(EMPTY)

    @rx.event
    @answers
    async def edit(self, detail_id: str) -> None:
        """Open the dialog with a stored detail."""
        await self._principal()
        found = next((one for one in self.rows if one["id"] == detail_id), None)
        if found is None:
            raise NotFound("This detail is gone.")
        self._fill(found)

    @rx.event
    @answers
    async def set_kind(self, kind: str) -> None:
        """Choose what kind of value the detail has."""
        await self._principal()
        self.kind = kind[:10]

    @rx.event
    @answers
    async def set_shared(self, is_shared: bool) -> None:
        """Choose whether every agent finds the new detail out, or this one alone."""
        await self._principal()
        if not self.editing["id"]:
            self.is_shared = is_shared

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store the detail and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        self.errors = dict.fromkeys(FIELDS, "")
        try:
            given = self._given(form)
            if self.is_shared:
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        await details.save_shared(session, principal, given, self.editing["id"])
            else:
                base = opened._own("dynamic_variables")
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        rows, _ = await details.saved(session, principal, base, given, self.editing["id"])
                await opened._change(principal, {"dynamic_variables": rows}, {"dynamic_variables": base})
        except (Invalid, Conflict) as error:
            field = error.field if error.field in FIELDS else "name"
            self.errors = {**self.errors, field: error.message}
            return None
        self.is_open = False
        await self._show(principal, opened._values)
        return rx.toast("The detail is saved." if self.is_shared else "The detail is saved in the draft.")

    @rx.event
    @answers
    async def ask_remove(self, detail_id: str) -> None:
        """Ask whether a detail shall go, by its name."""
        await self._principal()
        self.doomed = next((one for one in self.rows if one["id"] == detail_id), EMPTY)

    @rx.event
    @answers
    async def close_remove(self, is_open: bool) -> None:
        """Leave the detail where it is."""
        await self._principal()
        if not is_open:
            self.doomed = EMPTY

    @rx.event
    @answers
    async def remove(self) -> None:
        """Remove the detail the person was asked about."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        doomed, self.doomed = self.doomed, EMPTY
        if doomed["is_shared"]:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await details.remove_shared(session, principal, doomed["id"])
        else:
            base = opened._own("dynamic_variables")
            left = details.removed(base, doomed["id"])
            await opened._change(principal, {"dynamic_variables": left}, {"dynamic_variables": base})
        await self._show(principal, opened._values)

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(principal, opened._values)

    def _take(self, values: Mapping[str, Any]) -> None:
        own = [_row(one, is_shared=False) for one in values.get("dynamic_variables", [])]
        self.rows = [*own, *(_row(one, is_shared=True) for one in self._shared)]

    async def _show(self, principal: Principal, values: Mapping[str, Any]) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self._shared = await details.shared(session)
        self._take(values)

    def _fill(self, found: Detail) -> None:
        self.editing, self.kind, self.is_shared = found, found["var_type"], found["is_shared"]
        self.errors = dict.fromkeys(FIELDS, "")
        self.drawing += 1
        self.is_open = True

    def _given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form says. Raises `Invalid` for a bound that is no number."""

        def said(name: str) -> str:
            return str(form.get(name, "") or "").strip()

        is_number = self.kind == "number"
        return {
            "name": said("detail_name"),
            "description": said("detail_description"),
            "var_type": self.kind,
            "enum_options": [one.strip() for one in said("detail_options").split(",") if one.strip()],
            "format": said("detail_format") if self.kind == "text" else "",
            "low": _number(said("detail_low")) if is_number else None,
            "high": _number(said("detail_high")) if is_number else None,
            "required": form.get("detail_required") in ("on", "true", True),
            "read_back": form.get("detail_read_back") in ("on", "true", True),
        }


def _number(said: str) -> float | None:
    if not said:
        return None
    try:
        return float(said)
    except ValueError:
        raise Invalid("Write a number.", field="low") from None


def _row(one: Mapping[str, Any], *, is_shared: bool) -> Detail:
    return Detail(
        id=one["id"],
        name=one["name"],
        description=one["description"],
        var_type=one["var_type"],
        options=", ".join(one["enum_options"]),
        required=one["required"],
        read_back=one["read_back"],
        format=one["format"],
        low="" if one["low"] is None else f"{one['low']:g}",
        high="" if one["high"] is None else f"{one['high']:g}",
        is_shared=is_shared,
    )
