"""Weigh pages as a browser fetches them cold: compressed bytes over the wire until the page is quiet.

The floor is the same page's HTML alone.
"""

import asyncio

from playwright.async_api import Page, async_playwright

from tests.bench.measure import Row
from tests.bench.tabs import COOKIE, sign_in
from tests.chromium import ensure
from tests.installation import Installation, installation

PAGES = [("/", False, "≤ 200 KB"), ("/login", False, "≤ 200 KB"), ("/signup", False, "≤ 200 KB"), ("/inbox", True, "")]
# Over plain HTTP browsers ask for gzip; brotli needs HTTPS or loopback, so both are weighed.
ENCODINGS = ("gzip", "br")


async def rows() -> list[Row]:
    """Open each page in a fresh browser profile and add up what was transferred."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    try:
        return await _weigh(up)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def _weigh(up: Installation) -> list[Row]:
    cookie = await sign_in(up.url, up.demo["email"], up.demo["password"])
    lines = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=ensure(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        for path, is_private, target in PAGES:
            weights = {}
            for encoding in ENCODINGS:
                session = await browser.new_context(extra_http_headers={"Accept-Encoding": encoding})
                if is_private:
                    await session.add_cookies([{"name": COOKIE, "value": cookie, "url": up.url}])
                weights[encoding] = await _transferred(await session.new_page(), up.url + path)
                await session.close()
            whole, html = weights["gzip"]
            lines.append(
                Row(
                    f"page {path}, cold, fonts included",
                    target,
                    f"{whole / 1000:.0f} KB gzip, {weights['br'][0] / 1000:.0f} KB brotli",
                    f"{html / 1000:.0f} KB",
                    "its HTML alone, gzip",
                )
            )
        await browser.close()
    return lines


async def _transferred(page: Page, address: str) -> tuple[int, int]:
    """Return the bytes fetched until the network was quiet, and those of the document itself."""
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    sizes: dict[str, int] = {}
    documents: list[str] = []

    def responded(event: dict[str, object]) -> None:
        if event["type"] == "Document":
            documents.append(str(event["requestId"]))

    def finished(event: dict[str, object]) -> None:
        sizes[str(event["requestId"])] = int(float(str(event["encodedDataLength"])))

    client.on("Network.responseReceived", responded)
    client.on("Network.loadingFinished", finished)
    await page.goto(address)
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(1)
    return sum(sizes.values()), sum(sizes.get(request, 0) for request in documents)
