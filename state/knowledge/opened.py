"""Hold one source's page: how it is read, its pages with what went wrong, and its passages."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import ChunkRow, PageRow, SourceRow
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

CHUNKS, PAGES = 20, 100
NO_SOURCE: SourceRow = {
    "id": "", "agent_id": "", "agent_name": "", "kind": "", "title": "", "url": "", "file_name": "", "status": "",
    "error": "", "chunk_count": 0, "characters": 0, "updated_at": "", "created_at": "", "sync_period": "never",
    "last_synced_at": "", "next_sync_at": "", "pages_total": 0, "pages_done": 0, "pages_failed": 0,
}  # fmt: skip


class SourcePageState(SessionState):
    """The page of one source."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"knowledge.changed", "resync"})

    source: SourceRow = NO_SOURCE
    pages: list[PageRow] = []
    chunks: list[ChunkRow] = []
    first: int = 1
    """The place of the first passage shown."""
    has_more: bool = False
    page_id: str = ""
    page_title: str = ""
    stage: str = "loading"
    """`loading`, `ready`, `gone` or `failed`."""
    has_failed: bool = False
    reference: str = ""
    can_edit: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the source the address names."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, SourcePageState)
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        wanted = self._address()
        if wanted != self.source["id"]:
            self.source, self.pages, self.chunks, self.stage = NO_SOURCE, [], [], "loading"
        self.page_id, self.page_title, self.first = "", "", 1
        self.has_failed, self.reference = self.stage != "ready", ""
        try:
            parse_id(wanted)
            await self._show(principal, wanted)
        except (NotFound, Invalid):
            self.stage = "gone"
        self.has_failed = False

    @rx.event
    @answers
    async def choose_page(self, page_id: str) -> None:
        """Show the passages of one page, or of all when it is empty."""
        principal = await self._principal()
        found = [page for page in self.pages if page["id"] == page_id]
        self.page_id, self.page_title = (page_id, found[0]["title"] or found[0]["url"]) if found else ("", "")
        self.first = 1
        await self._show_chunks(principal)

    @rx.event
    @answers
    async def turn(self, is_forward: bool) -> None:
        """Show the passages after these, or those before."""
        principal = await self._principal()
        self.first = max(1, self.first + (CHUNKS if is_forward else -CHUNKS))
        await self._show_chunks(principal)

    @rx.event
    @answers
    async def retry_page(self, page_id: str) -> None:
        """Read one page again."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.retry_page(session, principal, parse_id(page_id))
        if self.source["id"]:
            await self._show(principal, self.source["id"])

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.source["id"] or self._address() != self.source["id"]:
            hub.leave(self.router.session.client_token, SourcePageState)
            return
        try:
            await self._show(await self._principal(), self.source["id"])
        except NotFound:
            self.stage = "gone"

    async def _show(self, principal: Principal, source_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                whole = await knowledge.get(session, parse_id(source_id))
                self.pages = await knowledge.pages(session, parse_id(source_id), PAGES)
        self.source = SourceRow(**{name: whole[name] for name in NO_SOURCE})  # type: ignore[typeddict-item, literal-required]
        if self.page_id not in {page["id"] for page in self.pages}:
            self.page_id, self.page_title, self.first = "", "", 1
        await self._show_chunks(principal)
        self.stage = "ready"

    async def _show_chunks(self, principal: Principal) -> None:
        if not self.source["id"]:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page_id = parse_id(self.page_id) if self.page_id else None
                found = await knowledge.chunks(
                    session, parse_id(self.source["id"]), page_id, CHUNKS + 1, self.first - 1
                )
        self.has_more, self.chunks = len(found) > CHUNKS, found[:CHUNKS]

    def _address(self) -> str:
        return str(self.router.url.path.rstrip("/").rpartition("/")[2])
