"""Files of texts: kept privately, named by what their bytes are, shown to nobody else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core import clock
from backend.core.config import settings
from backend.core.errors import NotFound, VendorError
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.messaging import media, queries
from backend.messaging import service as messaging
from backend.models.messaging import MessageMedia, SmsMessage
from backend.vocab import Direction
from tests.backend.messaging.test_delivery import faults

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


async def send_file(line, sandbox, content, content_type="image/png"):
    """Let the customer text a file: the carrier holds it, and its webhook names its address."""
    item = {"content_type": content_type, "data": base64.b64encode(content).decode()}
    answer = await sandbox.client.post(
        "/sandbox/texts", json={"from": line.customer, "to": line.number.phone_number, "body": "", "media": [item]}
    )
    answer.raise_for_status()
    [announced] = answer.json()["media"]
    await line.receive(
        "", NumMedia="1", MediaUrl0=announced["url"], MediaContentType0=announced["content_type"], sid=new_id().hex
    )
    [kept] = await media_rows(line)
    return kept


async def media_rows(line):
    with line.org.scope():
        async with unit_of_work() as session:
            texts = [text.id for text in await line.texts()]
            return await queries.media_of(session, line.org.org_id, texts)


async def test_a_picture_is_copied_into_our_storage_and_shown_on_the_timeline(line, sandbox, jobs_waiting):
    item = await send_file(line, sandbox, PNG)
    assert (await line.timeline())[0]["data"]["media"][0]["status"] == "pending"
    assert (await line.row())["preview"] == "Sent a file"
    assert len(await jobs_waiting("messaging.fetch_media")) == 1
    await media.fetch_media(line.org.org_id, item.id)
    await media.fetch_media(line.org.org_id, item.id)
    with line.org.scope():
        async with unit_of_work() as session:
            file = await messaging.open_media(session, item.id)
    assert (file.content_type, file.is_inline, file.filename) == ("image/png", True, "attachment-1.png")
    path = settings().media_dir / str(line.org.org_id) / str(item.id)
    assert file.path == str(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (PNG, 0o600)
    [shown] = (await line.timeline())[0]["data"]["media"]
    assert shown == {"id": str(item.id), "content_type": "image/png", "status": "kept"}


async def test_a_stranger_cannot_open_it(line, sandbox, make_org):
    item = await send_file(line, sandbox, PNG)
    await media.fetch_media(line.org.org_id, item.id)
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await messaging.open_media(session, item.id)


@pytest.mark.parametrize("claimed", ["image/png", "image/svg+xml"])
@pytest.mark.parametrize("content", [SVG, b"<!doctype html><script>alert(1)</script>", b"GIF89", b"MZ\x90\x00" * 10])
async def test_a_file_a_browser_could_run_is_not_kept_whatever_it_claims(line, sandbox, content, claimed):
    item = await send_file(line, sandbox, content, claimed)
    await media.fetch_media(line.org.org_id, item.id)
    [row] = await media_rows(line)
    assert (row.path, row.error) == ("", "Files of this kind are not kept.")
    [shown] = (await line.timeline())[0]["data"]["media"]
    assert shown["status"] == "failed"


async def test_a_file_that_does_not_come_is_asked_for_again_and_then_given_up_in_words(line, sandbox):
    item = await send_file(line, sandbox, PNG)
    await faults(sandbox, {"target": "signalwire.history", "kind": "error", "status": 503})
    with pytest.raises(VendorError):
        await media.fetch_media(line.org.org_id, item.id)
    with clock.at(clock.now() + media.GIVE_UP * 2):
        await media.fetch_media(line.org.org_id, item.id)
    [row] = await media_rows(line)
    assert row.error


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x.png", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "x"]
)
async def test_an_address_inside_our_network_is_not_asked(line, address):
    await line.receive("", NumMedia="1", MediaUrl0=address, MediaContentType0="image/png")
    [item] = await media_rows(line)
    await media.fetch_media(line.org.org_id, item.id)
    [row] = await media_rows(line)
    assert (row.path, bool(row.error)) == ("", True)


async def test_an_address_a_sender_names_never_gets_the_carriers_credentials(line, sandbox):
    """Else anyone could have the platform fetch other businesses' files from the carrier, and keep them."""
    others = await send_file(line, sandbox, PNG)
    with line.org.scope():
        async with unit_of_work() as session:
            [received] = await line.texts()
            sent = SmsMessage(
                org_id=line.org.org_id,
                conversation_id=received.conversation_id,
                contact_id=received.contact_id,
                direction=Direction.OUTBOUND,
                sender_number=line.number.phone_number,
                recipient_number=line.customer,
            )
            session.add(sent)
            await session.flush()
            item = MessageMedia(
                org_id=line.org.org_id, message_id=sent.id, position=0, content_type="", vendor_url=others.vendor_url
            )
            session.add(item)
    await media.fetch_media(line.org.org_id, item.id)
    [row] = [row for row in await media_rows(line) if row.id == item.id]
    assert (row.path, row.error) == ("", "This address is inside a private network.")


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a..", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp5", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"BEGIN:VCARD\r\n", "text/vcard"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (SVG, None),
        (b"", None),
    ],
)
def test_the_bytes_say_what_a_file_is(start, kind):
    assert media.sniff(start) == kind


@given(st.binary(max_size=64))
def test_any_bytes_are_looked_at_without_error(content):
    kind = media.sniff(content)
    assert kind is None or kind in media._EXTENSIONS
