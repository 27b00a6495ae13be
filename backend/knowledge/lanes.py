"""Share out the reading of sites: a few pages of each at a time, so that neither a site nor a small source waits."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, jobs
from backend.knowledge import fetching
from backend.models.knowledge import KnowledgeCrawl, KnowledgePage
from backend.vocab import PageStatus

# So many pages of one source are read at a time, so that no site is pressed …
LANES = 3
# … and so many of all sources together: of a worker's ten hands four are always free for people's messages.
ALL_LANES = 6


async def defer_finish(session: AsyncSession, crawl: KnowledgeCrawl) -> None:
    """Have a crawl whose pages are all read take its place."""
    await defer_crawl(session, "knowledge.finish", crawl)


async def defer_crawl(session: AsyncSession, name: str, crawl: KnowledgeCrawl) -> None:
    """Have what concerns a whole crawl done in the first of its source's lanes."""
    await jobs.defer(
        session,
        name,
        lock=_lane(crawl, 0),
        urgency=jobs.Urgency.CAN_WAIT,
        org_id=str(crawl.org_id),
        crawl_id=str(crawl.id),
    )


def _lane(crawl: KnowledgeCrawl, own: int) -> str:
    """Return the lock of one of a source's lanes."""
    return f"knowledge:lane:{(crawl.source_id.int + own) % ALL_LANES}"


def _own(crawl: KnowledgeCrawl, page_id: UUID) -> int:
    """Return which of the source's lanes a page is in; a site that wants pauses has one."""
    return page_id.int % (1 if fetching.delay_s(crawl.robots) else LANES)


async def next_pages(session: AsyncSession, crawl: KnowledgeCrawl) -> dict[int, UUID]:
    """Return of each lane the page to read next; one that is tried again has a job of its own."""
    found = await session.execute(
        select(KnowledgePage.id)
        .where(
            KnowledgePage.crawl_id == crawl.id,
            KnowledgePage.status == PageStatus.WAITING,
            KnowledgePage.attempts == 0,
        )
        .order_by(col(KnowledgePage.depth), col(KnowledgePage.id))
    )
    pages: dict[int, UUID] = {}
    for page_id in found.scalars():
        pages.setdefault(_own(crawl, page_id), page_id)
    return pages


async def go_on(
    session: AsyncSession, crawl: KnowledgeCrawl, *, after: UUID | None = None, but: Collection[int] = ()
) -> None:
    """Have the next page of each lane read, or of the lane of the page `after` alone, or of all lanes `but` some.

    A lane has one job at a time: all pages of a large site at once would stand before each small one that comes later.
    """
    wait = timedelta(seconds=fetching.delay_s(crawl.robots))
    for own, page_id in (await next_pages(session, crawl)).items():
        if own in but or (after is not None and own != _own(crawl, after)):
            continue
        await jobs.defer(
            session,
            # Who waits for the site's sake holds neither a lane nor one of the worker's hands.
            "knowledge.page_again" if wait else "knowledge.page",
            lock=None if wait else _lane(crawl, own),
            queueing_lock=f"knowledge:{crawl.id}:{own}",
            at=clock.now() + wait if wait else None,
            urgency=jobs.Urgency.CAN_WAIT,
            org_id=str(crawl.org_id),
            page_id=str(page_id),
        )


async def defer_page(session: AsyncSession, crawl: KnowledgeCrawl, page_id: UUID) -> None:
    """Have this very page read, in its lane."""
    await jobs.defer(
        session,
        "knowledge.page",
        lock=_lane(crawl, _own(crawl, page_id)),
        urgency=jobs.Urgency.CAN_WAIT,
        org_id=str(crawl.org_id),
        page_id=str(page_id),
    )


async def tried(session: AsyncSession, crawl_id: UUID) -> list[UUID]:
    """Return the pages of a crawl that wait to be tried again."""
    found = await session.execute(
        select(KnowledgePage.id).where(
            KnowledgePage.crawl_id == crawl_id,
            KnowledgePage.status == PageStatus.WAITING,
            KnowledgePage.attempts > 0,
        )
    )
    return list(found.scalars())
