"""The first page: what the sandbox is, its numbers, and how it behaves right now."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.sandbox.faults import MODES, Fault, FaultBoard
from backend.sandbox.numbers import Number
from backend.sandbox.pages.markup import icon, link, national, page, text
from backend.sandbox.phones import DEFAULT_CUSTOMER
from backend.sandbox.world import World, world_of

_MODE_WORDS = {
    "normal": ("Normal", "Everything answers at once."),
    "slow": ("Slow", "Answers and deliveries take seconds."),
    "failing": ("Failing", "The model, texts and mail refuse with 503."),
}
_TARGET_WORDS = {
    "openai.chat": "Model answers",
    "openai.embeddings": "Embeddings",
    "signalwire.messages": "Sending texts",
    "signalwire.history": "Listing texts",
    "signalwire.numbers": "Phone numbers",
    "signalwire.calls": "Calls",
    "signalwire.recordings": "Recordings",
    "carrier.inbound": "Incoming texts",
    "carrier.status": "Delivery reports",
    "carrier.calls": "Reports of calls",
    "postmark.email": "Sending mail",
    "business": "The business's own system",
    "firecrawl.scrape": "Reading web pages",
    "slack.webhook": "Slack",
    "hubspot.crm": "HubSpot's search",
    "hubspot.notes": "HubSpot's notes",
    "*": "Everything",
}
_KIND_WORDS = {
    "error": "fails",
    "timeout": "never answers",
    "drop": "gets lost",
    "duplicate": "arrives more than once",
    "reorder": "arrives out of order",
    "accept_then_error": "is done, then reported as failed",
    "garble": "arrives garbled",
}


def routes() -> list[Route]:
    """Return the routes of the first page."""
    return [Route("/", _home, methods=["GET"]), Route("/mode", _set_mode, methods=["POST"])]


def _mode_of(board: FaultBoard) -> str:
    shown = [fault.model_copy(update={"id": 0}) for fault in board.active]
    return next((name for name, faults in MODES.items() if faults == shown), "custom")


async def _set_mode(request: Request) -> Response:
    form = await request.form()
    mode = form.get("mode")
    if isinstance(mode, str) and mode in MODES:
        world_of(request).faults.replace(MODES[mode])
    return RedirectResponse("/", 303)


def _fault_words(fault: Fault) -> str:
    words = f"is {(fault.delay_ms or 2000) / 1000:g} s late" if fault.kind == "delay" else _KIND_WORDS[fault.kind]
    if fault.kind == "error" and not fault.target.startswith("carrier."):
        words += f" with {fault.status}"
    if fault.probability < 1:
        words += f", {fault.probability:.0%} of the time"
    if fault.times is not None:
        words += f", {fault.times} more"
    return words


def _behaviour(board: FaultBoard) -> str:
    mode = _mode_of(board)
    buttons = "".join(
        f'<button name="mode" value="{name}" aria-pressed="{"true" if name == mode else "false"}">'
        f"<strong>{label}</strong><span>{words}</span></button>"
        for name, (label, words) in _MODE_WORDS.items()
    )
    rows = "".join(
        f"<li><span>{text(_TARGET_WORDS[fault.target])}</span>"
        f'<span class="quiet">{text(_fault_words(fault))}</span></li>'
        for fault in board.active
    )
    listing = f'<ul class="rows" aria-label="Active faults">{rows}</ul>' if rows else ""
    note = "<p class='quiet'>Set by a test or by hand. Choose one above to clear it.</p>" if mode == "custom" else ""
    return (
        '<section class="card" aria-labelledby="behaviour"><h2 id="behaviour">Behaviour</h2>'
        f'<form method="post" action="/mode" class="modes">{buttons}</form>{note}{listing}</section>'
    )


def _number_row(number: Number) -> str:
    url = number.url("message_request_url")
    where = f'<span class="address">{text(url)}</span>' if url else '<span class="quiet">Not connected yet</span>'
    name = f'<span class="quiet">{text(number.name)}</span>' if number.name != number.number else ""
    return (
        f'<tr><th scope="row"><span class="number">{text(national(number.number))}</span>{name}</th><td>{where}</td>'
        f'<td class="end"><a class="button" href="{link("/phone", **{"from": DEFAULT_CUSTOMER, "to": number.number})}">'
        f"Text it<span class='hidden'> at {text(number.number)}</span></a></td></tr>"
    )


def _numbers(world: World) -> str:
    rows = "".join(_number_row(number) for number in world.numbers.all())
    if not rows:
        return (
            '<section class="card"><h2>Business numbers</h2><p class="quiet">Every number was released. '
            "Rent one in the product, and it appears here.</p></section>"
        )
    return (
        '<section class="card"><h2>Business numbers</h2><table><thead><tr><th scope="col">Number</th>'
        '<th scope="col">Texts go to</th><th scope="col"><span class="hidden">Action</span></th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _addresses(world: World) -> str:
    base = world.settings.public_url.rstrip("/")
    rows = (("Language model", f"{base}/v1"), ("Calls and texts", base), ("Mail", base))
    listing = "".join(f'<li><span>{name}</span><code class="address">{text(url)}</code></li>' for name, url in rows)
    return f'<section class="card"><h2>Addresses</h2><ul class="rows">{listing}</ul></section>'


async def _home(request: Request) -> Response:
    world = world_of(request)
    main = f"""<div class="column">
<header class="title"><h1>Your vendors, on this machine</h1>
<p class="quiet">These stand-ins speak the same protocols as the real services, so the product works without keys.
Nothing you do here leaves this computer, and nobody is texted, called or charged.</p></header>
<div class="doors">
<a class="door" href="/phone">{icon("phone")}<span><strong>Play a customer</strong>
<span class="quiet">Text a business number and read the reply</span></span>{icon("arrow")}</a>
<a class="door" href="/mailbox">{icon("mail")}<span><strong>Read and write mail</strong>
<span class="quiet">Codes and notices arrive here, and customers write from here</span></span>{icon("arrow")}</a>
</div>
{_numbers(world)}
{_behaviour(world.faults)}
{_addresses(world)}
</div>"""
    return page("Overview", "home", main)
