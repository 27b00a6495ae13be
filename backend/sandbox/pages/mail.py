"""The mailbox: every email the product sent, readable, with its codes at hand."""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from backend.sandbox.mailbox import Email
from backend.sandbox.pages.markup import icon, link, moment, page, text
from backend.sandbox.world import World, world_of

_WEB = re.compile(r"https?://[^\s<>\"')]+")
# A mail's own page runs nothing and fetches nothing; only its inline styles and pictures live.
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def routes() -> list[Route]:
    """Return the routes of the mailbox."""
    return [
        Route("/mailbox", _mailbox, methods=["GET"]),
        Route("/mailbox/{id}/html", _html, methods=["GET"]),
    ]


async def _mailbox(request: Request) -> Response:
    world = world_of(request)
    to = request.query_params.get("to", "").replace(" ", "+").strip()
    emails = world.mailbox.newest(to)
    chosen = world.mailbox.find(request.query_params.get("id", ""))
    shown = chosen or next(iter(emails), None)
    search = (
        '<form method="get" action="/mailbox" class="find" role="search">'
        '<label class="hidden" for="to">Recipient</label>'
        f'<input id="to" name="to" type="search" placeholder="Find a recipient" autocomplete="off" value="{text(to)}">'
        "</form>"
    )
    if not emails:
        words = f"No mail to {text(to)}." if to else "No mail yet."
        message = "Sign up, invite somebody or reset a password in the product, and the mail appears here."
        listing = f'<div id="mails" class="nothing"><p>{words}</p><p class="quiet">{message}</p></div>'
    else:
        rows = "".join(_row(email, shown, to) for email in emails)
        listing = f'<nav id="mails" aria-label="Mail"><ul>{rows}</ul></nav>'
    reading = _reading(shown, to) if shown else ""
    main = f"""<div class="mail" data-live="mail" data-open="{"true" if chosen else "false"}">
<aside class="side"><h1>Mailbox</h1>{search}{listing}</aside>
<section class="reading" aria-label="Message">{reading}</section>
</div>"""
    return page("Mailbox", "mail", main, "mail.js")


def _row(email: Email, shown: Email | None, to: str) -> str:
    is_current = shown is not None and email.id == shown.id
    return (
        f'<li><a href="{link("/mailbox", id=email.id, to=to)}"{" aria-current=true" if is_current else ""}>'
        f'<span class="who">{text(", ".join(email.recipients))}</span>{moment(email.received_at)}'
        f'<span class="quiet last">{text(email.text("Subject") or "No subject")}</span></a></li>'
    )


def _reading(email: Email, to: str) -> str:
    codes = "".join(
        f'<button class="code" type="button" data-copy="{code}"><span class="digits">{code}</span>'
        f'<span class="copied" role="status"></span>{icon("copy")}<span class="hidden">Copy this code</span></button>'
        for code in email.codes
    )
    parts = []
    if email.text("TextBody"):
        parts.append(f'<div class="letter">{_linked(email.text("TextBody"))}</div>')
    if email.text("HtmlBody"):
        frame = (
            '<iframe class="letter" title="Message as HTML" sandbox="allow-popups" '
            f'src="/mailbox/{text(email.id)}/html"></iframe>'
        )
        is_only = not parts
        parts.append(frame if is_only else f"<details><summary>Show as HTML</summary>{frame}</details>")
    return f"""<a class="back" href="{link("/mailbox", to=to)}">{icon("back")}All mail</a>
<h2>{text(email.text("Subject") or "No subject")}</h2>
<dl><div><dt>From</dt><dd>{text(email.text("From"))}</dd></div>
<div><dt>To</dt><dd>{text(", ".join(email.recipients))}</dd></div>
<div><dt>Received</dt><dd>{moment(email.received_at)}</dd></div></dl>
{f'<div class="codes">{codes}</div>' if codes else ""}
{"".join(parts)}"""


def _linked(body: str) -> str:
    """Return the text with its web addresses made into links."""
    found, end = [], 0
    for match in _WEB.finditer(body):
        address = match.group().rstrip(".,;")
        found.append(text(body[end : match.start()]))
        found.append(f'<a href="{text(address)}" rel="noopener noreferrer" target="_blank">{text(address)}</a>')
        end = match.start() + len(address)
    return "".join([*found, text(body[end:])])


async def _html(request: Request) -> Response:
    world: World = world_of(request)
    email = world.mailbox.find(request.path_params["id"])
    if email is None:
        return Response("There is no such mail.", 404)
    headers = {"content-security-policy": _MAIL_POLICY, "x-content-type-options": "nosniff"}
    return HTMLResponse(email.text("HtmlBody"), headers=headers)
