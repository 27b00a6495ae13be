"""The sandbox misbehaves on command, in the vendor's own manner, and stops when told."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import APITimeoutError, AsyncOpenAI

MAIL = {"From": "a@example.com", "To": "b@example.com", "Subject": "s", "TextBody": "t"}
TOKEN = {"X-Postmark-Server-Token": "sandbox-postmark-token"}


async def test_error_has_no_effect_and_counts_down(vendor: Any) -> None:
    await vendor.faults({"target": "signalwire.messages", "kind": "error", "status": 503, "times": 2})
    answers = [(await vendor.send()).status_code for _ in range(3)]
    assert answers == [503, 503, 201]
    assert len((await vendor.client.get(vendor.messages)).json()["messages"]) == 1
    assert (await vendor.client.get("/sandbox/faults")).json() == []


async def test_accept_then_error_has_its_effect(vendor: Any) -> None:
    await vendor.faults({"target": "signalwire.messages", "kind": "accept_then_error", "times": 1})
    assert (await vendor.send("once")).status_code == 500
    assert [m["body"] for m in (await vendor.client.get(vendor.messages)).json()["messages"]] == ["once"]


async def test_accept_then_error_keeps_a_refusal(vendor: Any) -> None:
    await vendor.faults({"target": "signalwire.messages", "kind": "accept_then_error", "times": 1})
    assert (await vendor.send(To="555")).status_code == 400


async def test_drop_closes_without_an_answer(vendor: Any) -> None:
    await vendor.faults({"target": "postmark.email", "kind": "drop", "times": 1})
    with pytest.raises(httpx.TransportError):
        await vendor.client.post("/email", json=MAIL, headers=TOKEN)
    assert (await vendor.client.get("/sandbox/mailbox")).json() == []
    assert (await vendor.client.post("/email", json=MAIL, headers=TOKEN)).status_code == 200


async def test_timeout_says_nothing(vendor: Any) -> None:
    await vendor.faults({"target": "openai.chat", "kind": "timeout", "delay_ms": 5000, "times": 1})
    key = "sandbox-openai-key"
    async with AsyncOpenAI(base_url=f"{vendor.url}/v1", api_key=key, max_retries=0, timeout=0.2) as client:
        with pytest.raises(APITimeoutError):
            await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])


async def test_delay_slows_the_answer(vendor: Any) -> None:
    await vendor.faults({"target": "signalwire.numbers", "kind": "delay", "delay_ms": 150})
    started = time.monotonic()
    assert (await vendor.client.get("/api/relay/rest/phone_numbers")).status_code == 200
    assert time.monotonic() - started >= 0.15


async def test_garble_breaks_the_answer_whole_and_streamed(vendor: Any) -> None:
    await vendor.faults({"target": "*", "kind": "garble"})
    answer = await vendor.send()
    assert answer.status_code == 201
    with pytest.raises(ValueError):  # noqa: PT011 - any JSON decoder's error
        answer.json()
    async with AsyncOpenAI(base_url=f"{vendor.url}/v1", api_key="sandbox-openai-key", max_retries=0) as client:
        with pytest.raises(ValueError):  # noqa: PT011
            stream = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "hello"}], stream=True
            )
            async for _ in stream:
                pass


async def test_errors_keep_each_vendors_shape(vendor: Any) -> None:
    await vendor.faults({"target": "*", "kind": "error", "status": 429})
    key = {"authorization": "Bearer sandbox-openai-key"}
    chat = await vendor.client.post("/v1/chat/completions", json={}, headers=key)
    assert chat.json()["error"]["type"] == "rate_limit_error"
    assert chat.headers["retry-after"] == "1"
    assert (await vendor.send()).json()["code"] == 20429
    assert (await vendor.client.get("/api/relay/rest/phone_numbers")).json()["errors"]
    assert (await vendor.client.post("/email", json=MAIL, headers=TOKEN)).json()["ErrorCode"]


async def test_duplicate_posts_the_same_text_again(vendor: Any, product: Any, until: Any) -> None:
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.faults({"target": "carrier.inbound", "kind": "duplicate"})
    await vendor.text()
    await until(lambda: len(product.received) >= 2)
    assert len({hook.form["MessageSid"] for hook in product.received}) == 1


async def test_reorder_shuffles_a_burst(vendor: Any, product: Any, until: Any) -> None:
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.faults({"target": "carrier.inbound", "kind": "reorder", "delay_ms": 1000})
    sent = [f"text {number}" for number in range(6)]
    for body in sent:
        await vendor.text(body)
    await until(lambda: len(product.received) == 6)
    assert sorted(product.bodies()) == sent
    assert product.bodies() != sent


async def test_reorder_reports_statuses_the_wrong_way_round(vendor: Any, product: Any, until: Any) -> None:
    await vendor.faults({"target": "carrier.status", "kind": "reorder"})
    await vendor.send(StatusCallback=f"{product.url}/status")
    await until(lambda: len(product.received) == 3)
    assert product.statuses() == ["delivered", "sent", "queued"]


async def test_lost_webhook_leaves_the_text_listed(vendor: Any, product: Any, until: Any) -> None:
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.faults({"target": "carrier.inbound", "kind": "drop", "times": 1})
    await vendor.text("lost")
    await vendor.text("found")
    await until(lambda: product.bodies() == ["found"])
    bodies = [item["body"] for item in (await vendor.client.get(vendor.messages)).json()["messages"]]
    assert bodies == ["found", "lost"]


async def test_garbled_webhook_has_a_wrong_signature(vendor: Any, product: Any, until: Any) -> None:
    from signalwire.core.security.webhook_validator import validate_webhook_signature

    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.faults({"target": "carrier.inbound", "kind": "garble"})
    await vendor.text()
    await until(lambda: bool(product.received))
    hook = product.received[0]
    assert not validate_webhook_signature("sandbox-signing-key", hook.signature, hook.url, hook.body)


async def test_status_error_fails_the_delivery(vendor: Any, product: Any, until: Any) -> None:
    await vendor.faults({"target": "carrier.status", "kind": "error", "times": 1})
    await vendor.send(StatusCallback=f"{product.url}/status")
    await until(lambda: product.statuses() == ["queued", "failed"])
    assert product.received[-1].form["ErrorCode"] == "30008"


async def test_chance_is_seeded(vendor: Any) -> None:
    async def run() -> list[int]:
        fault = {"target": "signalwire.messages", "kind": "error", "probability": 0.5}
        await vendor.client.put("/sandbox/faults?seed=3", json=[fault])
        return [(await vendor.send()).status_code for _ in range(12)]

    first = await run()
    assert set(first) == {201, 500}
    assert await run() == first


@pytest.mark.parametrize(
    "fault",
    [
        {"target": "openai.chat", "kind": "reorder"},
        {"target": "carrier.inbound", "kind": "timeout"},
        {"target": "nobody", "kind": "delay"},
        {"target": "openai.chat", "kind": "delay", "delay_ms": -1},
        {"target": "openai.chat", "kind": "error", "probability": 2},
    ],
)
async def test_senseless_fault_is_refused(vendor: Any, fault: dict[str, Any]) -> None:
    assert (await vendor.client.put("/sandbox/faults", json=[fault])).status_code == 422
    assert (await vendor.client.get("/sandbox/faults")).json() == []


async def test_clearing_faults_restores_order(vendor: Any) -> None:
    await vendor.faults({"target": "*", "kind": "error"})
    assert (await vendor.send()).status_code == 500
    await vendor.client.delete("/sandbox/faults")
    assert (await vendor.send()).status_code == 201


async def test_texts_and_numbers_survive_a_restart(serve: Any, product: Any, until: Any, tmp_path: Path) -> None:
    database, auth = tmp_path / "sandbox.sqlite3", ("sandbox-project", "sandbox-token")
    text = {"from": "+14155550199", "to": "+14155550132", "body": "left half way"}
    with serve(database=database) as url:
        async with httpx.AsyncClient(base_url=url, auth=auth) as client:
            number = (await client.get("/api/relay/rest/phone_numbers")).json()["data"][0]
            path = f"/api/relay/rest/phone_numbers/{number['id']}"
            await client.put(path, json={"message_request_url": f"{product.url}/in"})
            wait = {"target": "carrier.inbound", "kind": "delay", "delay_ms": 60_000}
            await client.put("/sandbox/faults", json=[wait])
            await client.post("/sandbox/texts", json=text)
    assert product.received == []
    with serve(database=database) as url:
        async with httpx.AsyncClient(base_url=url, auth=auth) as client:
            await until(lambda: product.bodies() == ["left half way"])
            assert len((await client.get("/api/relay/rest/phone_numbers")).json()["data"]) == 5
