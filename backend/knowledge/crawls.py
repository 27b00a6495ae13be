"""Keep the reading of an address: its pages, how far it is, and the moment it takes the place of the one before.

Agents answer from the live crawl alone. A new one gathers its pages and passages beside it and takes its place in one
transaction. A page that cannot be read this time keeps what it said before, and when nothing can be read the crawl
fails and nothing changes at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, jobs, realtime
from backend.core.ids import new_id
from backend.knowledge import fetching, lanes, passages
from backend.models.knowledge import KnowledgeChunk, KnowledgeCrawl, KnowledgePage, KnowledgeSource
from backend.vocab import CrawlStatus, PageStatus

ATTEMPTS = 3
# Between the attempts at a page.
PAUSE = timedelta(seconds=4)


@dataclass(frozen=True)
class Read:
    """What was read of a page: its passages with their vectors, and the pages it leads to."""

    title: str
    text_hash: str
    stored: Sequence[str]
    vectors: Sequence[Any]
    embedded: int
    links: Sequence[str] = ()


async def begin(session: AsyncSession, source: KnowledgeSource) -> KnowledgeCrawl:
    """Start reading a source's address anew; a reading that was under way is given up, the live one stays."""
    await session.execute(
        delete(KnowledgeCrawl).where(col(KnowledgeCrawl.source_id) == source.id, col(KnowledgeCrawl.is_live).is_(False))
    )
    crawl = KnowledgeCrawl(org_id=source.org_id, source_id=source.id)
    session.add(crawl)
    source.sync_status, source.error_message, source.updated_at = "pending", "", clock.now()
    session.add(source)
    await session.flush()
    await lanes.defer_crawl(session, "knowledge.crawl", crawl)
    await tell(session, source)
    return crawl


async def opened(session: AsyncSession, crawl_id: UUID) -> tuple[KnowledgeCrawl, KnowledgeSource] | None:
    """Return a crawl with its source, or None when it was given up.

    The source is locked, and with it all that happens to its crawls.
    """
    source_id = select(KnowledgeCrawl.source_id).where(KnowledgeCrawl.id == crawl_id).scalar_subquery()
    source = (
        await session.exec(select(KnowledgeSource).where(KnowledgeSource.id == source_id).with_for_update())
    ).first()
    crawl = (
        await session.exec(
            select(KnowledgeCrawl).where(KnowledgeCrawl.id == crawl_id).execution_options(populate_existing=True)
        )
    ).first()
    return (crawl, source) if crawl is not None and source is not None else None


async def add_pages(
    session: AsyncSession, crawl: KnowledgeCrawl, source: KnowledgeSource, urls: Sequence[str], depth: int
) -> int:
    """Add pages to a locked crawl, as far as the source's limit goes, and have each read. Return how many are new."""
    held = await session.execute(
        select(func.count()).select_from(KnowledgePage).where(col(KnowledgePage.crawl_id) == crawl.id)
    )
    free = source.max_pages - held.scalar_one()
    if free <= 0 or not urls:
        return 0
    known = await session.execute(
        select(KnowledgePage.url).where(KnowledgePage.crawl_id == crawl.id, col(KnowledgePage.url).in_(list(urls)))
    )
    seen = set(known.scalars())
    fresh = [url for url in dict.fromkeys(urls) if url not in seen][:free]
    busy = set(await lanes.next_pages(session, crawl))
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "created_at": now,
            "updated_at": now,
            "org_id": crawl.org_id,
            "crawl_id": crawl.id,
            "source_id": crawl.source_id,
            "url": url,
            "depth": depth,
            "title": "",
            "status": PageStatus.WAITING,
            "error": "",
            "attempts": 0,
            "text_hash": "",
            "chunk_count": 0,
        }
        for url in fresh
    ]
    if rows:
        await session.execute(insert(KnowledgePage).values(rows))
    await lanes.go_on(session, crawl, but=busy)
    return len(rows)


async def page_for(session: AsyncSession, page_id: UUID) -> KnowledgePage | None:
    """Return a page without locking anything."""
    return (await session.exec(select(KnowledgePage).where(KnowledgePage.id == page_id))).first()


async def _has_twin(session: AsyncSession, page: KnowledgePage, text_hash: str) -> bool:
    """Tell whether another page of the crawl says the very same."""
    found = await session.execute(
        select(KnowledgePage.id)
        .where(
            KnowledgePage.crawl_id == page.crawl_id,
            KnowledgePage.text_hash == text_hash,
            KnowledgePage.id != page.id,
        )
        .limit(1)
    )
    return found.first() is not None


async def record_read(session: AsyncSession, page_id: UUID, read: Read) -> None:
    """Store what a page says. In a live crawl (a page read again by hand) it takes the place of what stood there."""
    held = await _held(session, page_id)
    if held is None:
        return
    page, crawl, source = held
    await session.execute(delete(KnowledgeChunk).where(col(KnowledgeChunk.page_id) == page.id))
    if not read.stored:
        words = "Only its links are read: it is not among the paths to read."
        page.status, page.error, page.chunk_count = PageStatus.SKIPPED, words, 0
    elif await _has_twin(session, page, read.text_hash):
        page.status, page.error, page.chunk_count = PageStatus.SKIPPED, "Another page says the same.", 0
    else:
        passages.add(
            session, page.org_id, page.source_id, read.stored, read.vectors, page_id=page.id, is_live=crawl.is_live
        )
        page.status, page.error, page.chunk_count = PageStatus.READ, "", len(read.stored)
        page.text_hash = read.text_hash
        crawl.embedded_count += read.embedded
        crawl.reused_count += len(read.stored) - read.embedded
    page.title, page.read_at = read.title, clock.now()
    if page.depth < source.crawl_depth and crawl.status != CrawlStatus.DONE:
        await add_pages(session, crawl, source, read.links, page.depth + 1)
    await _settle(session, page, crawl, source)


async def record_trouble(
    session: AsyncSession, page_id: UUID, words: str, *, is_retryable: bool = False, status: PageStatus
) -> None:
    """Write down why a page was not read, or have it tried again in a moment."""
    held = await _held(session, page_id)
    if held is None:
        return
    page, crawl, source = held
    page.attempts += 1
    if is_retryable and page.attempts < ATTEMPTS and crawl.status == CrawlStatus.RUNNING:
        page.error = words
        session.add(page)
        # A job in the future must not hold a lane, so this one only asks for a place in it.
        await jobs.defer(
            session,
            "knowledge.page_again",
            at=clock.now() + max(PAUSE * page.attempts, timedelta(seconds=fetching.delay_s(crawl.robots))),
            urgency=jobs.Urgency.CAN_WAIT,
            org_id=str(page.org_id),
            page_id=str(page.id),
        )
        await session.flush()
        await lanes.go_on(session, crawl, after=page.id)
        await tell(session, source)
        return
    if crawl.is_live and page.chunk_count:
        # It was read by hand once more and could not be: what it said before stays.
        page.status, page.error = PageStatus.KEPT, words
    else:
        page.status, page.error = status, words
    await _settle(session, page, crawl, source)


async def _held(session: AsyncSession, page_id: UUID) -> tuple[KnowledgePage, KnowledgeCrawl, KnowledgeSource] | None:
    """Return a waiting page with its crawl and source, the crawl locked so that pages settle one after the other."""
    found = await page_for(session, page_id)
    held = await opened(session, found.crawl_id) if found else None
    if found is None or held is None:
        return None
    await session.refresh(found)
    return (found, *held) if found.status == PageStatus.WAITING else None


async def _settle(session: AsyncSession, page: KnowledgePage, crawl: KnowledgeCrawl, source: KnowledgeSource) -> None:
    session.add(page)
    session.add(crawl)
    await session.flush()
    await lanes.go_on(session, crawl, after=page.id)
    if crawl.is_live:
        source.chunk_count = await live_chunks(session, source.id)
        session.add(source)
        await session.flush()
    elif not await waiting(session, crawl.id):
        await lanes.defer_finish(session, crawl)
    await tell(session, source)


async def waiting(session: AsyncSession, crawl_id: UUID) -> list[UUID]:
    """Return the pages of a crawl that are not read yet."""
    found = await session.execute(
        select(KnowledgePage.id).where(KnowledgePage.crawl_id == crawl_id, KnowledgePage.status == PageStatus.WAITING)
    )
    return list(found.scalars())


async def live_chunks(session: AsyncSession, source_id: UUID) -> int:
    """Return how many passages of a source agents answer from."""
    found = await session.execute(
        select(func.count())
        .select_from(KnowledgeChunk)
        .where(col(KnowledgeChunk.source_id) == source_id, col(KnowledgeChunk.is_live))
    )
    return int(found.scalar_one())


async def fail(session: AsyncSession, crawl_id: UUID, words: str) -> None:
    """End a crawl that could not be done; agents go on answering from the one before."""
    held = await opened(session, crawl_id)
    if held is None or held[0].is_live:
        return
    crawl, source = held
    crawl.status, crawl.finished_at = CrawlStatus.FAILED, clock.now()
    had = source.chunk_count > 0
    source.sync_status, source.updated_at = "failed", clock.now()
    source.error_message = f"{words} Agents go on answering from what was read before." if had else words
    session.add(crawl)
    session.add(source)
    await session.flush()
    await tell(session, source)


async def finish(session: AsyncSession, crawl_id: UUID) -> None:
    """Put a crawl whose pages are all read in the place of the live one, or fail it when none could be read."""
    held = await opened(session, crawl_id)
    if held is None or held[0].status != CrawlStatus.RUNNING or await waiting(session, crawl_id):
        return
    crawl, source = held
    pages = (await session.exec(select(KnowledgePage).where(KnowledgePage.crawl_id == crawl_id))).all()
    if not pages:
        # It was rested and went on before its first page was found.
        return
    if not any(page.status == PageStatus.READ for page in pages):
        reasons = [page.error for page in pages if page.error]
        await fail(session, crawl_id, reasons[0] if reasons else "No page could be read.")
        return
    await _keep_unread(session, crawl, source, pages)
    await session.execute(
        delete(KnowledgeChunk).where(
            col(KnowledgeChunk.source_id) == source.id,
            col(KnowledgeChunk.page_id).not_in(select(KnowledgePage.id).where(KnowledgePage.crawl_id == crawl_id)),
        )
    )
    await session.execute(
        update(KnowledgeChunk)
        .where(col(KnowledgeChunk.source_id) == source.id, col(KnowledgeChunk.is_live).is_(False))
        .values(is_live=True)
    )
    await session.execute(
        delete(KnowledgeCrawl).where(col(KnowledgeCrawl.source_id) == source.id, col(KnowledgeCrawl.id) != crawl_id)
    )
    crawl.status, crawl.is_live, crawl.finished_at = CrawlStatus.DONE, True, clock.now()
    source.sync_status, source.last_synced_at, source.updated_at = "ready", clock.now(), clock.now()
    source.chunk_count = await live_chunks(session, source.id)
    failed = sum(page.status in (PageStatus.FAILED, PageStatus.KEPT, PageStatus.GONE) for page in pages)
    source.error_message = f"{failed} of {len(pages)} pages could not be read." if failed else ""
    session.add(crawl)
    session.add(source)
    await session.flush()
    await tell(session, source)


async def _keep_unread(
    session: AsyncSession, crawl: KnowledgeCrawl, source: KnowledgeSource, pages: Sequence[KnowledgePage]
) -> None:
    """Carry over what the live crawl read of pages that could not be read now, and of those behind them."""
    now_by_url = {page.url: page for page in pages}
    before = await session.exec(
        select(KnowledgePage)
        .join(KnowledgeCrawl, col(KnowledgeCrawl.id) == col(KnowledgePage.crawl_id))
        .where(KnowledgePage.source_id == source.id, col(KnowledgeCrawl.is_live), KnowledgePage.chunk_count > 0)
    )
    olds = before.all()
    failed = {page.url for page in pages if page.status == PageStatus.FAILED}
    has_trouble = any(old.url in failed for old in olds)
    for old in olds:
        page = now_by_url.get(old.url)
        if page is None and has_trouble and old.status == PageStatus.READ:
            # Perhaps only a page that could not be read leads there; the next time nobody waits for it any more.
            page = KnowledgePage(
                org_id=crawl.org_id, crawl_id=crawl.id, source_id=source.id, url=old.url, depth=old.depth
            )
            page.error = "No page led here this time."
            session.add(page)
            await session.flush()
        elif page is None or page.status != PageStatus.FAILED:
            continue
        page.status, page.title, page.chunk_count = PageStatus.KEPT, old.title, old.chunk_count
        page.text_hash, page.read_at = old.text_hash, old.read_at
        session.add(page)
        await session.flush()
        await session.execute(
            update(KnowledgeChunk).where(col(KnowledgeChunk.page_id) == old.id).values(page_id=page.id)
        )


async def tell(session: AsyncSession, source: KnowledgeSource) -> None:
    """Announce that a source changed."""
    await realtime.announce(session, source.org_id, "knowledge.changed", subject=str(source.agent_id or ""))
