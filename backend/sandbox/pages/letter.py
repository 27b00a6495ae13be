"""Write as a customer: an email of its own, or the reply in a thread."""

from datetime import UTC, datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.sandbox import threads
from backend.sandbox.mail_control import BadLetter, write
from backend.sandbox.pages.mail import side
from backend.sandbox.pages.markup import icon, page, text
from backend.sandbox.world import World, world_of

# What a newcomer finds written: a press on Send shows what an agent makes of it.
_LETTER = {
    "from": "dana@customer.example",
    "name": "Dana Ruiz",
    "subject": "Opening hours",
    "text": "Hello, when are you open on Friday?",
    "is_signed": "on",
}


def routes() -> list[Route]:
    """Return the routes of writing an email."""
    return [Route("/mailbox/write", _write, methods=["GET", "POST"])]


async def _write(request: Request) -> Response:
    world = world_of(request)
    if request.method == "GET":
        return _page(world, _LETTER)
    form = await request.form()
    given = {name: str(form.get(name) or "") for name in ("from", "name", "to", "subject", "text", "is_signed")}
    try:
        letter = write(world, {**given, **_answering(world, form), "is_signed": bool(given["is_signed"])})
    except BadLetter as wrong:
        return _page(world, given, str(wrong))
    return RedirectResponse(f"/mailbox?id={letter.id}", 303)


def _answering(world: World, form: FormData) -> dict[str, object]:
    """Return what a reply names and repeats of the email before it, as mail programs do."""
    wanted = str(form.get("answers") or "")
    before = world.mailbox.find(wanted) or world.letters.find(wanted)
    if before is None:
        return {}
    quoted = "\n".join(f"> {line}" for line in before.text("TextBody").split("\n"))
    written = str(form.get("text") or "").strip()
    day = datetime.fromtimestamp(threads.at(before), UTC)
    repeated = f"\n\nOn {day:%a, %-d %b %Y at %H:%M}, {threads.person(before)} wrote:\n{quoted}" if written else ""
    return {"answers": threads.answers_of(before), "text": f"{written}{repeated}"}


def _page(world: World, given: dict[str, str], problem: str = "") -> Response:
    known = [*world.letters.forwarded(), *(one.answer_to for one in threads.newest(world)), *_targets(world)]
    places = "".join(f'<option value="{text(one)}">' for one in dict.fromkeys(known) if one)
    alert = f'<p class="problem" role="alert">{text(problem)}</p>' if problem else ""
    to = given.get("to") or next((one for one in known if one), "")
    signed = " checked" if given.get("is_signed") else ""
    main = f"""<div class="mail" data-live="mail" data-open="true">
{side(world, None, "")}
<section class="reading" aria-label="New email"><a class="back" href="/mailbox">{icon("back")}All mail</a>
<h2>Write to the business</h2>
<form method="post" action="/mailbox/write" class="write">{alert}
<label>Your name<input name="name" autocomplete="off" maxlength="120" value="{text(given.get("name", ""))}"></label>
<label>Your address<input name="from" type="email" required autocomplete="off"
 value="{text(given.get("from", ""))}"></label>
<label>To<input name="to" type="email" required autocomplete="off" list="places" placeholder="The address of a mailbox"
 value="{text(to)}"></label>
<datalist id="places">{places}</datalist>
<label>Subject<input name="subject" autocomplete="off" maxlength="300" value="{text(given.get("subject", ""))}"></label>
<label>Message<textarea name="text" rows="8" required>{text(given.get("text", ""))}</textarea></label>
<label class="check"><input type="checkbox" name="is_signed"{signed}>
<span>My domain signs this email
<span class="quiet">Without a signature nobody can tell that it is from you.</span></span></label>
<button class="button main">{icon("send")}Send</button>
</form></section>
</div>"""
    return page("Write", "mail", main, "mail.js", 422 if problem else 200)


def _targets(world: World) -> list[str]:
    return [letter.recipient for letter in world.letters.newest()]
