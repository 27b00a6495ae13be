"""An agent travels as one file that people can read: nothing of it is lost, and nothing else comes along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents import fields, portable
from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge

HEAD = 'magpipe_agent = 1\nname = "Ava"\nagent_type = "text"\nsystem_prompt = "Help."\n'
TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=60)


async def made(org, **values):
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, "text", "Ava", **values)
            await knowledge.add_text(session, org.owner, "Hours", "We open\nat “nine”.", agent.id)
            return agent


async def exported(org, agent_id):
    with org.scope():
        async with unit_of_work() as session:
            return await agents.export_file(session, org.owner, agent_id)


async def imported(org, text):
    with org.scope():
        async with unit_of_work() as session:
            return await agents.import_file(session, org.owner, text)


async def test_an_exported_agent_comes_back_whole_in_another_organization(db, org, make_org):
    agent = await made(
        org,
        system_prompt='You are {{agent.name}}.\n\n"""Never""" \\ promise.\n',
        variables={"parking": "free"},
        texts_schedule={"mon": [["09:00", "17:00"]]},
        holidays=[{"date": "2026-12-25", "name": "Christmas", "is_yearly": True, "hours": []}],
        end_call_phrases=["goodbye"],
        temperature=0.35,
    )
    name, text = await exported(org, agent.id)
    assert name == "ava.agent.toml"
    stranger = await make_org("Elsewhere")
    copy = await imported(stranger, text)
    assert agents.draft(copy) == agents.draft(agent)
    assert (copy.is_active, copy.version) == (False, 1)
    with stranger.scope():
        async with unit_of_work() as session:
            (known,) = await knowledge.list_for_agent(session, copy.id)
    assert known["title"] == "Hours"


async def test_the_file_holds_no_ids_and_no_organization(db, org):
    agent = await made(org)
    _, text = await exported(org, agent.id)
    for secret in (agent.id, org.org_id, org.owner.user_id):
        assert str(secret) not in text


async def test_the_file_is_of_the_draft(db, org):
    agent = await made(org)
    with org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, org.owner, agent.id, {"greeting": "Not yet published"})
    assert 'greeting = "Not yet published"' in (await exported(org, agent.id))[1]


@given(TEXTS, TEXTS)
def test_every_text_survives_the_file(prompt, word):
    values = fields.completed({"name": "Ava", "agent_type": "text", "llm_model": "gpt-4.1"})
    values["system_prompt"], values["variables"] = f"x{prompt}x", {"word": f"x{word}x"}
    found, texts = portable.read(portable.written(values, [("Title", f"x{word}")]))
    assert found["system_prompt"] == f"x{prompt}x"
    assert found["variables"]["word"] == f"x{word}x"
    assert texts == [("Title", f"x{word}")]


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("not toml", "file", "line 1"),
        ("", "file", "magpipe_agent"),
        ('magpipe_agent = "1"\n', "file", "magpipe_agent"),
        (HEAD.replace("= 1", "= 2"), "file", "newer"),
        ("magpipe_agent = 1\n", "name", "missing"),
        (HEAD + "temperature = 3\n", "temperature", "0 to 1"),
        (HEAD + 'org_id = "x"\n', "org_id", "no field"),
        (HEAD + 'llm_model = "gpt-9"\n', "llm_model", "not on offer"),
        (HEAD + '[texts_schedule]\nmon = [["9", "10"]]\n', "texts_schedule", "not a time"),
        (HEAD + '[[knowledge]]\ntitle = "x"\n', "knowledge", "text 1"),
        (HEAD + "# " + "x" * 800_001, "file", "too large"),
        (HEAD + "x = " + "[" * 5000, "file", "cannot be read"),
    ],
)
async def test_a_bad_file_is_refused_with_its_field_or_line(db, org, text, field, words):
    with pytest.raises(Invalid) as refused:
        await imported(org, text)
    assert refused.value.field == field
    assert words in refused.value.message
    with org.scope():
        async with unit_of_work() as session:
            assert await agents.list_all(session) == []


async def test_a_date_may_stand_without_quotes(db, org):
    agent = await imported(org, HEAD + 'holidays = [{date = 2026-12-25, name = "Christmas"}]\n')
    assert agents.draft(agent)["holidays"][0]["date"] == "2026-12-25"
