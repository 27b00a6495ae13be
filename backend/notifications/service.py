"""Send the platform's own mail, and keep what people want to be told of.

A mail is kept in the transaction that wants it and delivered by a job, once.
"""

from datetime import timedelta
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, jobs, rate_limits
from backend.core.errors import Invalid, VendorError
from backend.core.ids import new_id
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.models.platform import SystemEmail
from backend.notifications import layout
from backend.notifications.occasions import approval as note_approval
from backend.notifications.occasions import message as note_message
from backend.notifications.occasions import needs_person as note_needs_person
from backend.notifications.occasions import ticket as note_ticket
from backend.notifications.preferences import CHANNELS, CONTENTS, ChannelWish, Wishes, follow_defaults
from backend.notifications.preferences import change as change_wishes
from backend.notifications.preferences import of as wishes_of
from backend.notifications.schemas import Mail
from backend.vendors import postmark

__all__ = [
    "CHANNELS",
    "CONTENTS",
    "ChannelWish",
    "Wishes",
    "change_wishes",
    "deliver",
    "follow_defaults",
    "give_up",
    "id_of",
    "note_approval",
    "note_message",
    "note_needs_person",
    "note_ticket",
    "queue_email",
    "send_test",
    "was_queued",
    "wishes_of",
]

TESTS, TEST_WINDOW = 5, timedelta(minutes=10)
DELIVER = "accounts.deliver_email"
# Refusals of this one mail, which no operator and no waiting mends.
_FINAL = frozenset({"recipient_inactive", "mail_refused"})
_OCCASIONS = UUID("0d6a3f5e-6d0c-4b55-9b07-3f1f2f2f8d11")


async def queue_email(session: AsyncSession, recipient: str, mail: Mail, *, once: str = "") -> bool:
    """Store a mail and enqueue its delivery; both exist once the transaction commits. Needs platform scope.

    With `once`, a second mail of that key is not made: jobs, which may run twice, name their occasion. Tells whether
    the mail was made.
    """
    email = SystemEmail(
        recipient=recipient,
        subject=mail.safe_subject,
        text_body=layout.as_text(mail),
        html_body=layout.as_html(mail),
    )
    if once:
        email.id = id_of(once)
        if await session.get(SystemEmail, email.id) is not None:
            return False
    session.add(email)
    await session.flush()
    await jobs.defer(session, DELIVER, email_id=str(email.id))
    return True


async def send_test(session: AsyncSession, principal: Principal, agent_id: UUID | None, channel: str) -> str:
    """Send the acting person a test of their own settings and return where it goes.

    Raises `Invalid` when the channel has no address, and `LimitReached`.
    """
    wishes = await wishes_of(session, principal.user_id, agent_id)
    if channel not in CHANNELS:
        raise Invalid("Choose email or text message.", field="channel")
    wish: ChannelWish = wishes[channel]  # type: ignore[literal-required]
    address = wish["address"] or (principal.email if channel == "email" else "")
    if not address:
        raise Invalid("Write the number that gets the texts first.", field="address")
    await rate_limits.hit("notifications.test", TESTS, TEST_WINDOW, about=principal.user_id)
    await jobs.defer(
        session,
        "notifications.send_test",
        org_id=str(org_id_of(session)),
        user_id=str(principal.user_id),
        channel=channel,
        address=address,
        once=str(new_id()),
    )
    return address


async def was_queued(session: AsyncSession, once: str) -> bool:
    """Tell whether the mail of this occasion was made before. Needs platform scope."""
    return await session.get(SystemEmail, id_of(once)) is not None


def id_of(once: str) -> UUID:
    """Return the id of the one mail of an occasion."""
    return uuid5(_OCCASIONS, once)


async def deliver(email_id: UUID) -> None:
    """Hand a stored mail to the mail service, unless it was handed over before.

    An attempt whose outcome is unknown is looked up at the service before the next. Raises `VendorError` when it
    should be tried again, and when only an operator can mend the trouble (`mail_setup`): the row keeps the reason and
    the mail. A recipient or mail the service will not take ends as `failed` with the reason, and its words are gone.
    """
    with platform_scope("deliver the platform's mail"):
        async with unit_of_work() as session:
            email = await session.get(SystemEmail, email_id, with_for_update=True)
            if email is None or email.status in ("sent", "failed"):
                return
            tried_before = email.attempts > 0
            email.attempts += 1
            email.attempted_at = clock.now()
        refusal = vendor_id = ""
        try:
            vendor_id = await postmark.find_sent(email.recipient, str(email.id)) if tried_before else ""
            if not vendor_id:
                vendor_id = await postmark.send(
                    to=email.recipient,
                    subject=email.subject,
                    text_body=email.text_body,
                    html_body=email.html_body,
                    reference=str(email.id),
                )
        except VendorError as error:
            if error.code not in _FINAL:
                async with unit_of_work() as session:
                    (await session.get_one(SystemEmail, email_id)).error_message = error.message
                raise
            refusal = error.message
            log.warning("email.refused", email_id=str(email.id), code=error.code)
        async with unit_of_work() as session:
            stored = await session.get_one(SystemEmail, email_id)
            stored.status = "failed" if refusal else "sent"
            stored.vendor_id = vendor_id
            stored.error_message = refusal
            stored.text_body = stored.html_body = ""  # codes and links have served; the row stays as proof


async def give_up(email_id: UUID) -> None:
    """Mark a mail whose delivery was given up as `held`: it is sent when its dead letter goes round again."""
    with platform_scope("hold a mail of the platform"):
        async with unit_of_work() as session:
            email = await session.get(SystemEmail, email_id, with_for_update=True)
            if email is not None and email.status == "queued":
                email.status = "held"
                log.error("email.held", email_id=str(email.id), reason=email.error_message)
