"""Every route of the API answers those it is for, and tells everyone else nothing."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import WebSocketRoute

from backend.api.app import create_api
from backend.api.limits import RequestLimits
from backend.api.session import SessionMiddleware
from backend.core.config import settings
from backend.vocab import MemberRole
from tests.tenancy.routes import DOORS, MEMBERS, NOTHING, PEOPLE, PUBLIC, SIGNED, VISITORS, Call
from tests.tenancy.world import Person, leaks

WHAT_TO_DO = (
    "has no rule. Add it to tests/tenancy/routes.py: with the least role and a fair body to MEMBERS, to PEOPLE when a"
    " person without organization may call it, to DOORS when nobody is signed in yet, to SIGNED or PUBLIC."
)
members = pytest.mark.parametrize("call", MEMBERS, ids=str)
people = pytest.mark.parametrize("call", PEOPLE, ids=str)


@pytest.fixture(scope="module")
async def client(queue: None, sandbox_server: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole API behind its doors, without cookies of its own."""
    transport = httpx.ASGITransport(app=RequestLimits(SessionMiddleware(create_api())), client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url=settings().public_url) as made:
        yield made


async def _send(client: httpx.AsyncClient, method: str, path: str, body: Any, **headers: str) -> httpx.Response:
    content = {} if method == "GET" else {"json": body}
    return await client.request(method, path, headers=headers, **content)


def by_key(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.key}"}


def by_cookie(cookie: str) -> dict[str, str]:
    return {"Cookie": f"mp_session={cookie}", "Origin": settings().public_url}


def is_refusal(answer: httpx.Response, status: int, sent: str = "") -> bool:
    """Whether an answer is the error envelope with this status, and tells nothing of ours."""
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert set(body) == {"error", "request_id"}
    assert {"code", "message"} <= set(body["error"])
    assert leaks(answer.text + json.dumps(dict(answer.headers)), sent) == []
    return bool(body["request_id"])


def served(routes: Any) -> Iterator[tuple[str, str]]:
    """Yield method and path of everything a router serves, routers inside routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if hasattr(route, "methods"):
            yield from ((method, route.path) for method in route.methods if method not in ("HEAD", "OPTIONS"))
        elif isinstance(route, WebSocketRoute):
            yield "WEBSOCKET", route.path
        elif inner is not None and hasattr(inner, "routes"):
            yield from served(inner.routes)
        else:
            raise AssertionError(f"{route!r} is a route of a kind this test cannot walk")


def test_every_route_has_a_rule():
    known = PUBLIC | SIGNED | VISITORS | {(call.method, call.path) for call in (*MEMBERS, *PEOPLE, *DOORS)}
    found = {(method, path) for method, path in served(create_api().routes) if path not in NOTHING}
    for method, path in sorted(found - known):
        raise AssertionError(f"{method} {path} {WHAT_TO_DO}")
    assert known <= found, f"rules left over from routes that are gone: {sorted(known - found)}"


@members
async def test_nobody_is_told_to_sign_in_and_changes_nothing(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled(world.ours.ids)
    origin = {"Origin": settings().public_url}
    for headers in (origin, {**origin, "Cookie": "mp_session=made-up"}, {"Authorization": "Bearer mgp_" + "0" * 40}):
        assert is_refusal(await _send(client, call.method, path, body, **headers), 401)
    assert await world.everything_now() == before


@members
async def test_an_ended_session_and_a_revoked_key_are_refused(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled(world.ours.ids)
    for headers in (
        by_cookie(world.ours.ended_cookie),
        {"Authorization": f"Bearer {world.ours.revoked_key}"},
    ):
        assert is_refusal(await _send(client, call.method, path, body, **headers), 401)
    assert await world.everything_now() == before


@pytest.mark.parametrize("call", [call for call in MEMBERS if call.method != "GET"], ids=str)
async def test_another_site_cannot_use_a_persons_cookie(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled(world.ours.ids)
    cookie = {"Cookie": f"mp_session={world.ours.owner.cookie}"}
    for origin in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        assert is_refusal(await _send(client, call.method, path, body, **cookie, **origin), 403)
    assert await world.everything_now() == before


@pytest.mark.parametrize(
    ("call", "place"), [(call, place) for call in MEMBERS for place in call.ids], ids=lambda value: str(value)
)
async def test_another_organizations_id_is_not_found(world, client, call: Call, place: str):
    before = await world.ours_now()
    path, body = call.filled(world.theirs.ids, world.ours.ids, at=place)
    sent = json.dumps(body)
    answers = [
        await _send(client, call.method, path, body, **headers)
        for headers in (
            by_cookie(world.theirs.owner.cookie) if call.is_for_people else by_key(world.theirs.owner),
            by_cookie(world.theirs.owner.cookie),
            by_cookie(world.operator.cookie),
        )
    ]
    for answer in answers[:2]:
        if call.foreign == 200:
            assert answer.status_code == 200, answer.text
            assert leaks(answer.text, sent) == []
            assert answer.json()["total"] == 0
        else:
            assert is_refusal(answer, 404, sent)
    # Running the platform gives no reach into an organization by its endpoints: 404, or their own role's refusal.
    assert answers[2].status_code in (call.foreign, 403), answers[2].text
    assert leaks(answers[2].text, sent) == []
    assert await world.ours_now() == before


@pytest.mark.parametrize("call", [call for call in MEMBERS if not call.ids], ids=str)
async def test_another_organization_is_shown_its_own_alone(world, client, call: Call):
    before = await world.ours_now()
    path, body = call.filled({})
    theirs = by_cookie(world.theirs.owner.cookie) if call.is_for_people else by_key(world.theirs.owner)
    answer = await _send(client, call.method, path, body, **theirs)
    assert answer.status_code in (200, 201), answer.text
    assert leaks(answer.text) == []
    assert await world.ours_now() == before


@pytest.mark.parametrize("call", [call for call in MEMBERS if call.role != MemberRole.SUPPORT], ids=str)
async def test_a_lower_role_is_refused(world, client, call: Call):
    before = await world.ours_now()
    path, body = call.filled(world.ours.ids)
    lower = world.ours.support if call.role == MemberRole.EDITOR else world.ours.editor
    answer = await _send(client, call.method, path, body, **by_cookie(lower.cookie))
    assert answer.status_code == 403, answer.text
    assert answer.json()["error"]["code"] == "not_allowed"
    assert await world.ours_now() == before


@pytest.mark.parametrize("call", [call for call in MEMBERS if call.is_for_people], ids=str)
async def test_what_people_decide_is_refused_to_a_key_even_of_an_owner(world, client, call: Call):
    before = await world.ours_now()
    path, body = call.filled(world.ours.ids)
    answer = await _send(client, call.method, path, body, **by_key(world.ours.owner))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "person_needed")
    assert await world.ours_now() == before


async def test_a_key_is_revoked_by_its_holder_or_an_owner_alone(world, client):
    before = await world.ours_now()
    path, body = "/functions/v1/manage-api-keys", {"action": "revoke", "key_id": world.ours.ids["owner_key"]}
    for lower in (world.ours.support, world.ours.editor):
        assert (await _send(client, "POST", path, body, **by_cookie(lower.cookie))).status_code == 404
    assert await world.ours_now() == before


@members
async def test_the_right_person_is_served(world, client, call: Call):
    """The same calls as above do work, for those they are for: none of the refusals is an accident."""
    path, body = call.filled(world.theirs.ids)
    answer = await _send(client, call.method, path, body, **by_cookie(world.theirs.by(call.role).cookie))
    assert answer.status_code in (call.fair, call.or_else), answer.text


@people
async def test_a_person_must_be_signed_in_on_our_own_page(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled(world.ours.ids)
    origin = {"Origin": settings().public_url}
    for headers in (origin, by_cookie("made-up"), by_cookie(world.ours.ended_cookie)):
        assert is_refusal(await _send(client, call.method, path, body, **headers), 401)
    key = {**origin, "Authorization": f"Bearer {world.ours.owner.key}"}
    assert is_refusal(await _send(client, call.method, path, body, **key), 401)
    foreign = {**by_cookie(world.ours.owner.cookie), "Origin": "https://elsewhere.example"}
    assert is_refusal(await _send(client, call.method, path, body, **foreign), 403)
    assert await world.everything_now() == before


@pytest.mark.parametrize("call", [call for call in PEOPLE if call.ids], ids=str)
async def test_a_person_reaches_no_organization_they_are_not_in(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled(world.ours.ids)
    for person in (world.theirs.owner, world.theirs.support, world.operator):
        assert is_refusal(await _send(client, call.method, path, body, **by_cookie(person.cookie)), 404)
    assert await world.everything_now() == before


@people
async def test_a_signed_in_person_is_served_for_themselves(world, client, call: Call):
    path, body = call.filled(world.theirs.ids)
    answer = await _send(client, call.method, path, body, **by_cookie(world.theirs.owner.cookie))
    assert answer.status_code in (call.fair, 204), answer.text
    assert leaks(answer.text) == []


@pytest.mark.parametrize("call", DOORS, ids=str)
async def test_the_doors_answer_our_own_pages_alone_and_tell_a_stranger_nothing(world, client, call: Call):
    before = await world.ours_now()
    for origin in ({}, {"Origin": "https://elsewhere.example"}):
        assert is_refusal(await _send(client, call.method, call.path, {}, **origin), 403)
    origin = {"Origin": settings().public_url}
    stranger = {**world.ours.ids, "owner_email": "nobody@tenancy.example"}
    answers = [await _send(client, call.method, *call.filled(ids), **origin) for ids in (world.ours.ids, stranger)]
    for answer in answers:
        assert answer.status_code == call.fair, answer.text
        assert leaks(answer.text) == []
        assert "mp_session=" not in answer.headers.get("set-cookie", "").replace("mp_session=;", "")
    known, unknown = ({**answer.json(), "request_id": ""} if answer.content else {} for answer in answers)
    assert known == unknown, "the answer tells whether an account exists"
    after = await world.ours_now()
    # A code for the account's own address may have been made; nothing of the business changed.
    assert {**after, "one_time_codes": ""} == {**before, "one_time_codes": ""}


@pytest.mark.parametrize("path", ["/functions/v1/made-up", "/functions/v1/", "/api/made-up", "/api/session/made-up"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_an_unknown_address_holds_nothing(world, client, method, path):
    assert is_refusal(await _send(client, method, path, {}, **by_key(world.ours.owner)), 404)


@pytest.mark.parametrize("call", [*MEMBERS, *PEOPLE, *DOORS], ids=str)
async def test_another_method_reaches_nothing(world, client, call: Call):
    before = await world.everything_now()
    path, body = call.filled({**world.ours.ids, "owner_email": "nobody@tenancy.example"})
    known = {found.method for found in (*MEMBERS, *PEOPLE, *DOORS) if found.path == call.path}
    for method in {"GET", "PUT", "PATCH", "DELETE"} - known:
        assert is_refusal(await _send(client, method, path, body, **by_cookie(world.ours.owner.cookie)), 405)
    assert await world.everything_now() == before
