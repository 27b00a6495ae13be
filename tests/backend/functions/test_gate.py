"""No tool of any kind runs unless the agent's settings or a person allowed it, and none runs twice."""

import itertools

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from backend.core.errors import VendorError
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.functions import gate
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.models.functions import ToolCall
from backend.vocab import Authority, ToolCallStatus, ToolKind, ToolPolicy


class Spy:
    """The work behind a tool, which counts how often it was done."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.done, self.error = 0, error

    async def __call__(self, call_id, limit_s):
        self.done += 1
        if self.error is not None:
            raise self.error
        return Outcome(call_id, ToolCallStatus.OK, "", {"n": self.done}, result=f'{{"n": {self.done}}}')


def offer(**more) -> Offer:
    return Offer(ToolKind.FUNCTION, "book_visit", "Book a visit.", {"type": "object", "properties": {}}, **more)


async def rows(org):
    with org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(ToolCall).where(ToolCall.org_id == org.org_id))).all())


@pytest.mark.parametrize(
    ("kind", "policy", "has_person"), itertools.product(ToolKind, ToolPolicy, (False, True)), ids=str
)
async def test_only_what_the_settings_or_a_person_allow_runs(db, org, kind, policy, has_person):
    person = {"allowed_by": org.owner.user_id, "allowed_by_name": "Olivia"} if has_person else {}
    setting = CallSetting(org.org_id, **person)
    spy = Spy()
    tool = Offer(kind, "act", "Act.", {"type": "object", "properties": {}}, policy=policy)
    outcome = await gate.call(tool, {}, setting, "key", 5.0, spy)
    may = policy == ToolPolicy.ALLOWED or (policy == ToolPolicy.ASK and has_person)
    assert (spy.done, outcome.status) == ((1, "ok") if may else (0, "refused"))
    wanted = Authority.PERSON if has_person else Authority.POLICY
    assert [one.authority for one in await rows(org)] == ([wanted] if may else [])


@pytest.mark.parametrize("status", list(ToolCallStatus))
async def test_the_database_itself_refuses_a_call_that_nobody_allowed(db, org, status):
    row = ToolCall(org_id=org.org_id, key="key", name="book_visit", status=status)
    is_kept = status in (ToolCallStatus.WAITING, ToolCallStatus.REFUSED, ToolCallStatus.EXPIRED)
    with org.scope():
        if is_kept:
            async with unit_of_work() as session:
                session.add(row)
            return
        with pytest.raises(IntegrityError):
            async with unit_of_work() as session:
                session.add(row)


async def waiting(org, tool: Offer, status: ToolCallStatus):
    """Store a call a person was asked about, at this stage."""
    setting = CallSetting(org.org_id)
    row = gate.new_call(tool, {}, setting, str(new_id()), ToolCallStatus.WAITING)
    row.status = status
    if status not in (ToolCallStatus.WAITING, ToolCallStatus.REFUSED):
        row.authority = Authority.PERSON
    with org.scope():
        async with unit_of_work() as session:
            session.add(row)
    return row.id


async def test_an_approved_call_runs_once_however_often_it_is_carried_out(db, org):
    spy = Spy()
    call_id = await waiting(org, offer(policy=ToolPolicy.ASK), ToolCallStatus.APPROVED)
    told = [await gate.carry_out(org.org_id, call_id, 5.0, spy) for _ in range(2)]
    assert (spy.done, [one.data for one in told]) == (1, [{"n": 1}, {"n": 1}])


@pytest.mark.parametrize("status", [ToolCallStatus.WAITING, ToolCallStatus.REFUSED])
async def test_what_nobody_approved_is_not_carried_out(db, org, status):
    spy = Spy()
    call_id = await waiting(org, offer(policy=ToolPolicy.ASK), status)
    await gate.carry_out(org.org_id, call_id, 5.0, spy)
    assert (spy.done, (await rows(org))[0].status) == (0, status)


@pytest.mark.parametrize(
    ("more", "status", "done"),
    [({}, "uncertain", 0), ({"is_reading": True}, "ok", 1), ({"is_repeatable": True}, "ok", 1)],
)
async def test_a_call_whose_process_died_is_repeated_only_where_that_does_no_harm(db, org, more, status, done):
    spy = Spy()
    call_id = await waiting(org, offer(policy=ToolPolicy.ASK, **more), ToolCallStatus.RUNNING)
    outcome = await gate.carry_out(org.org_id, call_id, 5.0, spy)
    assert (outcome.status, spy.done, (await rows(org))[0].status) == (status, done, status)


async def test_a_fault_of_ours_leaves_a_call_uncertain_and_the_turn_alive(db, org):
    outcome = await gate.call(offer(), {}, CallSetting(org.org_id), "key", 5.0, Spy(RuntimeError("a bug")))
    assert (outcome.status, (await rows(org))[0].status) == ("uncertain", "uncertain")


async def test_one_wish_is_called_once_and_its_answer_told_again(db, org):
    spy = Spy()
    told = [await gate.call(offer(), {}, CallSetting(org.org_id), "key", 5.0, spy) for _ in range(2)]
    assert (spy.done, [one.data for one in told]) == (1, [{"n": 1}, {"n": 1}])


@pytest.mark.parametrize("data", ["half \ud800 and \x00 nothing", {"a\x00": ["b\x00", "\ud800"]}], ids=["text", "deep"])
async def test_an_answer_the_database_cannot_store_is_cleaned_and_the_call_ends(db, org, data):
    async def work(call_id, limit_s):
        return Outcome(call_id, ToolCallStatus.OK, "", data, result="answered \x00")

    outcome = await gate.call(offer(), {}, CallSetting(org.org_id), "key", 5.0, work)
    again = await gate.call(offer(), {}, CallSetting(org.org_id), "key", 5.0, work)
    (stored,) = await rows(org)
    assert (stored.status, stored.result) == ("ok", "answered ")
    assert outcome.data == again.data == ({"a": ["b", "?"]} if isinstance(data, dict) else "half ? and  nothing")


async def test_a_refusal_the_database_cannot_store_ends_the_call_too(db, org):
    spy = Spy(VendorError("The shop said \x00 no.", vendor="shop"))
    await gate.call(offer(), {}, CallSetting(org.org_id), "key", 5.0, spy)
    assert [(one.status, one.result) for one in await rows(org)] == [("failed", "The shop said  no.")]
