"""Let customers write and teams work, for the tests of conversations and of the inbox."""

from typing import Any
from uuid import UUID

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.conversations import Conversation
from backend.models.organizations import OrganizationMember
from backend.models.tags import Tag
from backend.vocab import AuthorKind, Direction, ItemKind, MemberRole


def author(person: Principal) -> Author:
    """Return a person as the author of what they do."""
    return Author(AuthorKind.MEMBER, person.name, person.user_id)


async def hear(org: Any, phone: str, body: str = "Hello", *, name: str = "", channel: str = "sms") -> Conversation:
    """Let a customer write once and return their conversation."""
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, phone, name)
            conversation = await conversations.for_contact(session, contact.id)
            await conversations.append(
                session,
                conversation,
                kind=ItemKind.MESSAGE,
                author=Author(AuthorKind.CONTACT, contact.name, contact.id),
                body=body,
                channel=channel,
                direction=Direction.INBOUND,
                status="received",
            )
            return conversation


async def say(org: Any, conversation: Conversation, body: str, by: Author, **data: Any) -> None:
    """Let our side write."""
    with org.scope():
        async with unit_of_work() as session:
            locked = await conversations.locked(session, conversation.id)
            await conversations.append(
                session,
                locked,
                kind=ItemKind.MESSAGE,
                author=by,
                body=body,
                channel="sms",
                direction=Direction.OUTBOUND,
                status="delivered",
                data=data,
            )


async def teammate(org: Any, name: str, role: MemberRole = MemberRole.SUPPORT) -> Principal:
    """Put one more person on the team."""
    with platform_scope("make a teammate for a test"):
        async with unit_of_work() as session:
            user = User(email=f"{new_id().hex}@example.com", name=name, password_hash="none")
            session.add(user)
            await session.flush()
            session.add(
                OrganizationMember(org_id=org.org_id, user_id=user.id, email=user.email, full_name=name, role=role)
            )
    return Principal(user.id, org.org_id, name, user.email, role)


async def tagged(org: Any, name: str) -> UUID:
    """Make a tag and return its id."""
    with org.scope():
        async with unit_of_work() as session:
            tag = Tag(org_id=org.org_id, name=name, colour="blue")
            session.add(tag)
            await session.flush()
            return tag.id


async def events(org: Any, conversation: Conversation) -> list[str]:
    """Return the lines of a timeline that say what happened."""
    with org.scope():
        async with unit_of_work() as session:
            found = await conversations.timeline(session, conversation.id)
    return [item["body"] for item in found if item["kind"] == ItemKind.EVENT]
