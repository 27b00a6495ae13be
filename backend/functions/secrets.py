"""Keep what a function's request proves itself with: header values, and the secret the business signs with.

A header's value is stored once, encrypted, for the origin it was given for; nothing shows it again, and a function
whose address moves to another server must be given it anew, so that nobody can have it sent elsewhere.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, crypto
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.functions import queries
from backend.functions.definitions import VALUE_LIMIT
from backend.models.functions import FunctionSecret
from backend.vendors import http
from backend.vocab import MemberRole

HEADER, SIGNING = "header", "signing"
SIGNATURE, TIMESTAMP = "X-Magpipe-Signature", "X-Magpipe-Timestamp"


async def kept(
    session: AsyncSession, given: Sequence[Mapping[str, Any]], former: Sequence[Mapping[str, Any]], url: str
) -> list[dict[str, str]]:
    """Store the values of headers and return the rows a definition keeps.

    A row without a value keeps the one its name had before. Raises `Invalid` (`headers`) when that belongs to another
    server, or a value cannot travel in a header.
    """
    origin = http.checked_origin(url)
    known = {str(one["name"]).casefold(): str(one["secret"]) for one in former}
    stored = await queries.secrets(session, org_id_of(session), [UUID(one) for one in known.values() if one])
    rows: list[dict[str, str]] = []
    for one in given:
        name, value = str(one.get("name") or one.get("key") or "").strip(), one.get("value")
        if value not in (None, ""):
            secret = await _keep(session, HEADER, _checked(name, value), origin)
            rows.append({"name": name, "secret": str(secret.id)})
            continue
        before = known.get(name.casefold(), "")
        found = stored.get(UUID(before)) if before else None
        if found is None:
            raise Invalid(f"Give the header “{name}” a value.", field="headers")
        if found.origin != origin:
            raise Invalid(f"The address moved to another server. Give the value of “{name}” again.", field="headers")
        rows.append({"name": name, "secret": before})
    return rows


async def opened(session: AsyncSession, rows: Sequence[Mapping[str, Any]], url: str) -> dict[str, str]:
    """Return the headers of a request to `url` with their values. Raises `Invalid` when one is not for its server."""
    origin = http.checked_origin(url)
    wanted = {str(one["name"]): str(one["secret"]) for one in rows}
    stored = await queries.secrets(session, org_id_of(session), [UUID(one) for one in wanted.values() if one])
    headers: dict[str, str] = {}
    for name, secret in wanted.items():
        found = stored.get(UUID(secret)) if secret else None
        if found is None or found.purpose != HEADER or found.origin != origin:
            raise Invalid(f"The header “{name}” has no value for this server.", field="headers")
        headers[name] = found.value
    return headers


async def has_signing(session: AsyncSession) -> bool:
    """Tell whether calls are signed."""
    return await queries.secret_for(session, org_id_of(session), SIGNING) is not None


async def renew_signing(session: AsyncSession, principal: Principal) -> str:
    """Make the secret that calls are signed with from now on, and return it, once."""
    principal.require(MemberRole.EDITOR)
    made = await _keep(session, SIGNING, f"fsec_{crypto.new_token()}", "")
    await audit.record(session, principal, "ui:functions:signing_secret_renewed", made.id, {})
    return made.value


async def signing(session: AsyncSession) -> str:
    """Return the secret calls are signed with, or an empty string."""
    found = await queries.secret_for(session, org_id_of(session), SIGNING)
    return found.value if found else ""


def signed(secret: str, timestamp: int, content: bytes, query: str) -> dict[str, str]:
    """Return the headers that prove a request ours: HMAC-SHA256 of `<timestamp>.<body>`, hex.

    A request without a body signs its query instead. Without a secret there are none.
    """
    if not secret:
        return {}
    said = f"{timestamp}.".encode() + (content or query.encode())
    return {TIMESTAMP: str(timestamp), SIGNATURE: hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()}


async def _keep(session: AsyncSession, purpose: str, value: str, origin: str) -> FunctionSecret:
    made = FunctionSecret(org_id=org_id_of(session), purpose=purpose, origin=origin, value=value)
    session.add(made)
    await session.flush()
    return made


def _checked(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > VALUE_LIMIT or not value.isascii() or not value.isprintable():
        raise Invalid(f"The value of “{name}” is one line of at most {VALUE_LIMIT:,} plain letters.", field="headers")
    return value.strip()
