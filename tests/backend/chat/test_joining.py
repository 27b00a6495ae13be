"""Who a visitor is becomes known in the middle of a chat, or is only claimed: what moves, and who goes on answering."""

from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.tenancy import unit_of_work
from backend.models.alerts import SemanticMatch, SemanticMatchAction
from backend.models.conversations import Conversation, ConversationItem, ConversationUnread
from backend.vocab import AnswerMode, AuthorKind, ConversationStatus, ItemKind
from tests.backend.chat.conftest import Visitor

DANA = "dana@example.com"


async def known(desk, visitor):
    """Return the browser of a customer whom the site vouches for, who has written already."""
    dana = Visitor(visitor.url, visitor.key)
    await dana.open(email=DANA, name="Dana", hash=chat.identity_seal(desk.widget.identity_secret, DANA))
    assert (await dana.say("Do you take my insurance?")).is_success
    return dana


async def conversation_of(desk, email):
    with desk.org.scope():
        async with unit_of_work() as session:
            contact_id = next(one.id for one in await desk.contacts() if one.email == email)
            return await conversations.for_contact(session, contact_id)


async def said_in(desk, conversation_id):
    """Return what was said in a conversation, in order, and check that its lines are counted without a gap."""
    lines = await desk.timeline(conversation_id)
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    return [line["body"] for line in lines if line["kind"] == ItemKind.MESSAGE]


async def test_who_only_claims_to_be_a_customer_pauses_their_own_chat_and_nothing_else(
    desk, visitor, sandbox, run_jobs
):
    dana = await known(desk, visitor)
    await visitor.open(email=DANA)
    await visitor.say("Can I talk to a person please?")
    await run_jobs()
    talk = await conversation_of(desk, DANA)
    assert (conversations.answering(talk), talk.needs_person) == (AnswerMode.AI, True)
    assert (await visitor.open())["state"]["mode"] == "human"
    before = len(await visitor.read())
    await visitor.say("Hello?")
    await run_jobs()
    assert len(await visitor.read()) == before + 1
    answers = len(await dana.read())
    await dana.say("How much is a cleaning?")
    await run_jobs()
    assert len(await dana.read()) == answers + 2
    with desk.org.scope():
        async with unit_of_work() as session:
            owner = Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)
            await conversations.set_answer_mode(session, talk.id, AnswerMode.AI, owner)
    assert (await desk.timeline(talk.id))[-1]["body"] == "Ana Silva handed back to the agent"
    await visitor.say("Hello again")
    await run_jobs()
    assert (await visitor.read())[-1]["who"] == "ai"
    assert not (await conversation_of(desk, DANA)).needs_person


async def test_a_persons_reply_goes_to_the_chat_they_had_read_and_not_to_whoever_wrote_since(desk, visitor):
    dana = await known(desk, visitor)
    talk = await conversation_of(desk, DANA)
    seen = talk.last_seq
    await visitor.open(email=DANA)
    await visitor.say("Now tell me her number")
    await desk.reply(talk.id, "We do take it, Dana", seen_seq=seen)
    assert [line["text"] for line in await visitor.read()] == ["Now tell me her number"]
    assert (await dana.read())[-1]["text"] == "We do take it, Dana"


async def test_what_a_visitor_wrote_before_they_were_known_moves_to_their_conversation_in_order_and_once(desk, visitor):
    dana = await known(desk, visitor)
    await visitor.open()
    await visitor.say("two")
    await dana.say("three")
    await visitor.say("four")
    await visitor.open(email=DANA)
    await visitor.say("five")
    [talk] = await desk.all(Conversation)
    assert await said_in(desk, talk.id) == ["Do you take my insurance?", "two", "three", "four", "five"]
    assert [line["text"] for line in await visitor.read()] == ["two", "four", "five"]
    assert {message.conversation_id for message in await desk.messages()} == {talk.id}
    # A second look at the same page moves nothing again.
    await visitor.open(email=DANA)
    assert len(await said_in(desk, talk.id)) == 5
    # Nobody proved that it was Dana: what moved is told from her own words.
    is_doubtful = {line["body"]: "is_unverified" in line["data"] for line in await desk.timeline(talk.id)}
    assert [is_doubtful[word] for word in ("two", "four", "five", "three")] == [True, True, True, False]


async def test_a_corrected_address_takes_its_chat_along_and_leaves_the_rest(desk, visitor):
    await known(desk, visitor)
    other = Visitor(visitor.url, visitor.key)
    await other.open(email="dana@exmaple.com")
    await other.say("I was here first")
    await visitor.open(email="dana@exmaple.com")
    await visitor.say("My tooth hurts")
    await other.say("And I still am")
    await visitor.open(email=DANA)
    await visitor.say("Today if possible")
    right, wrong = await conversation_of(desk, DANA), await conversation_of(desk, "dana@exmaple.com")
    assert (await said_in(desk, right.id))[1:] == ["My tooth hurts", "Today if possible"]
    assert await said_in(desk, wrong.id) == ["I was here first", "And I still am"]
    assert (right.last_preview, wrong.last_preview) == ("Today if possible", "And I still am")


async def test_what_an_alert_heard_in_a_chat_goes_along_with_it(desk, visitor):
    await known(desk, visitor)
    other = Visitor(visitor.url, visitor.key)
    await other.open(email="dana@exmaple.com")
    await other.say("I was here first")
    await visitor.open(email="dana@exmaple.com")
    await visitor.say("My tooth hurts")
    heard = next(one for one in await desk.all(ConversationItem) if one.body == "My tooth hurts")
    with desk.org.scope():
        async with unit_of_work() as session:
            alert = SemanticMatchAction(
                org_id=desk.org.org_id, agent_id=desk.agent.id, name="Pain", topic="Pain", threshold=0.4,
                action_type="email",
            )  # fmt: skip
            session.add(alert)
            await session.flush()
            where = {"conversation_id": heard.conversation_id, "item_id": heard.id}
            session.add(SemanticMatch(org_id=desk.org.org_id, action_id=alert.id, score=0.9, **where))
    await visitor.open(email=DANA)
    [match] = await desk.all(SemanticMatch)
    assert match.conversation_id == (await conversation_of(desk, DANA)).id != heard.conversation_id


async def test_people_who_answer_a_chat_go_on_when_its_visitor_says_who_they_are(desk, visitor, sandbox, run_jobs):
    await known(desk, visitor)
    await visitor.open()
    await visitor.say("Can I talk to a person please?")
    await run_jobs()
    await visitor.open(email=DANA)
    talk = await conversation_of(desk, DANA)
    assert (conversations.answering(talk), talk.needs_person) == (AnswerMode.AI, True)
    assert (await visitor.open())["state"]["mode"] == "human"
    before = len(await visitor.read())
    await visitor.say("Are you there?")
    await run_jobs()
    assert len(await visitor.read()) == before + 1


async def test_a_chat_that_moves_is_open_and_unread_where_it_goes_and_shows_nothing_of_whom_it_left(desk, visitor):
    dana = await known(desk, visitor)
    other = Visitor(visitor.url, visitor.key)
    await other.open(email="dana@exmaple.com")
    await other.say("I was here first")
    owner = desk.org.owner.user_id
    right, wrong = await conversation_of(desk, DANA), await conversation_of(desk, "dana@exmaple.com")
    with desk.org.scope():
        async with unit_of_work() as session:
            right = await conversations.locked(session, right.id)
            right.status = ConversationStatus.CLOSED
            await conversations.mark_read(session, right.id, owner)
            await conversations.mark_read(session, wrong.id, owner)
    await visitor.open(email="dana@exmaple.com")
    await visitor.say("My tooth hurts")
    await other.say("My PIN is 4711")
    await visitor.open(email=DANA)
    right, wrong = await conversation_of(desk, DANA), await conversation_of(desk, "dana@exmaple.com")
    assert (right.status, right.last_preview) == (ConversationStatus.OPEN, "My tooth hurts")
    assert wrong.last_preview == "My PIN is 4711"
    unread = {one.conversation_id: one.unread_count for one in await desk.all(ConversationUnread)}
    assert unread == {right.id: 1, wrong.id: 1}
    assert len(await dana.read()) == 1


async def test_what_colleagues_decided_and_noted_about_a_visitor_goes_along(desk, visitor, sandbox, run_jobs):
    await known(desk, visitor)
    await visitor.open()
    await visitor.say("one")
    with desk.org.scope():
        async with unit_of_work() as session:
            stranger = (await desk.contacts())[-1]
            stranger.notes, stranger.city = "Prefers mornings", "Porto"
            session.add(stranger)
            talk = await conversations.for_contact(session, stranger.id)
            talk.answer_mode = AnswerMode.DRAFT
            session.add(talk)
    await visitor.open(email=DANA)
    [dana] = [one for one in await desk.contacts() if one.email == DANA]
    assert (dana.name, dana.notes, dana.city) == ("Dana", "Prefers mornings", "Porto")
    talk = await conversation_of(desk, DANA)
    assert (conversations.answering(talk), talk.needs_person) == (AnswerMode.AI, True)
    await visitor.say("two")
    await run_jobs()
    assert all(line["who"] == "visitor" for line in await visitor.read())
