"""A customer's website on an origin of its own, with as strict a policy as sites have: a place to try a chat widget.

Its address says which script to carry: `/site?app=http://127.0.0.1:3000&key=wgt_…`. The script is taken from this
machine alone, so that the page can be made to load nothing else.
"""

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from backend.sandbox.pages.markup import text

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LOCAL = frozenset({"127.0.0.1", "localhost"})


def routes() -> list[Route]:
    """Return the routes of the website."""
    return [Route("/site", _site, methods=["GET"])]


async def _site(request: Request) -> Response:
    app, key = request.query_params.get("app", ""), request.query_params.get("key", "")
    parts = urlsplit(app)
    if parts.scheme not in ("http", "https") or parts.hostname not in _LOCAL or not _KEY.fullmatch(key):
        return PlainTextResponse("Open this page from a chat widget's settings.", 400)
    origin = f"{parts.scheme}://{parts.netloc}"
    socket = origin.replace("http", "ws", 1)
    policy = (
        f"default-src 'none'; script-src {origin}; connect-src {origin} {socket}; img-src 'self' {origin};"
        " style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        " require-trusted-types-for 'script'"
    )
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Harbor Dental, a website to try the chat on</title>
<link rel="stylesheet" href="/static/site.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
</head>
<body>
<header><strong>Harbor Dental</strong>
<nav aria-label="Main"><a href="#hours">Hours</a> <a href="#prices">Prices</a></nav></header>
<main>
<h1>A calm practice by the harbor</h1>
<p>This page stands in for a customer's website. It is served from another origin than Magpipe and allows nothing but
the chat's own script: no inline styles, no evaluated code, no other addresses.</p>
<h2 id="hours">Hours</h2>
<p>Monday to Thursday 8 to 6, Friday 8 to 3, Saturday 9 to 1.</p>
<h2 id="prices">Prices</h2>
<p>A cleaning costs $120. New patients pay $60 for their first check-up.</p>
<p>Ask the chat in the corner anything else.</p>
</main>
<script src="{text(origin)}/widget.js" data-widget-key="{text(key)}" async></script>
</body>
</html>"""
    return HTMLResponse(html, headers={"content-security-policy": policy, "cache-control": "no-store"})
