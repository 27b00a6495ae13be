"""The Memory part of an agent's page: what it remembers of whom, and the rules for that."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.memory import rules
from backend.memory import service as memory
from backend.memory.schemas import MemoryRow, MemoryView
from backend.vocab import MemberRole
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.session import SessionState

SWITCHES = ("memory_enabled", "semantic_memory_enabled")
OPTIONS = {"memory_config": rules.CONFIG, "semantic_memory_config": rules.SEMANTIC_CONFIG}
LINKED = "shared_memory_agent_ids"
PAGE, MOST = 30, 300


class AgentMemoryState(Loading, SessionState):
    """The rules, as the draft has them, and the list, as it is."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"memory.changed", "resync"})

    switches: dict[str, bool] = dict.fromkeys(SWITCHES, False)
    options: dict[str, str] = {}
    """Each option of both configurations in words, by its name."""
    flags: dict[str, bool] = {}
    stores_nothing: bool = False
    others: list[dict[str, str]] = []
    """The agents this one may share with, each with whether it does (`linked` is `true` or `false`)."""
    rows: list[MemoryRow] = []
    total: int = 0
    query: str = ""
    opened: list[MemoryView] = []
    """The memory in the dialog; empty when none is open."""
    can_edit: bool = False
    is_clearing: bool = False
    saved: str = ""
    _agent_id: str = ""
    _values: dict[str, Any] = {}

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, AgentMemoryState)
        if agent_id != self._agent_id:
            self.rows, self.total, self.query, self.is_loaded = [], 0, "", False
        self._agent_id, self.opened, self.is_clearing, self.saved = agent_id, [], False, ""
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await agents.list_all(session)
        self.others = [
            {"id": str(one.id), "name": one.name, "linked": "false"} for one in found if str(one.id) != agent_id
        ]
        self._take((await self.get_state(AgentState))._values)
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the list again after it could not be shown."""
        principal = await self._principal()
        if self._agent_id:
            await self._load(self._show(principal))

    @rx.event
    @answers
    async def switch(self, name: str, is_on: bool) -> None:
        """Turn memory, or the recall of similar conversations, on or off in the draft."""
        principal = await self._principal()
        if name not in SWITCHES:
            raise Invalid("This cannot be changed here.", field=name)
        await self._store(principal, name, is_on)

    @rx.event
    @answers
    async def choose(self, field: str, option: str, value: str) -> None:
        """Change one option of the draft."""
        principal = await self._principal()
        usual = OPTIONS.get(field, {}).get(option)
        if usual is None:
            raise Invalid("This cannot be changed here.", field=option)
        await self._store(principal, field, {**self._values.get(field, {}), option: _typed(value, usual)})
        self.saved = option

    @rx.event
    @answers
    async def flag(self, field: str, option: str, is_on: bool) -> None:
        """Turn one option of the draft on or off."""
        principal = await self._principal()
        if not isinstance(OPTIONS.get(field, {}).get(option), bool):
            raise Invalid("This cannot be changed here.", field=option)
        await self._store(principal, field, {**self._values.get(field, {}), option: is_on})

    @rx.event
    @answers
    async def link(self, agent_id: str, is_on: bool) -> None:
        """Have the agent read what another one remembers, or not any more."""
        principal = await self._principal()
        linked = [one for one in self._values.get(LINKED, []) if one != agent_id]
        await self._store(principal, LINKED, [*linked, agent_id] if is_on else linked)

    @rx.event
    @answers
    async def search(self, query: str) -> None:
        """Show the memories that words or their meaning find."""
        principal = await self._principal()
        self.query = query.strip()
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show the next page of the list."""
        principal = await self._principal()
        if not self._agent_id or self.query:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                more, _ = await memory.page(session, parse_id(self._agent_id), PAGE, len(self.rows))
        self.rows = [*self.rows, *more][:MOST]

    @rx.event
    @answers
    async def open_memory(self, memory_id: str) -> None:
        """Show one memory."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.opened = [await memory.view(session, parse_id(memory_id))]

    @rx.event
    @answers
    async def close_memory(self, is_open: bool) -> None:
        """Close the memory."""
        await self._principal()
        if not is_open:
            self.opened = []

    @rx.event
    @answers
    async def ask_clear(self, is_open: bool) -> None:
        """Ask whether everybody shall be forgotten, or leave it."""
        await self._principal()
        self.is_clearing = is_open

    @rx.event
    @answers
    async def clear(self) -> None:
        """Forget everybody."""
        principal = await self._principal()
        self.is_clearing = False
        if not self._agent_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await memory.forget_all(session, principal, parse_id(self._agent_id))
        await self._show(principal)

    async def _store(self, principal: Principal, name: str, value: Any) -> None:
        opened = await self.get_state(AgentState)
        if not opened.id or name not in self._values:
            return
        await opened._change(principal, {name: value}, {name: self._values[name]})
        self.saved = name
        self._take(opened._values)

    def _take(self, values: dict[str, Any]) -> None:
        self._values = {name: values[name] for name in (*SWITCHES, *OPTIONS, LINKED)}
        self.switches = {name: bool(values[name]) for name in SWITCHES}
        self.stores_nothing = values["pii_storage"] != "enabled"
        every = {**rules.CONFIG, **values["memory_config"], **rules.SEMANTIC_CONFIG, **values["semantic_memory_config"]}
        self.flags = {name: value for name, value in every.items() if isinstance(value, bool)}
        self.options = {name: f"{value:g}" for name, value in every.items() if not isinstance(value, bool)}
        linked = set(values[LINKED])
        self.others = [{**one, "linked": "true" if one["id"] in linked else "false"} for one in self.others]

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self._agent_id or self._agent_id not in self.router.url.path:
            hub.leave(self.router.session.client_token, AgentMemoryState)
            return
        principal = await self._principal()
        await self._show(principal)
        if self.opened:
            await self._refresh(principal)

    async def _refresh(self, principal: Principal) -> None:
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self.opened = [await memory.view(session, parse_id(self.opened[0]["memory"]["id"]))]
        except NotFound:
            self.opened = []

    async def _show(self, principal: Principal) -> None:
        agent_id, query = parse_id(self._agent_id), self.query
        vector = await memory.vector_of(query) if query else None
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if query:
                    self.rows = await memory.search(session, agent_id, query, vector)
                    self.total = len(self.rows)
                else:
                    shown = max(PAGE, len(self.rows))
                    self.rows, self.total = await memory.page(session, agent_id, min(shown, MOST), 0)
        self.is_loaded = True


def _typed(value: str, usual: Any) -> Any:
    try:
        return int(value) if isinstance(usual, int) else float(value)
    except ValueError:
        raise Invalid("Choose one of the options.", field="value") from None
