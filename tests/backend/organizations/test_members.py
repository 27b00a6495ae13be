"""Teams: who may invite, join, change and leave, and that an organization keeps an owner."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from backend.accounts import service as accounts
from backend.core import clock
from backend.core.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.models.platform import AuditEntry, SystemEmail
from backend.organizations import members
from backend.organizations import service as organizations
from backend.organizations.mails import invitation as invitation_mail
from backend.vocab import MemberRole, MemberStatus


async def in_team(org, work, *args, who=None):
    with org.scope():
        async with unit_of_work() as session:
            return await work(session, who or org.owner, *args)


async def invited(org, email, role="support"):
    return await in_team(org, organizations.invite, email, role, "Leo Park")


async def person(email=""):
    """Return somebody with an account and an organization of their own."""
    with platform_scope("make a person for a test"):
        async with unit_of_work() as session:
            user = User(email=email or f"{new_id().hex}@example.com", name="Leo Park", password_hash="none")
            user.email_verified_at = clock.now()
            session.add(user)
            await session.flush()
            await organizations.create(session, user, "Leo’s workspace")
            return user


async def join(user, member_id):
    with platform_scope("join in a test"):
        async with unit_of_work() as session:
            return await accounts.join(session, user.id, member_id)


async def colleague(org, role="support"):
    user = await person()
    member = await invited(org, user.email, role)
    await join(user, member.id)
    return Principal(user.id, org.org_id, user.name, user.email, MemberRole(role)), member.id


async def team(org):
    return {row["email"]: row for row in await in_team(org, organizations.members)}


async def test_an_invitation_is_accepted_by_its_address_and_makes_a_colleague(db, org):
    user = await person()
    member = await invited(org, user.email, "editor")
    assert (await team(org))[user.email]["state"] == "pending"
    assert await join(user, member.id) == org.org_id
    row = (await team(org))[user.email]
    assert (row["state"], row["role"], row["name"]) == ("approved", "editor", "Leo Park")


async def test_nobody_else_can_see_or_accept_an_invitation(db, org):
    member = await invited(org, "leo@example.com")
    stranger = await person()
    with pytest.raises(NotFound):
        await join(stranger, member.id)
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await organizations.invitation(session, member.id, stranger.email)


async def test_an_invitation_works_once(db, org):
    user = await person()
    member = await invited(org, user.email)
    await join(user, member.id)
    with pytest.raises(NotFound):
        await join(user, member.id)


async def test_an_invitation_expires_after_sixty_days_and_can_be_sent_again(db, org):
    user = await person()
    member = await invited(org, user.email)
    with clock.at(clock.now() + timedelta(days=61)):
        assert (await team(org))[user.email]["state"] == "expired"
        with pytest.raises(Conflict, match="expired"):
            await join(user, member.id)
        await in_team(org, organizations.send_again, member.id)
        assert await join(user, member.id) == org.org_id


async def test_a_withdrawn_invitation_is_gone(db, org):
    user = await person()
    member = await invited(org, user.email)
    await in_team(org, organizations.remove, member.id)
    assert user.email not in await team(org)
    with pytest.raises(NotFound):
        await join(user, member.id)


async def test_nobody_is_invited_twice_and_who_left_can_be_invited_again(db, org):
    who, member_id = await colleague(org)
    with pytest.raises(Conflict, match="on the team"):
        await invited(org, who.email)
    await in_team(org, organizations.remove, member_id)
    again = await invited(org, who.email)
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            user = await session.get_one(User, who.user_id)
    assert await join(user, again.id) == org.org_id


@pytest.mark.parametrize("role", ["editor", "support"])
async def test_only_owners_change_the_team(db, org, role):
    who, member_id = await colleague(org, role)
    for work, args in [
        (organizations.invite, ("eve@example.com", "owner")),
        (organizations.change_role, (member_id, "owner")),
        (organizations.suspend, (member_id,)),
        (organizations.reactivate, (member_id,)),
        (organizations.send_again, (member_id,)),
    ]:
        with pytest.raises(NotAllowed):
            await in_team(org, work, *args, who=who)
    with pytest.raises(NotAllowed):
        owner_row = next(row for row in (await team(org)).values() if row["role"] == "owner")
        await in_team(org, organizations.remove, owner_row["id"], who=who)


async def test_a_member_may_leave(db, org):
    who, member_id = await colleague(org)
    await in_team(org, organizations.remove, member_id, who=who)
    assert who.email not in await team(org)


async def test_the_last_owner_cannot_go(db, org):
    own = next(iter((await team(org)).values()))["id"]
    for work, args in [
        (organizations.remove, (own,)),
        (organizations.suspend, (own,)),
        (organizations.change_role, (own, "support")),
    ]:
        with pytest.raises(Conflict, match="last owner"):
            await in_team(org, work, *args)
    _, member_id = await colleague(org, "owner")
    await in_team(org, organizations.change_role, own, "editor")
    with pytest.raises(Conflict, match="last owner"):
        await in_team(org, organizations.suspend, member_id)


async def test_two_owners_who_remove_each_other_at_once_leave_one(committed, org):
    second, second_id = await colleague(org, "owner")
    first_id = next(row["id"] for row in (await team(org)).values() if row["is_you"])
    done = await asyncio.gather(
        in_team(org, organizations.remove, second_id),
        in_team(org, organizations.remove, first_id, who=second),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in done) == ["Conflict", "NoneType"]
    assert [row["role"] for row in (await team(org)).values()] == ["owner"]


async def test_a_suspended_member_is_out_until_let_in_again(db, org):
    who, member_id = await colleague(org)

    async def mine():
        with platform_scope("look in a test"):
            async with unit_of_work() as session:
                return [row["name"] for row in await organizations.mine(session, who.user_id, None)]

    await in_team(org, organizations.suspend, member_id)
    assert await mine() == ["Leo’s workspace"]
    await in_team(org, organizations.reactivate, member_id)
    assert len(await mine()) == 2


async def test_another_team_is_out_of_reach(db, org, make_org):
    other = await make_org("Elsewhere")
    _, member_id = await colleague(other)
    for work, args in [
        (organizations.change_role, (member_id, "owner")),
        (organizations.suspend, (member_id,)),
        (organizations.remove, (member_id,)),
    ]:
        with pytest.raises(NotFound):
            await in_team(org, work, *args)


@pytest.mark.parametrize("role", ["", "god", "OWNER"])
async def test_a_role_that_does_not_exist_is_refused(db, org, role):
    with pytest.raises(Invalid, match="Choose a role"):
        await invited(org, "leo@example.com", role)


async def test_fifty_invitations_a_day_are_enough(db, org):
    for n in range(50):
        await invited(org, f"leo{n}@example.com")
    with pytest.raises(LimitReached, match="50 invitations"):
        await invited(org, "leo50@example.com")
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        await invited(org, "leo50@example.com")


async def test_an_invitation_sent_again_counts_like_a_new_one(db, org, monkeypatch):
    monkeypatch.setattr(members, "MOST_INVITATIONS_A_DAY", 4)
    first = await invited(org, "leo@example.com")
    for _ in range(2):
        await in_team(org, organizations.send_again, first.id)
    with pytest.raises(LimitReached, match="was invited 3 times"):
        await in_team(org, organizations.send_again, first.id)
    await in_team(org, organizations.remove, first.id)
    await invited(org, "leo@example.com")
    with pytest.raises(LimitReached, match="4 invitations"):
        await invited(org, "ana@example.com")


async def test_a_person_is_mailed_by_few_teams_a_day(db, make_org):
    address = f"leo.{new_id().hex[-10:]}@example.com"
    for _ in range(7):
        member = await invited(await make_org(), address)
        with platform_scope("mail in a test"):
            async with unit_of_work() as session:
                await organizations.mail_invitation(session, member.id)
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            mails = (await session.exec(select(SystemEmail).where(SystemEmail.recipient == address))).all()
            assert len(mails) == 5
            assert len(await organizations.pending_for(session, address)) == 7


@pytest.mark.parametrize(
    "name",
    [
        "Win now at evil.example",
        "https://evil.example/a",
        "www.evil",
        "eve@evil.example",
        "Call +1 (415) 555-0199 now",
        "Dear customer, your parcel waits for you at our desk",
    ],
)
def test_an_invitation_carries_no_message_of_its_sender(name):
    for mail in (
        invitation_mail(new_id(), name, "Ana Silva", MemberRole.EDITOR, 60),
        invitation_mail(new_id(), "North Dental", name, MemberRole.EDITOR, 60),
    ):
        assert name not in f"{mail.subject} {mail.paragraphs}"
    mail = invitation_mail(new_id(), "Müller & Söhne Ltd. 2024", "Dr. Ana O’Neil", MemberRole.EDITOR, 60)
    assert mail.subject == "Dr. Ana O’Neil invites you to Müller & Söhne Ltd. 2024 on Magpipe"


async def test_joining_waits_for_whoever_changes_the_team(committed, org):
    user = await person()
    member = await invited(org, user.email)
    with org.scope():
        async with unit_of_work() as session:
            await organizations.update(session, org.owner, name="North Dental Group")
            joining = asyncio.create_task(join(user, member.id))
            await asyncio.wait({joining}, timeout=0.3)
            assert not joining.done()
            await organizations.remove(session, org.owner, member.id)
    with pytest.raises(NotFound):
        await joining
    assert user.email not in await team(org)


async def test_an_invitation_is_mailed_once_with_its_link(committed, org, run_jobs, sandbox):
    address = f"leo.{new_id().hex[-10:]}@example.com"
    member = await invited(org, address)
    await run_jobs()
    with platform_scope("run the job again in a test"):
        async with unit_of_work() as session:
            await organizations.mail_invitation(session, member.id)
        async with unit_of_work() as session:
            mails = (await session.exec(select(SystemEmail).where(SystemEmail.recipient == address))).all()
    assert len(mails) == 1
    [sent] = (await sandbox.client.get("/sandbox/mailbox", params={"to": address})).json()
    assert f"/invitation?id={member.id}" in str(sent)


async def test_who_did_what_to_the_team_is_recorded(db, org):
    _, member_id = await colleague(org)
    await in_team(org, organizations.suspend, member_id)
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            entries = (await session.exec(select(AuditEntry).order_by(AuditEntry.created_at))).all()
    assert [entry.action for entry in entries] == ["ui:member:invited", "ui:member:joined", "ui:member:suspended"]
    assert entries[-1].actor_user_id == org.owner.user_id
    assert entries[-1].subject_id == str(member_id)


async def test_who_lost_their_team_falls_back_to_their_own(db, org):
    from backend.sessions import service as sessions
    from backend.sessions.schemas import Browser

    who, member_id = await colleague(org)
    with platform_scope("sign in in a test"):
        async with unit_of_work() as session:
            token = await sessions.start(session, who.user_id, Browser())
    assert (await sessions.find(token)).org_id == org.org_id
    await in_team(org, organizations.remove, member_id)
    found = await sessions.find(token)
    assert found.org_id not in (None, org.org_id)
    with platform_scope("remove in a test"):
        async with unit_of_work() as session:
            rows = await session.exec(select(OrganizationMember).where(OrganizationMember.user_id == who.user_id))
            for row in rows:
                row.status = MemberStatus.REMOVED
                session.add(row)
            await sessions.changed(session, who.user_id)
    with pytest.raises(NotAllowed) as refusal:
        await sessions.acting(found.session_id)
    assert refusal.value.code == "no_organization"
