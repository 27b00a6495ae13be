"""Knowledge over the API: the documented shapes, each error by name, and no secret ever told."""

import base64

import pytest

from tests.backend.knowledge.documents import pdf


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.mark.parametrize("function", ["list", "add", "manual", "sync", "delete"])
async def test_nobody_is_refused(db, api, function):
    assert (await api.call(f"knowledge-source-{function}", {})).status_code in (401, 403)


async def test_an_address_is_added_listed_read_again_and_deleted(api, key):
    wanted = {
        "url": "https://dental.example", "crawl_mode": "recursive", "sync_period": "1mo", "max_pages": 20,
        "crawl_depth": 3, "auth_headers": {"Authorization": "Bearer s3cret"},
    }  # fmt: skip
    added = await api.call("knowledge-source-add", wanted, key=key)
    row = added.json()
    assert (added.status_code, row["status"], row["url"], row["title"]) == (
        200, "crawling", "https://dental.example/", "dental.example",
    )  # fmt: skip
    assert (row["crawl_mode"], row["sync_period"], row["pages_discovered"]) == ("recursive", "1mo", 0)
    assert "crawl_job_id" in row
    listed = await api.call("knowledge-source-list", {}, key=key)
    assert [one["sync_status"] for one in listed.json()["sources"]] == ["syncing"]
    assert "s3cret" not in listed.text + added.text
    busy = await api.call("knowledge-source-sync", {"id": row["id"]}, key=key)
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "already_syncing")
    everything = await api.call("knowledge-source-sync", {}, key=key)
    assert everything.json() == {"total": 1, "synced": 0, "failed": 0, "errors": []}
    gone = await api.call("knowledge-source-delete", {"id": row["id"]}, key=key)
    assert gone.json() == {"success": True, "deleted_chunks": 0, "chunks_deleted": 0}
    assert (await api.call("delete-knowledge-source", {"source_id": row["id"]}, key=key)).status_code == 404


async def test_texts_files_and_questions_are_taken(api, key):
    text = await api.call("knowledge-source-manual", {"title": "Hours", "content": "Open from nine."}, key=key)
    assert (text.status_code, text.json()["crawl_mode"], text.json()["url"]) == (200, "manual", None)
    data = base64.b64encode(pdf("Whitening costs 350 dollars and takes two visits.")).decode()
    file = await api.call(
        "knowledge-source-manual", {"file_data": data, "file_type": "pdf", "title": "Prices"}, key=key
    )
    assert (file.status_code, file.json()["crawl_mode"], file.json()["file_name"]) == (200, "pdf", "Prices.pdf")
    asked = {"title": "FAQ", "pairs": [{"question": "Do you take cards?", "answer": "Yes."}]}
    assert (await api.call("knowledge-source-manual", asked, key=key)).status_code == 200
    page = (await api.call("list-knowledge-sources", {"limit": 2, "sync_status": "syncing"}, key=key)).json()
    assert (len(page["sources"]), page["total"]) == (2, 3)


@pytest.mark.parametrize(
    ("function", "body", "status", "field"),
    [
        ("add", {}, 400, "url"),
        ("add", {"url": "ftp://x.example"}, 422, "url"),
        ("add", {"url": "https://x.example", "max_pages": 501}, 400, "max_pages"),
        ("add", {"url": "https://x.example", "crawl_mode": "all"}, 400, "crawl_mode"),
        ("add", {"url": "https://x.example", "auth_headers": ["a"]}, 400, "auth_headers"),
        ("manual", {"title": "x"}, 400, "content"),
        ("manual", {"file_data": "%%%", "file_type": "pdf"}, 400, "file_data"),
        ("manual", {"title": "x", "pairs": "no"}, 400, "pairs"),
        ("manual", {"file_data": "AAAA", "file_name": "a.exe"}, 422, "file"),
        ("delete", {"id": "nothing"}, 400, "id"),
    ],
)
async def test_bad_bodies_are_refused_by_name(api, key, function, body, status, field):
    answer = await api.call(f"knowledge-source-{function}", body, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (status, field)
