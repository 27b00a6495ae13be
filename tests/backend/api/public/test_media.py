"""Files of texts over HTTP: for members of the organization alone, and never run by a browser."""

import pytest

from backend.core.ids import new_id
from backend.messaging import media
from tests.backend.api.functions.conftest import *  # noqa: F403
from tests.backend.messaging.test_media import PNG, send_file


@pytest.fixture
async def picture(line, sandbox):
    item = await send_file(line, sandbox, PNG)
    await media.fetch_media(line.org.org_id, item.id)
    return item


async def test_a_member_sees_the_picture_and_no_browser_runs_it(line, picture, api):
    key = await api.key_of(line.org.owner)
    answer = await api.http.get(f"/api/media/{picture.id}", headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("inline")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private")


async def test_a_document_is_downloaded_and_not_shown(line, sandbox, api):
    item = await send_file(line, sandbox, b"%PDF-1.7 hello", "application/pdf")
    await media.fetch_media(line.org.org_id, item.id)
    key = await api.key_of(line.org.owner)
    answer = await api.http.get(f"/api/media/{item.id}", headers={"authorization": f"Bearer {key}"})
    assert answer.headers["content-disposition"] == 'attachment; filename="attachment-1.pdf"'


async def test_strangers_and_nobody_get_nothing(line, picture, api, make_org):
    assert (await api.http.get(f"/api/media/{picture.id}")).status_code == 401
    stranger = await api.key_of((await make_org("Elsewhere")).owner)
    headers = {"authorization": f"Bearer {stranger}"}
    for wanted in (str(picture.id), str(new_id()), "x", "..%2f..%2fsecrets.env"):
        assert (await api.http.get(f"/api/media/{wanted}", headers=headers)).status_code == 404
