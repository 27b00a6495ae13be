"""Have a page read in a browser, scripts and all, by Firecrawl's HTTP API v2, documented at docs.firecrawl.dev."""

from dataclasses import dataclass
from typing import Any

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "Firecrawl"
# What it is told to take at most for a page, and what we wait beyond.
PAGE_WITHIN_MS = 30_000
_TIMEOUT = httpx.Timeout(45.0, connect=5.0)


@dataclass(frozen=True)
class Scraped:
    """A page as Firecrawl read it: `answered` is the status the site gave."""

    url: str
    title: str
    markdown: str
    links: tuple[str, ...]
    answered: int


def is_configured() -> bool:
    """Tell whether there is a key."""
    return bool(settings().firecrawl_api_key.get_secret_value())


async def scrape(url: str) -> Scraped:
    """Return a page's main part as Markdown, freshly read.

    Raises `VendorError`: retryable when it may pass, `reader_setup` when an operator must mend key or account.
    """
    ours = settings()
    wanted = {
        "url": url,
        "formats": ["markdown", "links"],
        "onlyMainContent": True,
        "timeout": PAGE_WITHIN_MS,
        # Its cache of two days would make "sync now" a promise not kept.
        "maxAge": 0,
    }
    try:
        async with httpx.AsyncClient(
            base_url=ours.firecrawl_base_url, timeout=_TIMEOUT, verify=http.vendor_certificates()
        ) as client:
            response = await client.post(
                "/v2/scrape",
                json=wanted,
                headers={"Authorization": f"Bearer {ours.firecrawl_api_key.get_secret_value()}"},
            )
    except httpx.HTTPError as error:
        raise VendorError(
            f"The page reader could not be reached ({type(error).__name__}).", vendor=VENDOR, is_retryable=True
        ) from None
    answer = _json(response)
    data = answer.get("data")
    if response.is_success and answer.get("success") is True and isinstance(data, dict):
        return _scraped(url, data)
    if response.status_code in (401, 402, 403):
        raise VendorError("The page reader refuses our account.", vendor=VENDOR, code="reader_setup")
    words = str(answer.get("error") or f"status {response.status_code}")[:200]
    is_retryable = response.status_code >= 500 or response.status_code in (408, 429)
    raise VendorError(f"The page could not be read: {words}", vendor=VENDOR, is_retryable=is_retryable)


def _scraped(url: str, data: dict[str, Any]) -> Scraped:
    about = data.get("metadata") if isinstance(data.get("metadata"), dict) else {}
    title = about.get("title") if about else ""
    links = data.get("links")
    answered = about.get("statusCode") if about else None
    return Scraped(
        url=str((about or {}).get("url") or (about or {}).get("sourceURL") or url),
        title=title if isinstance(title, str) else "",
        markdown=str(data.get("markdown") or ""),
        links=tuple(str(link) for link in links) if isinstance(links, list) else (),
        answered=answered if isinstance(answered, int) else 200,
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
