"""Firecrawl's scrape API (v2): it fetches the page itself and answers with its main part as Markdown."""

import json
from typing import Any
from urllib.parse import urljoin

import httpx
import trafilatura
from lxml import html
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.world import world_of


def routes() -> list[Route]:
    """Return the routes of this API."""
    return [Route("/v2/scrape", _scrape, methods=["POST"])]


async def _scrape(request: Request) -> Response:
    world = world_of(request)
    if request.headers.get("authorization") != f"Bearer {world.settings.firecrawl_key}":
        return JSONResponse({"success": False, "error": "Unauthorized: Invalid token"}, 401)
    try:
        wanted: Any = json.loads(await request.body())
        url = str(wanted["url"])
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"success": False, "code": "BAD_REQUEST", "error": "Bad Request"}, 400)
    try:
        async with httpx.AsyncClient(timeout=20, follow_redirects=True, trust_env=False) as client:
            page = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL):
        return JSONResponse({"success": False, "code": "SCRAPE_ALL_ENGINES_FAILED", "error": "No engine did it."}, 500)
    formats = wanted.get("formats", ["markdown"])
    tree = html.fromstring(page.text or "<p></p>")
    data: dict[str, Any] = {
        "metadata": {
            "title": "".join(tree.xpath("(//title)[1]//text()")),
            "sourceURL": url,
            "url": str(page.url),
            "statusCode": page.status_code,
        }
    }
    if "markdown" in formats:
        data["markdown"] = trafilatura.extract(page.text, output_format="markdown", include_formatting=True) or ""
    if "links" in formats:
        data["links"] = [urljoin(str(page.url), str(link)) for link in tree.xpath("//a[@href]/@href")]
    return JSONResponse({"success": True, "data": data})
