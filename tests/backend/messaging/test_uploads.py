"""Files that go with texts: what is taken, whose it is, and that the carrier alone can fetch it."""

import asyncio
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.messaging import uploads
from tests.backend.conversations.conversing import hear, teammate

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


async def upload(line, content=PNG, name="roof.png", who=None):
    conversation = await hear(line.org, line.customer)
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.accept_file(session, who or line.org.owner, conversation.id, name, content)


async def send(line, *files, body="Look", who=None):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.send_from_person(
                session,
                who or line.org.owner,
                sender_number=line.number.phone_number,
                recipient_number=line.customer,
                body=body,
                file_ids=[file.id for file in files],
            )


async def test_a_file_goes_with_a_text_and_the_carrier_fetches_it_by_its_key(line):
    message = await send(line, await upload(line), body="")
    [*_, item] = [item for item in await line.timeline() if item["kind"] == "message"]
    [media] = item["data"]["media"]
    assert (media["content_type"], media["status"]) == ("image/png", "kept")
    with line.org.scope():
        async with unit_of_work() as session:
            from backend.messaging import queries

            [stored] = await queries.media_of(session, line.org.org_id, [message.id])
    _, media_id, key = stored.vendor_url.rsplit("/", 2)
    with platform_scope("be the carrier in a test"):
        async with unit_of_work() as session:
            file = await messaging.open_for_carrier(session, stored.id, key)
            with pytest.raises(NotFound):
                await messaging.open_for_carrier(session, stored.id, key[:-1] + ("0" if key[-1] != "0" else "1"))
    assert media_id == str(stored.id)
    assert await asyncio.to_thread(Path(file.path).read_bytes) == PNG


@pytest.mark.parametrize(
    "content", [b"", b"<html><script>alert(1)</script>", b"MZ\x90", b"<svg onload=alert(1)>", PNG + b"0" * 5_000_000]
)
async def test_what_no_phone_shows_is_refused(line, content):
    with pytest.raises(Invalid):
        await upload(line, content)


async def test_a_file_is_ones_own_until_it_is_sent(line):
    ben = await teammate(line.org, "Ben")
    file = await upload(line)
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await messaging.open_file(session, ben, file.id)
            assert (await messaging.open_file(session, line.org.owner, file.id)).content_type == "image/png"
    with pytest.raises(Invalid):
        await send(line, file, who=ben)


async def test_a_text_carries_no_more_than_carriers_take(line):
    big = [await upload(line, PNG + b"0" * 2_000_000) for _ in range(3)]
    with pytest.raises(Invalid):
        await send(line, *big)
    assert await send(line, *big[:2])


async def test_files_nobody_sent_are_swept(line):
    file = await upload(line)
    with line.org.scope():
        async with unit_of_work() as session:
            path = (await messaging.open_file(session, line.org.owner, file.id)).path
    with clock.at(clock.ahead(days=2)), platform_scope("sweep in a test"):
        async with unit_of_work() as session:
            assert await uploads.sweep_unsent(session) >= 1
    assert not await asyncio.to_thread(Path(path).exists)
