"""What a match sets off happens once: texted, mailed, posted, noted, called; what fails is tried again and seen."""

import hashlib
import hmac
import json
from uuid import UUID

import pytest
from sqlmodel import select

from backend.alerts import firing
from backend.alerts import service as alerts
from backend.contacts import service as contacts
from backend.core.config import settings
from backend.core.errors import Conflict, VendorError
from backend.core.tenancy import platform_scope, unit_of_work
from backend.functions import service as functions
from backend.models.alerts import SemanticMatch
from backend.models.messaging import SmsMessage
from backend.models.platform import SystemEmail
from backend.templates import service as templates
from backend.vendors import http
from backend.vocab import MatchStatus
from tests.backend.alerts.conftest import CUSTOMER, make_desk

TEAM = "+14155550123"


async def slack(sandbox, **faults):
    await sandbox.client.delete("/slack/messages")
    if faults:
        await sandbox.client.put("/sandbox/faults", json=[{"target": "slack.webhook", "times": 1, **faults}])
    return {"action_type": "slack", "secret": f"{sandbox.url}/slack/services/T1/desk/key"}


async def posted(sandbox):
    return [one["text"] for one in (await sandbox.client.get("/slack/messages")).json()["messages"]]


async def hubspot(sandbox):
    for kind in ("contacts", "notes"):
        await sandbox.client.delete(f"/hubspot/{kind}")
    return {"action_type": "hubspot", "secret": "sandbox-hubspot-token"}


async def notes(sandbox):
    return (await sandbox.client.get("/hubspot/notes")).json()["results"]


async def test_a_match_is_texted_once_with_the_way_to_the_conversation(desk):
    match = await desk.set_off(action_type="sms", target=TEAM)
    for _ in range(2):
        done = await desk.act(match)
    assert (done.status, done.result) == ("done", "Texted to (415) 555-0123")
    with desk.org.scope():
        async with unit_of_work() as session:
            (text,) = (await session.exec(select(SmsMessage).where(SmsMessage.recipient_number == TEAM))).all()
    assert text.content.startswith("(415) 555-0199 wrote about “Wants to leave”: “I want to cancel")
    assert text.content.endswith(f"/inbox/{match.conversation_id}")


async def test_a_match_is_mailed_once_in_the_words_of_its_template(desk):
    given = {
        "kind": "email", "title": "Leaving", "subject": "{{contact.first_name|Somebody}} leaves",
        "body": "Call {{contact.name}} of {{business.name}}.", "is_shared": True,
    }  # fmt: skip
    with desk.org.scope():
        async with unit_of_work() as session:
            made = await templates.save(session, desk.org.owner, given)
            contact = await contacts.ensure_by_phone(session, CUSTOMER)
            await contacts.rename(session, contact.id, "Dana <b>Ruiz")
    match = await desk.set_off(template_id=made["id"])
    for _ in range(2):
        done = await desk.act(match)
    assert done.status == "done"
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            query = select(SystemEmail).where(SystemEmail.recipient == "team@example.com")
            (mail,) = (await session.exec(query)).all()
    assert mail.subject == "Dana leaves"
    assert "Call Dana <b>Ruiz of North Dental." in mail.text_body
    assert "<b>" not in mail.html_body


async def test_slack_is_told_once_and_a_customer_can_call_nobody_there(desk, sandbox):
    await desk.alert(**await slack(sandbox))
    (match,) = await desk.compare(await desk.hear("I want to cancel my subscription <!channel> & now"))
    for _ in range(2):
        done = await desk.act(match)
    (said,) = await posted(sandbox)
    assert (done.status, done.result) == ("done", "Posted to 127.0.0.1")
    assert "&lt;!channel&gt; &amp; now" in said


async def test_slack_is_asked_again_when_it_surely_did_nothing(desk, sandbox):
    match = await desk.set_off(**await slack(sandbox, kind="error", status=503))
    with pytest.raises(VendorError) as failed:
        await desk.act(match)
    assert failed.value.is_retryable
    assert (await desk.now(match)).status == "waiting"
    done = await desk.act(match)
    assert (done.status, done.attempts, len(await posted(sandbox))) == ("done", 2, 1)


@pytest.mark.parametrize("fault", [{"kind": "accept_then_error", "status": 500}, {"kind": "drop"}])
async def test_what_may_have_arrived_at_slack_is_sent_again_by_a_person_alone(desk, sandbox, fault):
    match = await desk.set_off(**await slack(sandbox, **fault))
    for _ in range(2):
        assert (await desk.act(match)).status == "uncertain"
    assert len(await posted(sandbox)) <= 1
    with desk.org.scope():
        async with unit_of_work() as session:
            assert (await alerts.retry(session, desk.org.owner, match.id))["status"] == "waiting"
            with pytest.raises(Conflict):
                await alerts.retry(session, desk.org.owner, match.id)
    assert (await desk.act(match)).status == "done"


async def test_a_worker_that_died_over_a_post_to_slack_leaves_it_uncertain(desk, sandbox):
    match = await desk.set_off(**await slack(sandbox))
    with desk.org.scope():
        async with unit_of_work() as session:
            stored = await session.get(type(match), match.id)
            stored.status = MatchStatus.SENDING
            session.add(stored)
    assert (await desk.act(match)).status == "uncertain"
    assert await posted(sandbox) == []


async def test_a_webhook_that_was_taken_away_ends_with_the_reason(desk, sandbox):
    given = await slack(sandbox)
    match = await desk.set_off(**{**given, "secret": given["secret"].replace("/key", "/gone")})
    done = await desk.act(match)
    assert (done.status, done.result) == ("failed", "The address answered 404. no_service")


async def test_a_webhook_is_signed_and_every_try_has_the_same_key(desk, sandbox):
    await sandbox.client.delete("/business/requests")
    await sandbox.client.put(
        "/sandbox/faults", json=[{"target": "business", "kind": "error", "status": 500, "times": 1}]
    )
    match = await desk.set_off(action_type="webhook", target=f"{sandbox.url}/business/bookings")
    with pytest.raises(VendorError):
        await desk.act(match)
    # The business's system takes it for a booking without a day, which is as good an answer as any.
    assert (await desk.act(match)).status == "failed"
    (asked,) = (await sandbox.client.get("/business/requests")).json()["requests"]
    with desk.org.scope():
        async with unit_of_work() as session:
            secret = await functions.signing(session)
    headers = asked["headers"]
    proof = hmac.new(secret.encode(), f"{headers['x-magpipe-timestamp']}.{asked['content']}".encode(), hashlib.sha256)
    assert headers["x-magpipe-signature"] == proof.hexdigest()
    assert headers["idempotency-key"] == str(match.id)
    body = json.loads(asked["content"])
    assert (body["alert"]["name"], body["contact"]["phone_number"]) == ("Wants to leave", CUSTOMER)


async def test_no_alert_reaches_into_a_private_network(desk, monkeypatch):
    match = await desk.set_off(action_type="webhook", target="https://inside.example.com/alerts")

    async def inside(host, port):
        raise http.AddressRefused("This address is inside a private network.")

    monkeypatch.setattr(http, "resolve", inside)
    done = await desk.act(match)
    assert (done.status, done.result) == ("failed", "This address is inside a private network.")


async def test_a_note_stands_with_the_contact_and_is_made_once_though_its_answer_was_lost(desk, sandbox):
    given = await hubspot(sandbox)
    headers = {"Authorization": "Bearer sandbox-hubspot-token"}
    contact = {"properties": {"phone": CUSTOMER}}
    known = (await sandbox.client.post("/crm/v3/objects/contacts", json=contact, headers=headers)).json()["id"]
    match = await desk.set_off(**given)
    fault = {"target": "hubspot.notes", "kind": "accept_then_error", "status": 502, "times": 1}
    await sandbox.client.put("/sandbox/faults", json=[fault])
    with pytest.raises(VendorError):
        await desk.act(match)
    done = await desk.act(match)
    (note,) = await notes(sandbox)
    assert done.status == "done"
    assert note["associations"][0]["to"]["id"] == known
    assert "wrote about" in note["properties"]["hs_note_body"]


async def test_a_note_without_its_contact_is_made_all_the_same_and_a_bad_token_says_so(desk, sandbox):
    given = await hubspot(sandbox)
    done = await desk.act(await desk.set_off(**given))
    assert done.result == "Noted in HubSpot; no contact there has this address"
    row = (await desk.alert(name="Other", **{**given, "secret": "stale"}))["id"]
    (match,) = [one for one in await desk.compare(await desk.hear("Close my account")) if str(one.action_id) == row]
    failed = await desk.act(match)
    assert failed.status == "failed"
    assert "Give the alert a new one" in failed.result


async def test_words_of_somebody_who_only_typed_an_address_say_so(desk, sandbox):
    await desk.alert(**await slack(sandbox))
    (match,) = await desk.compare(await desk.hear("Close my account", by="chat", is_unverified=True))
    await desk.act(match)
    assert "have not proved" in (await posted(sandbox))[0]


async def test_a_switched_off_alert_sends_nothing_more_unless_a_person_asks(desk, sandbox):
    match = await desk.set_off(**await slack(sandbox))
    await desk.alert(str(match.action_id), is_active=False)
    done = await desk.act(match)
    assert (done.status, done.result) == ("failed", firing.OFF)
    assert await posted(sandbox) == []
    with desk.org.scope():
        async with unit_of_work() as session:
            await alerts.retry(session, desk.org.owner, done.id)
    assert (await desk.act(match)).status == "done"


async def test_a_text_without_a_number_of_ours_fails_until_there_is_one(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            number = await session.merge(desk.number)
            number.is_active = False
            session.add(number)
    match = await desk.set_off(action_type="sms", target=TEAM)
    done = await desk.act(match)
    assert done.status == "failed"
    assert "no number" in done.result


async def test_from_message_to_slack_as_durable_jobs_once_whatever_fails(
    committed, org, sandbox, run_jobs, eventually, monkeypatch
):
    """The whole way, with Slack away at first; what gives up for good is marked and can be done again."""
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    desk = await make_desk(org)
    row_id = UUID((await desk.alert(**await slack(sandbox, kind="error", status=503)))["id"])
    await desk.hear("I want to cancel my subscription")

    async def stands():
        with org.scope():
            async with unit_of_work() as session:
                return (await alerts.matches(session, row_id))[:1]

    async def is_done():
        await run_jobs()
        found = await stands()
        return bool(found) and found[0]["status"] == "done"

    await eventually(is_done)
    (match,) = await stands()
    assert (match["attempts"], len(await posted(sandbox))) == (2, 1)
    with org.scope():
        async with unit_of_work() as session:
            stored = await session.get(SemanticMatch, UUID(match["id"]))
            stored.status = MatchStatus.WAITING
            session.add(stored)
        await firing.give_up(UUID(match["id"]))
    assert (await stands())[0]["status"] == "failed"
