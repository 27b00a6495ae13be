"""Show who else has the same agent open: each tab says so now and then, and is forgotten when it falls silent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, TypedDict

import reflex as rx

from backend.core import clock, realtime
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

# A tab says that it is here every 20 s; two that are missed count as gone.
SILENT_AFTER = timedelta(seconds=45)
KIND = "agents.presence"
MARK = "|"


class Editor(TypedDict):
    """Somebody else who has the agent open."""

    user_id: str
    name: str


class AgentPresenceState(SessionState):
    """The other people on an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({KIND})

    others: list[Editor] = []
    _seen: dict[str, tuple[str, str]] = {}
    _agent_id: str = ""

    @rx.event
    @answers
    async def here(self) -> None:
        """Say that this person has the agent open, and forget those who fell silent."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if not opened.id or opened.is_missing:
            return
        hub.subscribe(self.router.session.client_token, principal, AgentPresenceState)
        if self._agent_id != opened.id:
            self._agent_id, self._seen = opened.id, {}
        name = principal.name.replace(MARK, " ")[:80]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                subject = MARK.join((opened.id, str(principal.user_id), name))
                await realtime.announce(session, principal.org_id, KIND, subject=subject)
        self._show()

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        now = clock.now().isoformat()
        for subject in {subject for news in batch for subject in news.subjects}:
            agent_id, _, rest = subject.partition(MARK)
            user_id, _, name = rest.partition(MARK)
            if agent_id == self._agent_id and user_id and user_id != str(principal.user_id):
                self._seen[user_id] = (name, now)
        self._show()

    def _show(self) -> None:
        oldest = (clock.now() - SILENT_AFTER).isoformat()
        self._seen = {user_id: seen for user_id, seen in self._seen.items() if seen[1] > oldest}
        found = [Editor(user_id=user_id, name=name) for user_id, (name, _) in sorted(self._seen.items())]
        if found != self.others:
            self.others = found
