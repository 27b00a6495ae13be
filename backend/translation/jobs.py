"""Durable translation of what is said with an agent: a call's words after it, a message when it is there."""

from uuid import UUID

from backend.core import jobs
from backend.core.jobs import Backoff
from backend.core.tenancy import org_scope
from backend.translation import service as translation

# A model that cannot translate in four tries does not in eight; the next message asks again for what is left.
PATIENCE = Backoff(attempts=4)


@jobs.task("translation.call", retry=PATIENCE)
async def call(org_id: str, call_id: str) -> None:
    """Translate what was said in a call; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await translation.translate_call(UUID(call_id))


@jobs.task("translation.messages", retry=PATIENCE)
async def messages(org_id: str, item_id: str) -> None:
    """Translate a message and what of the ones before it is not yet; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await translation.translate_messages(UUID(item_id))
