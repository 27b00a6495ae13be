"""Every tool an agent has can be used in a call, does what it does on every channel, and stands in the call's log."""

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from backend.calendars import service as calendars
from backend.core.config import settings
from backend.core.tenancy import unit_of_work
from backend.details import definitions as details
from backend.functions import service as functions
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.models.agents import AgentTurn
from backend.models.messaging import SmsMessage
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - a model that says what it is told
from tests.backend.calendars.conftest import KEY, NEW_YORK, booked, calendar, weekday  # noqa: F401
from tests.voice_agent.dialling import PATIENT_S, told
from tests.voice_agent.test_session import ELSEWHERE, Phone
from voice_agent import gateway
from voice_agent.core.cost_clock import CostClock
from voice_agent.core.states import Kind, State
from voice_agent.session import CallSession

pytestmark = pytest.mark.usefixtures("patience")

DETAILS = [
    {"name": "email", "description": "Where to write", "format": "email", "read_back": True},
    {"name": "people", "description": "How many come", "var_type": "number"},
]
DAY = str(weekday())
# What the caller says, what the model wishes, what comes of it, and a part of what the model is told.
RUNS = [
    ("When could I come?", "check_availability", {"from_day": DAY, "to_day": DAY}, "ok", "09:00"),
    (
        "At half past nine, I am Dana at example dot com",
        "book_appointment",
        {"start": f"{DAY}T09:30", "name": "Dana", "email": "dana@example.com"},
        "ok",
        "",
    ),
    ("Where is my order 1042?", "look_up_order", {"number": "1042"}, "ok", "1042"),
    ("Where is my order 9?", "look_up_order", {}, "failed", "number"),
    ("We are many.", "save_details", {"people": "many"}, "refused", "Not kept"),
    ("My email is dana@example.com", "save_details", {"email": "dana@example.com"}, "ok", "Read back"),
    ("Yes, that is right.", "save_details", {"email": "dana@example.com"}, "ok", "Kept"),
    ("Text me the address.", "send_text", {"message": "12 Oak Street"}, "ok", ""),
]


@pytest.fixture
async def house(line, sandbox, calendar, monkeypatch):  # noqa: F811
    """A business whose agent may do everything."""
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await calendars.connect(line.org.owner, KEY)
    order = {
        "name": "look_up_order",
        "description": "Look up an order by its number.",
        "http_method": "GET",
        "endpoint_url": f"{sandbox.url}/business/orders/{{{{number}}}}",
        "body_schema": [{"name": "number", "type": "string", "required": True}],
    }
    with line.org.scope():
        async with unit_of_work() as session:
            rows, _ = await functions.saved(session, line.org.owner, [], order)
            line.agent.settings = {
                "transfer_phone_number": ELSEWHERE,
                "custom_functions": rows,
                "dynamic_variables": details.checked(DETAILS, "dynamic_variables"),
                "tool_policies": {"send_text": "allowed"},
                "appointments": [{"id": 101, "title": "Check-up", "minutes": 30}],
                "schedule_timezone": NEW_YORK,
            }
            session.add(line.agent)
            source = await knowledge.add_text(session, line.org.owner, "Parking", "Guests park behind the mill.")
        await knowledge_jobs.index(str(line.org.org_id), str(source.id))
    return line


@pytest.fixture
async def held(house, script):  # noqa: F811
    """A call that is answered in text."""
    record = await house.begin()
    call = await gateway.brief(record.id)
    held = CallSession(call, await gateway.speaking_for(call), Phone(), None, CostClock({}, 0))
    yield held
    await held.session.aclose()


async def turns(line) -> list[AgentTurn]:
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(AgentTurn).order_by(col(AgentTurn.id)))).all())


async def test_every_tool_does_in_a_call_what_it_does_elsewhere_and_is_logged(held, house, script, sandbox, eventually):  # noqa: F811
    async def kept(count):
        return len(await turns(house)) >= count

    await held.begin()
    for place, (said, tool, arguments, status, part) in enumerate(RUNS, start=1):
        script.says(script.calls((tool, arguments)), "Well.")
        await held.session.run(user_input=said)
        # The next question is answered from what was kept of this one.
        await eventually(lambda place=place: kept(place), PATIENT_S)
        (called,) = (await turns(house))[-1].tools
        assert (called["name"], called["status"]) == (tool, status), called
        assert part in str(called["result"]), called
    script.says("Behind the mill.")
    await held.session.run(user_input="Where do guests park?")
    assert "behind the mill" in script.requests[-1]["messages"][0]["content"]

    (stands,) = await booked(sandbox)
    assert stands["attendees"][0]["email"] == "dana@example.com"
    with house.org.scope():
        async with unit_of_work() as session:
            (sent,) = (await session.exec(select(SmsMessage))).all()
    assert (sent.content, sent.recipient_number) == ("12 Oak Street", house.caller)

    script.says(script.calls(("transfer_call", {"to": "the team", "reason": "a question"})), "Well.")
    await held.session.run(user_input="Put me through")
    assert held.core.state == State.ENDED
    held.tell(Kind.HUNG_UP)
    await held.end()
    logged = [(one.data["name"], one.data["status"]) for one in await told(house, "tool.called")]
    assert logged == [(tool, status) for _, tool, _, status, _ in RUNS] + [("transfer_call", "ok")]


async def test_the_agent_ends_the_call_by_its_tool(held, house, script):  # noqa: F811
    await held.begin()
    script.says(script.calls(("end_call", {})), "Well.")
    await held.session.run(user_input="That is all")
    assert held.core.state in (State.CLOSING, State.ENDED)
    held.tell(Kind.HUNG_UP)
    await held.end()
    (logged,) = await told(house, "tool.called")
    assert (logged.data["name"], logged.data["status"]) == ("end_call", "ok")


async def test_an_agent_that_calls_presses_keys_says_nothing_with_them_and_knows_that_it_did(house, script):  # noqa: F811
    call = await gateway.brief((await house.begin(direction="outbound")).id)
    phone = Phone()
    held = CallSession(call, await gateway.speaking_for(call), phone, None, CostClock({}, 0))
    await held.begin()
    for keys in ("12 w 47#", "1,2"):
        script.says(script.calls(("press_keys", {"keys": keys})), "Well.")
        await held.session.run(user_input="For the workshop, press one two")
    assert phone.pressed == ["12w47#"]
    # The second time it was told that nothing was pressed, and it knew what it had pressed before.
    known = [one["content"] for one in script.requests[-1]["messages"] if one["role"] == "tool"]
    assert ["were pressed" in known[0], "Nothing was pressed" in known[1]] == [True, True]
    held.tell(Kind.HUNG_UP)
    await held.end()
    logged = [(one.data["name"], one.data["status"]) for one in await told(house, "tool.called")]
    assert logged == [("press_keys", "ok"), ("press_keys", "refused")]


async def test_an_agent_that_is_called_presses_no_keys(house):
    call = await gateway.brief((await house.begin()).id)
    assert "press_keys" not in [one.name for one in (await gateway.speaking_for(call)).spec.tools]


@pytest.mark.parametrize("mode", ["redacted", "disabled"])
async def test_where_words_may_not_be_kept_no_tool_and_no_answer_keeps_them(house, script, mode):  # noqa: F811
    with house.org.scope():
        async with unit_of_work() as session:
            house.agent.settings = {**house.agent.settings, "pii_storage": mode}
            session.add(house.agent)
    record = await house.begin()
    call = await gateway.brief(record.id)
    phone = Phone()
    held = CallSession(call, await gateway.speaking_for(call), phone, None, CostClock({}, 0))
    await held.begin()
    script.says(script.calls(("look_up_order", {"number": "1042"})), "Your order 1042 is ready, Marzipan.")
    await held.session.run(user_input="I am Marzipan Quill, where is my order 1042?")
    offered = {one["function"]["name"] for one in script.requests[0]["tools"]}
    assert not offered & {"save_contact_name", "save_details"}
    held.press("7")
    script.says(script.calls(("transfer_call", {"to": "the team", "reason": "Marzipan asks for order 1042"})))
    await held.session.run(user_input="Put me through")
    assert phone.put_through_to == [ELSEWHERE]
    held.tell(Kind.HUNG_UP)
    await held.end()
    (pressed,) = await told(house, "keypad.pressed")
    assert pressed.data["digits"] == ""
    with house.org.scope():
        async with unit_of_work() as session:
            for table in ("agent_turns", "tool_calls", "call_events", "conversation_items", "contacts"):
                rows = await session.execute(text(f"select to_jsonb(one)::text from {table} one"))
                assert not [row for (row,) in rows if "Marzipan" in row or "1042" in row], table
    assert {one.reply for one in await turns(house)} == {""}
