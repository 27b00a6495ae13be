"""Reconciling: what the carrier has and we did not hear of is handled once, and nothing stands still for ever."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import queries, reconcile
from backend.webhooks import service as webhooks
from tests.backend.messaging.test_delivery import deliver, faults, queue, reload, unlike


async def text_in(sandbox, line, body, **more):
    answer = await sandbox.client.post(
        "/sandbox/texts", json={"from": line.customer, "to": line.number.phone_number, "body": body, **more}
    )
    answer.raise_for_status()
    return answer.json()["sid"]


async def payloads(sids, jobs_waiting) -> list[dict]:
    """Return what waits to be received of these texts, in order."""
    found = []
    with platform_scope("read events for a test"):
        async with unit_of_work() as session:
            for _, job in await jobs_waiting("messaging.receive_text"):
                event = await webhooks.get(session, UUID(job["event_id"]))
                found += [event.payload] if event.external_id in sids else []
    return found


async def test_texts_that_came_while_we_were_down_are_received_once_and_in_order(line, sandbox, jobs_waiting):
    sids = [await text_in(sandbox, line, unlike(str(number))) for number in range(3)]
    assert await reconcile.fetch_missed() >= 3
    assert await reconcile.fetch_missed() == 0
    assert [payload["MessageSid"] for payload in await payloads(sids, jobs_waiting)] == sids


async def test_a_text_whose_webhook_came_is_not_received_again(line, sandbox):
    sid = await text_in(sandbox, line, unlike())
    await line.receive("Heard already", sid=sid)
    await reconcile.fetch_missed()
    assert len(await line.texts()) == 1


async def test_texts_from_before_the_number_was_ours_are_left_alone(line, sandbox):
    await text_in(sandbox, line, unlike())
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.merge(line.number)).created_at = clock.ahead(minutes=5)
    assert await reconcile.fetch_missed() == 0


async def test_a_long_silence_is_looked_through_whole(line, sandbox, jobs_waiting):
    """The last look was hours ago, and a newer webhook came meanwhile: the gap before it is still seen."""
    with platform_scope("set a cursor for a test"):
        async with unit_of_work() as session:
            await queries.move_cursor(session, "signalwire", clock.ago(hours=5))
    sid = await text_in(sandbox, line, unlike("while down"))
    await line.receive("A webhook after the start")
    with clock.at(clock.now() + timedelta(hours=4)):
        await reconcile.fetch_missed()
    assert len(await payloads([sid], jobs_waiting)) == 1


async def test_the_place_is_kept_only_when_the_look_succeeded(line, sandbox, jobs_waiting):
    sid = await text_in(sandbox, line, unlike())
    await faults(sandbox, {"target": "signalwire.history", "kind": "error", "status": 503, "times": 1})
    with clock.at(clock.now() + timedelta(hours=1)):
        await reconcile.reconcile()
        await reconcile.fetch_missed()
    assert len(await payloads([sid], jobs_waiting)) == 1


async def test_a_picture_that_was_missed_comes_with_its_address(line, sandbox, jobs_waiting):
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    sid = await text_in(sandbox, line, "", media=[{"content_type": "image/png", "data": png}])
    await reconcile.fetch_missed()
    [payload] = await payloads([sid], jobs_waiting)
    assert payload["NumMedia"] == "1"
    assert payload["MediaUrl0"].startswith(sandbox.url)


async def test_a_text_that_stands_still_is_asked_about_or_sent(line, sandbox, eventually, jobs_waiting):
    await faults(sandbox, {"target": "carrier.status", "kind": "drop"})
    body = unlike()
    sent, unsent = await queue(line, body), await queue(line, unlike("never picked up"))
    await deliver(line, sent)

    async def has_arrived():
        texts = (await sandbox.client.get("/sandbox/texts")).json()
        return any(text["body"] == body and text["status"] == "delivered" for text in texts)

    await eventually(has_arrived)
    before = len(await jobs_waiting("messaging.deliver_text"))
    with clock.at(clock.now() + timedelta(minutes=3)):
        await reconcile.reconcile()
        await reconcile.ask_about_stuck()
    assert (await reload(line, sent)).status == "delivered"
    waiting = await jobs_waiting("messaging.deliver_text")
    assert len(waiting) == before + 1, "one more delivery for the text nobody picked up, and only one"
    assert waiting[-1][1]["message_id"] == str(unsent.id)


@pytest.mark.parametrize("kind", ["error", "drop"])
async def test_a_carrier_that_is_down_does_not_fail_the_clock(line, sandbox, kind):
    await faults(sandbox, {"target": "signalwire.history", "kind": kind, "status": 500})
    await reconcile.reconcile()


async def test_a_carrier_that_answers_nothing_is_not_asked_about_every_text(line, sandbox):
    """Each question may wait for twenty seconds, and texts that were missed wait behind all of them."""
    await faults(sandbox, {"target": "carrier.status", "kind": "drop"})
    for _ in range(6):
        await deliver(line, await queue(line, unlike()))
    await faults(sandbox, {"target": "signalwire.history", "kind": "error", "status": 500, "times": 100})
    with clock.at(clock.now() + timedelta(minutes=3)):
        await reconcile.ask_about_stuck()
    [left] = (await sandbox.client.get("/sandbox/faults")).json()
    assert left["times"] == 100 - reconcile.ENOUGH_FAILURES
