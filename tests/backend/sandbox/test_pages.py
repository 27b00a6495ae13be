"""The pages people use: escaped, alive, and closed to other websites."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.backend.sandbox.conftest import BUSINESS, CUSTOMER

TOKEN = {"X-Postmark-Server-Token": "sandbox-postmark-token"}
LETTER = {"from": "dana@customer.example", "to": "hello@shop.example", "text": "Hello"}
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("path", ["/", "/phone", "/mailbox", "/mailbox/write"])
async def test_page_loads_nothing_from_elsewhere(vendor: Any, path: str) -> None:
    answer = await vendor.client.get(path)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "https://" not in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text


async def test_words_of_others_are_escaped_everywhere(vendor: Any) -> None:
    number = (await vendor.client.get("/api/relay/rest/phone_numbers")).json()["data"][0]
    await vendor.client.put(f"/api/relay/rest/phone_numbers/{number['id']}", json={"name": NASTY})
    await vendor.text(NASTY)
    message = {"From": "a@example.com", "To": "b@example.com", "Subject": NASTY, "TextBody": NASTY, "HtmlBody": NASTY}
    await vendor.client.post("/email", json=message, headers=TOKEN)
    await vendor.client.post("/sandbox/letters", json=LETTER | {"name": NASTY, "subject": NASTY, "text": NASTY})
    for path in (
        "/",
        "/phone",
        "/mailbox",
        "/mailbox/write",
        f"/mailbox?to={NASTY}",
        f"/phone?from={NASTY}&to={NASTY}",
    ):
        page = (await vendor.client.get(path)).text
        assert "<script>" not in page
        assert "<img src=x" not in page


async def test_mail_as_html_is_caged(vendor: Any) -> None:
    message = {"From": "a@example.com", "To": "b@example.com", "HtmlBody": NASTY}
    sent = (await vendor.client.post("/email", json=message, headers=TOKEN)).json()
    answer = await vendor.client.get(f"/mailbox/{sent['MessageID']}/html")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "allow-scripts" not in answer.headers["content-security-policy"]


async def test_attached_page_is_downloaded_and_not_shown(vendor: Any) -> None:
    form = {"from": vendor.customer, "to": vendor.business, "body": ""}
    files = {"picture": ("x.svg", b"<svg onload=alert(1)>", "image/svg+xml")}
    answer = await vendor.client.post("/phone", data=form, files=files, headers={"accept": "application/json"})
    url = answer.json()["media"][0]["url"]
    fetched = await vendor.client.get(url)
    assert fetched.headers["content-disposition"] == "attachment"
    assert fetched.headers["x-content-type-options"] == "nosniff"


async def test_text_typed_on_the_phone_goes_out_and_shows(vendor: Any) -> None:
    form = {"from": vendor.customer, "to": vendor.business, "body": "Are you open?"}
    answer = await vendor.client.post("/phone", data=form)
    assert answer.status_code == 303
    page = (await vendor.client.get(answer.headers["location"])).text
    assert "Are you open?" in page
    texts = (await vendor.client.get("/sandbox/texts", params={"from": vendor.customer, "to": vendor.business})).json()
    assert [text["body"] for text in texts] == ["Are you open?"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from": "12"}, "not a phone number"),
        ({"to": "+14155550100"}, "not a number of this project"),
        ({"body": " "}, "words"),
    ],
)
async def test_text_that_cannot_go_says_why(vendor: Any, change: dict[str, str], words: str) -> None:
    form = {"from": vendor.customer, "to": vendor.business, "body": "x", **change}
    answer = await vendor.client.post("/phone", data=form)
    assert answer.status_code == 422
    assert words in answer.text


async def test_phone_can_be_switched_off_on_its_page(vendor: Any) -> None:
    form = {"from": vendor.customer, "to": vendor.business, "reachable": "false"}
    await vendor.client.post("/phone/power", data=form)
    assert (await vendor.client.get(f"/sandbox/phones/{vendor.customer}")).json()["reachable"] is False
    assert "Your phone is off" in (await vendor.client.get("/phone")).text


async def test_modes_set_and_clear_faults(vendor: Any) -> None:
    await vendor.client.post("/mode", data={"mode": "failing"})
    assert (await vendor.send()).status_code == 503
    assert "Sending texts" in (await vendor.client.get("/")).text
    await vendor.client.post("/mode", data={"mode": "normal"})
    assert (await vendor.send()).status_code == 201


async def test_another_website_cannot_change_anything(vendor: Any) -> None:
    text = {"from": vendor.customer, "to": vendor.business, "body": "x"}
    theirs = await vendor.client.post("/sandbox/texts", json=text, headers={"origin": "https://evil.example"})
    ours = await vendor.client.post("/sandbox/texts", json=text, headers={"origin": vendor.url})
    assert (theirs.status_code, ours.status_code) == (403, 201)


async def test_changes_are_streamed_to_the_open_thread_only(vendor: Any) -> None:
    seen: list[dict[str, Any]] = []
    params = {"from": vendor.customer, "to": vendor.business}

    async def listen() -> None:
        async with (
            httpx.AsyncClient(base_url=vendor.url, timeout=60) as client,
            client.stream("GET", "/sandbox/events", params=params) as stream,
        ):
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line[6:]))
                    return
                if line.startswith("retry"):
                    opened.set()

    opened = asyncio.Event()
    listening = asyncio.create_task(listen())
    await asyncio.wait_for(opened.wait(), 60)
    await vendor.text("elsewhere", **{"from": "+14155550177"})
    mine = await vendor.text("here")
    await asyncio.wait_for(listening, 60)
    assert [event["sid"] for event in seen] == [mine["sid"]]


@pytest.mark.parametrize("since", ["seq", "time"])
async def test_texts_since_a_point_are_listed_in_order(vendor: Any, since: str) -> None:
    first = await vendor.text("one")
    await asyncio.sleep(0.01)
    await vendor.text("two")
    await vendor.text("three")
    point = str(first["seq"]) if since == "seq" else first["at"]
    texts = (await vendor.client.get("/sandbox/texts", params={"since": point})).json()
    assert [text["body"] for text in texts] == ["two", "three"]


async def test_the_phone_offers_a_call_of_the_chosen_numbers(vendor: Any) -> None:
    page = (await vendor.client.get("/phone", params={"from": CUSTOMER, "to": BUSINESS})).text
    assert f'data-customer="{CUSTOMER}" data-business="{BUSINESS}"' in page
    assert '<script src="/static/call.js" defer>' in page
