"""Erase a person from what the carrier sent us, and from texts that told somebody of the team of them."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases

# What stands where a person's words stood.
ERASED = "(erased)"


@erases("inbound_events", as_platform=True)
async def _webhooks(session: AsyncSession, person: Person) -> int:
    """Delete raw webhooks between the person and the organization, whichever of the two wrote, by text or email."""
    gone = await session.execute(
        text(
            "delete from inbound_events event where exists (select 1 from service_numbers ours where ours.org_id = :org"
            " and ((event.payload ->> 'From' = any(:numbers) and event.payload ->> 'To' = ours.phone_number)"
            " or (event.payload ->> 'To' = any(:numbers) and event.payload ->> 'From' = ours.phone_number)))"
            " or (event.source = 'postmark' and split_part(event.external_id, ':', 1) in (select mail.vendor_id"
            " from email_messages mail where mail.org_id = :org and mail.contact_id = any(:ids)))"
        ),
        {"org": person.org_id, "numbers": list(person.numbers), "ids": list(person.contact_ids)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


@erases("sms_messages")
async def _copies(session: AsyncSession, person: Person) -> int:
    """Empty what went to somebody of the team of the person: forwarded, as a notification, by an alert or an agent."""
    found = await session.execute(
        text(
            "update sms_messages copy set content = :gone where copy.org_id = :org and (copy.dedupe_key in"
            " (select 'forward:' || theirs.id from sms_messages theirs where theirs.contact_id = any(:ids))"
            " or (copy.dedupe_key like 'notify:%' and split_part(copy.dedupe_key, ':', 2) in"
            " (select item.id::text from conversation_items item join conversations on conversations.id ="
            " item.conversation_id where conversations.contact_id = any(:ids)))"
            " or copy.dedupe_key in (select 'alert:' || match.id from semantic_matches match join conversations on"
            " conversations.id = match.conversation_id where conversations.contact_id = any(:ids)"
            " union all select 'tool:' || call.id from tool_calls call join conversations on"
            " conversations.id = call.conversation_id where conversations.contact_id = any(:ids)))"
            " returning copy.id"
        ),
        {"org": person.org_id, "ids": list(person.contact_ids), "gone": ERASED},
    )
    copies = list(found.scalars())
    await session.execute(
        text("update conversation_items set body = :gone where org_id = :org and record_id = any(:copies)"),
        {"org": person.org_id, "gone": ERASED, "copies": copies},
    )
    return len(copies)
