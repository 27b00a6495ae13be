"""Tickets over the API: opened once for a repeated request, listed, read and changed, each error naming its field."""

import pytest

from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def contact_id(key, org) -> str:
    with org.scope():
        async with unit_of_work() as session:
            return str((await contacts.ensure_by_phone(session, "+14155550199")).id)


async def test_a_ticket_is_opened_listed_read_and_changed(api, key, contact_id):
    asked = {"subject": "Broken dryer", "contact_id": contact_id, "priority": "high", "colour": "red"}
    made = await api.call("support-tickets", asked, key=key)
    row = made.json()
    assert (made.status_code, row["ticket_ref"], row["ignored_fields"]) == (201, "TKT-001001", ["colour"])
    path = f"support-tickets/{row['id']}"
    changed = await api.call(path, {"status": "closed", "due_date": "2026-12-24"}, key=key, method="PATCH")
    assert (changed.json()["status"], changed.json()["due_date"]) == ("closed", "2026-12-24")
    assert (await api.call(path, key=key, method="GET")).json() == changed.json()
    for asked_for, expected in (("", 0), ("?status=all", 1), ("?status=closed&priority=high&search=dryer", 1)):
        page = (await api.call(f"support-tickets{asked_for}", key=key, method="GET")).json()
        assert (page["total"], len(page["tickets"]), page["next"]) == (expected, expected, None)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "missing_param", "subject"),
        ({"subject": "x"}, 400, "missing_param", "conversation_id"),
        ({"subject": "x", "contact_id": "me"}, 400, "invalid_param", "contact_id"),
        ({"subject": "x", "contact_id": "0192e5a0-0000-7000-8000-000000000000"}, 404, "not_found", None),
    ],
)
async def test_what_is_wrong_with_a_new_ticket_is_said(api, key, body, status, code, field):
    answer = await api.call("support-tickets", body, key=key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], (error.get("details") or {}).get("field")) == (status, code, field)


async def test_a_change_of_nothing_is_refused(api, key, contact_id):
    row = (await api.call("support-tickets", {"subject": "x", "contact_id": contact_id}, key=key)).json()
    answer = await api.call(f"support-tickets/{row['id']}", {}, key=key, method="PATCH")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_updates")
