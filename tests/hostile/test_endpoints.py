"""Whatever is sent to a JSON endpoint, it answers what is wrong, breaks nowhere, and writes nothing half."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from backend.core.config import settings
from backend.core.ids import new_id
from tests.hostile.endpoints import REQUIRED, every
from tests.hostile.values import BROKEN_BODIES, CONTENT_TYPES, MARKUP, NOT_NUMBERS, NOT_TEXT, NULLS, WORDS, as_json
from tests.tenancy.routes import DOORS, MEMBERS, PEOPLE, Call, Id
from tests.tenancy.world import World

ENDPOINTS = every()
FIELDS = [(call, field) for call in ENDPOINTS for field in call.body]
endpoints = pytest.mark.parametrize("call", ENDPOINTS, ids=str)
fields = pytest.mark.parametrize(("call", "field"), FIELDS, ids=lambda value: str(value))
DOOR_PATHS = {call.path for call in DOORS}
# Without a body these mean all there is.
ACT_ON_NOTHING = {"/functions/v1/knowledge-source-sync", "/functions/v1/manage-skills/{skill_id}/execute"}


@pytest.fixture
def attacker(world, client):
    """Send a body as somebody who may call the endpoint, so that the body is what is judged."""

    async def send(call: Call, content: Any, path: str = "", **headers: str) -> httpx.Response:
        person = {} if call.path in DOOR_PATHS else {"Cookie": f"mp_session={world.theirs.owner.cookie}"}
        sent = {"Origin": settings().public_url, "Content-Type": "application/json", **person, **headers}
        body = content if isinstance(content, bytes) else as_json(content)
        answer = await client.request(call.method, path or call.filled(world.theirs.ids)[0], content=body, headers=sent)
        assert answer.status_code < 500, f"{call} broke on {body[:200]!r}: {answer.text}"
        if answer.status_code >= 400:
            assert_is_refusal(answer)
        return answer

    return send


def assert_is_refusal(answer: httpx.Response) -> None:
    body = answer.json()
    assert set(body) == {"error", "request_id"}
    assert body["request_id"]
    assert body["error"]["code"]
    assert body["error"]["message"]
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for trace in ("Traceback", "psycopg", "sqlalchemy", 'File "'):
        assert trace not in answer.text


def field_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"].get("details", {}).get("field", ""))


def _with(body: Mapping[str, Any], field: str, value: Any) -> dict[str, Any]:
    return {**body, field: value}


@pytest.mark.parametrize("call", [call for call in ENDPOINTS if call.body], ids=str)
async def test_a_body_that_is_no_json_object_writes_nothing(world, attacker, call: Call):
    may_be_empty = call.path not in REQUIRED
    before = await world.everything_now()
    for body in BROKEN_BODIES:
        if not body and call.path in ACT_ON_NOTHING:
            continue
        answer = await attacker(call, body)
        assert may_be_empty or answer.status_code in (400, 422), (body[:50], answer.text)
    assert await world.everything_now() == before


@pytest.mark.parametrize("call", [call for call in ENDPOINTS if call.body], ids=str)
async def test_an_unexpected_content_type_breaks_nothing(attacker, call: Call, world):
    before = await world.everything_now()
    for kind in CONTENT_TYPES:
        await attacker(call, b"\x80 not what it says", **{"Content-Type": kind})
    assert await world.everything_now() == before


@endpoints
async def test_more_than_a_megabyte_is_too_large(world, attacker, call: Call):
    before = await world.everything_now()
    answer = await attacker(call, b'{"name": "' + b"a" * 1_000_000 + b'"}')
    assert answer.status_code == 413
    assert await world.everything_now() == before


@pytest.mark.parametrize(
    ("call", "field"),
    [(call, field) for call in ENDPOINTS for field in REQUIRED.get(call.path, ())],
    ids=lambda value: str(value),
)
async def test_a_missing_field_is_named(world, attacker, call: Call, field: str):
    named, _, sent = field.partition(":")
    body = call.filled(world.theirs.ids)[1]
    without = {name: value for name, value in body.items() if name != (sent or named)}
    before = await world.everything_now()
    for given in (without, {**without, sent or named: None}, {**without, sent or named: ""}):
        answer = await attacker(call, given)
        if answer.status_code in (401, 404) and call.path.startswith("/api/session/"):
            continue  # says the same as to a wrong value
        assert answer.status_code in (400, 422), answer.text
        assert field_of(answer) in (named, sent), answer.text
    assert await world.everything_now() == before


@fields
async def test_a_value_of_another_kind_is_refused_by_name_and_writes_nothing(world, attacker, call: Call, field: str):
    body = call.filled(world.theirs.ids)[1]
    kind = type(body[field])
    hostile = NOT_TEXT if kind is str else NOT_NUMBERS if kind in (int, float, bool) else ("a", -1, [[[]]], ["\x00"])
    before = await _but_for_tries(world)
    for value in hostile:
        answer = await attacker(call, _with(body, field, value))
        if answer.status_code < 400:
            assert (call.path, field) in FORGIVING, f"took {value!r:.60} for {kind.__name__}"
            before = await _but_for_tries(world)
        elif answer.status_code in (400, 422):
            assert field_of(answer) or answer.json()["error"]["code"] in NAMELESS, (value, answer.text)
    assert await _but_for_tries(world) == before, "something was refused and written all the same"


# What a browser adds by itself: nonsense here is not the person's mistake and counts as nothing said.
FORGIVING = {
    (path, field) for path in DOOR_PATHS | {"/api/session/create-organization"} for field in ("next", "timezone")
} | {
    # Sites may be typed as in the form, with commas between them; one word is the name of one site.
    ("/functions/v1/create-chat-widget", "allowed_domains")
}
# Refusals that are about no one field: the code or mail and password together, the body as a whole.
NAMELESS = {"code_invalid", "invalid_body", "too_many_keys", "no_updates", "invalid"}


@pytest.mark.parametrize(
    ("call", "field"),
    [(call, field) for call, field in FIELDS if isinstance(call.body[field], str | Id)],
    ids=lambda value: str(value),
)
async def test_words_that_mean_something_elsewhere_are_only_words(world, attacker, call: Call, field: str):
    tables = len(await world.everything_now())
    body = call.filled(world.theirs.ids)[1]
    for words in (*WORDS, *NULLS):
        answer = await attacker(call, _with(body, field, words))
        assert answer.status_code >= 400 or "\\u0000" not in answer.text
        assert answer.headers.get("content-type", "application/json").startswith("application/json")
    assert len(await world.everything_now()) == tables


@pytest.mark.parametrize(
    ("call", "place"),
    [(call, place) for call in MEMBERS + PEOPLE for place in call.ids if call.foreign == 404],
    ids=lambda value: str(value),
)
async def test_ids_that_exist_nowhere_are_not_found(world, attacker, call: Call, place: str):
    before = await world.ours_now()
    numbers = {"number": "+14155550100", "customer": "+14155550101"}
    nowhere = {**dict.fromkeys(world.theirs.ids, str(new_id())), **numbers}
    path, body = call.filled(world.theirs.ids, nowhere, at=place)
    answer = await attacker(call, body, path)
    assert answer.status_code == 404, answer.text
    assert await world.ours_now() == before


@endpoints
async def test_fields_nobody_asked_for_change_nothing(world, attacker, call: Call):
    """What would be worth setting: whose it is, what it costs, who did it."""
    before = await world.ours_now()
    extra = {
        "org_id": str(world.ours.org_id),
        "organization_id": str(world.ours.org_id),
        "user_id": str(world.ours.owner.who.user_id),
        "platform_role": "god",
        "role": "owner",
        "balance_micros": 10**12,
        "id": new_id().hex,
        "__class__": "x",
        "a\x00": MARKUP,
        "": "",
    }
    body = call.filled(world.theirs.ids)[1]
    await attacker(call, {**extra, **body})
    assert await world.ours_now() == before
    assert await world.operators_now() == {world.operator.who.email}


async def _but_for_tries(world: World) -> dict[str, str]:
    """A wrong code counts as a try at it: that is all a refusal may leave behind."""
    return {**await world.everything_now(), "one_time_codes": ""}
