"""One shape for every failure, bounded bodies, and headers that keep browsers safe."""

import json

import httpx
import pytest
from starlette.responses import PlainTextResponse

from backend.api.limits import RequestLimits


@pytest.mark.parametrize("path", ["/functions/v1/nothing", "/functions/nothing", "/api/nothing"])
async def test_an_unknown_function_answers_in_our_shape(browser, path):
    answer = await browser.client.post(path, json={})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_function"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_wrong_method_is_told_from_an_unknown_function(browser):
    answer = await browser.client.get("/functions/v1/manage-api-keys")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("content", "kind", "field"),
    [
        (b"{", "application/json", None),
        (b"", "application/json", None),
        (b"[]", "application/json", None),
        (b'{"email": 7}', "application/json", "email"),
        (b'{"email": "' + b"x" * 2000 + b'"}', "application/json", "email"),
        (b"email=dana%40example.com", "application/x-www-form-urlencoded", None),
        (b"\xff\xfe", "application/json", None),
    ],
)
async def test_what_is_not_the_form_is_invalid_and_is_not_repeated(browser, content, kind, field):
    headers = {"Origin": browser.origin, "Content-Type": kind}
    answer = await browser.client.post("/api/session/sign-in", content=content, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert answer.json()["error"].get("details", {}).get("field") == field
    assert "xxxx" not in answer.text


async def test_a_body_over_a_megabyte_is_refused_whether_it_says_so_or_not(browser):
    async def unannounced():
        for _ in range(12):
            yield b"x" * 100_000

    told = await browser.client.post("/api/session/sign-in", content=b"x" * 1_000_001)
    untold = await browser.client.post("/api/session/sign-in", content=unannounced())
    for answer in (told, untold):
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_a_body_of_a_megabyte_passes(browser):
    body = json.dumps({"email": "dana", "filler": "x" * 999_000}).encode()
    headers = {"Origin": browser.origin, "Content-Type": "application/json"}
    answer = await browser.client.post("/api/session/sign-in", content=body, headers=headers)
    assert answer.json()["error"]["details"]["field"] == "email"


@pytest.mark.parametrize("path", ["/login", "/inbox", "/api/health", "/api/nothing", "/functions/v1/nothing"])
async def test_every_answer_carries_the_headers_that_keep_browsers_safe(browser, path):
    answer = await browser.open(path)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert len(answer.headers["x-request-id"]) == 32


async def test_api_answers_are_not_kept_by_caches(browser):
    assert (await browser.client.get("/api/health")).headers["cache-control"] == "no-store"


async def test_health_says_that_all_is_well(browser):
    answer = await browser.client.get("/api/health")
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("status", "database", "migrations")} == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
    }


async def test_a_bug_answers_with_a_reference_and_nothing_else(application, browser):
    from fastapi import FastAPI

    from backend.api import errors
    from backend.core.config import settings

    broken = FastAPI()
    errors.install(broken)

    @broken.get("/api/broken")
    async def fail() -> None:
        raise ZeroDivisionError("the secret ingredient")

    transport = httpx.ASGITransport(app=RequestLimits(broken))
    async with httpx.AsyncClient(transport=transport, base_url=settings().public_url) as client:
        answer = await client.get("/api/broken")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


async def test_built_files_are_kept_by_browsers_and_carry_no_document_headers():
    async def built(scope, receive, send):
        await PlainTextResponse("x", status_code=404 if "gone" in scope["path"] else 200)(scope, receive, send)

    transport = httpx.ASGITransport(app=RequestLimits(built))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        kept = await client.get("/assets/entry-1a2b3c.js")
        gone = await client.get("/assets/gone.js")
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in kept.headers
    assert "immutable" not in gone.headers.get("cache-control", "")


async def test_files_named_by_their_content_are_kept_for_ever_and_others_are_not(browser):
    kept = await browser.client.get("/assets/entry-B3x_9aQz.js")
    missing = await browser.client.delete("/assets/entry-B3x_9aQz.js")
    plain = await browser.client.get("/styles.css")
    assert "immutable" in kept.headers["cache-control"]
    assert missing.status_code == 405
    assert "cache-control" not in missing.headers
    assert "cache-control" not in plain.headers
    assert plain.headers["x-content-type-options"] == "nosniff"
