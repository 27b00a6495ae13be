"""Erasing a person: nothing of them is left anywhere, and what they refused still holds."""

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from backend import worker
from backend.compliance import service as compliance
from backend.contacts import erasing
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock, personal_data
from backend.core.config import settings
from backend.core.errors import NotAllowed, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.contacts import Contact
from backend.models.messaging import SmsMessage
from backend.models.platform import SystemEmail
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.vocab import MemberRole
from tests.tenancy.rows import Rows

NUMBER, MAIL, MARK = "+14155559111", "erase.me@example.com", "erase-me"
FILES = ("call_recordings", "message_media", "chat_files", "email_files", "outgoing_files")
# What holds nothing of a person whom the business talks with: of its own people, its settings, its agents.
NOT_PERSONAL = {
    "agent_configs", "agent_email_configs", "agent_skills", "agent_versions", "api_keys", "bulk_actions",
    "calendar_connections",
    "chat_widgets", "clock_ticks", "contact_fields", "contact_imports", "erasures", "function_secrets",
    "inbox_preferences", "knowledge_chunks", "knowledge_crawls", "knowledge_pages", "knowledge_sources",
    "ledger_entries",
    "knowledge_vectors",
    "mcp_servers",
    "message_templates", "notification_preferences", "one_time_codes", "organization_members", "organizations",
    "rate_counters", "saved_views", "semantic_match_actions", "service_numbers", "shared_details",
    "shared_functions", "skill_runs", "tags", "team_members", "teams", "test_rounds", "test_suites",
    "user_sessions", "users", "vendor_cursors",
}  # fmt: skip


def test_every_table_with_something_of_a_person_is_erased():
    worker.load_tasks()
    for name in SQLModel.metadata.tables:
        is_covered = name in erasing.reached() or name in personal_data.tables()
        assert is_covered != (name in NOT_PERSONAL), (
            f"{name}: does it hold anything of a person the business talks with? Then point at contacts with ON DELETE"
            " CASCADE, or register an eraser (backend.core.personal_data); else add it to NOT_PERSONAL."
        )


async def erase(org, contact_id):
    with org.scope():
        async with unit_of_work() as session:
            begun = await contacts.erase(session, org.owner, contact_id, "Asked by mail")
    await erasing.run(org.org_id, parse_id(begun["id"]))
    await erasing.run(org.org_id, parse_id(begun["id"]))
    with org.scope():
        async with unit_of_work() as session:
            return await contacts.erasure(session, org.owner, parse_id(begun["id"]))


@pytest.fixture
async def person(db, org):
    """One contact with a row of every table that can hold something of them."""
    with platform_scope("fill every table about a person"):
        async with unit_of_work() as session:
            rows = Rows(session, org.org_id, org.owner.user_id, MARK)
            made = await rows.make("contacts", phone_number=NUMBER, email=MAIL, deleted_at=None, blocked_at=None)
            await rows.make("service_numbers", phone_number="+14155550100")
            for name in sorted({*erasing.reached(), *personal_data.tables()} - {"procrastinate_jobs", "suppressions"}):
                if name == "consents":
                    await rows.make(name, address=NUMBER, is_opted_in=False, channel="sms", service_number="")
                elif name == "sms_opt_outs":
                    await rows.make(name, phone_number=NUMBER, service_number="+14155550100", is_opted_out=True)
                elif name == "inbound_events":
                    await rows.make(name, payload={"From": NUMBER, "To": "+14155550100", "Body": MARK})
                elif name == "system_emails":
                    await rows.make(name, recipient=org.owner.email, subject="New text from (415) 555-9111")
                elif name == "audit_log":
                    details = {"text": MARK, "number": NUMBER}
                    await rows.make(name, subject_id=NUMBER, details=details, action="x", actor="Ana", address="")
                elif name == "idempotency_keys":
                    await rows.make(name, response_body={"contact": {"phone_number": NUMBER, "name": MARK}})
                elif name == "call_whitelist":
                    await rows.make(name, caller_number=NUMBER)
                elif name == "assistant_messages":
                    await rows.make(name, body=f"Text {NUMBER}")
                elif name == "contact_import_rows":
                    await rows.make(name, cells=[f"{MARK} person", "(415) 555-9111"])
                elif name in FILES:
                    await rows.make(name, path=f"{org.org_id}/{name}")
                else:
                    await rows.make(name)
    folder = settings().media_dir / str(org.org_id)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_text(MARK)
    return made["id"]


async def test_nothing_of_the_person_is_left_in_any_table_or_file(org, person):
    report = await erase(org, person)
    with platform_scope("look for what is left of a person"):
        async with unit_of_work() as session:
            for name in sorted({*erasing.reached(), *personal_data.tables()}):
                for word in (MARK, NUMBER, NUMBER[2:], MAIL, "555-9111", str(person)):
                    if name == "procrastinate_jobs":
                        continue
                    query = text(f"select count(*) from {name} as row where position(:word in row::text) > 0")
                    left = (await session.execute(query, {"word": word})).scalar_one()
                    assert left == 0, f"{name} still holds {word}"
    assert list((settings().media_dir / str(org.org_id)).iterdir()) == []
    assert report["status"] == "done"
    assert report["counts"]["contacts"] == 1
    assert report["counts"]["sms_messages"] >= 1
    assert report["counts"]["inbound_events"] == 1
    assert report["counts"]["files"] == len(FILES)


async def test_what_agents_and_alerts_sent_of_them_is_gone_whoever_it_went_to(org, person):
    mail = Mail("A customer called", ("They want to be called back.",))
    with platform_scope("send something of a person in a test"):
        async with unit_of_work() as session:
            found = await session.execute(
                text("update tool_calls set kind = 'action' where org_id = :org returning 'tool:' || id"),
                {"org": org.org_id},
            )
            keys = [found.scalar_one()]
            found = await session.execute(
                text("select 'alert:' || id from semantic_matches where org_id = :org"), {"org": org.org_id}
            )
            keys.append(found.scalar_one())
            for once in (*keys, "tool:of-somebody-else"):
                await notifications.queue_email(session, "kitchen@example.com", mail, once=once)
    with org.scope():
        async with unit_of_work() as session:
            kitchen = await contacts.create(session, org.owner, {"name": "Kitchen", "phone_number": "+14155559222"})
            talk = await conversations.for_contact(session, kitchen.id)
            for once in (*keys, "tool:of-somebody-else"):
                sent = SmsMessage(
                    org_id=org.org_id, conversation_id=talk.id, contact_id=kitchen.id, direction="outbound",
                    sender_number="+14155550100", recipient_number="+14155559222", content="They called",
                    dedupe_key=once,
                )  # fmt: skip
                session.add(sent)
    await erase(org, person)
    with platform_scope("look for what is left of a person"):
        async with unit_of_work() as session:
            mails = select(SystemEmail.id).where(SystemEmail.recipient == "kitchen@example.com")
            assert (await session.exec(mails)).all() == [notifications.id_of("tool:of-somebody-else")]
            texts = select(SmsMessage.content).where(SmsMessage.org_id == org.org_id)
            assert sorted((await session.exec(texts)).all()) == ["(erased)", "(erased)", "They called"]


async def test_what_they_refused_holds_for_whoever_comes_back_with_the_number(org, person):
    await erase(org, person)
    with org.scope():
        async with unit_of_work() as session:
            again = await contacts.ensure_by_phone(session, NUMBER)
            assert again.id != person
            verdict = await compliance.may_contact(session, again, "sms", "service", clock.now(), sender="+14155550100")
            assert verdict.code == "opted_out"
            await compliance.handle_keyword(session, "+14155550100", NUMBER, "START", None)
            verdict = await compliance.may_contact(session, again, "sms", "service", clock.now(), sender="+14155550100")
            assert verdict.allowed


async def test_another_persons_and_another_organizations_rows_stay(org, make_org, person):
    stranger = await make_org("Other")
    with stranger.scope():
        async with unit_of_work() as session:
            same_number = await contacts.create(session, stranger.owner, {"name": "Theirs", "phone_number": NUMBER})
            await compliance.record_carrier_opt_out(session, "+14155550999", NUMBER)
    with org.scope():
        async with unit_of_work() as session:
            other = await contacts.create(session, org.owner, {"name": "Somebody else"})
    await erase(org, person)
    with stranger.scope():
        async with unit_of_work() as session:
            view = await contacts.view(session, same_number.id)
            assert (view["name"], len(view["consents"])) == ("Theirs", 1)
    with org.scope():
        async with unit_of_work() as session:
            assert (await contacts.view(session, other.id))["name"] == "Somebody else"


async def test_who_was_merged_into_them_goes_as_well(db, org, add):
    dana = await add(name="Dana Ruiz", phone_number=NUMBER)
    twin = await add(name="D Ruiz", phone_number="+14155559222")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.merge(session, org.owner, dana.id, twin.id)
    report = await erase(org, dana.id)
    assert report["counts"]["contacts"] == 2
    with org.scope():
        async with unit_of_work() as session:
            assert await contacts.find_by_phone(session, "+14155559222") is None


async def test_only_owners_erase_and_only_their_own(org, make_org, person):
    editor = Principal(org.owner.user_id, org.org_id, "Ed", "ed@example.com", MemberRole.EDITOR)
    stranger = await make_org("Other")
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await contacts.erase(session, editor, person)
            with pytest.raises(NotAllowed):
                await contacts.erasures(session, editor)
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await contacts.erase(session, stranger.owner, person)


async def test_who_was_deleted_a_month_ago_is_erased(committed, make_org, run_jobs):
    org = await make_org()
    with org.scope():
        async with unit_of_work() as session:
            old = await contacts.create(session, org.owner, {"name": "Long gone", "phone_number": NUMBER})
            new = await contacts.create(session, org.owner, {"name": "Just gone", "phone_number": "+14155559222"})
            await contacts.delete(session, org.owner, [old.id, new.id])
            await session.execute(
                text("update contacts set deleted_at = now() - interval '31 days' where id = :id"), {"id": old.id}
            )
    for _ in range(2):
        await erasing.purge()
    await run_jobs()
    with org.scope():
        async with unit_of_work() as session:
            assert await session.get(Contact, old.id) is None
            assert (await contacts.view(session, new.id))["is_deleted"]
            assert [report["status"] for report in await contacts.erasures(session, org.owner)] == ["done"]
