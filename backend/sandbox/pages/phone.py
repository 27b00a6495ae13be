"""The phone: a person plays the customer, who texts and calls the business."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.sandbox.attachments import attachment_response
from backend.sandbox.control import BadText, send_as_customer, text_json
from backend.sandbox.pages.markup import icon, link, moment, national, page, text
from backend.sandbox.phones import DEFAULT_CUSTOMER, Phone, is_e164
from backend.sandbox.texts import Media, NewMedia, Text
from backend.sandbox.world import World, world_of

_KEEPALIVE_S = 15
_SHOWN = 300
_LARGEST_PICTURE = 5_000_000


def routes() -> list[Route]:
    """Return the routes of the phone and of live changes."""
    return [
        Route("/phone", _phone, methods=["GET", "POST"]),
        Route("/phone/power", _power, methods=["POST"]),
        Route("/phone/media/{text_sid}/{sid}", _picture, methods=["GET"]),
        Route("/sandbox/events", _events, methods=["GET"]),
    ]


def _numbers_of(request: Request, world: World) -> tuple[str, str]:
    """Return the customer's and the business's number the address names, or those of the latest thread."""
    query = request.query_params
    customer, business = (query.get(name, "").replace(" ", "+").strip() for name in ("from", "to"))
    owned = [number.number for number in world.numbers.all()]
    latest = next(((one, other) for one, other, _ in world.texts.threads() if other in owned), None)
    if not customer and not business and latest:
        return latest
    if not is_e164(customer):
        customer = DEFAULT_CUSTOMER
    if business not in owned:
        connected = [number.number for number in world.numbers.all() if number.url("message_request_url")]
        business = next(iter(connected or owned), "")
    return customer, business


async def _phone(request: Request) -> Response:
    world = world_of(request)
    if request.method == "POST":
        return await _send(request, world)
    customer, business = _numbers_of(request, world)
    return _page(world, customer, business)


async def _send(request: Request, world: World) -> Response:
    form = await request.form(max_part_size=_LARGEST_PICTURE + 1)
    customer, business, body = (str(form.get(name) or "") for name in ("from", "to", "body"))
    picture = form.get("picture")
    media = []
    if isinstance(picture, UploadFile) and picture.size:
        content = await picture.read(_LARGEST_PICTURE + 1)
        media.append(NewMedia(picture.content_type or "application/octet-stream", content))
    wants_json = "application/json" in request.headers.get("accept", "")
    try:
        if media and len(media[0].content or b"") > _LARGEST_PICTURE:
            raise BadText("A picture may have at most 5 MB.")
        sent = send_as_customer(world, customer, business, body.strip(), media)
    except BadText as wrong:
        if wants_json:
            return JSONResponse({"error": {"message": str(wrong)}}, 422)
        return _page(world, customer, business, str(wrong), body)
    if wants_json:
        return JSONResponse(text_json(sent, world), 201)
    return RedirectResponse(link("/phone", **{"from": customer, "to": business}).replace("&amp;", "&"), 303)


async def _power(request: Request) -> Response:
    world, form = world_of(request), await request.form()
    customer, business = str(form.get("from") or ""), str(form.get("to") or "")
    if is_e164(customer):
        phone = world.phones.get(customer)
        world.phones.save(Phone(customer, form.get("reachable") == "true", phone.is_landline))
    return RedirectResponse(link("/phone", **{"from": customer, "to": business}).replace("&amp;", "&"), 303)


async def _picture(request: Request) -> Response:
    item = world_of(request).texts.find_media(request.path_params["sid"], request.path_params["text_sid"])
    if item is None or item.content is None:
        return Response("There is no such picture.", 404)
    return attachment_response(item.content_type, item.content)


async def _events(request: Request) -> Response:
    """Stream what happens; `from` and `to` narrow it to texts of one thread, in either direction."""
    world = world_of(request)
    wanted = {request.query_params.get(name, "").replace(" ", "+") for name in ("from", "to")} - {""}

    async def stream() -> AsyncIterator[str]:
        with world.events.listen() as queue:
            yield "retry: 1000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), _KEEPALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if wanted <= {event.get("from"), event.get("to")}:
                    yield f"data: {json.dumps(event)}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _page(world: World, customer: str, business: str, problem: str = "", draft: str = "") -> Response:
    if not business:
        main = (
            '<div class="column"><section class="card empty"><h1>No number to text</h1>'
            '<p class="quiet">Every business number was released. Rent one in the product first.</p></section></div>'
        )
        return page("Phone", "phone", main)
    phone = world.phones.get(customer)
    main = f"""<div class="phone" data-live="texts" data-off="{str(not phone.is_reachable).lower()}">
<aside class="side">
{_chooser(world, customer, business)}
{_switch(customer, business, phone)}
{_threads(world, customer, business)}
</aside>
<section class="chat" aria-label="Conversation with {text(national(business))}">
<header class="chat-head"><span class="avatar" aria-hidden="true">{icon("chat")}</span>
<div class="place"><h1>{text(_business_name(world, business))}</h1>
<p class="quiet">{text(business)}, as seen by {text(customer)}</p></div>
<button type="button" class="tool" id="call-start" title="Call">{icon("call")}<span class="hidden">Call</span></button>
<button type="button" id="call-end" hidden>Hang up</button></header>
{_call(customer, business)}
{_thread(world, customer, business)}
{_composer(customer, business, problem, draft)}
</section>
</div>"""
    return page("Phone", "phone", main, "phone.js call.js", 422 if problem else 200)


def _call(customer: str, business: str) -> str:
    """Return where a call is spoken and heard, hidden until there is one."""
    numbers = f'data-customer="{text(customer)}" data-business="{text(business)}"'
    return f"""<section id="call" hidden aria-label="Call" {numbers}>
<p id="call-state" role="status"></p>
<ol id="call-lines" role="log" aria-live="polite"></ol>
<form hidden><label class="hidden" for="call-words">Say something, or press keys</label>
<input id="call-words" autocomplete="off" maxlength="300" placeholder="Say something, or press keys: 12#">
<button>Say</button></form>
</section>"""


def _business_name(world: World, business: str) -> str:
    number = world.numbers.find_by_number(business)
    return number.name if number and number.name != business else national(business)


def _chooser(world: World, customer: str, business: str) -> str:
    options = "".join(
        f'<option value="{text(number.number)}"{" selected" if number.number == business else ""}>'
        f"{text(_business_name(world, number.number))}</option>"
        for number in world.numbers.all()
    )
    known = dict.fromkeys([one for one, _, _ in world.texts.threads()] + [DEFAULT_CUSTOMER])
    choices = "".join(f'<option value="{text(number)}">' for number in known)
    return f"""<details class="chooser" open><summary>Who texts and calls whom</summary>
<form method="get" action="/phone" class="numbers">
<label>Your number<input name="from" type="tel" inputmode="tel" autocomplete="off" list="customers" required
 pattern="\\+[1-9][0-9]{{6,14}}" title="A number such as +14155550199" value="{text(customer)}"></label>
<datalist id="customers">{choices}</datalist>
<label>Business<select name="to">{options}</select></label>
<button>Open</button>
</form></details>"""


def _switch(customer: str, business: str, phone: Phone) -> str:
    state = "Your phone is on" if phone.is_reachable else "Your phone is off: texts cannot reach it"
    return f"""<form method="post" action="/phone/power" class="power">
<input type="hidden" name="from" value="{text(customer)}"><input type="hidden" name="to" value="{text(business)}">
<input type="hidden" name="reachable" value="{str(not phone.is_reachable).lower()}">
<span id="power-state">{state}</span>
<button role="switch" aria-checked="{str(phone.is_reachable).lower()}" aria-labelledby="power-state"><i></i></button>
</form>"""


def _threads(world: World, customer: str, business: str) -> str:
    rows = "".join(
        f'<li><a href="{link("/phone", **{"from": one, "to": other})}"'
        f"{' aria-current=true' if (one, other) == (customer, business) else ''}>"
        f"<span class='who'>{text(national(one))}</span>{moment(last.created_at)}"
        f"<span class='quiet last'>{'' if last.is_inbound else 'Reply: '}{text(last.body or 'Picture')}</span></a></li>"
        for one, other, last in world.texts.threads()
    )
    if not rows:
        return '<nav id="threads" aria-label="Threads" hidden></nav>'
    return f'<nav id="threads" aria-label="Threads"><h2>Threads</h2><ul>{rows}</ul></nav>'


def _thread(world: World, customer: str, business: str) -> str:
    texts = world.texts.between(customer, business, limit=_SHOWN)
    hint = (
        '<div class="hint" id="hint"><p>Say hello, or ask about opening hours.</p>'
        '<p class="quiet">You are the customer. The business sees your text in its inbox.</p></div>'
    )
    rows = _rows(world, texts)
    return (
        f'<div class="scroll" id="scroll" tabindex="0" aria-label="Messages">{"" if rows else hint}'
        f'<ol id="thread" role="log" aria-live="polite">{rows}</ol></div>'
    )


def _rows(world: World, texts: Sequence[Text]) -> str:
    return "".join(_row(world, item) for item in texts)


def _row(world: World, item: Text) -> str:
    side = "mine" if item.is_inbound else "theirs"
    state, is_bad = _state(item)
    body = f"<p>{text(item.body)}</p>" if item.body else ""
    pictures = "".join(_picture_of(media) for media in world.texts.media(item.sid))
    speaker = "You" if item.is_inbound else "Business"
    return (
        f'<li id="text-{text(item.sid)}" class="{side}{" bad" if is_bad else ""}">'
        f'<span class="hidden">{speaker}: </span>'
        f'<div class="bubble">{pictures}{body}</div>'
        f'<p class="meta">{moment(item.created_at)}<span class="state">{text(state)}</span></p></li>'
    )


def _picture_of(media: Media) -> str:
    if media.content is None:
        return '<p class="file">Picture on its way</p>'
    address = f"/phone/media/{text(media.text_sid)}/{text(media.sid)}"
    if media.content_type.startswith("image/"):
        return f'<img src="{address}" alt="Picture" loading="lazy">'
    return f'<a class="file" href="{address}">File ({text(media.content_type)})</a>'


def _state(item: Text) -> tuple[str, bool]:
    """Return what stands under a message, and whether it is bad news."""
    if item.is_inbound:
        # Nobody answered the webhook, and the business read the list of its texts since.
        words = {"pending": "Sent", "accepted": "Delivered", "fetched": "Delivered late"}
        if item.webhook in words:
            return words[item.webhook], False
        return f"Not delivered: {item.webhook_note}", True
    if item.status in ("undelivered", "failed"):
        return f"Did not arrive: {(item.error_message or item.status).lower()}", True
    return {"queued": "Queued", "sent": "On its way"}.get(item.status, ""), False


def _composer(customer: str, business: str, problem: str, draft: str) -> str:
    alert = f'<p class="problem" id="problem" role="alert"{"" if problem else " hidden"}>{text(problem)}</p>'
    return f"""<form method="post" action="/phone" enctype="multipart/form-data" class="composer" id="composer">
{alert}
<input type="hidden" name="from" value="{text(customer)}"><input type="hidden" name="to" value="{text(business)}">
<div class="preview" id="preview" hidden></div>
<div class="line">
<label class="tool" title="Attach a picture">{icon("picture")}<span class="hidden">Attach a picture</span>
<input class="hidden" type="file" name="picture" id="picture" accept="image/*"></label>
<label class="hidden" for="body">Text message</label>
<textarea id="body" name="body" rows="1" maxlength="1600" placeholder="Text message">{text(draft)}</textarea>
<button class="tool send" title="Send (Enter)">{icon("send")}<span class="hidden">Send</span></button>
</div>
</form>"""
