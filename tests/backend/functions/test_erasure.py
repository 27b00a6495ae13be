"""Erasing a person takes the calls that were tried with what is theirs, and leaves the others."""

from sqlmodel import select

from backend.core.ids import new_id
from backend.core.personal_data import Person
from backend.core.tenancy import unit_of_work
from backend.functions import erasure
from backend.models.functions import ToolCall


async def test_tries_that_name_the_person_go_wherever_they_name_them(db, org):
    theirs = [
        {"arguments": {"phone": "+14155559111"}},
        {"request": {"url": "https://a.example/?phone=+14155559111"}},
        {"result": "Order of +14155559111"},
        {"told": {"data": {"phone": "+14155559111"}}},
    ]
    with org.scope():
        async with unit_of_work() as session:
            for given in (*theirs, {"result": "nobody's"}):
                session.add(ToolCall(org_id=org.org_id, key=str(new_id()), name="look_up", authority="policy", **given))
            await session.flush()
            person = Person(org.org_id, (), ("+14155559111",), (), ())
            assert await erasure._tries(session, person) == len(theirs)
            (left,) = (await session.exec(select(ToolCall).where(ToolCall.org_id == org.org_id))).all()
    assert left.result == "nobody's"
