"""Call a business as its carrier would: signed forms to the API, and what the caller hears of the answers."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from xml.etree import ElementTree

from backend.core.config import settings
from backend.core.ids import new_id
from tests.backend.calls.conftest import CALLER, SHOP
from tests.backend.messaging.conftest import sign

INBOUND, STATUS = "/functions/v1/webhook-inbound-call", "/functions/v1/webhook-call-status"
LEG, RECORDING = "/functions/v1/sip-call-status", "/functions/v1/sip-recording-callback"


def form(**changes: str | None) -> dict[str, str]:
    """Return what the carrier posts about a call; a field given as None is left out."""
    base = {"CallSid": new_id().hex, "From": CALLER, "To": SHOP, "CallStatus": "ringing", "Direction": "inbound"}
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


async def post(api: Any, path: str, fields: dict[str, str], *, signature: str | None = None) -> Any:
    """Post a form with the carrier's signature, or another."""
    signed = sign(settings().public_url + path, fields) if signature is None else signature
    headers = {"content-type": "application/x-www-form-urlencoded", "x-signalwire-signature": signed}
    return await api.http.post(path, content=urlencode(fields), headers=headers)


def verbs(answer: Any) -> list[str]:
    """Return the instructions of an answer in order."""
    assert answer.status_code == 200, answer.text
    return [verb.tag for verb in ElementTree.fromstring(answer.content)]


def said(answer: Any) -> str:
    """Return what the caller hears."""
    return " ".join(verb.text or "" for verb in ElementTree.fromstring(answer.content).iter("Say"))


def found(answer: Any, tag: str) -> ElementTree.Element:
    """Return the only element with a name."""
    (element,) = ElementTree.fromstring(answer.content).iter(tag)
    return element


def call_in(answer: Any) -> UUID:
    """Return the id of the call that a media stream carries."""
    return UUID(given_to_stream(answer)["call_id"])


def given_to_stream(answer: Any) -> dict[str, str]:
    """Return what a media stream is told when it begins."""
    given = ElementTree.fromstring(answer.content).iter("Parameter")
    return {one.attrib["name"]: one.attrib["value"] for one in given}
