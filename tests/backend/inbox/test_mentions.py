"""Who is mentioned and does not look is mailed: once until they look, as they chose, and never after they left."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.conversations import notes
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.inbox import service as inbox
from backend.models.platform import SystemEmail
from tests.backend.conversations.conversing import author, hear, teammate

PHONE = "+14155550188"


@pytest.fixture
async def ben(db, org):
    """A colleague who wants to be mailed."""
    person = await teammate(org, "Ben Okri")
    with org.scope():
        async with unit_of_work() as session:
            await inbox.set_preference(session, person, "has_mail", True)
    return person


async def mention(org, talk, person, words="can you call back?"):
    with org.scope():
        async with unit_of_work() as session:
            note = f"@{person.name} {words}"
            await conversations.write_note(session, talk.id, note, [person.user_id], author(org.owner))


async def mails(org, talk, person):
    """Do what the job does, and return the subjects and words of the mails it made for somebody so far."""
    with org.scope():
        await inbox.mail_unread(talk.id, person.user_id)
    with platform_scope("read the mails of a test"):
        async with unit_of_work() as session:
            found = await session.exec(select(SystemEmail).where(SystemEmail.recipient == person.email))
            return [(mail.subject, mail.text_body) for mail in found.all()]


async def test_a_mention_nobody_looked_at_is_mailed_once_until_they_look(org, ben):
    talk = await hear(org, PHONE)
    await mention(org, talk, ben)
    await mention(org, talk, ben, "please")
    [(subject, words)] = await mails(org, talk, ben)
    assert subject == "Ana Silva mentioned you in a note"
    assert "@Ben Okri please" in words
    assert f"/inbox/{talk.id}" in words
    await mention(org, talk, ben, "hello?")
    assert len(await mails(org, talk, ben)) == 1
    with org.scope():
        async with unit_of_work() as session:
            await conversations.mark_read(session, talk.id, ben.user_id)
    assert len(await mails(org, talk, ben)) == 1
    await mention(org, talk, ben, "it is urgent")
    assert len(await mails(org, talk, ben)) == 2


async def test_who_did_not_choose_it_or_has_left_is_not_mailed(org, ben):
    talk, cleo = await hear(org, PHONE), await teammate(org, "Cleo")
    for person in (ben, cleo):
        await mention(org, talk, person)
    with org.scope():
        async with unit_of_work() as session:
            await session.execute(
                text("update organization_members set status = 'removed' where user_id = :ben"), {"ben": ben.user_id}
            )
    assert await mails(org, talk, cleo) == []
    assert await mails(org, talk, ben) == []


async def test_the_mail_waits_for_people_who_are_at_work(db, org, ben):
    talk, before = await hear(org, PHONE), clock.now()
    await mention(org, talk, ben)
    waiting = text(
        "select scheduled_at from procrastinate_jobs where task_name = 'inbox.mail_mention' and args @> :who"
    )
    with platform_scope("look at the queue of a test"):
        async with unit_of_work() as session:
            [at] = (await session.execute(waiting, {"who": f'{{"user_id": "{ben.user_id}"}}'})).scalars().all()
    assert timedelta(0) <= at - before - notes.MAILED_AFTER < timedelta(minutes=1)
