"""The library of templates: whose they are, what they refuse, how they are filled, and what a preview says."""

import pytest

from backend.contacts import service as contacts
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import unit_of_work
from backend.details import service as details
from backend.details.schemas import Found
from backend.templates import service as templates
from backend.vocab import MemberRole
from tests.backend.conversations.conversing import hear, teammate

pytestmark = pytest.mark.usefixtures("db")
HOURS = {"kind": "message", "shortcut": "/Hours", "title": "", "body": "We open at 9."}
MAIL = {"kind": "email", "title": "Quote", "subject": "Your quote, {{contact.first_name|hello}}", "body": "Here it is."}
CALL = {"kind": "call", "title": "Remind", "body": "Remind them of tomorrow.", "goal": "A yes, or a new time."}


async def save(org, who, given, template_id="", **more):
    with org.scope():
        async with unit_of_work() as session:
            wanted = parse_id(template_id) if template_id else None
            return await templates.save(session, who, {**given, **more}, wanted)


async def listed(org, who, **filters):
    with org.scope():
        async with unit_of_work() as session:
            return [one["title"] for one in (await templates.templates(session, who, **filters))[0]]


async def test_templates_of_the_team_are_changed_by_editors_and_ones_own_by_nobody_else(org):
    ben = await teammate(org, "Ben", MemberRole.SUPPORT)
    shared = await save(org, org.owner, HOURS, is_shared=True)
    own = await save(org, ben, HOURS, title="My hours")
    assert (shared["shortcut"], shared["title"], own["title"]) == ("hours", "hours", "My hours")
    assert await listed(org, ben) == ["hours", "My hours"]
    assert await listed(org, org.owner) == ["hours"]
    with pytest.raises(NotAllowed):
        await save(org, ben, {}, shared["id"], body="Closed for ever")
    with pytest.raises(NotAllowed):
        await save(org, ben, {}, own["id"], is_shared=True)
    with pytest.raises(Conflict):
        await save(org, ben, HOURS)
    with pytest.raises(NotFound):
        await save(org, org.owner, {}, own["id"], body="Mine now")
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await templates.delete(session, ben, parse_id(shared["id"]))
            with pytest.raises(NotFound):
                await templates.delete(session, org.owner, parse_id(own["id"]))
            await templates.delete(session, ben, parse_id(own["id"]))
    assert await listed(org, ben) == ["hours"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({**HOURS, "shortcut": "two words"}, "shortcut"),
        ({**HOURS, "shortcut": "a" * 33}, "shortcut"),
        ({**HOURS, "shortcut": ""}, "title"),
        ({**HOURS, "title": "t" * 81}, "title"),
        ({**HOURS, "body": "  "}, "body"),
        ({**HOURS, "body": "x" * 1601}, "body"),
        ({**HOURS, "body": "Hi {{contact.first_name, welcome"}, "body"),
        ({**HOURS, "body": "{{contact.name|" + "x" * 81 + "}}"}, "body"),
        ({**MAIL, "subject": ""}, "subject"),
        ({**MAIL, "subject": "For {{contact.shoe_size}}"}, "subject"),
        ({**CALL, "goal": ""}, "goal"),
        ({**HOURS, "kind": "fax"}, "kind"),
        ({**HOURS, "is_shared": "yes"}, "is_shared"),
    ],
)
async def test_a_template_says_what_is_wrong_with_it(org, given, field):
    with pytest.raises(Invalid) as refused:
        await save(org, org.owner, given)
    assert refused.value.field == field


async def test_every_unknown_variable_is_named_and_own_fields_and_details_are_known(org):
    with pytest.raises(Invalid) as refused:
        await save(org, org.owner, HOURS, body="{{contact.shoe_size}} {{contact.name}} {{order_number}}")
    assert "{{contact.shoe_size}}, {{order_number}}" in refused.value.message
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Shoe size", "text")
            await details.save_shared(session, org.owner, {"name": "order_number", "var_type": "text"})
    made = await save(org, org.owner, HOURS, body="{{contact.shoe_size}} {{contact.name}} {{order_number}}")
    assert made["body"].endswith("{{order_number}}")


async def test_a_call_may_name_what_is_only_known_when_it_is_made_but_nothing_of_a_contact_that_is_not_there(org):
    made = await save(org, org.owner, CALL, body="Ask about {{appointment}}")
    assert made["body"] == "Ask about {{appointment}}"
    with pytest.raises(Invalid, match=r"contact\.shoe_size"):
        await save(org, org.owner, CALL, goal="Sell {{contact.shoe_size}}")


async def test_what_a_change_leaves_out_stays_and_one_call_is_chosen_first(org):
    first = await save(org, org.owner, CALL, is_shared=True, is_default=True, folder="Calls")
    changed = await save(org, org.owner, {}, first["id"], body="Ask how it went.")
    assert (changed["goal"], changed["folder"], changed["is_default"]) == (CALL["goal"], "Calls", True)
    second = await save(org, org.owner, CALL, title="Ask", is_shared=True, is_default=True)
    with org.scope():
        async with unit_of_work() as session:
            assert not (await templates.get(session, org.owner, parse_id(first["id"])))["is_default"]
    assert second["is_default"]
    own = await save(org, org.owner, CALL, title="Mine", is_default=True)
    assert not own["is_default"], "only what is the team's is chosen first for the team"


async def test_the_library_is_filtered_by_kind_folder_and_words(org):
    await save(org, org.owner, HOURS, folder="Opening")
    await save(org, org.owner, MAIL, folder="Sales")
    await save(org, org.owner, CALL)
    assert await listed(org, org.owner) == ["hours", "Quote", "Remind"]
    assert await listed(org, org.owner, kind="email") == ["Quote"]
    assert await listed(org, org.owner, folder="Opening") == ["hours"]
    assert await listed(org, org.owner, words="quote, ") == ["Quote"]
    assert await listed(org, org.owner, words="100%") == []
    with org.scope():
        async with unit_of_work() as session:
            assert await templates.folders(session, org.owner) == ["Opening", "Sales"]
            assert [one["title"] for one in await templates.messages(session, org.owner)] == ["hours"]


def test_places_are_filled_and_leave_no_gaps():
    said = "Hi {{contact.first_name}}, this is {{ me.name }} . {{other}}"
    values = {"contact.first_name": "Dana", "me.name": "Ana", "contact.phone": ""}
    assert templates.fill(said, values) == "Hi Dana, this is Ana. {{other}}"
    assert templates.fill("Hi {{contact.phone}}, hello", values) == "Hi, hello"
    assert templates.fill("Hi {{contact.phone|there}}, hello", values) == "Hi there, hello"
    assert templates.fill("Hi {{ Contact.First_Name | there }}!", values) == "Hi Dana!"
    assert templates.fill("One  two , three {{contact.phone}}   .", values) == "One two, three."
    assert templates.fill("{{me.name}}", {"me.name": "{{contact.phone}}", "contact.phone": "1"}) == "{{contact.phone}}"


async def test_a_preview_reads_as_it_will_for_a_person_and_names_what_is_missing(org):
    conversation = await hear(org, "+14155550111")
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.rename(session, conversation.contact_id, "Dana Ruiz")
            await details.save_shared(session, org.owner, {"name": "party_size", "var_type": "number"})
            await details.store(
                session,
                conversation.id,
                [Found("party_size", "number", 4, True)],
                agent_id=None,
                agent_name="",
                channel="",
            )
            body = "Hi {{contact.first_name}}, {{contact.company}} {{contact.email|no address}} {{nobody}} 👋"
            seen = await templates.preview(session, org.owner, {"body": body}, contact.id)
            values = await templates.values_for(session, org.owner, contact, conversation.id)
    assert seen.body == "Hi Dana, no address {{nobody}} 👋"
    assert (seen.missing, seen.unknown) == (("contact.company",), ("nobody",))
    assert (seen.segments, seen.is_unicode) == (1, True)
    assert templates.fill("A table for {{party_size}}", values) == "A table for 4"
