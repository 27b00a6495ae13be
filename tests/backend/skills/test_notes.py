"""A conversation that ended is noted in HubSpot once, with its contact there, whatever breaks on the way."""

import pytest

from backend.core import clock
from backend.core.errors import Invalid, VendorError
from backend.core.tenancy import unit_of_work
from backend.skills import delivering, queries
from backend.skills import service as skills
from tests.backend.skills.conftest import MIA, NOON

TOKEN = "sandbox-hubspot-token"
AS_APP = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def crm(sandbox):
    for kind in ("contacts", "notes"):
        await sandbox.client.delete(f"/hubspot/{kind}")
    return sandbox


async def notes(crm):
    return (await crm.client.get("/hubspot/notes")).json()["results"]


async def test_it_is_noted_once_with_the_contact_and_nobody_is_written_to(shop, crm):
    known = await crm.client.post("/crm/v3/objects/contacts", json={"properties": {"phone": MIA}}, headers=AS_APP)
    found = await shop.save("auto_crm_update", {"delay_minutes": 30}, secret=TOKEN)
    await shop.talk()
    await shop.talk("+14155550188", "Stranger", data={"is_unverified": True, "session_id": "x"})
    for minutes in (0, 1, 45):
        await shop.pass_time(NOON.replace(minute=minutes))
    [note] = await notes(crm)
    assert note["associations"][0]["to"]["id"] == known.json()["id"]
    body = note["properties"]["hs_note_body"]
    assert "Conversation with Mia Chen<br>Customer: Do you have time on Friday?<br>" in body
    assert "/inbox/" in body
    assert await shop.history(found.id) == [("Mia Chen", "sent")]
    assert await shop.texts() == []


async def test_a_note_whose_answer_was_lost_is_found_and_not_written_again(shop, crm):
    found = await shop.save("auto_crm_update", {"include_messages": False}, secret=TOKEN)
    await shop.talk()
    fault = {"target": "hubspot.notes", "kind": "accept_then_error", "status": 502, "times": 1}
    await crm.client.put("/sandbox/faults", json=[fault])
    with pytest.raises(VendorError):
        await shop.pass_time(NOON)
    assert await shop.history(found.id) == [("Mia Chen", "waiting")]
    with shop.org.scope():
        async with unit_of_work() as session:
            [run] = await queries.runs(session, shop.org.org_id, found.id, "", 5)
            [(delivery, _, _)] = await queries.people(session, shop.org.org_id, run.id, 5)
    with clock.at(NOON):
        await delivering.deliver(shop.org.org_id, delivery.id)
    [note] = await notes(crm)
    assert "Customer:" not in note["properties"]["hs_note_body"]
    assert await shop.history(found.id) == [("Mia Chen", "sent")]


async def test_a_token_that_is_not_taken_ends_the_note_with_the_reason(shop, crm):
    found = await shop.save("auto_crm_update", {}, secret="stale")
    await shop.talk()
    await shop.pass_time(NOON)
    [run] = await shop.runs(found.id)
    assert (run["status"], run["sent"], run["other"]) == ("completed", 0, 1)
    assert await notes(crm) == []


async def test_the_token_is_needed_kept_and_never_shown(shop):
    with pytest.raises(Invalid) as lacking:
        await shop.save("auto_crm_update", {})
    assert lacking.value.field == "secret"
    found = await shop.save("auto_crm_update", {}, secret="pat-s3cret")
    again = await shop.save("auto_crm_update", {"delay_minutes": 10})
    assert (again.id, again.secret) == (found.id, "pat-s3cret")
    with shop.org.scope():
        async with unit_of_work() as session:
            shown = await skills.settings_of(session, shop.org.owner, shop.agent_id, "auto_crm_update")
    assert shown["has_secret"]
    assert "s3cret" not in str([shown, skills.shown(again)])
