"""See a page as a browser shows it, scripts and all, where a Chromium and Playwright are installed.

The browser itself reaches nothing: its names do not resolve and its proxy does not answer. What a page asks for, we
fetch with the guarded client and hand over, so that no script of a stranger's page comes into our network, and none
writes anything anywhere.
"""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from backend.core.config import settings
from backend.core.errors import MagpipeError, VendorError
from backend.vendors import http
from backend.vendors.http import Fetched, Visitor

VENDOR = "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A page is there when its scripts have asked for nothing for half a second (Playwright's “networkidle”), and it says
# more than that it loads: scripts that are slow to begin, on a busy machine, have asked for nothing yet either.
WITHIN_S, STILL_WITHIN_MS = 25.0, 8_000
SAYS_SOMETHING = "(document.body?.innerText ?? '').trim().length > 40"
MOST_REQUESTS, MOST_BYTES_EACH, MOST_BYTES = 80, 5_000_000, 20_000_000
# Pictures, fonts and styles say nothing that is read.
_WANTED = frozenset({"document", "script", "xhr", "fetch"})
_ARGUMENTS = (
    "--proxy-server=http://127.0.0.1:9",
    # Chromium passes by its proxy for addresses of this machine unless told not to.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@lru_cache(maxsize=1)
def _program() -> str:
    if find_spec("playwright") is None:
        return ""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")


def is_available() -> bool:
    """Tell whether pages can be seen in a browser.

    Chromium confines a page's scripts only for an ordinary user, so as root it has to be asked for (`RENDER_PAGES=on`).
    """
    wanted = settings().render_pages
    if wanted == "off" or not _program():
        return False
    return wanted == "on" or os.geteuid() != 0


@lru_cache(maxsize=1)
def _turn() -> asyncio.Semaphore:
    """One page at a time: a browser takes some 300 MB."""
    return asyncio.Semaphore(1)


async def rendered(plain: Fetched, visitor: Visitor) -> Fetched:
    """Return the HTML of a page that was fetched plain, once its scripts have run. Raises `VendorError`."""
    from playwright.async_api import Error, async_playwright

    # Playwright's own Node lacks a library on small systems; the one that builds our front end does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(sys.prefix) / "bin" / "node"))
    try:
        async with _turn(), asyncio.timeout(WITHIN_S), async_playwright() as driver:
            chromium = await driver.chromium.launch(
                executable_path=_program(), args=list(_ARGUMENTS), chromium_sandbox=os.geteuid() != 0
            )
            try:
                context = await chromium.new_context(
                    user_agent=visitor.agent or None, service_workers="block", accept_downloads=False
                )
                page = await context.new_page()
                await page.route("**/*", _Door(plain, visitor).open)
                await page.route_web_socket("**/*", lambda socket: socket.close())
                await page.goto(plain.url, wait_until="domcontentloaded")
                # A page that never rests is read as it stands.
                with suppress(Error):
                    await page.wait_for_load_state("networkidle", timeout=STILL_WITHIN_MS)
                    await page.wait_for_function(SAYS_SOMETHING, timeout=STILL_WITHIN_MS)
                    await page.wait_for_load_state("networkidle", timeout=STILL_WITHIN_MS)
                # Scripts can make a page of any size; its length is asked before its text crosses over to us.
                if await page.evaluate("document.documentElement.outerHTML.length") > MOST_BYTES_EACH:
                    raise VendorError("The page is too long to be read.", vendor=VENDOR)
                return Fetched((await page.content()).encode(), "text/html", "utf-8", plain.url)
            finally:
                await chromium.close()
    except TimeoutError:
        raise VendorError("The page’s scripts took too long.", vendor=VENDOR, is_retryable=True) from None
    except Error as error:
        words = str(error).splitlines()[0][:120]
        raise VendorError(f"The page could not be shown in a browser: {words}", vendor=VENDOR) from None


class _Door:
    """Answers what one page asks for, within bounds."""

    def __init__(self, plain: Fetched, visitor: Visitor) -> None:
        self._plain = plain
        self._visitor = visitor
        self._requests = 0
        self._bytes = 0

    async def open(self, route: Any) -> None:
        """Answer one request of the page with what the guarded client fetches, or not at all."""
        asked = route.request
        self._requests += 1
        is_wanted = asked.method == "GET" and asked.resource_type in _WANTED and asked.url.startswith("http")
        # A strange document would read by its scripts what our login opens, or stand in the page's place.
        is_document = asked.resource_type == "document"
        is_wanted = is_wanted and not (is_document and self._is_elsewhere(asked.url))
        if not is_wanted or self._requests > MOST_REQUESTS or self._bytes > MOST_BYTES:
            await route.abort()
            return
        try:
            found = self._plain
            if asked.url != found.url:
                found = await http.fetch(asked.url, max_bytes=MOST_BYTES_EACH, visitor=self._visitor)
        except MagpipeError:
            await route.abort()
            return
        if is_document and self._is_elsewhere(found.url):
            await route.abort()
            return
        self._bytes += len(found.content)
        kind = f"{found.content_type or 'text/plain'}; charset={found.charset or 'utf-8'}"
        # What the page's own site opens to us needs no protection from the page's own scripts.
        await route.fulfill(body=found.content, headers={"content-type": kind, "access-control-allow-origin": "*"})

    def _is_elsewhere(self, url: str) -> bool:
        return _site(url) != _site(self._plain.url)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
