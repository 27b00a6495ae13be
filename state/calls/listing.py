"""List the business's calls as a person filtered them; the filters live in the page's address."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.calls import service as calls
from backend.calls.schemas import CallLine
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import Direction
from state.errors import answers
from state.hub import News, hub
from state.inbox.filters import days_of, id_of, one_of, zone_of
from state.loading import Loading
from state.session import SessionState

PATH = "/calls"
# A changed list travels whole; older ones are a filter or the file away.
MOST_ROWS = 200


class AgentChoice(TypedDict):
    """An agent to choose."""

    id: str
    name: str


class NumberChoice(TypedDict):
    """One of our numbers to choose, in E.164."""

    number: str
    label: str


class CallsState(Loading, SessionState):
    """The list of `/calls`: its address is the filter."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "contact.updated", "resync"})

    rows: list[CallLine] = []
    has_more: bool = False
    agents: list[AgentChoice] = []
    numbers: list[NumberChoice] = []
    is_filtered: bool = False
    _wanted: calls.CallListFilter = calls.CallListFilter()
    _after: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the calls that fit the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, CallsState)
        wanted = filter_of(self.router.url.query_parameters)
        if wanted != self._wanted:
            # A changed filter begins at the top.
            self.rows = []
        self._wanted = wanted
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show the next page below."""
        principal = await self._principal()
        if not self._after:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await calls.lines(session, self._wanted, self._after)
        self.rows = [*self.rows, *page.rows]
        self._after = page.next if len(self.rows) < MOST_ROWS else ""
        self.has_more = bool(self._after)

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                # As many as stand there: what changes elsewhere does not fold the list up.
                page = await calls.lines(session, self._wanted, limit=max(calls.PAGE, len(self.rows)))
                self.agents = [{"id": str(one.id), "name": one.name} for one in await agents.list_all(session)]
                self.numbers = [
                    {"number": one["phone_number"], "label": one["friendly_name"] or one["display"]}
                    for one in await numbers.list_all(session)
                ]
        self.rows, self._after = page.rows, page.next
        self.is_filtered = self._wanted != calls.CallListFilter()
        self.has_more, self.is_loaded, self.has_failed = bool(page.next), True, False

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.router.url.path != PATH:
            hub.leave(self.router.session.client_token, CallsState)
        elif self.is_loaded:
            await self._show(await self._principal())


def filter_of(query: Mapping[str, Any]) -> calls.CallListFilter:
    """Return the filter an address asks for; unknown values count as not given."""
    since, until = days_of(query, zone_of(query))
    return calls.CallListFilter(
        direction=one_of(query.get("direction"), tuple(Direction), ""),
        result=one_of(query.get("result"), calls.RESULTS, ""),
        agent_id=id_of(query.get("agent")),
        service_number=_number(str(query.get("number", ""))),
        since=since,
        until=until,
        search=str(query.get("q", ""))[: calls.SEARCH_LIMIT].strip(),
    )


def _number(text: str) -> str:
    try:
        return e164.normalize(text) if text else ""
    except Invalid:
        return ""
