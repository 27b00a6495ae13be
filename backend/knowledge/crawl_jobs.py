"""Read addresses page by page: plan a crawl, fetch and cut each page, and let the new reading take its place."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from backend.core import clock, jobs
from backend.core.errors import Invalid, MagpipeError, VendorError
from backend.core.logging import log
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.knowledge import addresses, crawls, extraction, fetching, lanes, passages, sites
from backend.knowledge.chunking import chunks
from backend.knowledge.crawls import Read
from backend.knowledge.extraction import Document
from backend.knowledge.fetching import Site
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeSource
from backend.vendors import browser, firecrawl, http
from backend.vocab import CrawlStatus, PageStatus, SourceKind

# So many addresses whose time has come are begun at one tick; the rest follow a minute later.
MOST_DUE = 50


@dataclass(frozen=True)
class _Plan:
    """What a job needs to know of a source, read once so that no transaction stays open over the network."""

    source_id: UUID
    kind: str
    url: str
    title: str
    max_pages: int
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    respects_robots: bool
    headers: dict[str, str]
    robots: str = ""

    @property
    def site(self) -> Site:
        return Site(self.url, self.headers)


def _plan(source: KnowledgeSource, robots: str = "") -> _Plan:
    return _Plan(
        source.id,
        source.kind,
        source.url,
        source.title,
        source.max_pages,
        tuple(source.include_paths),
        tuple(source.exclude_paths),
        source.respects_robots,
        json.loads(source.login_headers) if source.login_headers else {},
        robots,
    )


@jobs.task("knowledge.crawl", retry=jobs.Backoff(attempts=4), when_buried="knowledge.crawl_lost")
async def crawl(org_id: str, crawl_id: str) -> None:
    """Find out what a site allows, and begin with its first pages."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            held = await crawls.opened(session, UUID(crawl_id))
            plan = _plan(held[1]) if held else None
        if plan is None:
            return
        try:
            robots = await fetching.robots(plan.site) if plan.respects_robots else ""
            urls = [plan.url]
            if plan.kind == SourceKind.SITEMAP:
                listed = await fetching.sitemap(plan.site, robots, plan.max_pages * 4)
                urls = addresses.pages_among(listed, plan.url, plan.include, plan.exclude)
            allowed = [url for url in urls if fetching.may_read(robots, url)]
            if not allowed:
                raise Invalid(
                    "The site’s rules (robots.txt) do not let us read this address."
                    if urls
                    else "None of the pages in the sitemap fits the paths to read."
                )
        except MagpipeError as error:
            if error.is_retryable:
                raise
            async with unit_of_work() as session:
                await crawls.fail(session, UUID(crawl_id), error.message)
            return
        async with unit_of_work() as session:
            held = await crawls.opened(session, UUID(crawl_id))
            if held is not None:
                held[0].robots = robots
                session.add(held[0])
                await crawls.add_pages(session, held[0], held[1], allowed, 0)


@jobs.task("knowledge.crawl_lost")
async def crawl_lost(org_id: str, crawl_id: str) -> None:
    """Say on the source that its reading came to no end."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            await crawls.fail(
                session, UUID(crawl_id), "The site could not be reached, or its reading broke. Sync it again."
            )


@jobs.task("knowledge.page", retry=jobs.Backoff(attempts=3), when_buried="knowledge.page_lost")
async def page(org_id: str, page_id: str) -> None:
    """Read one page, unless its crawl is paused or over; what goes wrong stands at the page."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            found = await crawls.page_for(session, UUID(page_id))
            held = await crawls.opened(session, found.crawl_id) if found else None
            if found is None or held is None or held[0].status == CrawlStatus.PAUSED:
                return
            if found.status != PageStatus.WAITING:
                # It was read while this job waited, and another may stand behind it.
                await lanes.go_on(session, held[0], after=found.id)
                return
            plan, url = _plan(held[1], held[0].robots), found.url
        try:
            read = await _read(plan, url)
        except http.AddressFailed as error:
            is_gone = error.answered in (404, 410)
            await _trouble(page_id, error, PageStatus.GONE if is_gone else PageStatus.FAILED, _said(error.answered))
        except (VendorError, Invalid) as error:
            is_elsewhere = isinstance(error, _Elsewhere)
            await _trouble(page_id, error, PageStatus.SKIPPED if is_elsewhere else PageStatus.FAILED, error.message)
        else:
            async with unit_of_work() as session:
                await crawls.record_read(session, UUID(page_id), read)


@jobs.task("knowledge.page_again")
async def page_again(org_id: str, page_id: str) -> None:
    """Give a page its place in a lane: its reading failed a moment ago, or its site wants pauses."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            found = await crawls.page_for(session, UUID(page_id))
            held = await crawls.opened(session, found.crawl_id) if found else None
            if found is not None and held is not None:
                await lanes.defer_page(session, held[0], found.id)


@jobs.task("knowledge.page_lost")
async def page_lost(org_id: str, page_id: str) -> None:
    """Let a crawl go on without a page whose reading broke."""
    with org_scope(UUID(org_id)):
        await _trouble(page_id, None, PageStatus.FAILED, "Reading this page broke. Try it again.")


@jobs.task("knowledge.finish", when_buried="knowledge.crawl_lost")
async def finish(org_id: str, crawl_id: str) -> None:
    """Let a crawl take its place."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            await crawls.finish(session, UUID(crawl_id))


@jobs.task("knowledge.sync_due", is_tick=True)
async def sync_due(timestamp: int) -> None:
    """Begin to read again what is due."""
    with platform_scope("find addresses that are due"):
        async with unit_of_work() as session:
            due = await session.execute(
                select(KnowledgeSource.org_id, KnowledgeSource.id)
                .outerjoin(AgentConfig, col(AgentConfig.id) == col(KnowledgeSource.agent_id))
                # What a deleted agent knew waits with it.
                .where(col(KnowledgeSource.next_sync_at) <= clock.now(), col(AgentConfig.deleted_at).is_(None))
                .order_by(col(KnowledgeSource.next_sync_at))
                .limit(MOST_DUE)
            )
            rows = due.all()
    for org_id, source_id in rows:
        with org_scope(org_id):
            async with unit_of_work() as session:
                await sites.sync_due(session, source_id)


class _Elsewhere(Invalid):
    """The page leads to another site."""


async def _trouble(page_id: str, error: MagpipeError | None, status: PageStatus, words: str) -> None:
    async with unit_of_work() as session:
        await crawls.record_trouble(
            session, UUID(page_id), words, is_retryable=bool(error and error.is_retryable), status=status
        )


def _said(answered: int) -> str:
    if answered in (404, 410):
        return f"There is no page at this address ({answered})."
    if answered in (401, 403):
        return f"The site does not let us in ({answered}). It may need login headers."
    return f"The site answered with an error ({answered})."


@dataclass(frozen=True)
class _Opened:
    """Where a page was found, and what reads its text, which is only done when it is wanted."""

    url: str
    read: Callable[[], Document]
    fetched: http.Fetched | None = None


async def _opened(plan: _Plan, url: str) -> _Opened:
    # Login headers are for the site alone, so what needs them is never read by somebody else; nor is what is private.
    if firecrawl.is_configured() and not plan.headers and not fetching.is_private(url):
        await http.require_public(url)
        scraped = await firecrawl.scrape(url)
        # Where the site led the reader is only known now.
        await http.require_public(scraped.url)
        if scraped.answered >= 400:
            raise http.AddressFailed(scraped.answered)
        return _Opened(scraped.url, lambda: extraction.read_markdown(scraped.title, scraped.markdown, scraped.links))
    return _fetched(await fetching.page(plan.site, url))


def _fetched(page: http.Fetched) -> _Opened:
    return _Opened(
        page.url, lambda: extraction.read_page(page.content, page.content_type, page.charset, page.url), page
    )


async def _drawn(plan: _Plan, opened: _Opened) -> _Opened:
    """Return a page as a browser shows it, where it is drawn by scripts and there is a browser; else as it came."""
    page = opened.fetched
    if page is None or not browser.is_available():
        return opened
    if not await asyncio.to_thread(extraction.is_drawn_by_script, page.content, page.content_type, page.charset):
        return opened
    try:
        return _fetched(await browser.rendered(page, plan.site.visitor()))
    except VendorError as error:
        log.warning("knowledge.page_not_drawn", error=error.message)
        return opened


async def _read(plan: _Plan, url: str) -> Read:
    opened = await _opened(plan, url)
    found_at = opened.url
    is_site = plan.kind != SourceKind.PAGE
    if is_site and addresses.site_of(found_at) != addresses.site_of(plan.url):
        raise _Elsewhere("It leads to another site.")
    if plan.respects_robots and found_at != url and not fetching.may_read(plan.robots, found_at):
        raise _Elsewhere("It leads to a page that the site’s rules (robots.txt) do not let us read.")
    document = await asyncio.to_thread((await _drawn(plan, opened)).read)
    links: list[str] = []
    if plan.kind == SourceKind.SITE:
        found = addresses.pages_among(document.links, plan.url, plan.include, plan.exclude)
        links = [link for link in found if fetching.may_read(plan.robots, link)]
    title = document.title or plan.title
    if is_site and not addresses.is_wanted(found_at, plan.include, plan.exclude):
        # The first page of a site may stand outside of what shall be read, and still lead there.
        return Read(title, "", (), (), 0, links)
    stored = [chunk.stored(title) for chunk in await asyncio.to_thread(chunks, document.text)]
    vectors, embedded = await passages.vectors(plan.source_id, stored)
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    return Read(title, digest, stored, vectors, embedded, links)
