"""What a business wrote is cut, embedded and found again, by its own agents alone."""

from uuid import UUID

import pytest
from sqlmodel import select, text, update

from backend.core.config import settings
from backend.core.errors import Invalid, NotAllowed, NotFound, VendorError
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import queries
from backend.knowledge import service as knowledge
from backend.knowledge.words import search_words
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeChunk, KnowledgeSource
from backend.vocab import MemberRole

HOURS = "We open Monday to Friday from 9:00 to 17:00 and on Saturday from 10:00 to 14:00."
PRICES = "A cleaning costs $120. Whitening costs $350 and takes one hour."
PARKING = "Free parking stands behind the building, entrance on Mill Lane."
REFERENCE = "Our registration code with the dental board is QX-7741."


async def agent_of(org) -> UUID:
    async with unit_of_work() as session:
        agent = AgentConfig(org_id=org.org_id, name="Ava")
        session.add(agent)
        return agent.id


async def teach(org, title: str, content: str, agent_id: UUID | None = None) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            source = await knowledge.add_text(session, org.owner, title, content, agent_id)
        await knowledge_jobs.index(str(org.org_id), str(source.id))
    return source.id


async def found(org, question: str, agent_id: UUID | None = None) -> list[str]:
    with org.scope():
        vector = await knowledge.vector_of(question)
        async with unit_of_work() as session:
            return [passage.title for passage in await knowledge.search(session, question, agent_id, vector=vector)]


async def test_the_passage_that_answers_comes_first(db, org):
    for title, content in (("Hours", HOURS), ("Prices", PRICES), ("Parking", PARKING)):
        await teach(org, title, content)
    assert (await found(org, "When do you open in the morning?"))[0] == "Hours"
    assert (await found(org, "how much is whitening"))[0] == "Prices"
    assert (await found(org, "where can I leave my car"))[0] == "Parking"


async def test_words_find_what_meaning_does_not(db, org):
    await teach(org, "Hours", HOURS)
    await teach(org, "Registration", REFERENCE)
    with org.scope():
        async with unit_of_work() as session:
            passages = await knowledge.search(session, "QX-7741?", None, vector=None)
    assert [passage.title for passage in passages] == ["Registration"]
    assert passages[0].ranks == {"words": 1}


async def test_both_ways_of_searching_are_merged(db, org):
    await teach(org, "Hours", HOURS)
    with org.scope():
        vector = await knowledge.vector_of("On Saturday, when do you open?")
        async with unit_of_work() as session:
            passage = (await knowledge.search(session, "On Saturday, when do you open?", None, vector=vector))[0]
    assert passage.ranks == {"meaning": 1, "words": 1}
    assert passage.score == pytest.approx(1 / 11 + 0.5 / 11, abs=1e-6)
    assert passage.content == HOURS


async def test_another_organization_never_finds_it(db, org, make_org):
    await teach(org, "Hours", HOURS)
    stranger = await make_org("Elsewhere")
    assert await found(org, "opening hours on Saturday") == ["Hours"]
    assert await found(stranger, "opening hours on Saturday") == []


async def test_an_agent_reads_its_own_texts_and_those_of_all_agents_only(db, org):
    with org.scope():
        ava, ben = await agent_of(org), await agent_of(org)
    await teach(org, "Everybody", HOURS)
    await teach(org, "Only Ben", "On Saturday Ben opens the night shift at 23:00.", ben)
    assert await found(org, "Saturday opening", ava) == ["Everybody"]
    assert set(await found(org, "Saturday opening", ben)) == {"Everybody", "Only Ben"}
    assert await found(org, "Saturday opening") == ["Everybody"]


async def test_the_index_path_of_large_organizations_finds_the_same(db, org, monkeypatch):
    for title, content in (("Hours", HOURS), ("Prices", PRICES), ("Parking", PARKING)):
        await teach(org, title, content)
    monkeypatch.setattr("backend.knowledge.queries.EXACT_BELOW", 0)
    assert (await found(org, "where can I leave my car"))[0] == "Parking"


async def test_what_waits_for_its_crawl_is_not_measured_and_what_goes_live_is(db, org):
    source_id = await teach(org, "Parking", PARKING)

    async def set_live(is_live: bool) -> list[UUID]:
        with org.scope():
            async with unit_of_work() as session:
                await session.execute(update(KnowledgeChunk).values(is_live=is_live))
            vector = await knowledge.vector_of("where can I leave my car")
            async with unit_of_work() as session:
                near = await queries.nearest(session, None, vector.space.column, vector.spelled, 5)
                stored = await queries.passages(session, org.org_id, [chunk_id for chunk_id, _ in near])
        return [one.source_id for one in stored.values()]

    assert await set_live(False) == []
    assert await set_live(True) == [source_id]


@pytest.mark.parametrize("exact_below", [0, queries.EXACT_BELOW])
async def test_how_alike_a_passage_is_does_not_depend_on_the_length_of_its_vector(db, org, exact_below):
    await teach(org, "Parking", PARKING)
    found = []
    with org.scope():
        vector = await knowledge.vector_of("where can I leave my car")
        for _ in range(2):
            async with unit_of_work() as session:
                column, spelled = vector.space.column, vector.spelled
                found += await queries.nearest(session, None, column, spelled, 5, exact_below=exact_below)
                await session.execute(
                    text("update knowledge_chunks set embedding_local = embedding_local + embedding_local")
                )
    assert len(found) == 2
    assert found[0][1] == pytest.approx(found[1][1], abs=0.001)


async def test_among_thousands_of_passages_the_one_with_the_rare_word_or_every_word_is_found(db, org):
    """More passages hold the common words than are ranked; the last ones written would not be among them."""
    source_id = await teach(org, "Rooms", "A room for one.")
    with org.scope():
        async with unit_of_work() as session:
            await session.execute(
                text(
                    "insert into knowledge_chunks (id, created_at, updated_at, org_id, source_id, is_live, chunk_index,"
                    " token_count, content) select gen_random_uuid(), now(), now(), :org, :source, true, place, 9,"
                    " case place when 3399 then 'An apple with a pear.' when 3400 then 'An apple with a durian.'"
                    " else (array['An apple a day.', 'A pear a day.'])[1 + place % 2] end"
                    " from generate_series(1, 3400) as place"
                ),
                {"org": org.org_id, "source": source_id},
            )
            await session.execute(update(KnowledgeSource).values(chunk_count=3401))
            best = {}
            for question in ("apple durian", "apple pear"):
                (first, *_) = await queries.matching(session, None, search_words(question), 40)
                best[question] = (await queries.passages(session, org.org_id, [first[0]]))[first[0]].content
    assert best == {"apple durian": "An apple with a durian.", "apple pear": "An apple with a pear."}


@pytest.fixture
def hosted(sandbox, monkeypatch):
    """Embed with the model service, as with a key: the sandbox under an address that is not known as the sandbox."""
    address = settings().openai_base_url.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(settings(), "openai_base_url", address)
    assert not settings().uses_local_embeddings
    return sandbox


async def test_with_a_key_the_model_services_vectors_are_searched(db, org, hosted):
    for title, content in (("Hours", HOURS), ("Prices", PRICES)):
        await teach(org, title, content)
    assert (await found(org, "how much is a cleaning"))[0] == "Prices"
    with org.scope():
        async with unit_of_work() as session:
            (chunk, *_) = (await session.exec(select(KnowledgeChunk))).all()
    assert chunk.embedding_local is None
    assert chunk.embedding_openai is not None


async def test_a_failed_index_leaves_the_old_passages_and_says_why(db, org, hosted):
    source_id = await teach(org, "Hours", HOURS)
    await hosted.client.put("/sandbox/faults", json=[{"target": "openai.embeddings", "kind": "error", "status": 503}])
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.update_text(session, org.owner, source_id, content="We are closed for ever.")
        with pytest.raises(VendorError):
            await knowledge_jobs.index(str(org.org_id), str(source_id))
        async with unit_of_work() as session:
            row = await knowledge.get(session, source_id)
            chunks = (await session.exec(select(KnowledgeChunk))).all()
    assert row["status"] == "failed"
    assert "tried again" in row["error"]
    assert [HOURS in chunk.content for chunk in chunks] == [True]


async def test_without_vectors_words_alone_decide(db, org, hosted):
    await teach(org, "Hours", HOURS)
    await hosted.client.put("/sandbox/faults", json=[{"target": "openai.embeddings", "kind": "error", "status": 503}])
    assert await knowledge.vector_of("Saturday") is None
    assert await found(org, "Saturday") == ["Hours"]


async def test_indexing_twice_leaves_one_set_of_passages(db, org):
    source_id = await teach(org, "Hours", HOURS)
    with org.scope():
        await knowledge_jobs.index(str(org.org_id), str(source_id))
        async with unit_of_work() as session:
            row = await knowledge.get(session, source_id)
            chunks = (await session.exec(select(KnowledgeChunk))).all()
    assert (row["status"], row["chunk_count"], len(chunks)) == ("ready", 1, 1)


async def test_a_changed_text_is_found_by_its_new_words_only(db, org):
    source_id = await teach(org, "Hours", HOURS)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.update_text(session, org.owner, source_id, content="Zebras graze in the garden.")
        await knowledge_jobs.index(str(org.org_id), str(source_id))
    assert await found(org, "zebra") == ["Hours"]
    assert await found(org, "Saturday") == []


async def test_a_removed_text_is_forgotten_at_once(db, org):
    source_id = await teach(org, "Hours", HOURS)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.remove(session, org.owner, source_id)
    assert await found(org, "opening hours") == []


async def test_the_queue_indexes_what_was_added(committed, org, run_jobs):
    with org.scope():
        async with unit_of_work() as session:
            source = await knowledge.add_text(session, org.owner, "Hours", HOURS)
        await run_jobs()
        async with unit_of_work() as session:
            rows = await knowledge.list_for_agent(session, None)
    assert [(row["id"], row["status"]) for row in rows] == [(str(source.id), "ready")]


@pytest.mark.parametrize(
    ("title", "content", "field"),
    [
        ("", "text", "title"),
        ("x" * 121, "text", "title"),
        ("title", "  \n", "content"),
        ("title", "x" * 500_001, "content"),
        ("\x00", "text", "title"),
    ],
)
async def test_bad_texts_are_refused_by_name(db, org, title, content, field):
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as refused:
                await knowledge.add_text(session, org.owner, title, content)
    assert refused.value.field == field


async def test_support_may_not_teach(db, org):
    support = Principal(org.owner.user_id, org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await knowledge.add_text(session, support, "Hours", HOURS)


async def test_another_organizations_text_or_agent_does_not_exist(db, org, make_org):
    source_id = await teach(org, "Hours", HOURS)
    with org.scope():
        agent_id = await agent_of(org)
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await knowledge.update_text(session, stranger.owner, source_id, title="Mine now")
            with pytest.raises(NotFound):
                await knowledge.remove(session, stranger.owner, source_id)
            with pytest.raises(NotFound):
                await knowledge.get(session, source_id)
            with pytest.raises(NotFound):
                await knowledge.add_text(session, stranger.owner, "t", "c", agent_id)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When do you open?", ("open:*",)),
        ("What are your prices & hours?", ("price:*", "hour:*")),
        ("are you the", ()),
        ("'); drop table x; -- :* | !", ("drop:*", "table:*")),
        ("Was kostet die Zahnreinigung?", ("kostet:*", "zahnreinigung:*")),
        ("room 12", ("room:*", "12")),
    ],
)
def test_a_question_becomes_the_words_worth_looking_for(question, words):
    assert search_words(question).stems == words


def test_a_reference_is_looked_for_as_it_is_written():
    found = search_words("Is QX-7741 ready at 10:30, or 3.5 hours later?")
    assert found.references == ("QX-7741", "10:30", "3.5")
    assert found.stems == ("ready:*", "hour:*", "later:*")
