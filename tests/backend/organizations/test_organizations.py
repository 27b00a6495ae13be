"""Organizations: their facts, and who may change them."""

import pytest

from backend.core.errors import Invalid, NotAllowed
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.organizations import service as organizations
from backend.vocab import MemberRole


async def update(org, who=None, **changes):
    with org.scope():
        async with unit_of_work() as session:
            await organizations.update(session, who or org.owner, **changes)
            return await organizations.details(session, org.owner)


async def test_an_owner_changes_the_facts_one_at_a_time(db, org):
    assert (await update(org, name="  South   Dental "))["name"] == "South Dental"
    assert (await update(org, country="ca"))["country"] == "CA"
    row = await update(org, timezone="America/Vancouver")
    assert (row["name"], row["country"], row["timezone"]) == ("South Dental", "CA", "America/Vancouver")


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.SUPPORT])
async def test_others_change_nothing(db, org, role):
    who = Principal(org.owner.user_id, org.org_id, "Leo", "leo@example.com", role)
    with pytest.raises(NotAllowed):
        await update(org, who, name="Mine now")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 81),
        ("name", "a\u0000b"),
        ("country", "XX"),
        ("country", ""),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
    ],
)
async def test_a_bad_fact_names_its_field(db, org, field, value):
    with pytest.raises(Invalid) as refusal:
        await update(org, **{field: value})
    assert refusal.value.field == field


def test_places_are_found_by_the_beginning_of_any_word():
    assert [row["value"] for row in organizations.find_countries("united st")] == ["US"]
    assert [row["value"] for row in organizations.find_countries("cote")] == ["CI"]
    assert [row["value"] for row in organizations.find_timezones("vancouver")] == ["America/Vancouver"]
    assert [row["value"] for row in organizations.find_timezones("", "Europe/Rome")] == ["Europe/Rome"]
    assert organizations.find_timezones("<script>") == []
