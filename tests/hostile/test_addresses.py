"""Whatever stands in an address or a header, it is answered and not obeyed."""

from urllib.parse import quote, urlencode

import pytest

from backend.core.config import settings
from tests.hostile.test_endpoints import assert_is_refusal
from tests.hostile.values import MARKUP, NOT_NUMBERS, ODD, SQL

LISTING = "/functions/v1/scheduled-actions"
WORDS = (SQL, MARKUP, ODD, "\x00", "a\x00b", "a" * 5000, "../../etc/passwd", "%2e%2e%2f", "{}", "%")


@pytest.fixture
def by_cookie(world):
    return {"Cookie": f"mp_session={world.theirs.owner.cookie}", "Origin": settings().public_url}


@pytest.mark.parametrize("name", ["limit", "offset", "status", "action_type", "surprise"])
async def test_a_query_of_nonsense_is_refused_by_name_or_ignored(world, client, by_cookie, name):
    before = await world.everything_now()
    for value in (*WORDS, *map(str, NOT_NUMBERS), "201", "", "-0", "१"):
        answer = await client.get(f"{LISTING}?{urlencode({name: value})}", headers=by_cookie)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            assert_is_refusal(answer)
            assert answer.json()["error"]["details"]["field"] == name
    for query in ("limit=%ff", "%ff=%fe", "limit=1&limit=x", "=&&==", "a" * 5000):
        answer = await client.get(f"{LISTING}?{query}", headers=by_cookie)
        assert answer.status_code in (200, 400), answer.text
    assert await world.everything_now() == before


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/media/{}"), ("PATCH", "/functions/v1/scheduled-actions/{}"), ("POST", "/functions/v1/{}")],
)
async def test_a_path_of_nonsense_leads_nowhere(world, client, by_cookie, method, path, words):
    before = await world.everything_now()
    answer = await client.request(
        method,
        path.format(quote(words, safe="")),
        json={"status": "cancelled"} if method != "GET" else None,
        headers=by_cookie,
    )
    assert answer.status_code in (404, 405), answer.text
    assert_is_refusal(answer)
    assert await world.everything_now() == before


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer mgp_",
        "Bearer mgp_" + "g" * 40,
        "Bearer mgp_" + "0" * 100_000,
        "Bearer " + SQL,
        "Basic YTpi",
        "Digest x",
        "bearer é",
        "mgp_" + "0" * 40,
        "\t",
    ],
)
async def test_what_is_no_key_is_nobody(world, client, by_cookie, authorization):
    """A wrong key is refused even beside a good cookie: it is never ignored."""
    before = await world.everything_now()
    headers = {**by_cookie, "Authorization": authorization.encode("utf-8")}
    answer = await client.post("/functions/v1/list-agents", json={}, headers=headers)
    if authorization.strip():
        assert answer.status_code == 401, answer.text
        assert_is_refusal(answer)
    assert await world.everything_now() == before


@pytest.mark.parametrize(
    "cookie", ["", "a", SQL, "=;=", "mp_session", 'mp_session="', "a" * 100_000, "mp_session=\xff"]
)
async def test_what_is_no_session_is_nobody(world, client, cookie):
    for value in (cookie, f"mp_session={cookie}", f"mp_session={cookie}; mp_pending={cookie}"):
        headers = {"Cookie": value.encode("utf-8"), "Origin": settings().public_url}
        answer = await client.post("/functions/v1/list-agents", json={}, headers=headers)
        assert answer.status_code == 401, answer.text
        for path in ("verify-email", "resend-code", "sign-out"):
            answer = await client.post(f"/api/session/{path}", json={"code": "123456"}, headers=headers)
            assert answer.status_code < 500


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "a" * 100_000, SQL, MARKUP, "é", "\x7f"])
async def test_any_idempotency_key_is_kept_as_it_is_or_refused(world, client, by_cookie, key):
    body = {"from": world.theirs.ids["number"], "to": "+14155550177", "body": "Hello", "scheduled_at": "2027-03-01"}
    headers = {**by_cookie, "Idempotency-Key": key.encode("utf-8")}
    answers = [await client.post("/functions/v1/send-sms", json=body, headers=headers) for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {200, 422}, answers[0].text
    if answers[0].status_code == 200:
        assert answers[0].json() == answers[1].json()
    else:
        assert_is_refusal(answers[0])


@pytest.mark.parametrize("address", ["x", SQL, "::1, 10.0.0.1", "a" * 10_000, "\x7f"])
async def test_a_claimed_address_breaks_nothing(client, address):
    headers = {"X-Forwarded-For": address, "User-Agent": address, "Origin": settings().public_url}
    body = {"email": "nobody@tenancy.example", "password": "a wrong password"}
    answer = await client.post("/api/session/sign-in", json=body, headers=headers)
    assert answer.status_code in (401, 429), answer.text
