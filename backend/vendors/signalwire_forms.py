"""Read a form that SignalWire posted: signed by it, in UTF-8, with as many fields as it ever sends."""

import re
from urllib.parse import parse_qsl, urlsplit

from backend.core import telemetry
from backend.core.config import settings
from backend.core.errors import Invalid, NotAllowed
from backend.vendors import signalwire

SOURCE = "signalwire"
# A text has about twenty fields, plus two for each of eight attachments; a call has about forty.
_MOST_FIELDS = 100
_SID = re.compile(r"[A-Za-z0-9-]{1,64}")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")


class MalformedWebhook(Invalid):
    """The carrier's request cannot be read; `field` names what is missing or wrong."""

    status = 400
    default_code = "malformed"


async def read(kind: str, path_with_query: str, signature: str, body: bytes) -> dict[str, str]:
    """Return the fields of a form that the carrier signed for this address.

    The signature is checked against our configured public address, never the one the request claims. Raises
    `MalformedWebhook` (400) for a body that is not a form in UTF-8, `NotAllowed` (403) for a wrong signature.
    """
    text, fields = _form(body)
    if not await signalwire.is_signed(f"{settings().public_url}{path_with_query}", signature, text, fields):
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "refused"})
        raise NotAllowed("The signature of this request is not the carrier's.", code="bad_signature")
    return {storable(name): storable(value) for name, value in fields}


def require(fields: dict[str, str], *names: str) -> None:
    """Raise `MalformedWebhook` unless every one of these fields says something."""
    for name in names:
        if not fields.get(name, "").strip():
            raise MalformedWebhook(f"{name} is missing.", field=name, code="missing_param")


def require_sid(fields: dict[str, str], name: str) -> None:
    """Raise `MalformedWebhook` unless the field is an id of the carrier."""
    if not _SID.fullmatch(fields[name]):
        raise MalformedWebhook(f"{name} is not an id of the carrier.", field=name)


def require_status(fields: dict[str, str], name: str) -> None:
    """Raise `MalformedWebhook` unless the field is a status of the carrier."""
    if not _STATUS.fullmatch(fields[name]):
        raise MalformedWebhook(f"{name} is not a status.", field=name)


def marks(path_with_query: str) -> dict[str, str]:
    """Return what we wrote into the address ourselves: which call, and which leg of it."""
    given = dict(parse_qsl(urlsplit(path_with_query).query))
    return {name: storable(given.get(name, ""))[:64] for name in ("call", "leg")}


def storable(text: str) -> str:
    """Return text as PostgreSQL takes it: a null character has no place in its JSON."""
    return text.replace("\x00", "")


def _form(body: bytes) -> tuple[str, list[tuple[str, str]]]:
    try:
        text = body.decode("utf-8")
        return text, parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise MalformedWebhook("The body is not text in UTF-8.", code="bad_encoding") from None
    except ValueError:
        raise MalformedWebhook("The body holds too many fields.") from None
