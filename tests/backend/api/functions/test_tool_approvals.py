"""Approvals over the API: listed, read and decided once, and whoever is second is told."""

from datetime import timedelta

import pytest

from backend.approvals import service as approvals
from backend.approvals.schemas import Wish
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.functions.schemas import CallSetting, Offer
from backend.vocab import ToolKind


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def asked(org) -> str:
    """The id of what an agent asked."""
    offer = Offer(ToolKind.FUNCTION, "book_visit", "Book a visit.", {"type": "object"}, label="book visit")
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            talk = await conversations.for_contact(session, contact.id)
            setting = CallSetting(org.org_id, conversation_id=talk.id, agent_name="Ava", channel="sms")
            wish = Wish(offer, {"day": "Friday"}, "Book a visit", str(new_id()))
            (call_id,) = await approvals.ask(session, talk, setting, [wish], 60)
    return str(call_id)


async def test_a_request_is_listed_read_and_decided_once(api, key, asked):
    (row,) = (await api.call("tool-approvals", key=key, method="GET")).json()["approvals"]
    assert (row["id"], row["words"], row["arguments"], row["status"]) == (
        asked, "Book a visit", {"day": "Friday"}, "waiting"
    )  # fmt: skip
    assert (await api.call(f"tool-approvals/{asked}", key=key, method="GET")).json()["tool"] == "book_visit"
    wrong = await api.call(f"tool-approvals/{asked}", {"decision": "maybe"}, key=key)
    assert wrong.status_code in (400, 422)
    refused = await api.call(f"tool-approvals/{asked}", {"decision": "refuse", "note": "Full"}, key=key)
    assert (refused.json()["status"], refused.json()["note"]) == ("refused", "Full")
    second = await api.call(f"tool-approvals/{asked}", {"decision": "approve"}, key=key)
    assert (second.status_code, second.json()["error"]["code"]) == (409, "already_decided")
    assert (await api.call("tool-approvals", key=key, method="GET")).json()["approvals"] == []
    listed = await api.call("tool-approvals?status=refused", key=key, method="GET")
    assert [one["id"] for one in listed.json()["approvals"]] == [asked]


async def test_what_ran_out_cannot_be_decided(api, key, asked):
    with clock.at(clock.now() + timedelta(hours=2)):
        late = await api.call(f"tool-approvals/{asked}", {"decision": "approve"}, key=key)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "too_late")
