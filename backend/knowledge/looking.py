"""Read one public page without keeping it, as politely as pages that are kept."""

import asyncio

from backend.core.errors import Refused
from backend.knowledge import extraction, fetching
from backend.knowledge.extraction import Document
from backend.knowledge.fetching import Site
from backend.vendors.http import Visitor


def visitor(url: str) -> Visitor:
    """Return how we come to an address: under our own name, and with nothing that opens doors."""
    return Site(url).visitor()


async def look_at(url: str) -> Document:
    """Return what a page says now. Raises `VendorError`, `Invalid`, or `Refused` (`robots`) in words."""
    site = Site(url)
    if not fetching.may_read(await fetching.robots(site), url):
        raise Refused("The site does not let readers like us read this page (robots.txt).", code="robots")
    fetched = await fetching.page(site, url)
    return await asyncio.to_thread(
        extraction.read_page, fetched.content, fetched.content_type, fetched.charset, fetched.url or url
    )
