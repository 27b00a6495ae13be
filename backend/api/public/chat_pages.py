"""Serve what the product's own pages need of the chat widget: a frame to preview it in, and which one they carry."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from backend.api.auth import person
from backend.chat import service as chat
from backend.core.errors import NotAllowed, NotSignedIn
from backend.core.principal import Principal

router = APIRouter(prefix="/api/chat")

# As strict as any site's policy, and in frames of our own pages alone. It holds nothing of anybody: the page around it
# tells the widget what to look like.
_PREVIEW_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-cache",
}
_PREVIEW = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview</title>
<link rel="stylesheet" href="/api/chat/preview.css">
</head>
<body>
<div class="site" aria-hidden="true"><i></i><i></i><i></i><b></b><i></i><i></i><b></b></div>
<script src="/widget.js" data-preview async></script>
</body>
</html>"""
_PREVIEW_STYLE = """:root{color-scheme:light dark}body{margin:0;background:Canvas}
.site{display:grid;gap:14px;padding:32px;opacity:.14}
i,b{display:block;background:CanvasText;border-radius:6px;height:12px;width:62%}
i:first-child{height:26px;width:44%;margin-bottom:14px}b{height:110px;width:78%}"""


@router.get("/preview")
async def preview() -> HTMLResponse:
    """Return the page the preview of a widget's settings is drawn in."""
    return HTMLResponse(_PREVIEW, headers=_PREVIEW_HEADERS)


@router.get("/preview.css")
async def preview_style() -> Response:
    """Return the preview's style sheet."""
    return Response(_PREVIEW_STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})


@router.get("/support")
async def support(request: Request) -> Response:
    """Return the widget our own pages carry for whoever looks at them, with our word for who that is; else nothing."""
    found = await chat.own_pages(await _member(request))
    if found is None:
        return Response(status_code=204)
    content: dict[str, Any] = dict(found)
    return JSONResponse(content)


async def _member(request: Request) -> Principal | None:
    try:
        return (await person(request)).principal()
    except (NotSignedIn, NotAllowed):
        return None
