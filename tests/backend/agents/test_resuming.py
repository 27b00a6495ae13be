"""A tool that a person has to approve waits for them, and the agent goes on with what they decided, once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import resuming
from backend.agents import service as agents
from backend.approvals import service as approvals
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict, NotAllowed
from backend.core.tenancy import unit_of_work
from backend.functions import gate
from backend.functions import service as functions
from backend.models.functions import ToolCall
from backend.vocab import AnswerMode, AuthorKind, ItemKind, TurnStatus

WAITS = "I need to check this with a colleague first. I'll get back to you here."


@pytest.fixture
async def business(sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await sandbox.client.delete("/business/requests")
    return sandbox


@pytest.fixture
async def booking(desk, business):
    """An agent that has to ask before it books."""
    row = {
        "name": "book_visit",
        "description": "Book a visit.",
        "endpoint_url": f"{business.url}/business/bookings",
        "body_schema": [{"name": "day", "type": "string", "required": True}],
    }
    with desk.org.scope():
        async with unit_of_work() as session:
            rows, _ = await functions.saved(session, desk.org.owner, [], row)
            policies = {"book_visit": "ask"}
            await agents.update(session, desk.org.owner, desk.agent.id, custom_functions=rows, tool_policies=policies)
    return desk


async def booked(business) -> int:
    return len((await business.client.get("/business/requests")).json()["requests"])


async def cards(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            return await approvals.listed(session, status=None)


async def decide(desk, is_approved=True, note="", who=None, card=None):
    card = card or (await cards(desk))[0]
    with desk.org.scope():
        async with unit_of_work() as session:
            return await approvals.decide(
                session, who or desk.org.owner, UUID(card["id"]), is_approved=is_approved, note=note
            )


async def resume(desk):
    (turn, *_) = await desk.turns()
    with desk.org.scope():
        await resuming.resume(turn.id)


async def said(desk):
    return [one.content for one in await desk.sent()]


async def test_nothing_is_done_until_a_person_approves_and_then_once(booking, business, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "You are booked for Friday.")
    assert await desk.ask("Book me in on Friday") == WAITS
    (card,) = await cards(desk)
    assert (card["status"], card["arguments"], await booked(business)) == ("waiting", {"day": "Friday"}, 0)
    row = (await desk.timeline())[-2]
    assert (row["kind"], row["status"], row["record_id"]) == (ItemKind.APPROVAL, "waiting", card["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            listed = await conversations.row(session, UUID(card["conversation_id"]))
    assert listed.row["awaits_approval"]
    await resume(desk)
    assert (await desk.turns())[0].status == TurnStatus.WAITING
    await decide(desk)
    for _ in range(2):
        await resume(desk)
    assert (await booked(business), await said(desk)) == (1, [WAITS, "You are booked for Friday."])
    (turn,) = await desk.turns()
    assert (turn.status, turn.tools[0]["status"]) == (TurnStatus.ANSWERED, "ok")
    told = script.requests[-1]["messages"]
    assert [one["role"] for one in told[-2:]] == ["assistant", "tool"]
    with desk.org.scope():
        async with unit_of_work() as session:
            (row,) = (await session.exec(select(ToolCall).where(ToolCall.org_id == desk.org.org_id))).all()
    assert (row.status, row.authority, row.allowed_by) == ("ok", "person", desk.org.owner.user_id)
    assert (await cards(desk))[0]["decided_by"] == desk.org.owner.name


async def test_what_the_customer_writes_while_it_waits_is_answered_after_it(booking, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked, and parking is free.")
    await desk.ask("Book me in on Friday")
    assert await desk.ask("Is there parking?") == ""
    late = await desk.receive("And a lift?")
    await decide(desk)
    await resume(desk)
    await desk.answer(late)
    assert await said(desk) == [WAITS, "Booked, and parking is free."]
    heard = [one["content"] for one in script.requests[-1]["messages"] if one["role"] == "user"]
    assert heard == ["Book me in on Friday", "Is there parking?", "And a lift?"]
    assert [turn.status for turn in await desk.turns()] == [TurnStatus.ANSWERED, "skipped", "skipped"]


async def test_a_refusal_and_its_note_are_told_to_the_agent(booking, business, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Friday is full. Is Monday fine?")
    await desk.ask("Book me in on Friday")
    await decide(desk, is_approved=False, note="Friday is full, offer Monday")
    await resume(desk)
    assert (await booked(business), await said(desk)) == (0, [WAITS, "Friday is full. Is Monday fine?"])
    assert "Friday is full, offer Monday" in script.requests[-1]["messages"][-1]["content"]


async def test_what_nobody_decides_in_time_is_not_done_and_the_agent_says_so(booking, business, script):
    desk = booking
    await desk.change(approval_minutes=5, approval_notice=False)
    script.says(script.calls(("book_visit", {"day": "Friday"})), "I could not book that.")
    assert await desk.ask("Book me in on Friday") == ""
    (card,) = await cards(desk)
    with clock.at(clock.now() + timedelta(minutes=6)):
        with pytest.raises(Conflict) as refused:
            await decide(desk, card=card)
        assert refused.value.code == "too_late"
        with desk.org.scope():
            async with unit_of_work() as session:
                await approvals.expire(session, UUID(card["id"]))
        await resume(desk)
    assert (await booked(business), await said(desk)) == (0, ["I could not book that."])
    assert (await cards(desk))[0]["status"] == "expired"


async def test_of_two_people_the_second_is_told_who_decided(booking, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    await desk.ask("Book me in on Friday")
    await decide(desk)
    second = desk.org.owner.__class__(desk.org.owner.user_id, desk.org.org_id, "Sam", "s@example.com", "support")
    with pytest.raises(Conflict) as refused:
        await decide(desk, is_approved=False, who=second)
    assert (refused.value.code, refused.value.message) == (
        "already_decided",
        f"{desk.org.owner.name} approved this already.",
    )


async def test_a_crash_while_it_ran_leaves_it_uncertain_and_never_does_it_twice(booking, business, script, monkeypatch):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "A colleague will confirm.")
    await desk.ask("Book me in on Friday")
    await decide(desk)
    with monkeypatch.context() as patched:
        # It was sent, and its answer could not be stored.
        patched.setattr(gate, "_settle", lambda *_: (_ for _ in ()).throw(ConnectionError("gone")))
        with pytest.raises(ConnectionError):
            await resume(desk)
    await resume(desk)
    assert (await booked(business), await said(desk)) == (1, [WAITS, "A colleague will confirm."])
    assert (await cards(desk))[0]["status"] == "uncertain"


async def test_a_crash_before_it_ran_runs_it_once(booking, business, script, monkeypatch):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    await desk.ask("Book me in on Friday")
    await decide(desk)

    async def die(*_: object) -> None:
        raise ConnectionError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(resuming.leases, "renew", die)
        with pytest.raises(ConnectionError):
            await resume(desk)
    for _ in range(2):
        await resume(desk)
    assert (await booked(business), await said(desk)) == (1, [WAITS, "Booked."])


async def test_what_was_switched_off_since_is_not_done_although_it_was_approved(booking, business, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "I cannot book.")
    await desk.ask("Book me in on Friday")
    await decide(desk)
    await desk.change(tool_policies={"book_visit": "off"})
    await resume(desk)
    assert (await booked(business), (await cards(desk))[0]["status"]) == (0, "refused")


async def test_where_people_took_over_it_is_done_and_the_answer_is_left_as_a_draft(booking, business, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    await desk.ask("Book me in on Friday")
    await decide(desk)
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            member = Author(AuthorKind.MEMBER, "Olivia", desk.org.owner.user_id)
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.HUMAN, member)
    await resume(desk)
    assert (await booked(business), await said(desk)) == (1, [WAITS])
    assert (await desk.timeline())[-1]["kind"] == ItemKind.DRAFT


async def test_a_tool_of_the_answer_itself_waits_like_any_other(desk, script):
    await desk.change(tool_policies={"save_contact_name": "ask"})
    script.says(script.calls(("save_contact_name", {"name": "Mia Fox"})), "Thanks, Mia.")
    assert await desk.ask("Hi, my name is Mia Fox") == WAITS
    assert await desk.contact_name() == ""
    await decide(desk)
    await resume(desk)
    assert (await desk.contact_name(), (await cards(desk))[0]["status"]) == ("Mia Fox", "ok")


@pytest.mark.parametrize(
    ("answer", "policy", "status"), [(500, "ask", "failed"), ("Thanks, Mia.", "off", "refused")], ids=["broken", "off"]
)
async def test_what_was_approved_and_left_undone_is_not_called_done(desk, script, answer, policy, status):
    await desk.change(tool_policies={"save_contact_name": "ask"})
    script.says(script.calls(("save_contact_name", {"name": "Mia Fox"})), answer)
    await desk.ask("Hi, my name is Mia Fox")
    await decide(desk)
    await desk.change(tool_policies={"save_contact_name": policy})
    await resume(desk)
    assert (await desk.contact_name(), (await cards(desk))[0]["status"]) == ("", status)


async def test_whoever_asks_for_a_person_gets_one_whatever_the_settings_say(desk, script):
    await desk.change(tool_policies={"hand_over_to_person": "off"})
    script.says(script.calls(("hand_over_to_person", {"reason": "wants a person"})), "I told them.")
    await desk.ask("A person please")
    assert (await desk.conversation()).needs_person


async def test_only_a_member_of_the_team_decides(booking, script):
    desk = booking
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    await desk.ask("Book me in on Friday")
    assert (await cards(desk))[0]["status"] == "waiting"
    with pytest.raises((NotAllowed, KeyError)):
        await decide(desk, who=desk.org.owner.__class__(desk.org.owner.user_id, desk.org.org_id, "X", "x@e.com", ""))
