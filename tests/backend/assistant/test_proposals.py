"""What the assistant proposes happens when its person confirms it: exactly that, once, in time, as they may."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.assistant import service as assistant
from backend.compliance import service as compliance
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.tenancy import unit_of_work
from backend.messaging import service as messaging
from backend.models.assistant import AssistantProposal
from backend.vocab import MemberRole

DANA = "+14155550188"


def text_to(who: str, message: str = "We open at nine.", **more: str) -> list:
    return [("send_text", {"recipient": who, "message": message, **more})]


async def proposed(office, model, calls, question="Text Dana that we open at nine."):
    model.says(calls, "Please confirm it.")
    answer = await office.ask(question)
    assert len(answer["proposals"]) == 1, answer["tools"]
    return answer["proposals"][0]


async def test_a_text_is_shown_first_and_sent_when_confirmed(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    assert (shown["kind"], shown["status"]) == ("send_text", "pending")
    assert (shown["to_name"], shown["to_number"]) == ("Dana Ruiz", "(415) 555-0188")
    assert (shown["from_number"], shown["body"], shown["segments"]) == ("(415) 555-0132", "We open at nine.", 1)
    assert not shown["is_unnamed"]
    assert await office.texts() == []
    done = await office.confirm(shown["id"])
    (sent,) = await office.texts()
    assert (sent.recipient_number, sent.content, sent.sent_by_user_id) == (
        DANA,
        "We open at nine.",
        office.org.owner.user_id,
    )
    assert done["status"] == "done"
    assert done["link"] == f"/inbox/{sent.conversation_id}"


async def test_confirming_twice_sends_once(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    first = await office.confirm(shown["id"])
    assert await office.confirm(shown["id"]) == first
    assert len(await office.texts()) == 1


async def test_a_proposal_that_waited_too_long_does_nothing(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    await age(office, shown["id"])
    with pytest.raises(Conflict) as refused:
        await office.confirm(shown["id"])
    assert refused.value.code == "proposal_expired"
    assert (await office.read())[-1]["proposals"][0]["status"] == "expired"
    assert await office.texts() == []


async def test_what_was_dismissed_can_not_be_confirmed(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    with office.org.scope():
        async with unit_of_work() as session:
            gone = await assistant.dismiss(session, office.org.owner, UUID(shown["id"]))
    assert gone["status"] == "dismissed"
    with pytest.raises(Conflict):
        await office.confirm(shown["id"])
    assert await office.texts() == []


async def test_only_the_person_it_was_proposed_to_can_confirm(office, model, make_org):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    other = await make_org("Elsewhere")
    teammate = replace(office.org.owner, user_id=other.owner.user_id)
    with pytest.raises(NotFound):
        await office.confirm(shown["id"], teammate)
    with other.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await assistant.confirm(session, other.owner, UUID(shown["id"]))
            # The same person at work for another business is nobody here either.
            same = replace(office.org.owner, org_id=other.org_id)
            with pytest.raises(NotFound):
                await assistant.confirm(session, same, UUID(shown["id"]))
    with pytest.raises(NotAllowed):
        await office.confirm(shown["id"], replace(office.org.owner, is_key=True))
    assert await office.texts() == []


async def test_who_opted_out_meanwhile_is_not_texted(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana"))
    with office.org.scope():
        async with unit_of_work() as session:
            await compliance.record_carrier_opt_out(session, office.number.phone_number, DANA)
    refused = await office.confirm(shown["id"])
    assert refused["status"] == "failed"
    assert "opted out" in refused["outcome"]
    assert await office.texts() == []
    model.says(text_to("Dana"), "They left.")
    again = await office.ask("Text Dana again")
    assert again["proposals"] == []
    assert again["tools"][0]["status"] == "refused"


async def test_a_text_for_later_is_planned_for_the_moment_shown(office, model):
    await office.meet("Dana Ruiz", DANA)
    shown = await proposed(office, model, text_to("Dana", send_at="tomorrow at 9am"))
    assert shown["kind"] == "schedule_text"
    assert ", 09:00 (America/New_York)" in shown["at_words"]
    await office.confirm(shown["id"])
    with office.org.scope():
        async with unit_of_work() as session:
            planned, total = await messaging.list_actions(session)
    at = datetime.fromisoformat(planned[0]["scheduled_at"])
    assert total == 1
    assert timedelta(0) < at - clock.now() < timedelta(days=2)
    model.says([("cancel_planned_text", {"recipient": "Dana"})], "Confirm it.")
    taken = (await office.ask("Cancel the text to Dana"))["proposals"][0]
    assert (taken["kind"], taken["body"], taken["at_words"]) == ("cancel_text", "We open at nine.", shown["at_words"])
    assert (await office.confirm(taken["id"]))["status"] == "done"
    (text,) = await office.texts()
    assert text.status == "cancelled"


@pytest.mark.parametrize("when", ["tomorrow", "soon", "2020-01-01T09:00", "25:00 tomorrow", "2026-02-31 at 10:00"])
async def test_an_unclear_or_past_moment_is_asked_about(office, model, when):
    await office.meet("Dana Ruiz", DANA)
    model.says(text_to("Dana", send_at=when), "When?")
    answer = await office.ask("Text Dana later")
    assert answer["proposals"] == []
    assert answer["tools"][0]["status"] == "failed"


async def test_several_people_of_a_name_are_listed_to_choose_from(office, model):
    await office.meet("Dana Ruiz", DANA)
    await office.meet("Dana Wolf", "+14155550189")
    model.says(text_to("Dana"), "Which Dana?")
    answer = await office.ask("Text Dana that we open at nine.")
    assert answer["proposals"] == []
    assert [one["label"] for one in answer["choices"]] == ["Dana Ruiz", "Dana Wolf"]
    assert answer["choices"][1]["say"] == "(415) 555-0189"
    model.says(text_to("(415) 555-0189"), "Confirm it.")
    assert (await office.ask("(415) 555-0189"))["proposals"][0]["to_name"] == "Dana Wolf"


async def test_support_members_may_text_but_not_change_agents(office, model):
    await office.meet("Dana Ruiz", DANA)
    support = replace(office.org.owner, member_role=MemberRole.SUPPORT)
    change = [("change_agent", {"agent": "Ava", "field": "greeting", "value": "Hi!"})]
    model.says(change, "You may not.")
    answer = await office.ask("Change the greeting of Ava to Hi!", support)
    assert answer["proposals"] == []
    assert answer["tools"][0]["status"] == "refused"
    # Who loses the role between the proposal and the confirmation is refused as well.
    shown = await proposed(office, model, change, "Change the greeting of Ava to Hi!")
    refused = await office.confirm(shown["id"], support)
    assert refused["status"] == "failed"
    assert (await office.draft())["greeting"] == ""


async def test_a_change_of_an_agent_goes_into_the_draft_and_is_published_apart(office, model):
    before = (await office.draft())["system_prompt"]
    calls = [("change_agent", {"agent": "Ava", "field": "instructions", "value": "Mention parking.", "how": "add"})]
    shown = await proposed(office, model, calls, "Have Ava mention parking")
    assert [line["text"] for line in shown["lines"] if line["mark"] == "+"] == ["Mention parking."]
    await office.confirm(shown["id"])
    assert (await office.draft())["system_prompt"] == f"{before.rstrip()}\nMention parking."
    with office.org.scope():
        async with unit_of_work() as session:
            agent = await agents.get(session, office.agent.id)
            assert (agent.version, agent.system_prompt) == (1, before)
    shown = await proposed(office, model, [("publish_agent", {"agent": "Ava"})], "Publish it")
    assert any(line["text"] == "Mention parking." for line in shown["lines"])
    await office.confirm(shown["id"])
    with office.org.scope():
        async with unit_of_work() as session:
            assert (await agents.get(session, office.agent.id)).version == 2


async def test_a_change_over_somebody_elses_is_refused(office, model):
    shown = await proposed(
        office, model, [("change_agent", {"agent": "Ava", "field": "greeting", "value": "Hi!"})], "Greet with Hi!"
    )
    with office.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, office.org.owner, office.agent.id, {"greeting": "Good day"})
    refused = await office.confirm(shown["id"])
    assert refused["status"] == "failed"
    assert (await office.draft())["greeting"] == "Good day"


async def test_a_draft_that_changed_is_not_published(office, model):
    with office.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, office.org.owner, office.agent.id, {"greeting": "Good day"})
    shown = await proposed(office, model, [("publish_agent", {"agent": "Ava"})], "Publish Ava")
    with office.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, office.org.owner, office.agent.id, {"greeting": "Something else"})
    assert (await office.confirm(shown["id"]))["status"] == "failed"


async def test_a_call_is_made_by_an_agent_once_it_is_confirmed(office, model):
    await office.meet("Dana Ruiz", DANA)
    await office.speaker("Vera")
    about = [("place_call", {"contact": "Dana", "agent": "Vera", "reason": "the crown is ready"})]
    shown = await proposed(office, model, about, "Have Vera call Dana: the crown is ready")
    assert (shown["kind"], shown["agent_name"], shown["body"]) == ("place_call", "Vera", "the crown is ready")
    assert await office.calls() == []
    for _ in range(2):
        done = await office.confirm(shown["id"])
    (call,) = await office.calls()
    assert (call.caller_number, call.purpose, call.direction) == (DANA, "the crown is ready", "outbound")
    assert done["link"] == f"/inbox/{call.conversation_id}"


async def test_nobody_is_called_where_no_agent_speaks_or_who_asked_for_no_calls(office, model):
    await office.meet("Dana Ruiz", DANA)
    model.says([("place_call", {"contact": "Dana", "agent": "Ava"})], "Ava cannot.")
    answer = await office.ask("Call Dana")
    assert (answer["tools"][0]["status"], answer["proposals"]) == ("refused", [])


async def test_a_callback_comes_back_in_time(office, model):
    dana = await office.meet("Dana Ruiz", DANA)
    calls = [("plan_callback", {"contact": "Dana", "when": "tomorrow at 10:00", "reason": "the invoice"})]
    shown = await proposed(office, model, calls, "Remind me to call Dana tomorrow at 10:00 about the invoice")
    assert (shown["kind"], shown["body"]) == ("plan_callback", "the invoice")
    await office.confirm(shown["id"])
    with office.org.scope():
        async with unit_of_work() as session:
            row = await conversations.row(session, await conversations.of_contact(session, UUID(str(id_of(dana)))))
            assert (row.row["status"], row.row["assignee_id"]) == ("snoozed", str(office.org.owner.user_id))
            items = await conversations.timeline(session, UUID(row.row["id"]))
    assert "Call back: the invoice" in [item["body"] for item in items]


async def test_a_number_of_another_business_can_not_send(office, model, make_org):
    await office.meet("Dana Ruiz", DANA)
    model.says(text_to("Dana", from_number="+12125550100"), "That is not ours.")
    answer = await office.ask("Text Dana from +1 212 555 0100")
    assert answer["proposals"] == []
    assert answer["tools"][0]["status"] == "refused"


def id_of(contact) -> str:
    return contact["id"] if isinstance(contact, dict) else contact.id


async def age(office, proposal_id: str) -> None:
    with office.org.scope():
        async with unit_of_work() as session:
            found = await session.get(AssistantProposal, UUID(proposal_id))
            found.expires_at = clock.now() - timedelta(seconds=1)
            session.add(found)
