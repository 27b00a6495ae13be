"""The mailbox: every email the product sent and customers wrote, by thread, with its codes at hand."""

import base64
import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from backend.sandbox import threads
from backend.sandbox.attachments import attachment_response
from backend.sandbox.letters import Letter
from backend.sandbox.mailbox import Email
from backend.sandbox.pages.markup import icon, link, moment, page, text
from backend.sandbox.threads import Thread
from backend.sandbox.world import World, world_of

_WEB = re.compile(r"https?://[^\s<>\"')]+")
# A mail's own page runs nothing and fetches nothing; only its inline styles and pictures live.
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def routes() -> list[Route]:
    """Return the routes of the mailbox."""
    return [
        Route("/mailbox", _mailbox, methods=["GET"]),
        Route("/mailbox/{id}/html", _html, methods=["GET"]),
        Route("/mailbox/{id}/files/{place:int}", _file, methods=["GET"]),
    ]


async def _mailbox(request: Request) -> Response:
    world = world_of(request)
    to = request.query_params.get("to", "").replace(" ", "+").strip()
    wanted = request.query_params.get("id", "")
    found = threads.newest(world, to)
    chosen = next((thread for thread in found if thread.holds(wanted)), None) or _alone(world, wanted)
    shown = chosen or next(iter(found), None)
    reading = _reading(shown, to) if shown else ""
    main = f"""<div class="mail" data-live="mail" data-open="{"true" if chosen else "false"}">
{side(world, shown, to)}
<section class="reading" aria-label="Message">{reading}</section>
</div>"""
    return page("Mailbox", "mail", main, "mail.js")


def _alone(world: World, wanted: str) -> Thread | None:
    """Return an email that is older than the list."""
    email = world.mailbox.find(wanted) or world.letters.find(wanted)
    return Thread(threads.answers_of(email)[0], [email]) if email else None


def side(world: World, shown: Thread | None, to: str) -> str:
    """Return the list of threads, with the way to write."""
    found = threads.newest(world, to)
    search = (
        '<form method="get" action="/mailbox" class="find" role="search">'
        '<label class="hidden" for="person">Person</label>'
        f'<input id="person" name="to" type="search" placeholder="Find a person" autocomplete="off" value="{text(to)}">'
        "</form>"
    )
    if not found:
        words = f"No mail to {text(to)}." if to else "No mail yet."
        message = "Write to a mailbox, sign up or reset a password in the product, and the mail appears here."
        listing = f'<div id="mails" class="nothing"><p>{words}</p><p class="quiet">{message}</p></div>'
    else:
        rows = "".join(_row(thread, shown, to) for thread in found)
        listing = f'<nav id="mails" aria-label="Mail"><ul>{rows}</ul></nav>'
    button = f'<a class="button" href="/mailbox/write">{icon("pen")}Write</a>'
    return f'<aside class="side"><div class="head"><h1>Mailbox</h1>{button}</div>{search}{listing}</aside>'


def _row(thread: Thread, shown: Thread | None, to: str) -> str:
    is_current = shown is not None and thread.key == shown.key
    last = thread.last
    who = (last.sender[1] or last.sender[0]) if isinstance(last, Letter) else ", ".join(last.recipients)
    return (
        f'<li><a href="{link("/mailbox", id=last.id, to=to)}"{" aria-current=true" if is_current else ""}>'
        f'<span class="who">{text(who)}</span>{moment(threads.at(last))}'
        f'<span class="quiet last">{text(last.text("Subject") or "No subject")}</span></a></li>'
    )


def _reading(thread: Thread, to: str) -> str:
    if len(thread.items) == 1 and isinstance(thread.last, Email):
        return _head(thread.last.text("Subject"), to) + _mail(thread.last) + _reply(thread)
    items = "".join(_item(item) for item in thread.items)
    return (
        f'{_head(thread.subject, to)}<ol class="post" id="letters" data-thread="{text(thread.key)}">{items}</ol>'
        f"{_reply(thread)}"
    )


def _head(subject: str, to: str) -> str:
    return (
        f'<a class="back" href="{link("/mailbox", to=to)}">{icon("back")}All mail</a>'
        f"<h2>{text(subject or 'No subject')}</h2>"
    )


def _item(item: Email | Letter) -> str:
    if isinstance(item, Email):
        return f'<li class="theirs">{_mail(item)}</li>'
    state = {"pending": "On its way", "accepted": "Delivered"}.get(item.webhook, f"Not delivered: {item.note}")
    is_bad = item.webhook in ("failed", "unrouted")
    return (
        f'<li class="mine{" bad" if is_bad else ""}">{_facts(threads.person(item), item.recipient, item)}'
        f'<div class="letter">{_linked(item.text("TextBody"))}</div>'
        f'<p class="meta"><span>{text(state)}</span></p></li>'
    )


def _facts(sender: str, recipients: str, item: Email | Letter) -> str:
    return f"""<dl><div><dt>From</dt><dd>{text(sender)}</dd></div>
<div><dt>To</dt><dd>{text(recipients)}</dd></div>
<div><dt>Received</dt><dd>{moment(threads.at(item))}</dd></div></dl>"""


def _mail(email: Email) -> str:
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
    if email.files:
        parts.append(
            '<p class="meta">'
            + "".join(
                f'<a href="/mailbox/{text(email.id)}/files/{place}" target="_blank">{text(file["Name"])}</a>'
                for place, file in enumerate(email.files)
            )
            + "</p>"
        )
    return f"""{_facts(email.text("From"), ", ".join(email.recipients), email)}
{f'<div class="codes">{codes}</div>' if codes else ""}
{"".join(parts)}"""


def _reply(thread: Thread) -> str:
    """Return the form a customer answers a thread with; empty for mail nobody answers."""
    if not thread.answer_to:
        return ""
    address, name = thread.customer
    subject = thread.subject if thread.subject.lower().startswith("re:") else f"Re: {thread.subject}"
    signed = all("DKIM_VALID_AU" in one.header("X-Spam-Tests") for one in thread.items if isinstance(one, Letter))
    hidden = {"from": address, "name": name, "to": thread.answer_to, "subject": subject, "answers": thread.last.id}
    hidden |= {"is_signed": "on"} if signed else {}
    fields = "".join(f'<input type="hidden" name="{field}" value="{text(value)}">' for field, value in hidden.items())
    return f"""<form method="post" action="/mailbox/write" class="write">{fields}
<label>Reply as {text(name or address)}<textarea name="text" rows="4" required></textarea></label>
<button class="button main">{icon("send")}Reply</button>
</form>"""


def _linked(body: str) -> str:
    """Return the text with its web addresses made into links."""
    found, end = [], 0
    for match in _WEB.finditer(body):
        address = match.group().rstrip(".,;")
        found.append(text(body[end : match.start()]))
        found.append(f'<a href="{text(address)}" rel="noopener noreferrer" target="_blank">{text(address)}</a>')
        end = match.start() + len(address)
    return "".join([*found, text(body[end:])])


async def _file(request: Request) -> Response:
    email = world_of(request).mailbox.find(request.path_params["id"])
    place = request.path_params["place"]
    if email is None or place >= len(email.files):
        return Response("There is no such file.", 404)
    file = email.files[place]
    return attachment_response(file["ContentType"], base64.b64decode(file["Content"]))


async def _html(request: Request) -> Response:
    world: World = world_of(request)
    email = world.mailbox.find(request.path_params["id"])
    if email is None:
        return Response("There is no such mail.", 404)
    headers = {"content-security-policy": _MAIL_POLICY, "x-content-type-options": "nosniff"}
    return HTMLResponse(email.text("HtmlBody"), headers=headers)
