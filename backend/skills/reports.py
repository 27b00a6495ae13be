"""Gather what the team is told: what changed on pages, what feeds wrote, where people named a keyword.

Nothing here touches the database: a run hands in what the last one learned (`memory`) and stores what comes back, so
a page or a post is told once. Pages and posts are strangers' words; they are told as they are and never followed.
"""

import asyncio
import difflib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from backend.core import strict_json
from backend.core.config import settings
from backend.core.errors import Invalid, MagpipeError
from backend.knowledge import service as knowledge
from backend.skills import feeds
from backend.skills.catalogue import COMPETITORS, NEWS, SOCIAL
from backend.skills.feeds import Entry
from backend.vendors import http

PAGE_KEPT, SEEN_KEPT = 20_000, 2_000
FEED_BYTES = 3_000_000
SUMMARY_LINES, DETAIL_LINES = 3, 40
MOST_ENTRIES = 60
LINE_LENGTH, TEASER_LENGTH = 300, 240
# Amounts with a currency beside them, in the ways prices are written.
_PRICE = re.compile(r"[$€£¥]\s?\d|\d[\d.,]*\s?(?:[$€£¥]|(?:USD|EUR|GBP|CAD|CHF)\b)|(?:USD|EUR|GBP|CAD|CHF)\s?\d")


@dataclass(frozen=True)
class Report:
    """What a run found: words for the team (empty when there is nothing new), figures, and what to remember."""

    summary: str
    body: str
    result: dict[str, Any]
    memory: dict[str, Any] = field(default_factory=dict)


async def gather(slug: str, config: Mapping[str, Any], memory: Mapping[str, Any]) -> Report:
    """Return the report of one of the skills that tell the team."""
    return await _GATHERERS[slug](config, memory)


async def _competitors(config: Mapping[str, Any], memory: Mapping[str, Any]) -> Report:
    known: dict[str, str] = dict(memory.get("pages") or {})
    read = await _each(config["urls"], _page_text)
    kept, told, first, problems = {}, [], 0, {}
    for url, text in read:
        if isinstance(text, MagpipeError):
            problems[url] = text.message
            if url in known:
                kept[url] = known[url]
            continue
        kept[url] = text[:PAGE_KEPT]
        if url not in known:
            first += 1
            continue
        change = _change(known[url], kept[url], config)
        if change:
            told.append(f"{url}\n{change}")
    summary = f"{_many(len(told), 'page')} changed" if told else "Nothing changed"
    if first and not told:
        summary = f"{_many(first, 'page')} kept to compare with"
    return _report(summary, told, problems, {"pages": kept}, changed=len(told), read=len(kept), first_seen=first)


async def _news(config: Mapping[str, Any], memory: Mapping[str, Any]) -> Report:
    topics = [(topic, topic.casefold().split()) for topic in config["topics"]]

    def topic_of(entry: Entry) -> str:
        said = f"{entry.title} {entry.summary}".casefold()
        return next((topic for topic, words in topics if all(_has(said, word) for word in words)), "")

    return await _entries(config["sources"], _feed, topic_of, memory, "article")


async def _social(config: Mapping[str, Any], memory: Mapping[str, Any]) -> Report:
    ours = settings()
    searches = {}
    for keyword in config["keywords"]:
        if "reddit" in config["platforms"]:
            asked = urlencode({"q": f'"{keyword}"', "sort": "new", "t": "week"})
            searches[f"{ours.reddit_base_url}/search.rss?{asked}"] = keyword
        if "hackernews" in config["platforms"]:
            asked = urlencode({"query": f'"{keyword}"', "tags": "(story,comment)", "hitsPerPage": "30"})
            searches[f"{ours.hacker_news_base_url}/api/v1/search_by_date?{asked}"] = keyword

    def keyword_of(entry: Entry) -> str:
        # The searches also answer with what merely resembles the keyword.
        said = f"{entry.title} {entry.summary}".casefold()
        return next((word for word in config["keywords"] if _has(said, word.casefold())), "")

    return await _entries(list(searches), _posts, keyword_of, memory, "post")


_GATHERERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Awaitable[Report]]] = {
    COMPETITORS: _competitors,
    NEWS: _news,
    SOCIAL: _social,
}


async def _entries(
    urls: Sequence[str],
    read: Callable[[str], Awaitable[list[Entry]]],
    heading_of: Callable[[Entry], str],
    memory: Mapping[str, Any],
    noun: str,
) -> Report:
    """Return the entries that belong under a heading and were never told before."""
    seen: list[str] = list(memory.get("seen") or [])
    told_before, count = set(seen), 0
    by_heading: dict[str, list[Entry]] = {}
    problems: dict[str, str] = {}
    for url, entries in await _each(urls, read):
        if isinstance(entries, MagpipeError):
            problems[_place(url)] = entries.message
            continue
        for entry in entries:
            heading = heading_of(entry)
            if not heading or entry.id in told_before:
                continue
            told_before.add(entry.id)
            if count < MOST_ENTRIES:
                seen.append(entry.id)
                by_heading.setdefault(heading, []).append(entry)
                count += 1
    told = [f"{heading}\n" + "\n".join(map(_line, entries)) for heading, entries in by_heading.items()]
    summary = f"{_many(count, f'new {noun}')}" if count else "Nothing new"
    return _report(summary, told, problems, {"seen": seen[-SEEN_KEPT:]}, new=count)


def _report(
    summary: str, told: Sequence[str], problems: Mapping[str, str], memory: dict[str, Any], **figures: int
) -> Report:
    parts = list(told)
    if problems:
        parts.append("Could not be read:\n" + "\n".join(f"{where}: {why}" for where, why in problems.items()))
    # A page that cannot be read is told with other news, or when it is all there is to tell.
    if problems and not told:
        summary = f"{_many(len(problems), 'address')} could not be read"
    return Report(summary, "\n\n".join(parts), {**figures, "problems": dict(problems)}, memory)


async def _each(urls: Sequence[str], read: Callable[[str], Awaitable[Any]]) -> list[tuple[str, Any]]:
    """Read every address, a few at a time, and return what came of each: its content or the error."""
    few = asyncio.Semaphore(4)

    async def one(url: str) -> tuple[str, Any]:
        async with few:
            try:
                return url, await read(url)
            except MagpipeError as error:
                return url, error

    return list(await asyncio.gather(*map(one, urls)))


async def _page_text(url: str) -> str:
    return (await knowledge.look_at(url)).text


async def _feed(url: str) -> list[Entry]:
    fetched = await http.fetch(url, max_bytes=FEED_BYTES, visitor=knowledge.visitor(url))
    return await asyncio.to_thread(feeds.read, fetched.content, fetched.url or url)


async def _posts(url: str) -> list[Entry]:
    """Search one of the platforms; only their own address may be inside the network, as the stand-in's is."""
    parts = urlsplit(url)
    fetched = await http.fetch(
        url,
        max_bytes=FEED_BYTES,
        trusted_origin=f"{parts.scheme}://{parts.netloc}",
        visitor=knowledge.visitor(url),
    )
    if "/search.rss" in parts.path:
        return await asyncio.to_thread(feeds.read, fetched.content, url)
    try:
        answer = strict_json.loads(fetched.content.decode("utf-8", "replace"))
    except ValueError:
        raise Invalid("The search answered in a form we cannot read.", field="platforms") from None
    hits = answer.get("hits") if isinstance(answer, dict) else None
    return (
        [_hit(hit) for hit in hits if isinstance(hit, dict) and hit.get("objectID")] if isinstance(hits, list) else []
    )


def _hit(hit: Mapping[str, Any]) -> Entry:
    """Return a post of Hacker News as its search describes it (hn.algolia.com/api)."""
    number = str(hit["objectID"])
    title = str(hit.get("title") or hit.get("story_title") or "")
    words = feeds.plain(str(hit.get("comment_text") or hit.get("story_text") or ""))
    return Entry(f"hn:{number}", title, f"https://news.ycombinator.com/item?id={number}", words)


def _change(before: str, after: str, config: Mapping[str, Any]) -> str:
    """Return what changed between two readings of a page, as lines with + and −; empty when it does not count."""
    one, other = _lines(before), _lines(after)
    marks = [line for line in difflib.unified_diff(one, other, lineterm="", n=0) if line[:1] in "+-"]
    changed = [line for line in marks if not line.startswith(("+++", "---"))]
    match config["check_for"]:
        case "pricing_changes":
            changed = [line for line in changed if _PRICE.search(line)]
        case "new_content":
            changed = [line for line in changed if line.startswith("+")]
    most = DETAIL_LINES if config["digest_format"] == "detailed" else SUMMARY_LINES
    shown = [f"{'+' if line[0] == '+' else '−'} {line[1:].strip()[:LINE_LENGTH]}" for line in changed[:most]]
    more = [f"… and {_many(len(changed) - most, 'more line')}"] if len(changed) > most else []
    return "\n".join([*shown, *more])


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _line(entry: Entry) -> str:
    teaser = entry.summary[:TEASER_LENGTH].strip()
    parts = [f"• {entry.title or teaser[:80] or entry.url}"]
    if teaser and entry.title:
        parts.append(f"  {teaser}{'…' if len(entry.summary) > TEASER_LENGTH else ''}")
    return "\n".join([*parts, f"  {entry.url}"])


def _has(said: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def _place(url: str) -> str:
    """Return an address without its query, which is a search of ours."""
    return url.partition("?")[0]


def _many(count: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"1 {noun}" if count == 1 else f"{count} {plural}"
