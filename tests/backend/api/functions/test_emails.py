"""Email over the API: sent once from the agent's mailbox in its thread, markup as its words, each mistake named."""

import pytest

from backend.core import clock
from backend.core.ids import new_id
from tests.backend.mailboxes.conftest import CUSTOMER


@pytest.fixture
async def key(desk, api):
    return await api.key_of(desk.org.owner)


def letter(**changes):
    sent = {"to_email": "Mia@Customer.example", "subject": "Your bill", "body_text": "It is ready."}
    return {name: value for name, value in {**sent, **changes}.items() if value is not None}


async def test_an_email_begins_a_thread_once_and_the_agent_waits(desk, api, key, jobs_waiting):
    sent = letter(agent_id=str(desk.agent.id), colour="blue")
    first = await api.call("send-email", sent, key=key, idempotency_key="bill-7")
    again = await api.call("send-email", sent, key=key, idempotency_key="bill-7")
    said = first.json()
    assert (first.status_code, again.json()) == (200, said)
    assert (said["from"], said["ignored_fields"]) == (desk.mailbox.address, ["colour"])
    assert said["paused_until"] > clock.now().isoformat()
    [email] = await desk.emails()
    assert (str(email.id), str(email.thread_id)) == (said["message_id"], said["thread_id"])
    assert (email.to_addresses, email.in_reply_to) == (["mia@customer.example"], "")
    assert len(await jobs_waiting("mailboxes.deliver")) == 1


async def test_an_answer_stays_in_its_thread_and_markup_is_sent_as_its_words(desk, api, key):
    await desk.receive()
    [asked] = await desk.emails()
    markup = "<p>At <b>nine</b>.</p><script>alert(1)</script>"
    for name in (
        {"thread_id": str(asked.thread_id)},
        {"in_reply_to": str(asked.id)},
        {"in_reply_to": asked.message_id},
    ):
        sent = letter(to_email=CUSTOMER, body_text=None, body_html=markup, **name)
        assert (await api.call("send-email", sent, key=key)).status_code == 200, name
    answers = await desk.emails("outbound")
    assert {(one.body_text, one.thread_id, one.subject) for one in answers} == {
        ("At nine.", asked.thread_id, "Your bill")
    }
    assert [one.in_reply_to for one in answers] == [asked.message_id] * 3
    # Somebody else's thread is not this address's to be written in.
    other = await api.call("send-email", letter(thread_id=str(asked.thread_id)), key=key)
    assert (other.status_code, len(await desk.emails("outbound"))) == (404, 3)


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"to_email": None}, 400, "missing_param", "to_email"),
        ({"to_email": "dana"}, 422, "invalid", "to_email"),
        ({"to_email": "a@b.example, c@d.example"}, 422, "invalid", "to_email"),
        ({"subject": None}, 400, "missing_param", "subject"),
        ({"subject": " \n "}, 422, "invalid", "subject"),
        ({"subject": "a" * 301}, 422, "invalid", "subject"),
        ({"body_text": None}, 400, "missing_param", "body_text"),
        ({"body_text": "  "}, 422, "invalid", "body_text"),
        ({"body_text": None, "body_html": "<script>1</script>"}, 422, "invalid", "body_html"),
        ({"agent_id": "x"}, 400, "invalid_param", "agent_id"),
        ({"agent_id": str(new_id())}, 404, "not_found", None),
        ({"in_reply_to": "<unknown@customer.example>"}, 404, "not_found", None),
    ],
)
async def test_each_mistake_is_named_and_leaves_nothing(desk, api, key, changes, status, code, field):
    answer = await api.call("send-email", letter(**changes), key=key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("details", {}).get("field")) == (status, code, field)
    assert await desk.emails() == []
