"""A web address is read page by page, politely, and what agents know of it is never lost to a failed reading."""

import asyncio
import gzip
import resource
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import select

from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.knowledge import crawl_jobs, crawls, fetching, lanes
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import SiteWanted
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeChunk, KnowledgeCrawl, KnowledgeSource
from backend.vocab import MemberRole
from tests.backend.knowledge.site import Page, Site, html, serving

HOURS = "<h2>Hours</h2><p>We open Monday to Friday from nine to five, and on Saturday from ten to two.</p>"
PRICES = (
    "<h2>Prices</h2><table><tr><th>What</th><th>Price</th></tr><tr><td>Cleaning</td><td>$120</td></tr>"
    "<tr><td>Whitening</td><td>$350</td></tr></table>"
)
TEAM = "<p>Doctor Silva has looked after teeth in this town for twenty years.</p>"


def pages() -> dict[str, Page]:
    return {
        "/": Page(html("North Dental", HOURS, "/prices", "/team/", "/gone", "https://elsewhere.example/", "/a.jpg#x")),
        "/prices": Page(html("Prices", PRICES, "/", "/prices?utm_source=x", "/prices#whitening")),
        "/team/": Page(html("Team", TEAM, "/team/ana", "../prices")),
        "/team/ana": Page(html("Ana", "<p>Ana likes rowing and treats children on Tuesdays.</p>")),
        "/robots.txt": Page("User-agent: *\nDisallow: /private\n", content_type="text/plain"),
    }


@pytest.fixture
def site(monkeypatch):
    with serving(pages()) as made:
        monkeypatch.setattr(settings(), "private_origins", made.url("").rstrip("/"))
        monkeypatch.setattr(crawls, "PAUSE", timedelta(0))
        yield made


async def add(org, site: Site, path: str = "/", kind: str = "site", **wanted) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            wish = SiteWanted(kind, site.url(path), **({"sync_period": "never"} | wanted))
            return (await knowledge.add_site(session, org.owner, wish)).id


async def state(org, source_id: UUID):
    with org.scope():
        async with unit_of_work() as session:
            source = await knowledge.get(session, source_id)
            rows = await knowledge.pages(session, source_id)
    return source, {row["url"].partition("127.0.0.1:")[2].partition("/")[2]: row for row in rows}


async def texts(org, source_id: UUID) -> str:
    with org.scope():
        async with unit_of_work() as session:
            return "\n".join(row["content"] for row in await knowledge.chunks(session, source_id))


async def sync(org, source_id: UUID, run_jobs) -> None:
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.sync_now(session, org.owner, source_id)
    await run_jobs()


async def test_a_whole_site_is_read_and_answers_name_their_page(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    source, found = await state(org, source_id)
    assert source["status"] == "ready"
    assert {path: row["status"] for path, row in found.items()} == {
        "": "read", "prices": "read", "team/": "read", "team/ana": "read", "gone": "gone",
    }  # fmt: skip
    assert found["gone"]["error"] == "There is no page at this address (404)."
    assert source["error"] == "1 of 5 pages could not be read."
    assert sorted(set(site.paths())) == ["/", "/gone", "/prices", "/team/", "/team/ana"]
    with org.scope():
        vector = await knowledge.vector_of("How much is whitening?")
        async with unit_of_work() as session:
            best = (await knowledge.search(session, "How much is whitening?", None, vector=vector))[0]
    assert (best.title, best.url) == ("Prices", site.url("/prices"))
    assert "| Whitening | $350 |" in best.content


async def test_a_single_page_is_read_alone(committed, org, site, run_jobs):
    source_id = await add(org, site, "/prices", "page")
    await run_jobs()
    _, found = await state(org, source_id)
    assert list(found) == ["prices"]
    assert site.paths() == ["/prices"]


async def test_depth_paths_and_cap_bound_what_is_read(committed, org, site, run_jobs):
    shallow = await add(org, site, crawl_depth=1, exclude_paths=("/prices",))
    capped = await add(org, site, max_pages=2)
    only_team = await add(org, site, include_paths=("/team/*",))
    await run_jobs()
    assert set((await state(org, shallow))[1]) == {"", "team/", "gone"}
    assert len((await state(org, capped))[1]) == 2
    source, found = await state(org, only_team)
    assert {path: row["status"] for path, row in found.items()} == {"": "skipped", "team/": "read", "team/ana": "read"}
    assert source["status"] == "ready"


async def test_a_sitemap_may_be_nested_and_compressed(committed, org, site, run_jobs):
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    listed = f'<urlset xmlns="{space}"><url><loc>{site.url("/prices")}</loc></url></urlset>'
    site.pages["/one.xml.gz"] = Page(gzip.compress(listed.encode()), content_type="application/gzip")
    site.pages["/sitemap.xml"] = Page(
        f'<?xml version="1.0"?><sitemapindex xmlns="{space}"><sitemap><loc>{site.url("/one.xml.gz")}</loc></sitemap>'
        f"<sitemap><loc>{site.url('/lost.xml')}</loc></sitemap><sitemap><loc>{site.url('/two.xml')}</loc></sitemap>"
        "</sitemapindex>",
        content_type="application/xml",
    )
    site.pages["/two.xml"] = Page(listed.replace("/prices", "/team/ana"), content_type="application/xml")
    source_id = await add(org, site, "/", "sitemap")
    named_id = await add(org, site, "/sitemap.xml", "sitemap")
    none = await add(org, site, "/no-such-sitemap.xml", "sitemap")
    await run_jobs()
    for each in (source_id, named_id):
        assert set((await state(org, each))[1]) == {"prices", "team/ana"}
    assert (await state(org, none))[0]["status"] == "failed"


def test_a_sitemap_is_read_no_further_than_wanted_and_never_unpacked_whole():
    listed = "<!-- a --><urlset>" + "".join(f"<url><loc>https://x.example/{at}</loc></url>" for at in range(99))
    assert fetching._parsed(listed.encode(), 3)[1] == [f"https://x.example/{at}" for at in range(3)]
    assert len(fetching._parsed(listed.encode(), 500)[1]) == 99
    filler = b"<a/>" * fetching.MAX_SITEMAP_ELEMENTS
    assert fetching._parsed(b"<urlset>" + filler + b"<url><loc>https://x.example/</loc></url>", 9) == ([], [])
    bomb = gzip.compress(b"<urlset><url><loc>https://x.example/</loc></url>" + b"<a/>" * 400_000)
    # Linux forgets the most that earlier tests took, which would hide what this one takes (proc(5), clear_refs).
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert fetching._parsed(bomb, 9)[1] == ["https://x.example/"]
    # In kilobytes; as a tree it would take more than three times that.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_000


async def test_robots_rules_are_kept_unless_the_owner_says_otherwise(committed, org, site, run_jobs):
    site.pages["/"] = Page(html("Home", HOURS, "/private/plan"))
    site.pages["/private/plan"] = Page(html("Plan", "<p>The secret plan is to open a second practice.</p>"))
    polite, owner = await add(org, site), await add(org, site, respects_robots=False)
    refused = await add(org, site, "/private/plan", "page")
    await run_jobs()
    assert list((await state(org, polite))[1]) == [""]
    assert "second practice" in await texts(org, owner)
    source, _ = await state(org, refused)
    assert source["status"] == "failed"
    assert "robots.txt" in source["error"]


async def test_robots_that_cannot_be_read_allow_nothing(committed, org, site, run_jobs):
    site.pages["/robots.txt"] = Page("down", 503)
    source_id = await add(org, site)
    with org.scope():
        async with unit_of_work() as session:
            crawl = (await session.exec(select(KnowledgeCrawl))).one()
        await crawl_jobs.crawl_lost(str(org.org_id), str(crawl.id))
    assert (await state(org, source_id))[0]["error"].startswith("The site could not be reached")
    assert site.paths() == []


async def test_login_headers_open_pages_and_go_to_no_other_site(committed, org, site, run_jobs):
    with serving({"/": Page(html("Other", TEAM))}) as other:
        settings().private_origins += "," + other.url("")
        site.pages["/"] = Page(html("Inside", HOURS, "/away"), needs=("x-key", "s3cret"))
        site.pages["/away"] = Page(status=302, location=other.url("/"))
        source_id = await add(org, site, login_headers={"X-Key": "s3cret"})
        closed = await add(org, site)
        await run_jobs()
        source, found = await state(org, source_id)
        assert found[""]["status"] == "read"
        assert (found["away"]["status"], found["away"]["error"]) == ("skipped", "It leads to another site.")
        assert all("x-key" not in headers for _, headers in other.seen)
    assert "s3cret" not in str(source)
    assert source["login_header_names"] == ["X-Key"]
    assert "login headers" in (await state(org, closed))[0]["error"]
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as refused:
                await knowledge.change_site(session, org.owner, source_id, SiteWanted("site", "https://evil.example"))
    assert refused.value.field == "login_headers"
    with org.scope():
        async with unit_of_work() as session:
            secure = await knowledge.add_site(
                session, org.owner, SiteWanted("page", "https://x.example", login_headers={"X-Key": "s3cret"})
            )
            with pytest.raises(Invalid, match="anew"):
                await knowledge.change_site(session, org.owner, secure.id, SiteWanted("page", "http://x.example"))


async def test_private_addresses_are_refused_also_behind_a_redirect(committed, org, site, run_jobs):
    with serving(pages()) as inside:
        site.pages["/"] = Page(status=302, location=inside.url("/"))
        direct = await add(org, inside)
        behind = await add(org, site, "/", "page")
        await run_jobs()
        for source_id in (direct, behind):
            source, _ = await state(org, source_id)
            assert source["status"] == "failed"
            assert "private network" in source["error"]
        assert inside.seen == []


async def test_loops_twins_scripts_and_huge_pages_end_in_words(committed, org, site, run_jobs):
    site.pages["/"] = Page(html("Home", HOURS, "/loop", "/again", "/script", "/huge", "/latin", "/deep?x=1"))
    site.pages["/loop"] = Page(status=302, location="/loop")
    site.pages["/again"] = Page(html("Home", HOURS, "/loop"))
    site.pages["/script"] = Page("<html><head><title>App</title></head><body><script>draw()</script></body></html>")
    site.pages["/huge"] = Page(html("Huge", f"<p>{'many words ' * 500_000}</p>"))
    site.pages["/latin"] = Page(html("Fête", "<p>L'été, la clinique est fermée.</p>").encode("cp1252"))
    site.pages["/deep?x=1"] = Page("\x00\x01\x02", content_type="application/octet-stream")
    source_id = await add(org, site, crawl_depth=1)
    await run_jobs()
    _, found = await state(org, source_id)
    assert found["loop"]["error"] == "The address redirects too often."
    assert found["again"]["error"] == "Another page says the same."
    assert "drawn by a script" in found["script"]["error"]
    assert "larger than 2 MB" in found["huge"]["error"]
    assert "no page of text" in found["deep?x=1"]["error"]
    assert "été, la clinique est fermée" in await texts(org, source_id)


async def test_a_sync_embeds_only_what_changed_and_drops_what_is_gone(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    site.pages["/prices"] = Page(html("Prices", PRICES.replace("$350", "$399")))
    site.pages["/"] = Page(html("North Dental", HOURS, "/prices", "/team/"))
    del site.pages["/team/ana"]
    await sync(org, source_id, run_jobs)
    said = await texts(org, source_id)
    assert "$399" in said
    assert "$350" not in said
    assert "rowing" not in said
    with org.scope():
        async with unit_of_work() as session:
            (crawl,) = (await session.exec(select(KnowledgeCrawl))).all()
            stored = (await session.exec(select(KnowledgeChunk))).all()
    assert (crawl.embedded_count, crawl.reused_count) == (1, 2)
    assert all(chunk.is_live and chunk.embedding_local is not None for chunk in stored)


async def test_a_failed_sync_leaves_every_passage_where_it_was(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    before = await texts(org, source_id)
    site.pages = {path: Page("down", 500) for path in site.pages if path != "/robots.txt"}
    await sync(org, source_id, run_jobs)
    source, found = await state(org, source_id)
    assert source["status"] == "failed"
    assert "go on answering" in source["error"]
    assert [row["status"] for row in found.values()] == ["failed"]
    assert await texts(org, source_id) == before


async def test_a_page_that_is_down_keeps_what_it_said_and_what_lies_behind_it(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    site.pages["/team/"] = Page("down", 500)
    await sync(org, source_id, run_jobs)
    source, found = await state(org, source_id)
    assert source["status"] == "ready"
    assert (found["team/"]["status"], found["team/ana"]["status"]) == ("kept", "kept")
    said = await texts(org, source_id)
    assert "Doctor Silva" in said
    assert "rowing" in said
    # The page itself is waited for; what only it might lead to is not waited for twice.
    await sync(org, source_id, run_jobs)
    said = await texts(org, source_id)
    assert "Doctor Silva" in said
    assert "rowing" not in said


async def test_a_page_that_never_could_be_read_keeps_no_other(committed, org, site, run_jobs):
    site.pages["/gone"] = Page("down", 500)
    source_id = await add(org, site)
    await run_jobs()
    site.pages["/team/"] = Page(html("Team", TEAM))
    await sync(org, source_id, run_jobs)
    assert "rowing" not in await texts(org, source_id)


async def test_reading_a_site_waits_behind_customers_and_in_its_lane(committed, org, site, run_jobs):
    source_id = await add(org, site)
    with org.scope():
        async with unit_of_work() as session:
            crawl = (await session.exec(select(KnowledgeCrawl))).one()
            await lanes.defer_finish(session, crawl)
            jobs = (await session.execute(text("select lock, priority from procrastinate_jobs"))).all()
            assert len(jobs) == 2
            assert all(lock.startswith("knowledge:lane:") and priority < 0 for lock, priority in jobs)
            # It has found no page yet, so there is nothing to end.
            await crawls.finish(session, crawl.id)
            assert (await knowledge.get(session, source_id))["status"] == "pending"


async def test_a_large_site_has_one_job_for_each_lane_and_is_read_whole(committed, org, site, run_jobs):
    for at in range(20):
        site.pages[f"/guide/{at}"] = Page(html(f"Guide {at}", f"<p>Guide number {at} is about tooth {at}.</p>"))
    site.pages["/"] = Page(html("Home", HOURS, *(f"/guide/{at}" for at in range(20))))
    source_id = await add(org, site)
    with org.scope():
        async with unit_of_work() as session:
            crawl_id = (await session.exec(select(KnowledgeCrawl.id))).one()
            await session.execute(text("delete from procrastinate_jobs"))
        await crawl_jobs.crawl(str(org.org_id), str(crawl_id))
        async with unit_of_work() as session:
            (first,) = await crawls.waiting(session, crawl_id)
        await crawl_jobs.page(str(org.org_id), str(first))
        async with unit_of_work() as session:
            queued = (await session.execute(text("select count(*) from procrastinate_jobs"))).scalar_one()
    # With the one of the first page, which was read without it.
    assert queued <= lanes.LANES + 1
    await run_jobs()
    source, _ = await state(org, source_id)
    assert (source["status"], source["pages_done"]) == ("ready", 21)


async def test_a_site_that_wants_pauses_keeps_nobody_waiting(committed, org, site, run_jobs, monkeypatch):
    # Longer than this test takes, wherever it runs.
    monkeypatch.setattr(fetching, "LONGEST_DELAY_S", 600.0)
    site.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 600\n", content_type="text/plain")
    await add(org, site)
    await run_jobs()
    assert site.paths() == []
    with org.scope():
        async with unit_of_work() as session:
            (job,) = (await session.execute(text("select task_name, lock, args from procrastinate_jobs"))).all()
    assert (job.task_name, job.lock) == ("knowledge.page_again", None)
    await crawl_jobs.page_again(**job.args)
    await run_jobs()
    # Its links wait for their turn.
    assert site.paths() == ["/"]


async def test_a_page_that_is_tried_again_waits_for_its_lane(committed, org, site, run_jobs):
    site.pages["/prices"] = Page("down", 500)
    await add(org, site, "/prices", "page")
    with org.scope():
        async with unit_of_work() as session:
            crawl_id = (await session.exec(select(KnowledgeCrawl.id))).one()
        await crawl_jobs.crawl(str(org.org_id), str(crawl_id))
        async with unit_of_work() as session:
            (page_id,) = await crawls.waiting(session, crawl_id)
            await session.execute(text("delete from procrastinate_jobs"))
        await crawl_jobs.page(str(org.org_id), str(page_id))
        async with unit_of_work() as session:
            (again,) = (await session.execute(text("select task_name from procrastinate_jobs"))).scalars()
    assert again == "knowledge.page_again"
    await run_jobs()
    assert site.paths().count("/prices") == crawls.ATTEMPTS


async def test_while_it_is_read_again_agents_answer_from_the_old_pages(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    before = await texts(org, source_id)
    site.pages["/prices"] = Page(html("Prices", PRICES.replace("$350", "$399")))
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.sync_now(session, org.owner, source_id)
            with pytest.raises(Conflict):
                await knowledge.sync_now(session, org.owner, source_id)
            crawl_id = (await session.exec(select(KnowledgeCrawl.id).where(~KnowledgeCrawl.is_live))).one()
        await crawl_jobs.crawl(str(org.org_id), str(crawl_id))
        async with unit_of_work() as session:
            (first,) = await crawls.waiting(session, crawl_id)
        await crawl_jobs.page(str(org.org_id), str(first))
        vector = await knowledge.vector_of("opening hours on Saturday")
        async with unit_of_work() as session:
            found = await knowledge.search(session, "opening hours on Saturday", None, 9, vector=vector)
    assert await texts(org, source_id) == before
    assert len({passage.chunk_id for passage in found}) == len({passage.content for passage in found})


async def test_a_crawl_rests_and_goes_on(committed, org, site, run_jobs):
    source_id = await add(org, site)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.set_paused(session, org.owner, source_id, True)
    await run_jobs()
    source, found = await state(org, source_id)
    assert (source["status"], source["pages_done"], [row["status"] for row in found.values()]) == (
        "paused", 0, ["waiting"],
    )  # fmt: skip
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.set_paused(session, org.owner, source_id, False)
    await run_jobs()
    source, _ = await state(org, source_id)
    assert (source["status"], source["pages_done"], source["pages_total"]) == ("ready", 5, 5)
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await knowledge.set_paused(session, org.owner, source_id, True)


async def test_one_page_can_be_read_again(committed, org, site, run_jobs):
    source_id = await add(org, site)
    await run_jobs()
    site.pages["/gone"] = Page(html("Back", "<p>This page has come back with news about parking.</p>"))
    _, found = await state(org, source_id)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.retry_page(session, org.owner, UUID(found["gone"]["id"]))
    await run_jobs()
    source, found = await state(org, source_id)
    assert found["gone"]["status"] == "read"
    assert "news about parking" in await texts(org, source_id)
    assert source["chunk_count"] == 5


async def test_what_is_due_is_read_again_by_the_clock(committed, org, site, run_jobs):
    source_id = await add(org, site, sync_period="hourly")
    await run_jobs()
    with org.scope():
        async with unit_of_work() as session:
            source = await session.get(KnowledgeSource, source_id)
            assert timedelta(minutes=59) < source.next_sync_at - clock.now() <= timedelta(hours=1)
            source.next_sync_at = clock.now() - timedelta(seconds=1)
            agent = AgentConfig(org_id=org.org_id, name="Ava", deleted_at=clock.now())
            session.add(agent)
            await session.flush()
            source.agent_id = agent.id
    site.seen.clear()
    await crawl_jobs.sync_due(0)
    await run_jobs()
    # What a deleted agent knew waits with it.
    assert site.seen == []
    with org.scope():
        async with unit_of_work() as session:
            (await session.get(KnowledgeSource, source_id)).agent_id = None
    await crawl_jobs.sync_due(0)
    await crawl_jobs.sync_due(0)
    await run_jobs()
    assert site.paths().count("/prices") == 1
    assert (await state(org, source_id))[0]["next_sync_at"] > clock.now().isoformat()


async def test_two_jobs_for_one_page_store_it_once(committed, org, site, run_jobs):
    source_id = await add(org, site, "/prices", "page")
    with org.scope():
        async with unit_of_work() as session:
            crawl_id = (await session.exec(select(KnowledgeCrawl.id))).one()
        await crawl_jobs.crawl(str(org.org_id), str(crawl_id))
        async with unit_of_work() as session:
            (page_id,) = await crawls.waiting(session, crawl_id)
        await asyncio.gather(*(crawl_jobs.page(str(org.org_id), str(page_id)) for _ in range(2)))
    await run_jobs()
    assert (await state(org, source_id))[0]["chunk_count"] == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "ftp://x.example"}, "url"),
        ({"url": "https://me:pw@x.example"}, "url"),
        ({"url": "https://x.example/" + "a" * 2048}, "url"),
        ({"kind": "everything"}, "kind"),
        ({"max_pages": 501}, "max_pages"),
        ({"crawl_depth": 6}, "crawl_depth"),
        ({"sync_period": "always"}, "sync_period"),
        ({"login_headers": {"Host": "x"}}, "login_headers"),
        ({"login_headers": {"X-Key": "a\r\nHost: b"}}, "login_headers"),
        ({"login_headers": {"X Key": "a"}}, "login_headers"),
    ],
)
async def test_a_bad_wish_is_refused_by_name(db, org, wanted, field):
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as refused:
                wish = SiteWanted(**({"kind": "site", "url": "https://x.example"} | wanted))
                await knowledge.add_site(session, org.owner, wish)
    assert refused.value.field == field


async def test_a_path_with_a_zero_byte_is_kept_without_it(db, org):
    with org.scope():
        async with unit_of_work() as session:
            wish = SiteWanted("site", "https://x.example", include_paths=("/a\x00b", "\x00"))
            assert (await knowledge.add_site(session, org.owner, wish)).include_paths == ["/ab"]


async def test_support_and_strangers_may_not_touch_it(db, org, make_org):
    support = Principal(org.owner.user_id, org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    wish = SiteWanted("page", "https://x.example")
    with org.scope():
        async with unit_of_work() as session:
            source_id = (await knowledge.add_site(session, org.owner, wish)).id
            for refused in (
                knowledge.add_site(session, support, wish),
                knowledge.sync_now(session, support, source_id),
                knowledge.set_paused(session, support, source_id, True),
            ):
                with pytest.raises(NotAllowed):
                    await refused
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            for missing in (
                knowledge.sync_now(session, stranger.owner, source_id),
                knowledge.pages(session, source_id),
                knowledge.chunks(session, source_id),
            ):
                with pytest.raises(NotFound):
                    await missing


@pytest.fixture
def browser(sandbox, monkeypatch):
    """Read pages with the vendor, as with a key."""
    monkeypatch.setattr(settings(), "firecrawl_api_key", SecretStr("sandbox-firecrawl-key"))
    monkeypatch.setattr(settings(), "firecrawl_base_url", sandbox.url)
    return sandbox


async def test_with_a_key_pages_are_read_in_a_browser_but_not_those_behind_a_login(
    committed, org, site, browser, run_jobs, monkeypatch
):
    # To the vendor the address is public, so our own reader is not asked for it.
    monkeypatch.setattr(fetching, "is_private", lambda url: False)
    source_id = await add(org, site, crawl_depth=1)
    await run_jobs()
    _, found = await state(org, source_id)
    assert {path: row["status"] for path, row in found.items()} == {
        "": "read", "prices": "read", "team/": "read", "gone": "gone",
    }  # fmt: skip
    agents = {headers["user-agent"] for path, headers in site.seen if path == "/prices"}
    assert not any("MagpipeBot" in agent for agent in agents)
    site.seen.clear()
    await add(org, site, "/prices", "page", login_headers={"X-Key": "s3cret"})
    await run_jobs()
    assert all("MagpipeBot" in headers["user-agent"] for _, headers in site.seen)


async def test_no_browser_is_sent_to_a_private_address(committed, org, site, browser, run_jobs):
    with serving(pages()) as inside:
        source_id = await add(org, inside, "/", "page", respects_robots=False)
        await run_jobs()
        assert "private network" in (await state(org, source_id))[0]["error"]
        assert inside.seen == []


async def test_a_browser_that_fails_is_tried_again_and_then_said(committed, org, site, browser, run_jobs, monkeypatch):
    monkeypatch.setattr(fetching, "is_private", lambda url: False)
    fault = {"target": "firecrawl.scrape", "kind": "error", "status": 500, "times": 1}
    await browser.client.put("/sandbox/faults", json=[fault])
    passing = await add(org, site, "/prices", "page")
    await run_jobs()
    assert (await state(org, passing))[0]["status"] == "ready"
    monkeypatch.setattr(settings(), "firecrawl_api_key", SecretStr("wrong"))
    refused = await add(org, site, "/prices", "page")
    await run_jobs()
    assert "page reader refuses our account" in (await state(org, refused))[0]["error"]
