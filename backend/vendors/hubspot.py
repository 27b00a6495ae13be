"""Write notes into a customer's HubSpot through its CRM API v3, documented at developers.hubspot.com.

The token is of a private app the business made, with the scopes to read contacts and write notes.
"""

from datetime import datetime
from typing import Any

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "HubSpot"
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# "Note to contact" among HubSpot's own kinds of association.
_NOTE_TO_CONTACT = 202


async def find_contact(token: str, *, email: str, phone: str) -> str:
    """Return the id of the contact with this address or number (E.164), or "". Raises `VendorError`."""
    groups = [
        {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}
        for name, value in (("email", email), ("phone", phone), ("mobilephone", phone))
        if value
    ]
    if not groups:
        return ""
    answer = await _post(token, "/crm/v3/objects/contacts/search", {"filterGroups": groups, "limit": 1})
    return _first_id(answer)


async def find_note(token: str, reference: str) -> str:
    """Return the id of the note that holds our reference, or "".

    HubSpot's search lists a note seconds after it took it, so an empty answer is likely, not certain.
    """
    wanted = {"propertyName": "hs_note_body", "operator": "CONTAINS_TOKEN", "value": reference}
    answer = await _post(token, "/crm/v3/objects/notes/search", {"filterGroups": [{"filters": [wanted]}], "limit": 1})
    return _first_id(answer)


async def create_note(token: str, body_html: str, at: datetime, contact_id: str) -> str:
    """Make a note, on a contact's timeline when there is one, and return its id.

    Raises `VendorError`: `crm_setup` until the business mends its token, retryable when HubSpot is the trouble, and
    `may_have_happened` when the note may exist although no answer came.
    """
    note: dict[str, Any] = {
        "properties": {"hs_timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "hs_note_body": body_html}
    }
    if contact_id:
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _NOTE_TO_CONTACT}
        note["associations"] = [{"to": {"id": contact_id}, "types": [kind]}]
    answer = await _post(token, "/crm/v3/objects/notes", note, changes=True)
    return str(answer.get("id") or "")


async def _post(token: str, path: str, body: dict[str, Any], *, changes: bool = False) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(
            base_url=settings().hubspot_base_url, timeout=_TIMEOUT, verify=http.vendor_certificates()
        ) as client:
            response = await client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise _unreachable(error, may_have_happened=False) from None
    except httpx.HTTPError as error:
        raise _unreachable(error, may_have_happened=changes) from None
    answer = _json(response)
    if response.is_success and answer:
        return answer
    words = str(answer.get("message") or f"status {response.status_code}")[:300]
    if response.status_code in (401, 403):
        raise VendorError(
            f"HubSpot does not take the token of your app: {words} Give the alert a new one.",
            vendor=VENDOR,
            code="crm_setup",
        )
    is_trouble = response.status_code >= 500 or response.status_code in (408, 429) or response.is_success
    raise VendorError(
        f"HubSpot failed: {words}",
        vendor=VENDOR,
        is_retryable=is_trouble,
        may_have_happened=changes and is_trouble and response.status_code != 429,
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _first_id(answer: dict[str, Any]) -> str:
    results = answer.get("results")
    first = results[0] if isinstance(results, list) and results else {}
    return str(first.get("id") or "") if isinstance(first, dict) else ""


def _unreachable(error: httpx.HTTPError, *, may_have_happened: bool) -> VendorError:
    return VendorError(
        f"HubSpot could not be reached ({type(error).__name__}).",
        vendor=VENDOR,
        is_retryable=True,
        may_have_happened=may_have_happened,
    )
