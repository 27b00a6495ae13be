"""Teach what stands at a web address: how it is read, when it is read again, and a hand on the reading."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import addresses, crawls, lanes, queries, sources
from backend.knowledge.schemas import PageRow, SiteWanted
from backend.models.knowledge import KnowledgeCrawl, KnowledgePage, KnowledgeSource
from backend.vendors import http
from backend.vocab import CrawlStatus, MemberRole, PageStatus, SourceKind, SyncPeriod

# The reference product's limits (backend.md §11).
MOST_PAGES, DEEPEST = 500, 5
MOST_HEADERS, HEADER_LIMIT = 10, 4_000
_HEADER_NAME = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}$")  # RFC 9110 §5.6.2
# What belongs to the connection and not to the person.
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "te"})
_EVERY = {
    SyncPeriod.HOURLY: timedelta(hours=1),
    SyncPeriod.DAILY: timedelta(days=1),
    SyncPeriod.WEEKLY: timedelta(days=7),
    SyncPeriod.MONTHLY: timedelta(days=30),
    SyncPeriod.QUARTERLY: timedelta(days=91),
}
_ADDRESS_KINDS = (SourceKind.PAGE, SourceKind.SITE, SourceKind.SITEMAP)


async def add_site(
    session: AsyncSession, principal: Principal, wanted: SiteWanted, agent_id: UUID | None = None
) -> KnowledgeSource:
    """Teach what stands at an address; it is read at once in the background.

    Raises `Invalid` that names the field, `NotFound` for a foreign agent, `Conflict` at `MAX_SOURCES`.
    """
    principal.require(MemberRole.EDITOR)
    org_id = await sources.make_room(session, agent_id)
    source = KnowledgeSource(org_id=org_id, agent_id=agent_id, title="", content="")
    _take(source, wanted)
    session.add(source)
    await session.flush()
    await audit.record(session, principal, "ui:knowledge:added", source.id, {"title": source.title, "url": source.url})
    await _begin(session, source)
    return source


async def change_site(
    session: AsyncSession, principal: Principal, source_id: UUID, wanted: SiteWanted
) -> KnowledgeSource:
    """Change how an address is read, and read it again. Raises like `add_site`."""
    principal.require(MemberRole.EDITOR)
    source = await _address(session, source_id)
    if wanted.login_headers is None and source.login_headers and _origin(wanted.url) != _origin(source.url):
        raise Invalid("Give the login headers anew: they were made for another site.", field="login_headers")
    _take(source, wanted)
    await audit.record(session, principal, "ui:knowledge:updated", source.id, {"title": source.title})
    await _begin(session, source)
    return source


async def sync_now(session: AsyncSession, principal: Principal, source_id: UUID) -> None:
    """Read an address again now. Raises `NotFound`, `Conflict` for what is no address or being read."""
    principal.require(MemberRole.EDITOR)
    source = await _address(session, source_id)
    tally = (await queries.tallies(session, [source.id])).get(source.id)
    if tally is not None and tally.status == CrawlStatus.RUNNING and source.sync_status == "pending":
        raise Conflict("It is being read already.", code="already_syncing")
    await audit.record(session, principal, "ui:knowledge:synced", source.id, {"title": source.title})
    await _begin(session, source)


async def sync_all(session: AsyncSession, principal: Principal) -> tuple[int, int]:
    """Read every address again that is not being read now; return how many are begun, and how many there are."""
    principal.require(MemberRole.EDITOR)
    listed = await queries.sources(session, org_id_of(session), None, sources.MAX_SOURCES)
    ids = [source.id for source, _, _ in listed if source.url]
    begun = 0
    for source_id in ids:
        try:
            await sync_now(session, principal, source_id)
            begun += 1
        except Conflict:
            continue
    return begun, len(ids)


async def sync_due(session: AsyncSession, source_id: UUID) -> None:
    """Read an address again when its time has come, unless its last reading still goes on or rests."""
    source = await sources.locked(session, source_id)
    if source.next_sync_at is None or source.next_sync_at > clock.now():
        return
    tally = (await queries.tallies(session, [source.id])).get(source.id)
    if tally is not None and tally.status in (CrawlStatus.RUNNING, CrawlStatus.PAUSED):
        source.next_sync_at = _next(source.sync_period)
        session.add(source)
        return
    await _begin(session, source)


async def set_paused(session: AsyncSession, principal: Principal, source_id: UUID, is_paused: bool) -> None:
    """Rest the reading of an address, or go on with it. Raises `NotFound`, `Conflict` when nothing is being read."""
    principal.require(MemberRole.EDITOR)
    source = await _address(session, source_id)
    crawl = await _unfinished(session, source)
    wanted = CrawlStatus.PAUSED if is_paused else CrawlStatus.RUNNING
    if crawl.status == wanted:
        return
    crawl.status = wanted
    session.add(crawl)
    await session.flush()
    if not is_paused:
        waiting = await crawls.waiting(session, crawl.id)
        for page_id in await lanes.tried(session, crawl.id):
            # Its second try may have come while the crawl rested.
            await lanes.defer_page(session, crawl, page_id)
        await lanes.go_on(session, crawl)
        if not waiting:
            await lanes.defer_finish(session, crawl)
    await crawls.tell(session, source)


async def retry_page(session: AsyncSession, principal: Principal, page_id: UUID) -> None:
    """Read one page again; what it said before stays until then. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    found = await session.exec(
        select(KnowledgePage).where(KnowledgePage.id == page_id, KnowledgePage.org_id == org_id_of(session))
    )
    page = found.first()
    held = await crawls.opened(session, page.crawl_id) if page else None
    if page is None or held is None:
        raise NotFound("This page does not exist any more.")
    crawl, source = held
    if page.status == PageStatus.WAITING:
        return
    page.status, page.error, page.attempts, page.text_hash = PageStatus.WAITING, "", 0, ""
    if crawl.status == CrawlStatus.FAILED:
        crawl.status, crawl.finished_at, source.sync_status, source.error_message = (
            CrawlStatus.RUNNING,
            None,
            "pending",
            "",
        )
    session.add_all([page, crawl, source])
    await session.flush()
    await lanes.defer_page(session, crawl, page.id)
    await crawls.tell(session, source)


async def pages(session: AsyncSession, source_id: UUID, limit: int = MOST_PAGES) -> list[PageRow]:
    """Return the pages of an address's newest reading, those in trouble first. Raises `NotFound`."""
    source = await sources.found(session, source_id)
    tally = (await queries.tallies(session, [source.id])).get(source.id)
    if tally is None:
        return []
    rows = await queries.pages(session, tally.crawl_id, limit)
    return [
        PageRow(
            id=str(page.id),
            url=page.url,
            title=page.title,
            status=page.status,
            error=page.error,
            chunk_count=page.chunk_count,
            read_at=page.read_at.isoformat() if page.read_at else "",
        )
        for page in rows
    ]


async def _address(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    source = await sources.locked(session, source_id)
    if source.kind not in _ADDRESS_KINDS:
        raise Conflict("This was not read from an address.")
    return source


async def _unfinished(session: AsyncSession, source: KnowledgeSource) -> KnowledgeCrawl:
    found = await session.exec(
        select(KnowledgeCrawl).where(
            KnowledgeCrawl.source_id == source.id,
            col(KnowledgeCrawl.status).in_([CrawlStatus.RUNNING, CrawlStatus.PAUSED]),
        )
    )
    crawl = found.first()
    if crawl is None:
        raise Conflict("Nothing is being read now.", code="not_syncing")
    return crawl


async def _begin(session: AsyncSession, source: KnowledgeSource) -> None:
    source.next_sync_at = _next(source.sync_period)
    await crawls.begin(session, source)


def _next(period: str) -> datetime | None:
    every = _EVERY.get(SyncPeriod(period))
    return clock.now() + every if every else None


def _take(source: KnowledgeSource, wanted: SiteWanted) -> None:
    if wanted.kind not in _ADDRESS_KINDS:
        raise Invalid("Choose a single page, a whole site or a sitemap.", field="kind")
    if wanted.sync_period not in list(SyncPeriod):
        raise Invalid("Choose how often it is read again.", field="sync_period")
    if not 1 <= wanted.max_pages <= MOST_PAGES:
        raise Invalid(f"Read from 1 to {MOST_PAGES} pages.", field="max_pages")
    if not 1 <= wanted.crawl_depth <= DEEPEST:
        raise Invalid(f"Follow links from 1 to {DEEPEST} steps deep.", field="crawl_depth")
    source.url = addresses.checked(wanted.url)
    source.kind = wanted.kind
    is_page, is_site = wanted.kind == SourceKind.PAGE, wanted.kind == SourceKind.SITE
    source.max_pages = 1 if is_page else wanted.max_pages
    source.crawl_depth = wanted.crawl_depth if is_site else 0
    source.include_paths = [] if is_page else addresses.patterns(wanted.include_paths, "include_paths")
    source.exclude_paths = [] if is_page else addresses.patterns(wanted.exclude_paths, "exclude_paths")
    source.respects_robots, source.sync_period = wanted.respects_robots, wanted.sync_period
    shown = source.url.partition("://")[2].rstrip("/")
    source.title = sources.checked_title((wanted.title.strip() or shown)[: sources.TITLE_LIMIT])
    if wanted.login_headers is not None:
        headers = _checked_headers(wanted.login_headers)
        source.login_headers = json.dumps(headers) if headers else None


def _origin(url: str) -> str:
    return http.checked_origin(addresses.checked(url))


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in headers.items():
        name, value = str(name).strip(), str(value).strip()
        if not _HEADER_NAME.match(name) or name.lower() in _OURS:
            raise Invalid(f"“{name[:40]}” cannot be a login header.", field="login_headers")
        if not value or len(value) > HEADER_LIMIT or not value.isascii() or not value.isprintable():
            raise Invalid(f"The value of “{name[:40]}” cannot be sent as a header.", field="login_headers")
        kept[name] = value
    if len(kept) > MOST_HEADERS:
        raise Invalid(f"Give at most {MOST_HEADERS} login headers.", field="login_headers")
    return kept
