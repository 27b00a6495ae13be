"""Whose calls go straight to a person is the team's to say, once for each caller."""

from backend.core.ids import new_id

LIST = "manage-call-whitelist"
TARGET = "+14155550111"


async def test_a_caller_is_listed_once_and_taken_off_again(line, api):
    key = await api.key_of(line.org.owner)
    body = {"agent_id": str(line.agent.id), "caller_number": "(415) 555-0177", "forward_to": TARGET, "label": "Mum"}
    added = await api.call(LIST, body, key=key)
    assert (added.status_code, added.json()["entry"]["caller_number"]) == (201, line.caller)
    assert (await api.call(LIST, body, key=key)).status_code == 409
    where = f"{LIST}?agent_id={line.agent.id}"
    (entry,) = (await api.call(where, key=key, method="GET")).json()["entries"]
    assert (entry["forward_to"], entry["label"]) == (TARGET, "Mum")
    assert (await api.call(f"{LIST}?id={entry['id']}", key=key, method="DELETE")).json() == {"ok": True}
    assert (await api.call(f"{LIST}?id={entry['id']}", key=key, method="DELETE")).status_code == 404
    assert (await api.call(where, key=key, method="GET")).json()["entries"] == []


async def test_what_is_no_number_or_no_agent_is_refused_by_name(line, api):
    key = await api.key_of(line.org.owner)
    fair = {"agent_id": str(line.agent.id), "caller_number": line.caller, "forward_to": TARGET}
    for field, value in (("caller_number", "x"), ("forward_to", "12"), ("forward_to", line.caller)):
        answer = await api.call(LIST, {**fair, field: value}, key=key)
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, field)
    assert (await api.call(LIST, {**fair, "agent_id": str(new_id())}, key=key)).status_code == 404
