"""Leaving and returning: per number and person, in every country, before any agent, confirmed once."""

from datetime import date

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Refused
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.models.contacts import Contact
from backend.models.messaging import SmsOptOut
from backend.models.numbers import ServiceNumber
from backend.vocab import AuthorKind, Channel
from tests.backend.messaging.conftest import *  # noqa: F403 - the same business and customer

GERMAN, MEXICAN, FRENCH = "+4915112345678", "+525512345678", "+33612345678"


@pytest.mark.parametrize(
    ("customer", "word"), [("+14155550199", "STOP"), (GERMAN, "Stopp!"), (MEXICAN, "baja"), (FRENCH, "arrêt")]
)
async def test_a_leaving_word_is_honoured_in_every_country_before_the_agent(line, jobs_waiting, customer, word):
    line.customer = customer
    assert await line.receive(word) == "keyword_stop"
    assert await jobs_waiting("agents.answer_text") == []
    [confirmation] = await line.texts("outbound")
    assert "unsubscribed" in confirmation.content
    assert await line.receive("Hello?") == "opted_out"
    assert await jobs_waiting("agents.answer_text") == []


async def test_a_second_stop_gets_no_second_confirmation(line):
    for word in ("STOP", "stop", "Unsubscribe"):
        await line.receive(word)
    assert len(await line.texts("outbound")) == 1


async def test_the_choice_keeps_its_evidence_and_its_audit_entry(line):
    await line.receive("Stop.")
    [text] = await line.texts("inbound")
    with line.org.scope():
        async with unit_of_work() as session:
            kept = (await session.exec(select(SmsOptOut))).one()
    assert (kept.is_opted_out, kept.keyword, kept.evidence_message_id) == (True, "Stop.", text.id)
    with platform_scope("read the audit log for a test"):
        async with unit_of_work() as session:
            actions = (await session.execute(sql("select action from audit_log"))).scalars().all()
    assert "sms:contact:opted_out" in actions
    assert "Opted out of texts by writing “Stop.”" in [item["body"] for item in await line.timeline()]


async def test_after_stop_a_person_is_refused_with_words_that_help(line):
    with clock.at(clock.now()), line.org.scope():  # a day, however close to its end
        await line.receive("STOP")
        async with unit_of_work() as session:
            with pytest.raises(Refused) as refused:
                await messaging.send_from_person(
                    session,
                    line.org.owner,
                    sender_number=line.number.phone_number,
                    recipient_number=line.customer,
                    body="We miss you",
                )
    assert refused.value.code == "opted_out"
    assert "STOP" in refused.value.message
    assert "START" in refused.value.message
    assert "today" in refused.value.message


@pytest.mark.parametrize(
    ("left", "words"),
    [("2026-11-21", "yesterday"), ("2026-03-09", "on March 9"), ("2025-12-31", "on December 31, 2025")],
)
def test_the_day_somebody_left_is_said_as_people_say_it(left, words):
    assert compliance.day_words(date.fromisoformat(left), date(2026, 11, 22)) == words


async def test_another_number_of_the_business_may_still_text(line):
    await line.receive("STOP")
    with line.org.scope():
        async with unit_of_work() as session:
            session.add(ServiceNumber(org_id=line.org.org_id, phone_number="+12125550147"))
            await session.flush()
            sent = await messaging.send_from_person(
                session,
                line.org.owner,
                sender_number="+12125550147",
                recipient_number=line.customer,
                body="From our other office",
            )
    assert sent.status == "queued"


async def test_start_returns_and_is_confirmed_once(line, jobs_waiting):
    await line.receive("STOP")
    assert await line.receive("START") == "keyword_start"
    await line.receive("START")
    assert len(await line.texts("outbound")) == 2
    assert await line.receive("Are you open?") == "to_agent"


@pytest.mark.parametrize("was_out", [True, False])
async def test_yes_opts_in_only_somebody_who_left(line, was_out):
    if was_out:
        await line.receive("STOP")
    assert await line.receive("Yes") == ("keyword_yes" if was_out else "to_agent")


async def test_help_is_answered_and_silent_for_somebody_who_left(line):
    assert await line.receive("HELP") == "keyword_help"
    assert "STOP" in (await line.texts("outbound"))[0].content
    await line.receive("STOP")
    before = len(await line.texts("outbound"))
    await line.receive("INFO")
    assert len(await line.texts("outbound")) == before


async def test_two_machines_asking_for_help_fall_silent(line):
    for _ in range(5):
        await line.receive("HELP")
    assert len(await line.texts("outbound")) == 2


async def test_a_confirmation_is_the_one_text_allowed_to_somebody_who_left(line):
    await line.receive("STOP")
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, line.customer)
            verdicts = {
                purpose: await compliance.may_contact(
                    session, contact, Channel.SMS, purpose, clock.now(), sender=line.number.phone_number
                )
                for purpose in ("reply", "service", "confirmation", "marketing")
            }
    assert {purpose: verdict.allowed for purpose, verdict in verdicts.items()} == {
        "reply": False,
        "service": False,
        "confirmation": True,
        "marketing": False,
    }


@pytest.mark.parametrize(
    ("phone", "purpose", "code"),
    [
        (None, "reply", "no_number"),
        ("+442079460958", "service", "not_textable"),
        ("+14155550123", "marketing", "consent_missing"),
        ("+14155550123", "service", ""),
        ("+447700900123", "reply", ""),
    ],
)
async def test_each_refusal_has_its_code_and_its_words(line, phone, purpose, code):
    with line.org.scope():
        async with unit_of_work() as session:
            contact = Contact(org_id=line.org.org_id, phone_number=phone)
            verdict = await compliance.may_contact(
                session, contact, Channel.SMS, purpose, clock.now(), sender=line.number.phone_number
            )
    assert (verdict.allowed, verdict.code) == (not code, code)
    assert bool(verdict.message) == bool(code)


async def test_the_agents_reply_is_refused_like_anybody_elses(line):
    await line.receive("STOP")
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, line.customer)
            conversation = await conversations.for_contact(session, contact.id)
            with pytest.raises(Refused):
                await messaging.queue_text(
                    session, conversation, line.number, "Hi", Author(AuthorKind.AGENT, "Ava"), is_ai=True
                )
