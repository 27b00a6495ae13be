"""Contacts over the API: the documented shapes, each error by name, files in and out."""

import pytest

from backend.contacts import importing
from backend.core.ids import parse_id
from backend.core.tenancy import unit_of_work
from backend.models.messaging import SmsMessage

DANA = {"phone_number": "(415) 555-0101", "name": "Dana Ruiz", "email": "dana@example.com", "tags": ["VIP"]}
DOCUMENTED = {"id", "name", "phone_number", "email", "company", "notes", "avatar_url", "tags", "metadata", "created_at"}


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


async def made(api, key, **fields) -> dict:
    answer = await api.call("create-contact", {**DANA, **fields}, key=key)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_contact_is_made_read_changed_listed_and_deleted(api, key):
    dana = await made(api, key, metadata={"source": "fair"})
    assert DOCUMENTED | {"updated_at"} <= dana.keys()
    assert (dana["phone_number"], dana["first_name"], dana["tags"]) == ("+14155550101", "Dana", ["VIP"])
    assert dana["metadata"] == {"source": "fair"}
    by_id = (await api.call("get-contact", {"contact_id": dana["id"]}, key=key)).json()
    by_number = (await api.call("get-contact", {"phone_number": "415 555 0101"}, key=key)).json()
    assert by_id == by_number
    assert by_id["stats"] == {"total_calls": 0, "total_messages": 0, "last_contact": None}
    changed = (
        await api.call(
            "update-contact",
            {"contact_id": dana["id"], "company": "Ruiz & Co", "add_tags": ["Lead"], "remove_tags": ["vip"]},
            key=key,
        )
    ).json()
    assert (changed["company"], changed["name"], changed["tags"]) == ("Ruiz & Co", "Dana Ruiz", ["Lead"])
    replaced = (await api.call("update-contact", {"contact_id": dana["id"], "tags": ["New"]}, key=key)).json()
    assert replaced["tags"] == ["New"]
    listed = (await api.call("list-contacts", {"search": "ruiz", "tags": ["new"]}, key=key)).json()
    assert ([row["id"] for row in listed["contacts"]], listed["total"], listed["has_more"]) == ([dana["id"]], 1, False)
    assert (await api.call("list-contacts", {"tags": ["VIP"]}, key=key)).json()["total"] == 0
    for _ in range(2):
        assert (await api.call("delete-contact", {"contact_id": dana["id"]}, key=key)).json() == {"success": True}
    assert (await api.call("get-contact", {"contact_id": dana["id"]}, key=key)).status_code == 404


async def test_a_number_that_somebody_has_is_a_conflict_that_names_them(api, key):
    dana = await made(api, key)
    again = await api.call("create-contact", {**DANA, "name": "Somebody"}, key=key)
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "duplicate"
    assert again.json()["error"]["details"]["contact_id"] == dana["id"]


async def test_pages_are_numbered_in_every_documented_order(api, key):
    for number in range(5):
        await made(api, key, phone_number=f"+1415555020{number}", name=f"P{number}", email="")
    listed = (
        await api.call("list-contacts", {"limit": 2, "offset": 2, "sort_by": "name", "sort_order": "asc"}, key=key)
    ).json()
    assert ([row["name"] for row in listed["contacts"]], listed["total"], listed["has_more"]) == (["P2", "P3"], 5, True)
    newest = (await api.call("list-contacts", {"limit": 1}, key=key)).json()
    assert newest["contacts"][0]["name"] == "P4"


@pytest.mark.parametrize(
    ("function", "body", "status", "field"),
    [
        ("create-contact", {"name": "Dana"}, 400, "phone_number"),
        ("create-contact", {"phone_number": "12"}, 422, "phone_number"),
        ("create-contact", {**DANA, "email": "dana@"}, 422, "email"),
        ("create-contact", {**DANA, "custom_fields": {"shoe": 1}}, 422, "custom_fields.shoe"),
        ("create-contact", {**DANA, "metadata": "text"}, 400, "metadata"),
        ("get-contact", {}, 400, "contact_id"),
        ("list-contacts", {"sort_by": "password"}, 400, "sort_by"),
    ],
)
async def test_what_is_wrong_is_named(api, key, function, body, status, field):
    answer = await api.call(function, body, key=key)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["details"]["field"] == field


async def test_how_much_was_said_is_counted(org, api, key):
    from backend.contacts import service as contacts
    from backend.conversations import service as conversations

    dana = await made(api, key)
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.get(session, parse_id(dana["id"]))
            talk = await conversations.for_contact(session, contact.id)
            session.add(
                SmsMessage(
                    org_id=org.org_id,
                    conversation_id=talk.id,
                    contact_id=contact.id,
                    direction="inbound",
                    sender_number="x",
                    recipient_number="y",
                )
            )
    stats = (await api.call("get-contact", {"contact_id": dana["id"]}, key=key)).json()["stats"]
    assert stats["total_messages"] == 1
    assert stats["last_contact"]


async def test_a_file_is_kept_understood_and_its_bad_rows_come_back(org, api, key):
    headers = {"Authorization": f"Bearer {key}"}
    content = "name,phone\nDana,4155550101\n=Ben,12\n".encode("utf-16")
    answer = await api.http.post("/api/contacts/imports?name=people.csv", content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    job = answer.json()
    assert (job["mapping"], job["total_rows"], job["encoding"]) == (["name", "phone_number"], 2, "utf-16")
    from backend.contacts import service as contacts

    with org.scope():
        async with unit_of_work() as session:
            await contacts.start_import(session, org.owner, parse_id(job["id"]))
    await importing.run(org.org_id, parse_id(job["id"]))
    rows = await api.http.get(f"/api/contacts/imports/{job['id']}/errors", headers=headers)
    assert rows.headers["content-disposition"].startswith("attachment")
    assert rows.text.splitlines()[1].startswith("3,phone_number,")
    assert "'=Ben" in rows.text


async def test_the_list_goes_out_as_a_file_with_its_filter(api, key):
    await made(api, key)
    await made(api, key, phone_number="+14155550102", name="Ben Okafor", email="")
    answer = await api.http.get("/api/contacts/export?q=dana", headers={"Authorization": f"Bearer {key}"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = answer.text.splitlines()
    assert head.startswith("\ufeffname,first_name")
    assert row.startswith("Dana Ruiz,Dana,Ruiz,+14155550101,dana@example.com")
