"""Measure how long a site of 500 pages takes from its address to its last passage, beside its embedding alone."""

import asyncio
import time
from typing import Any

from sqlmodel import select

from backend import worker
from backend.core import jobs
from backend.core.config import settings
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.knowledge import embedding
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import SiteWanted
from backend.models.accounts import User
from backend.models.knowledge import KnowledgeChunk
from backend.models.organizations import Organization
from backend.vocab import MemberRole
from tests.backend.knowledge.site import Page, html, serving
from tests.bench.measure import Row

PAGES = 500
SECTIONS = 4
WORDS = "the practice sees people of every age and explains each step before it begins so that nobody is surprised"


def _pages() -> dict[str, Page]:
    """Return a site of guides, each of about 400 words under four headings, no two alike."""
    words = WORDS.split()
    pages: dict[str, Page] = {}
    for number in range(PAGES):
        body = ""
        for section in range(SECTIONS):
            turn = (number * 7 + section * 3) % len(words)
            sentence = " ".join(words[turn:] + words[:turn])
            body += (
                f"<h2>Step {section} of guide {number}</h2><p>"
                + f"In case {number}-{section} {sentence}. " * 5
                + "</p>"
            )
        links = [f"/guide/{number * 10 + place}" for place in range(1, 11) if number * 10 + place < PAGES]
        pages[f"/guide/{number}"] = Page(html(f"Guide {number}", body, *links))
    return pages


async def make_owner(email: str) -> Any:
    """Make an organization to measure with, and return its owner."""
    from backend.core.principal import Principal

    with platform_scope("make an organization for a benchmark"):
        async with unit_of_work() as session:
            user = User(email=email, name="Ana", password_hash="none")
            session.add(user)
            await session.flush()
            organization = Organization(name="Bench", owner_id=user.id)
            session.add(organization)
            await session.flush()
            return Principal(user.id, organization.id, "Ana", user.email, MemberRole.OWNER)


async def rows() -> list[Row]:
    """Read the site with one jobs process' worth of work, then embed the same passages alone."""
    worker.load_tasks()
    owner = await make_owner("bench@knowledge.example")
    await embedding.warm_up()
    with serving(_pages()) as site:
        settings().private_origins = site.url("")
        async with jobs.queue.open_async():
            running = asyncio.create_task(
                jobs.queue.run_worker_async(
                    concurrency=worker.CONCURRENCY,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    fetch_job_polling_interval=1.0,
                )
            )
            start = time.perf_counter()
            with org_scope(owner.org_id):
                async with unit_of_work() as session:
                    wanted = SiteWanted("site", site.url("/guide/0"), max_pages=PAGES, crawl_depth=5)
                    source_id = (await knowledge.add_site(session, owner, wanted)).id
                while True:
                    await asyncio.sleep(0.5)
                    async with unit_of_work() as session:
                        source = await knowledge.get(session, source_id)
                    if source["status"] != "pending":
                        break
                took = time.perf_counter() - start
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                async with unit_of_work() as session:
                    texts = list((await session.exec(select(KnowledgeChunk.content))).all())
    assert source["pages_done"] == PAGES, source
    start = time.perf_counter()
    await embedding.embed(texts)
    floor = time.perf_counter() - start
    return [
        Row(
            f"a site of {PAGES} pages ({len(texts):,} passages) read and embedded here",
            "≤ 180 s",
            f"{took:.0f} s",
            f"{floor:.0f} s",
            "the same passages embedded, nothing else",
        )
    ]
