"""Take the mail service's webhooks: verify, store under the service's own id, enqueue, and nothing else."""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import crypto, jobs, telemetry
from backend.core.config import settings
from backend.core.errors import Invalid, NotAllowed
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import InboundEvent
from backend.webhooks import service as webhooks

SOURCE = "postmark"
# What is taken from the raw event stands in its own tables; files and markup are kept there or nowhere.
TAKEN = ("Attachments", "HtmlBody", "TextBody", "StrippedTextReply")
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_WORD = re.compile(r"[A-Za-z]{1,40}")


class MailWebhook(StrEnum):
    """What the mail service tells us."""

    INBOUND = "email.inbound"
    STATUS = "email.status"


class MalformedMail(Invalid):
    """The mail service's request cannot be read; `field` names what is missing or wrong."""

    status = 400
    default_code = "malformed"


def require_proof(kind: MailWebhook, authorization: str) -> None:
    """Raise `NotAllowed` (403) unless a request shows the password in the address the service calls us at.

    HTTP Basic is the one proof the service offers; it is asked for before a large body is read.
    """
    if not is_proven(authorization):
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "refused"})
        raise NotAllowed("This request does not show the mail service’s password.", code="bad_signature")


async def accept_webhook(kind: MailWebhook, body: bytes) -> bool:
    """Store and enqueue one webhook that proved itself; False when it was there already, which is answered the same.

    Raises `MalformedMail` (400) for what is no JSON object or lacks its id; then nothing is stored.
    """
    payload = _read(body)
    with platform_scope("store a webhook of the mail service"):
        async with unit_of_work() as session:
            is_new = await store(session, kind, payload)
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "stored" if is_new else "duplicate"})
    return is_new


async def store(session: AsyncSession, kind: MailWebhook, payload: Mapping[str, Any]) -> bool:
    """Store an event of the mail service and enqueue its work in the session's transaction; False when it is known.

    Emails of one sender share a lock, so they are received in the order they were stored. Raises `MalformedMail`.
    """
    vendor_id = _required(payload, "MessageID", _ID)
    if kind == MailWebhook.INBOUND:
        external_id, task, urgency = vendor_id, "mailboxes.receive", jobs.Urgency.FIRST
        # A hash, because locks outlive the person an address belongs to.
        lock = f"email:{crypto.digest('email-lock', str(payload.get('From', '')).lower())[:32]}"
    else:
        record = _required(payload, "RecordType", _WORD)
        external_id, task, urgency = f"{vendor_id}:{record}", "mailboxes.apply_status", jobs.Urgency.SOON
        lock = f"email-status:{vendor_id}"
    event = InboundEvent(source=SOURCE, kind=kind, external_id=external_id, payload=dict(payload))
    if not await webhooks.store(session, event):
        return False
    await jobs.defer(session, task, lock=lock, urgency=urgency, event_id=str(event.id))
    return True


def is_proven(authorization: str) -> bool:
    """Tell whether a request shows the password; without one of ours nothing does."""
    secret = settings().postmark_webhook_secret.get_secret_value()
    scheme, _, encoded = authorization.partition(" ")
    if not secret or scheme.lower() != "basic":
        return False
    try:
        shown = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(shown.partition(":")[2].encode(), secret.encode())


def _read(body: bytes) -> dict[str, Any]:
    try:
        payload = _storable(json.loads(body, parse_constant=_no_number))
    except (ValueError, RecursionError):
        raise MalformedMail("The body is not JSON in UTF-8.", code="bad_encoding") from None
    if not isinstance(payload, dict):
        raise MalformedMail("The body is not a JSON object.")
    return payload


def _no_number(word: str) -> None:
    raise ValueError(word)


def _storable(value: Any) -> Any:
    """Return a value as PostgreSQL takes it: null characters and halves of pairs have no place in its JSON."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


def _required(payload: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = payload.get(name)
    if value is None:
        raise MalformedMail(f"{name} is missing.", field=name, code="missing_param")
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedMail(f"{name} is not one of the mail service’s.", field=name)
    return value
