"""People edit a draft that customers see nothing of; nobody's change is lost; what is published has a number."""

from operator import attrgetter

import pytest
from sqlmodel import select

from backend.agents import fields
from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentVersion
from backend.models.platform import AuditEntry
from backend.vocab import MemberRole


@pytest.fixture
async def agent(db, org):
    with org.scope():
        async with unit_of_work() as session:
            return await agents.create(session, org.owner, "text", "Ava", greeting="Hi")


async def run(org, action, *args, by=None, **more):
    with org.scope():
        async with unit_of_work() as session:
            return await action(session, by or org.owner, *args, **more)


async def read(org, action, *args):
    with org.scope():
        async with unit_of_work() as session:
            return await action(session, *args)


def ben(org, role=MemberRole.EDITOR) -> Principal:
    return Principal(org.owner.user_id, org.org_id, "Ben Bold", "ben@example.com", role)


async def test_a_new_agent_is_published_as_version_one(agent, org):
    (first,) = await read(org, agents.version_rows, agent.id)
    assert (first["number"], first["is_live"], first["publisher"]) == (1, True, org.owner.name)


async def test_an_edit_changes_the_draft_and_not_what_customers_get(agent, org):
    edited = await run(org, agents.edit, agent.id, {"greeting": "Hello", "agent_volume": 1.5})
    assert (edited.greeting, edited.version) == ("Hi", 1)
    draft = agents.draft(edited)
    assert (draft["greeting"], draft["agent_volume"]) == ("Hello", 1.5)
    assert agents.view(edited)["agent_volume"] == 1.0


async def test_an_edit_taken_back_by_hand_leaves_no_draft(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"})
    edited = await run(org, agents.edit, agent.id, {"greeting": "Hi"})
    assert edited.draft == {}


async def test_the_second_editor_of_a_field_is_refused_and_offered_both_values(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"}, {"greeting": "Hi"}, by=ben(org))
    with pytest.raises(Conflict) as refused:
        await run(org, agents.edit, agent.id, {"greeting": "Welcome"}, {"greeting": "Hi"})
    assert (refused.value.code, refused.value.field) == ("changed_meanwhile", "greeting")
    assert refused.value.details["changed_by"] == "Ben Bold"
    assert (refused.value.details["theirs"], refused.value.details["yours"]) == ("Hello", "Welcome")
    assert agents.draft(await read(org, agents.get, agent.id))["greeting"] == "Hello"


async def test_editors_of_different_fields_both_win(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"}, {"greeting": "Hi"}, by=ben(org))
    await run(org, agents.edit, agent.id, {"owner_name": "Ana"}, {"owner_name": ""})
    draft = agents.draft(await read(org, agents.get, agent.id))
    assert (draft["greeting"], draft["owner_name"]) == ("Hello", "Ana")


async def test_two_who_write_the_same_do_not_collide(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"}, {"greeting": "Hi"}, by=ben(org))
    edited = await run(org, agents.edit, agent.id, {"greeting": " Hello "}, {"greeting": "Hi"})
    assert agents.draft(edited)["greeting"] == "Hello"


async def test_of_several_changes_none_is_stored_when_one_collides(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"}, by=ben(org))
    with pytest.raises(Conflict):
        await run(org, agents.edit, agent.id, {"owner_name": "Ana", "greeting": "Yo"}, {"greeting": "Hi"})
    assert agents.draft(await read(org, agents.get, agent.id))["owner_name"] == ""


async def test_publishing_makes_the_draft_live_under_the_next_number_with_its_note(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello", "pii_storage": "redacted"})
    live = await run(org, agents.publish, agent.id, "Warmer  opening")
    assert (live.version, live.greeting, live.draft) == (2, "Hello", {})
    assert agents.view(live)["pii_storage"] == "redacted"
    second, first = await read(org, agents.version_rows, agent.id)
    assert (second["number"], second["note"], second["is_live"], first["is_live"]) == (2, "Warmer opening", True, False)


async def test_publishing_without_a_draft_makes_no_version(agent, org):
    assert (await run(org, agents.publish, agent.id)).version == 1


async def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(agent, org):
    looked_at = await run(org, agents.edit, agent.id, {"greeting": "Hello"})
    await run(org, agents.edit, agent.id, {"owner_name": "Ben"}, by=ben(org))
    with pytest.raises(Conflict) as refused:
        await run(org, agents.publish, agent.id, "", looked_at.draft_revision)
    assert refused.value.details["changed_by"] == "Ben Bold"


async def test_a_discarded_draft_is_gone(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"})
    left = await run(org, agents.discard_draft, agent.id)
    assert (left.draft, agents.draft(left)["greeting"]) == ({}, "Hi")


async def test_an_old_version_is_published_again_under_a_new_number(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello", "agent_volume": 2})
    await run(org, agents.publish, agent.id)
    await run(org, agents.edit, agent.id, {"owner_name": "Ana"})
    back = await run(org, agents.roll_back, agent.id, 1)
    assert (back.version, back.greeting, agents.view(back)["agent_volume"]) == (3, "Hi", 1.0)
    assert back.draft == {"owner_name": "Ana"}
    newest = (await read(org, agents.version_rows, agent.id))[0]
    assert (newest["number"], newest["restored_from"]) == (3, 1)


async def test_a_version_that_never_was_cannot_be_brought_back(agent, org):
    with pytest.raises(NotFound):
        await run(org, agents.roll_back, agent.id, 9)


async def test_a_program_changes_the_live_agent_and_leaves_the_draft(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello", "owner_name": "Ana"})
    live = await run(org, agents.update, agent.id, greeting="Good day", owner_name="Ana")
    assert (live.version, live.greeting) == (2, "Good day")
    assert live.draft == {"greeting": "Hello"}


async def test_any_two_versions_and_the_draft_can_be_compared(agent, org):
    await run(org, agents.edit, agent.id, {"system_prompt": "One\nTwo\nThree", "temperature": 0.1})
    await run(org, agents.publish, agent.id)
    await run(org, agents.edit, agent.id, {"system_prompt": "One\nTwo and a half\nThree"})
    by_field = {change["field"]: change for change in await read(org, agents.compare, agent.id, 1, 2)}
    assert (by_field["temperature"]["before"], by_field["temperature"]["after"]) == (0.7, 0.1)
    (only,) = await read(org, agents.compare, agent.id, 2, 0)
    assert [(line["mark"], line["text"]) for line in only["lines"]] == [
        (" ", "One"),
        ("-", "Two"),
        ("+", "Two and a half"),
        (" ", "Three"),
    ]


async def test_long_stretches_that_agree_are_left_out_of_a_comparison(agent, org):
    many = [f"Rule {place}" for place in range(40)]
    await run(org, agents.update, agent.id, system_prompt="\n".join(many))
    many[20] = "Another rule"
    await run(org, agents.edit, agent.id, {"system_prompt": "\n".join(many)})
    (change,) = await read(org, agents.compare, agent.id, 2, 0)
    marks = "".join(line["mark"] for line in change["lines"])
    assert marks == "…   -+   "


async def test_a_version_from_before_versions_were_kept_is_recorded_when_it_is_needed(agent, org):
    with org.scope():
        async with unit_of_work() as session:
            for row in (await session.exec(select(AgentVersion).where(AgentVersion.agent_id == agent.id))).all():
                await session.delete(row)
    await run(org, agents.update, agent.id, greeting="Hello")
    assert [row["number"] for row in await read(org, agents.version_rows, agent.id)] == [2, 1]
    assert (await run(org, agents.roll_back, agent.id, 1)).greeting == "Hi"


async def test_support_may_not_draft_publish_or_roll_back(agent, org):
    support = ben(org, MemberRole.SUPPORT)
    for action, args in (
        (agents.edit, ({"greeting": "x"},)),
        (agents.publish, ()),
        (agents.discard_draft, ()),
        (agents.roll_back, (1,)),
        (agents.restore, ()),
        (agents.export_file, ()),
    ):
        with pytest.raises(NotAllowed):
            await run(org, action, agent.id, *args, by=support)


async def test_another_organizations_versions_do_not_exist(agent, org, make_org):
    stranger = await make_org("Elsewhere")
    for action, args in (
        (agents.edit, ({"greeting": "x"},)),
        (agents.publish, ()),
        (agents.roll_back, (1,)),
        (agents.restore, ()),
        (agents.export_file, ()),
    ):
        with pytest.raises(NotFound):
            await run(stranger, action, agent.id, *args)
    with pytest.raises(NotFound):
        await read(stranger, agents.compare, agent.id, 1, 1)


async def test_publishing_and_rolling_back_are_in_the_audit_log(agent, org):
    await run(org, agents.edit, agent.id, {"greeting": "Hello"})
    await run(org, agents.publish, agent.id)
    await run(org, agents.roll_back, agent.id, 1)
    with org.scope():
        async with unit_of_work() as session:
            found = (await session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(agent.id)))).all()
    actions = {entry.action.split(":")[-1] for entry in found}
    assert {"created", "published", "rolled_back"} <= actions


name_of = attrgetter("name")


@pytest.mark.parametrize("field", [field for field in fields.ALL if field.kind in ("range", "whole")], ids=name_of)
def test_a_number_is_taken_at_its_bounds_and_refused_beyond(field):
    kind = int if field.kind == "whole" else float
    for good in (field.low, field.high, field.default):
        assert field.check(kind(good), field.name) == good
    for bad in (field.low - 1, field.high + 1, "1", True, None, float("nan")):
        with pytest.raises(Invalid) as refused:
            field.check(bad, field.name)
        assert refused.value.field == field.name


@pytest.mark.parametrize("field", [field for field in fields.ALL if field.kind == "choice"], ids=name_of)
def test_a_choice_takes_its_options_and_nothing_else(field):
    assert [field.check(option, field.name) for option in field.options] == list(field.options)
    for bad in ("something-else", 1, ["off"]):
        with pytest.raises(Invalid):
            field.check(bad, field.name)


@pytest.mark.parametrize(
    "field", [field for field in fields.ALL if field.group not in ("identity", "prompt")], ids=name_of
)
def test_the_default_of_a_field_is_one_it_takes(field):
    if field.name != "llm_model":
        assert field.check(field.default, field.name) == field.default


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("voice_id", "somebody"),
        ("voice_id", ""),
        ("end_call_phrases", ["x" * 121]),
        ("end_call_phrases", [1]),
        ("transfer_phone_number", "call me"),
        ("vocabulary", "x" * 1001),
        ("calls_schedule", {"mon": [["9", "10"]]}),
        ("holidays", [{"date": "2026-02-30"}]),
        ("holidays", [{"date": "2026-12-25", "hours": [["9:00", "10:00"]]}]),
        ("holidays", [{"date": "2026-12-25", "is_yearly": "yes"}]),
        ("holidays", [{"date": "2026-12-25", "is_yearly": True}, {"date": "2027-12-25", "is_yearly": True}]),
        ("holidays", ["2026-12-25"]),
        ("holidays", [{"date": "2026-12-25", "name": "x" * 61}]),
    ],
)
async def test_bad_values_of_a_draft_are_refused_by_field(agent, org, field, bad):
    with pytest.raises(Invalid) as refused:
        await run(org, agents.edit, agent.id, {"greeting": "half", field: bad})
    assert refused.value.field == field
    assert (await read(org, agents.get, agent.id)).draft == {}


def test_voices_are_known_by_every_spelling_of_the_reference_product():
    sarah = fields.BY_NAME["voice_id"].default
    check = fields.BY_NAME["voice_id"].check
    assert check(f"11labs-{sarah}", "voice_id") == check("sarah", "voice_id") == sarah
    assert check("alloy", "voice_id") == check("openai-alloy", "voice_id") == "openai-alloy"


async def test_trying_an_agent_tries_its_draft(desk, script):
    script.says("Yes.")
    await run(desk.org, agents.edit, desk.agent.id, {"system_prompt": "You are a pirate."})
    turn = await agents.try_message(desk.org.owner, desk.agent.id, "Hello")
    assert turn["prompt"].startswith("You are a pirate.")
    assert await desk.ask("Hello") == "Yes."
    (real,) = await desk.turns()
    assert "pirate" not in real.prompt
    await run(desk.org, agents.publish, desk.agent.id)
    await desk.ask("Hello again")
    assert (await desk.turns())[1].prompt.startswith("You are a pirate.")
    assert [turn.agent_version for turn in await desk.turns()] == [1, 2]


async def test_tone_and_special_words_reach_the_prompt_and_the_usual_tone_adds_nothing(agent, org):
    plain = await read(org, agents.preview_prompt, agent.id)
    await run(org, agents.edit, agent.id, {"response_style": "formal", "vocabulary": "Invisalign, Dr. Nguyen"})
    prompt = await read(org, agents.preview_prompt, agent.id)
    assert "Write formally" in prompt
    assert "Invisalign, Dr. Nguyen" in prompt
    assert "tone" not in plain


@pytest.mark.parametrize(("channel", "words"), [("sms", "text message"), ("chat", "website"), ("email", "email")])
async def test_trying_an_agent_follows_the_rules_of_the_channel(desk, script, channel, words):
    script.says("Yes.")
    turn = await agents.try_message(desk.org.owner, desk.agent.id, "Hello", (), channel)
    rules = turn["prompt"].split("## Rules of this channel")[1]
    assert words in rules.split("\n")[2]


async def test_an_agent_cannot_be_tried_on_a_call(desk, script):
    with pytest.raises(Invalid):
        await agents.try_message(desk.org.owner, desk.agent.id, "Hello", (), "call")
