"""Hold what was spoken in the one call a tab reads, and add to it line by line while the call runs."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from backend.calls import service as calls
from backend.calls.schemas import Line
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.recordings import service as recordings
from backend.recordings.service import RecordingView
from state.errors import answers
from state.hub import News, hub
from state.inbox.feed import Feed
from state.session import SessionState

# So much of a transcript a tab holds; a call of an hour is about as long.
MOST_LINES = 600
# Lines after which somebody else has the caller.
_MOVES = frozenset({"took", "gave", "held", "resumed"})
# Where calls are read: anywhere else nobody sees what is said.
SHOWN_ON = ("/inbox", "/calls/")


class TranscriptState(Feed, SessionState):
    """The transcript of one call: a part of it whole, and what is said from then on as patches."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.SPOKEN, calls.CHANGED, calls.TRANSLATED, "resync"})

    call_id: str = ""
    lines: list[Line] = []
    has_earlier: bool = False
    has_later: bool = False
    recordings: list[RecordingView] = []
    taken_by: str = ""
    """Who of the team has the caller now."""
    is_on_hold: bool = False
    parties: list[calls.Party] = []
    """Who was added to it."""
    colleagues: list[calls.Colleague] = []
    """Whose browsers may ring to join it."""
    # What was sent as patches since the list went whole.
    _fresh: list[Line] = []

    @rx.event
    @answers
    async def open_call(self, call_id: str) -> None:
        """Show what was spoken in a call; an empty id closes it."""
        principal = await self._principal()
        if call_id:
            await self._open(principal, parse_id(call_id, "call_id"))
        else:
            self._shut()

    @rx.event
    @answers
    async def show_more(self, is_earlier: bool) -> None:
        """Show more of what was spoken, above or below."""
        principal = await self._principal()
        known = [*self.lines, *self._fresh]
        if not known or len(known) >= MOST_LINES:
            return
        place = {"before": UUID(known[0]["id"])} if is_earlier else {"after": UUID(known[-1]["id"])}
        found = await self._read(principal, UUID(self.call_id), **place)
        if is_earlier:
            self.has_earlier, known = found.has_earlier, [*found.lines, *known]
        else:
            self.has_later, known = found.has_later, [*known, *found.lines]
        self.lines, self._fresh = known, []
        self._begin()

    async def _open(self, principal: Principal, call_id: UUID) -> None:
        # Heard before it is read, so that no line falls between.
        hub.subscribe(self.router.session.client_token, principal, TranscriptState)
        found = await self._read(principal, call_id)
        self.call_id, self.lines, self._fresh = str(call_id), found.lines, []
        self.has_earlier, self.has_later = found.has_earlier, found.has_later
        self.recordings = await self._recorded(principal, call_id)
        await self._see_who_has_it(principal, call_id)
        self._begin()

    def _shut(self) -> None:
        hub.leave(self.router.session.client_token, TranscriptState)
        self.call_id, self.lines, self._fresh = "", [], []
        self.has_earlier = self.has_later = False
        self.recordings = []
        self.taken_by, self.is_on_hold, self.parties = "", False, []
        self._begin()

    async def _recorded(self, principal: Principal, call_id: UUID) -> list[RecordingView]:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                return await recordings.of_call(session, call_id)

    async def _read(self, principal: Principal, call_id: UUID, **place: UUID) -> calls.Transcript:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                return await calls.transcript(session, call_id, **place)

    async def _see_translations(self, principal: Principal) -> None:
        known = [*self.lines, *self._fresh]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await calls.translated(session, [UUID(line["id"]) for line in known])
        self.lines, self._fresh = [found.get(line["id"], line) for line in known], []
        self._begin()

    async def _see_who_has_it(self, principal: Principal, call_id: UUID) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await calls.on_line(session, call_id)
                self.parties = await calls.parties(session, call_id)
                self.colleagues = await calls.colleagues(session, principal)
        self.taken_by, self.is_on_hold = (found.name, found.is_hold) if found else ("", False)

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.call_id or not self.router.url.path.startswith(SHOWN_ON):
            self._shut()
            return
        if any("resync" in news.kinds for news in batch):
            await self._open(await self._principal(), UUID(self.call_id))
            return
        told = {kind for news in batch if self.call_id in news.subjects for kind in news.kinds}
        if calls.CHANGED in told:
            principal = await self._principal()
            self.recordings = await self._recorded(principal, UUID(self.call_id))
            await self._see_who_has_it(principal, UUID(self.call_id))
        if calls.TRANSLATED in told:
            await self._see_translations(await self._principal())
        if self.has_later or calls.SPOKEN not in told:
            return
        known = [*self.lines, *self._fresh]
        principal = await self._principal()
        if not known:
            await self._open(principal, UUID(self.call_id))
            return
        found = await self._read(principal, UUID(self.call_id), after=UUID(known[-1]["id"]))
        self._fresh = [*self._fresh, *found.lines]
        self.has_later = found.has_later
        if any(line["who"] in _MOVES for line in found.lines):
            await self._see_who_has_it(principal, UUID(self.call_id))
        patches: list[dict[str, Any]] = [{"line": line} for line in found.lines]
        self._push(patches)
