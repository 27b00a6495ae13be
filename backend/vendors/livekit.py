"""Speak with LiveKit's server: open and close the rooms of calls, and ask who is in one.

Its API is Twirp: JSON posted to `/twirp/livekit.<Service>/<Method>` with a token of our API secret that grants just
that (LiveKit's documentation, "Server APIs"). LiveKit's own client of it needs its media packages, which the processes
of the web and of jobs do without.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import jwt

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "LiveKit"
# Ids of rooms begin so (LiveKit's `guid` of rooms).
ROOM_PREFIX = "RM_"
# It answers within milliseconds, and has a phone put through within the time that one rings.
_TIMEOUT = httpx.Timeout(10.0, connect=5.0, pool=10.0)
_TRANSFER_S = 45
_TOKEN_S = 60
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def is_room(vendor_call_id: str) -> bool:
    """Return whether a call's id at its vendor is that of a room."""
    return vendor_call_id.startswith(ROOM_PREFIX)


async def open_room(name: str, *, metadata: str, agent: str, given: str, empty_s: int) -> str:
    """Open a room, have an agent sent there with what it is given, and return the room's id.

    A room of this name that is open is returned as it is. Raises `VendorError`.
    """
    wanted = {
        "name": name,
        "metadata": metadata,
        "emptyTimeout": empty_s,
        "departureTimeout": empty_s,
        "agents": [{"agentName": agent, "metadata": given}],
    }
    body = await _ask("RoomService", "CreateRoom", wanted, {"roomCreate": True})
    if not is_room(str(body.get("sid") or "")):
        raise _failure("LiveKit’s answer could not be read.", "broken_answer", retryable=True)
    return str(body["sid"])


async def close_room(name: str) -> None:
    """Close a room, whoever is in it: the line of a telephone is put down by it. One that is gone is closed.

    Raises `VendorError`.
    """
    try:
        await _ask("RoomService", "DeleteRoom", {"room": name}, {"roomCreate": True})
    except VendorError as error:
        if error.code != "not_found":
            raise


async def has_telephone(name: str) -> bool:
    """Return whether somebody is in a room by telephone. Raises `VendorError`."""
    grants = {"roomAdmin": True, "room": name}
    try:
        body = await _ask("RoomService", "ListParticipants", {"room": name}, grants)
    except VendorError as error:
        if error.code != "not_found":
            raise
        return False
    found = body.get("participants")
    return any(one.get("kind") == "SIP" for one in found if isinstance(one, dict)) if isinstance(found, list) else False


async def put_through(room: str, identity: str, number: str) -> None:
    """Have the line of somebody in a room joined with a telephone instead; they leave the room by it.

    Raises `VendorError` when that is not done.
    """
    wanted = {"roomName": room, "participantIdentity": identity, "transferTo": f"tel:{number}", "playDialtone": True}
    grants = {"roomAdmin": True, "room": room}
    await _ask("SIP", "TransferSIPParticipant", wanted, grants, sip={"call": True}, within_s=_TRANSFER_S)


async def _ask(
    service: str,
    method: str,
    wanted: Mapping[str, Any],
    grants: Mapping[str, Any],
    *,
    sip: Mapping[str, Any] | None = None,
    within_s: float = 0,
) -> dict[str, Any]:
    config = settings()
    now = int(time.time())
    claims: dict[str, Any] = {"iss": config.livekit_api_key, "nbf": now - _TOKEN_S, "exp": now + _TOKEN_S}
    claims |= {"sub": "magpipe", "video": dict(grants), **({"sip": dict(sip)} if sip else {})}
    token = jwt.encode(claims, config.livekit_api_secret.get_secret_value(), algorithm="HS256")
    address = f"http{config.livekit_url.removeprefix('ws').removeprefix('http').rstrip('/')}"
    try:
        response = await _client().post(
            f"{address}/twirp/livekit.{service}/{method}",
            json=dict(wanted),
            headers={"authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(within_s, connect=5.0) if within_s else _TIMEOUT,
        )
    except httpx.HTTPError as error:
        raise _failure("LiveKit could not be reached.", "unreachable", retryable=True) from error
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and isinstance(body, dict):
        return body
    said = body if isinstance(body, dict) else {}
    code = str(said.get("code") or response.status_code)
    is_passing = response.status_code >= 500 or response.status_code == 429 or response.is_success
    raise _failure(str(said.get("msg") or f"LiveKit answered {response.status_code}."), code, retryable=is_passing)


def _failure(message: str, code: str, *, retryable: bool = False) -> VendorError:
    return VendorError(message, vendor=VENDOR, code=code, is_retryable=retryable)


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None or found.is_closed:
        found = httpx.AsyncClient(trust_env=False, verify=http.vendor_certificates())
        _clients[loop] = found
    return found
