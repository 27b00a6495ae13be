"""Take the carrier's webhooks: verify, store under the carrier's own id, enqueue, and nothing else (DESIGN law 4).

The same doors serve what the reconciler finds in the carrier's list, so a text is handled once however it came.
"""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import jobs, telemetry
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import InboundEvent
from backend.vendors import signalwire_forms as forms
from backend.vendors.signalwire_forms import SOURCE
from backend.webhooks import service as webhooks


class WebhookKind(StrEnum):
    """What the carrier tells us."""

    INBOUND = "sms.inbound"
    STATUS = "sms.status"


_REQUIRED = {
    WebhookKind.INBOUND: ("MessageSid", "From", "To"),
    WebhookKind.STATUS: ("MessageSid", "MessageStatus"),
}
_TASKS = {WebhookKind.INBOUND: "messaging.receive_text", WebhookKind.STATUS: "messaging.apply_status"}
_URGENCY = {WebhookKind.INBOUND: jobs.Urgency.FIRST, WebhookKind.STATUS: jobs.Urgency.SOON}


async def accept_webhook(kind: WebhookKind, path_with_query: str, signature: str, body: bytes) -> bool:
    """Store and enqueue one webhook of the carrier; False when it was there already, which is answered the same.

    Raises `MalformedWebhook` (400) for a body that is not a form in UTF-8 or lacks a field, `NotAllowed` (403) for a
    wrong signature; then nothing is stored.
    """
    payload = await forms.read(kind, path_with_query, signature, body)
    forms.require(payload, *_REQUIRED[kind])
    forms.require_sid(payload, "MessageSid")
    if kind == WebhookKind.STATUS:
        forms.require_status(payload, "MessageStatus")
        ours = dict(parse_qsl(urlsplit(path_with_query).query))
        payload |= {f"_{mark}": forms.storable(ours.get(mark, "")) for mark in ("message", "attempt")}
    with platform_scope("store a webhook of the carrier"):
        async with unit_of_work() as session:
            is_new = await store(session, kind, payload)
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "stored" if is_new else "duplicate"})
    return is_new


async def store(session: AsyncSession, kind: WebhookKind, payload: Mapping[str, str]) -> bool:
    """Store an event of the carrier and enqueue its work in the session's transaction; False when it is known.

    Texts between the same two numbers share a lock, so they are received in the order they were stored.
    """
    sid = payload["MessageSid"]
    external_id = sid if kind == WebhookKind.INBOUND else f"{sid}:{payload['MessageStatus']}"
    lock = f"text:{payload['To']}:{payload['From']}" if kind == WebhookKind.INBOUND else f"status:{sid}"
    event = InboundEvent(source=SOURCE, kind=kind, external_id=external_id, payload=dict(payload))
    if not await webhooks.store(session, event):
        return False
    await jobs.defer(session, _TASKS[kind], lock=lock[:200], urgency=_URGENCY[kind], event_id=str(event.id))
    return True
