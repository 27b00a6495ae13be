"""HTML the sandbox's pages are built from: escaped text, the frame, icons, times."""

from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

_ICONS = {
    "phone": '<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18.5h2"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>',
    "home": '<path d="M4 11.5 12 4l8 7.5"/><path d="M6 10v9.5h12V10"/>',
    "send": '<path d="M5 12h13"/><path d="m12 5.5 6.5 6.5-6.5 6.5"/>',
    "picture": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><circle cx="9" cy="10" r="1.6"/>'
    '<path d="m4 17 5-4.5 3.5 3 3-2.5 4.5 4"/>',
    "back": '<path d="M19 12H6"/><path d="m11.5 6-6 6 6 6"/>',
    "arrow": '<path d="M5 12h13"/><path d="m13 6.5 5.5 5.5-5.5 5.5"/>',
    "pen": '<path d="M4.5 19.5 5.5 15 16 4.5l3.5 3.5L9 18.5z"/><path d="m13.5 7 3.5 3.5"/>',
    "copy": '<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 5.5v-1h-11v11h1"/>',
    "call": '<path d="M6 3.5h3l1.5 4.5-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2'
    'A15 15 0 0 1 4 5.5a2 2 0 0 1 2-2z"/>',
    "chat": '<path d="M4 5.5h16v11H10l-4.5 3.5v-3.5H4z"/>',
}

# Nothing is loaded from elsewhere; frames only show a mail, which brings its own stricter policy.
_POLICY = "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


def text(value: object) -> str:
    """Return a value as HTML text."""
    return escape(str(value))


def icon(name: str) -> str:
    """Return an outline icon that screen readers skip."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{_ICONS[name]}</svg>'
    )


def moment(seconds: float) -> str:
    """Return a time element; the page's script puts it in the reader's zone."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f'<time datetime="{when.isoformat()}">{when:%H:%M} UTC</time>'


def link(path: str, **query: str) -> str:
    """Return an escaped address with its query."""
    kept = {name: value for name, value in query.items() if value}
    return escape(f"{path}?{urlencode(kept)}" if kept else path)


def national(number: str) -> str:
    """Return a North American number as people write it, others unchanged."""
    if len(number) == 12 and number.startswith("+1"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def page(title: str, current: str, main: str, script: str = "", status: int = 200) -> HTMLResponse:
    """Return a whole page; `current` names the entry of the bar that is open, `script` its scripts, with spaces."""
    entries = [("home", "/", "Overview"), ("phone", "/phone", "Phone"), ("mail", "/mailbox", "Mailbox")]
    bar = "".join(
        f'<a href="{path}"{" aria-current=page" if name == current else ""}>{icon(name)}<span>{label}</span></a>'
        for name, path, label in entries
    )
    scripts = '<script src="/static/page.js" defer></script>'
    scripts += "".join(f'<script src="/static/{one}" defer></script>' for one in script.split())
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>{text(title)} · Sandbox</title>
<link rel="stylesheet" href="/static/sandbox.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
{scripts}
</head>
<body class="page-{current}">
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
<a class="brand" href="/"><img src="/static/icon.svg" alt="" width="24" height="24"><span>Sandbox</span></a>
<nav aria-label="Sandbox">{bar}</nav>
</header>
<main id="main">
{main}
</main>
</body>
</html>"""
    headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return HTMLResponse(html, status, headers)
