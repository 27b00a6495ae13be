"""The team is told what changed, what was written and where it was named: each once, and what could not be read."""

import json
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Invalid
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import SystemEmail
from backend.skills import feeds
from backend.skills import service as skills
from tests.backend.knowledge.site import Page, html, serving
from tests.backend.skills.conftest import NOON

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Trade</title>
<item><title>Dental lasers get cheaper</title><link>/lasers</link><guid>a1</guid>
<description>&lt;p&gt;Prices &amp;amp; terms of new lasers.&lt;/p&gt;</description></item>
<item><title>Football results</title><link>https://trade.example/f</link><guid>a2</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:x,1</id>
<title type="html">A &lt;b&gt;bold&lt;/b&gt; one</title><link rel="self" href="https://x.example/self"/><link href="https://x.example/1"/><summary>First</summary></entry></feed>"""


@pytest.fixture
def site(monkeypatch):
    with serving({}) as found:
        monkeypatch.setattr(settings(), "private_origins", found.url(""))
        yield found


async def mails(shop):
    """Return (recipient, subject, words) of what was mailed to the team, in order."""
    with platform_scope("read mails in a test"):
        async with unit_of_work() as session:
            query = select(SystemEmail).where(SystemEmail.recipient == shop.org.owner.email)
            found = (await session.exec(query.order_by(col(SystemEmail.created_at), col(SystemEmail.id)))).all()
            return [(one.recipient, one.subject, one.text_body) for one in found]


async def run(shop, skill_id, at=NOON):
    with shop.org.scope(), clock.at(at):
        async with unit_of_work() as session:
            await skills.run_now(session, shop.org.owner, skill_id)
    await shop.pass_time(at)
    [newest, *_] = await shop.runs(skill_id)
    return newest


async def test_a_changed_page_is_told_once_and_a_broken_one_is_named(shop, site):
    site.pages |= {
        "/prices": Page(
            html("Prices", "<p>A cleaning costs $120 for everybody.</p><p>Open every day of the week.</p>")
        ),
        "/gone": Page("", 500),
    }
    found = await shop.save(
        "competitor_monitoring", {"urls": [site.url("/prices"), site.url("/gone")]},
        recipients=[str(shop.org.owner.user_id)], trigger_type="on_demand",
    )  # fmt: skip
    first = await run(shop, found.id)
    assert first["summary"] == "1 address could not be read"
    site.pages["/prices"] = Page(
        html("Prices", "<p>A cleaning costs $95 for everybody.</p><p>Open every day of the week.</p>")
    )
    second = await run(shop, found.id)
    assert (second["summary"], second["sent"]) == ("1 page changed", 1)
    [body] = [words for _, subject, words in await mails(shop) if subject == "Competitor monitoring: 1 page changed"]
    assert "− A cleaning costs $120" in body
    assert "+ A cleaning costs $95" in body
    assert "Open every day" not in body
    site.pages["/gone"] = Page(html("Back", "<p>We are back, and all is as it was before.</p>"))
    assert (await run(shop, found.id))["summary"] == "1 page kept to compare with"
    assert (await run(shop, found.id))["summary"] == "Nothing changed"


@pytest.mark.parametrize(("check", "told"), [("pricing_changes", False), ("new_content", True), ("all", True)])
async def test_only_what_was_asked_for_is_told(shop, site, check, told):
    site.pages["/"] = Page(html("Hello", "<p>We clean teeth with great care and patience.</p>"))
    found = await shop.save(
        "competitor_monitoring", {"urls": [site.url("/")], "check_for": check}, trigger_type="on_demand"
    )
    await run(shop, found.id)
    site.pages["/"] = Page(html("Hello", "<p>We clean teeth with great care and patience.</p><p>New: a garden.</p>"))
    assert ((await run(shop, found.id))["summary"] == "1 page changed") is told


async def test_what_a_site_does_not_let_readers_read_is_not_read(shop, site):
    site.pages |= {
        "/robots.txt": Page("User-agent: *\nDisallow: /", content_type="text/plain"),
        "/": Page(html("A", "b")),
    }
    found = await shop.save("competitor_monitoring", {"urls": [site.url("/")]}, trigger_type="on_demand")
    assert (await run(shop, found.id))["summary"] == "1 address could not be read"
    assert site.paths() == []


async def test_an_article_of_a_topic_is_told_once(shop, site):
    site.pages |= {"/rss": Page(RSS, content_type="application/rss+xml"), "/page": Page(html("No feed", "<p>No</p>"))}
    found = await shop.save(
        "daily_news_digest",
        {"topics": ["dental laser", "dental lasers"], "sources": [site.url("/rss"), site.url("/page")]},
        trigger_type="on_demand",
    )
    assert (await run(shop, found.id))["summary"] == "1 new article"
    body = (await mails(shop))[-1][2]
    assert "Dental lasers get cheaper" in body
    assert site.url("/lasers") in body
    assert "Prices & terms of new lasers." in body
    assert "Football" not in body
    assert "no RSS or Atom feed" in body
    with shop.org.scope(), clock.at(NOON):
        async with unit_of_work() as session:
            await skills.save(
                session, shop.org.owner, shop.agent_id, skills.by_definition("daily_news_digest"),
                {"config": {"sources": [site.url("/rss")]}},
            )  # fmt: skip
    assert (await run(shop, found.id))["summary"] == "Nothing new"


async def test_posts_that_name_a_keyword_are_told_once(shop, site, monkeypatch):
    monkeypatch.setattr(settings(), "hacker_news_base_url", site.url("").rstrip("/"))
    asked = "/api/v1/search_by_date?query=%22north+dental%22&tags=%28story%2Ccomment%29&hitsPerPage=30"
    hits = [
        {
            "objectID": "1",
            "title": "",
            "comment_text": "<p>I went to <i>North Dental</i>, fine.",
            "story_title": "Teeth",
        },
        {"objectID": "2", "title": "Northern lights", "comment_text": None},
        "broken",
    ]
    site.pages[asked] = Page(json.dumps({"hits": hits}), content_type="application/json")
    found = await shop.save(
        "social_media_monitoring", {"keywords": ["north dental"], "platforms": ["hackernews"]}, trigger_type="on_demand"
    )
    assert (await run(shop, found.id))["summary"] == "1 new post"
    assert "https://news.ycombinator.com/item?id=1" in (await mails(shop))[-1][2]
    assert (await run(shop, found.id))["summary"] == "Nothing new"


async def test_a_report_that_is_delivered_twice_is_mailed_once(shop, site):
    """The queue may run a job twice, and the process may die between the mail and its mark."""
    site.pages["/rss"] = Page(RSS, content_type="application/rss+xml")
    found = await shop.save(
        "daily_news_digest", {"topics": ["football"], "sources": [site.url("/rss")]}, trigger_type="on_demand"
    )
    newest = await run(shop, found.id)
    with platform_scope("forget a mark in a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql(
                    "update skill_deliveries set outcome = 'waiting', due_at = :now, sent_at = null where run_id = :run"
                ),
                {"now": NOON, "run": UUID(newest["id"])},
            )
    await shop.pass_time(NOON)
    assert len(await mails(shop)) == 1
    [newest, *_] = await shop.runs(found.id)
    assert (newest["sent"], newest["waiting"]) == (1, 0)


@pytest.mark.parametrize("content", [b"", b"<html><body>x</body></html>", b"{}", b"\x00\x01"])
def test_what_is_no_feed_is_refused(content):
    with pytest.raises(Invalid):
        feeds.read(content, "https://x.example/")


def test_atom_is_read_and_entities_of_strangers_are_not_followed():
    [entry] = feeds.read(ATOM.encode(), "https://x.example/feed")
    assert (entry.id, entry.title, entry.url, entry.summary) == (
        "tag:x,1",
        "A bold one",
        "https://x.example/1",
        "First",
    )
    attack = b"""<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><item><guid>1</guid><title>&f;</title></item></rss>"""
    [entry] = feeds.read(attack, "https://x.example/")
    assert "root" not in entry.title
