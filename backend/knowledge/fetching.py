"""Fetch pages, robots rules and sitemaps of the sites businesses name, politely and through the guarded client."""

import asyncio
import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from backend.core.config import settings
from backend.core.errors import Invalid, VendorError
from backend.vendors import http
from backend.vendors.http import Fetched

# What robots rules call us; a rule for `*` holds too.
AGENT = "MagpipeBot"
MAX_PAGE_BYTES = 10_000_000
MAX_ROBOTS_BYTES = 500_000  # RFC 9309 §2.5: at least 500 kibibytes are parsed
# sitemaps.org allows 50 MB; of a site we read 500 pages at most.
MAX_SITEMAP_BYTES = 10_000_000
MAX_SITEMAPS = 30
# Ten megabytes hold a million empty elements, seconds of work; an entry with its translations has some forty.
MAX_SITEMAP_ELEMENTS = 100_000
# No site is asked more slowly than this, whatever it wants.
LONGEST_DELAY_S = 10.0
_USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml")


@dataclass(frozen=True)
class Site:
    """Where a source's pages are, and the headers that open them; the headers go to that very origin alone."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def visitor(self) -> http.Visitor:
        """Return how we come to its pages."""
        return http.Visitor(
            f"Mozilla/5.0 (compatible; {AGENT}/1.0; +{settings().public_url})",
            http.checked_origin(self.url),
            self.headers,
        )


def is_private(url: str) -> bool:
    """Tell whether an address is inside our own network, where nobody outside can read it."""
    return http.checked_origin(url) in settings().reachable_private_origins


async def page(site: Site, url: str) -> Fetched:
    """Return a page. Raises `VendorError` in words."""
    return await http.fetch(url, max_bytes=MAX_PAGE_BYTES, visitor=site.visitor())


async def robots(site: Site) -> str:
    """Return the site's robots rules; none when it has none. Raises `VendorError` when they cannot be known.

    RFC 9309 §2.3.1: what answers 4xx allows all, what cannot be reached allows nothing.
    """
    try:
        found = await http.fetch(urljoin(site.url, "/robots.txt"), max_bytes=MAX_ROBOTS_BYTES, visitor=site.visitor())
    except http.AddressFailed as error:
        if error.answered < 500:
            return ""
        raise VendorError(
            "The site’s rules for readers (robots.txt) cannot be read now.", vendor="web", is_retryable=True
        ) from None
    except http.TooLarge:
        return ""
    return found.content.decode("utf-8", "replace").replace("\x00", "")


@lru_cache(maxsize=64)
def _rules(text: str) -> Any:
    from protego import Protego

    return Protego.parse(text)


def may_read(rules: str, url: str) -> bool:
    """Tell whether the site's rules let us read an address."""
    return not rules or bool(_rules(rules).can_fetch(url, AGENT))


def delay_s(rules: str) -> float:
    """Return the seconds the site wants between two pages."""
    return min(float(_rules(rules).crawl_delay(AGENT) or 0.0), LONGEST_DELAY_S) if rules else 0.0


async def sitemap(site: Site, rules: str, most: int) -> list[str]:
    """Return the addresses a sitemap lists, at most `most`, those of nested ones too.

    The sitemap is the site's address itself when it is one, else what the rules name, else where sitemaps usually are.
    Raises `Invalid` (`url`) when there is none, `VendorError` when the one named cannot be fetched.
    """
    path = urlsplit(site.url).path.lower()
    named = [site.url] if path.endswith((".xml", ".xml.gz")) or "sitemap" in path else []
    told = list(_rules(rules).sitemaps) if rules and not named else []
    waiting = [*(named or told)]
    guesses = [] if waiting else [urljoin(site.url, place) for place in _USUAL_SITEMAPS]
    found: dict[str, None] = {}
    seen: set[str] = set()
    is_any = False
    while (waiting or (guesses and not is_any)) and len(found) < most and len(seen) < MAX_SITEMAPS:
        address = waiting.pop(0) if waiting else guesses.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            fetched = await http.fetch(address, max_bytes=MAX_SITEMAP_BYTES, visitor=site.visitor())
        except VendorError:
            if address in named:
                raise
            continue
        nested, pages = await asyncio.to_thread(_parsed, fetched.content, most)
        is_any = is_any or bool(nested or pages)
        waiting = [*nested, *waiting]
        for url in pages:
            found[url] = None
    if not is_any:
        raise Invalid("There is no sitemap at this address. Read the whole site instead.", field="url")
    return list(found)[:most]


def _parsed(content: bytes, most: int) -> tuple[list[str], list[str]]:
    """Return the nested sitemaps or the pages one sitemap lists, at most `most`; nothing when it is none.

    It is read element by element, each forgotten at once: a stranger's file is never a tree in memory
    (sitemaps.org/protocol).
    """
    from lxml import etree

    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(MAX_SITEMAP_BYTES)
        except (OSError, EOFError, zlib.error):
            return [], []
    kind, depth, begun, places = "", 0, 0, list[str]()
    elements = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True, recover=True
    )
    try:
        for event, element in elements:
            if event == "start":
                depth, begun = depth + 1, begun + 1
                if begun > MAX_SITEMAP_ELEMENTS:
                    break
                kind = kind or etree.QName(element).localname
                if kind not in ("sitemapindex", "urlset"):
                    return [], []
                continue
            depth -= 1
            if depth == 2 and etree.QName(element).localname == "loc" and (element.text or "").strip():
                places.append(element.text.strip())
                if len(places) == most:
                    break
            element.clear()
            while depth and element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, ValueError):
        # What stood before the damage is good.
        pass
    return (places, []) if kind == "sitemapindex" else ([], places)
