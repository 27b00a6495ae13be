"""Calls are listed by what they are, and read with whose number was which."""

LIST, READ = "list-calls", "get-call"


async def test_calls_are_listed_newest_first_and_narrowed(line, api):
    key = await api.key_of(line.org.owner)
    came, went = await line.begin(), await line.begin("outbound", caller_data={"order": 7, "_inner": "x"}, goal="A yes")
    await line.tell(came.id, "call.ended", status="busy")
    everything = (await api.call(LIST, {}, key=key)).json()
    assert [call["id"] for call in everything["calls"]] == [str(went.id), str(came.id)]
    for wanted, expected in (
        ({"direction": "inbound"}, [came]),
        ({"status": "busy"}, [came]),
        ({"status": "initiated"}, [went]),
        ({"phone_number": line.caller, "limit": 1}, [went]),
        ({"phone_number": "+14155550100"}, []),
        ({"agent_id": str(line.agent.id), "offset": 1}, [came]),
        ({"to_date": "2020-01-01"}, []),
    ):
        found = (await api.call(LIST, wanted, key=key)).json()
        assert [call["id"] for call in found["calls"]] == [str(call.id) for call in expected], wanted
    assert (await api.call(LIST, {"status": "gone"}, key=key)).status_code == 400


async def test_a_call_says_who_called_whom_and_keeps_what_its_caller_keeps(line, api):
    key = await api.key_of(line.org.owner)
    call = await line.begin("outbound", caller_data={"order": 7, "_inner": "x"}, goal="A yes")
    await line.tell(call.id, "call.ended", status="busy")
    read = (await api.call(READ, {"call_id": str(call.id)}, key=key)).json()
    assert (read["from_number"], read["to_number"]) == (line.number.phone_number, line.caller)
    assert (read["metadata"], read["goal"], read["agent_name"]) == ({"order": 7}, "A yes", "Ava")
    assert (read["disposition"], read["disposition_reason"]) == ("busy", "The line was busy.")
