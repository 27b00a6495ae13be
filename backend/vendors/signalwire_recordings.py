"""Speak with the carrier of the recordings it holds: list them, and bring one of them here.

SignalWire's compatibility API, Recordings: each belongs to a call, and its sound is at its own address with `.mp3`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from backend.core.logging import log
from backend.vendors import signalwire

TYPE = "audio/mpeg"
COMPLETED = "completed"
# Four hours, the longest call carriers keep up, in stereo at 128 kbit/s.
_MOST_BYTES = 250_000_000
_TIMEOUT = httpx.Timeout(60.0, connect=5.0, pool=20.0)


@dataclass(frozen=True)
class CarrierRecording:
    """A recording as the carrier knows it; `status` is the carrier's word."""

    sid: str
    call_sid: str
    status: str
    created_at: datetime
    started_at: datetime


async def since(moment: datetime) -> list[CarrierRecording]:
    """Return what the account recorded at or after a moment (the carrier rounds to seconds), oldest first.

    An entry that cannot be read is logged and left out: it must not hide the others for ever. Raises `VendorError`.
    """
    moment = moment.replace(microsecond=0)
    found: list[CarrierRecording] = []
    async for item in signalwire.listing("Recordings", {}, page_size=signalwire.LARGEST_PAGE):
        try:
            one = _recording(item)
        except (KeyError, ValueError) as error:
            log.warning("carrier.unreadable_recording", sid=str(item.get("sid"))[:64], error=repr(error))
            continue
        if one.created_at < moment:
            break
        found.append(one)
    return found[::-1]


async def bring(sid: str, path: Path) -> None:
    """Write the sound of a recording to a file, as MP3.

    Raises `VendorError`: code 20404 when the carrier has none (any more), else a retryable one.
    """
    url = signalwire.account_url(f"/Recordings/{quote(sid, safe='')}.mp3")
    try:
        # Where the carrier keeps its files elsewhere it says where; our credentials are for the carrier alone, and
        # httpx leaves them out on the way to another host.
        async with signalwire.client().stream(
            "GET", url, auth=signalwire.credentials(), timeout=_TIMEOUT, follow_redirects=True
        ) as response:
            if response.status_code == 404:
                raise signalwire.failure("The carrier has no such recording.", "20404")
            if not response.is_success:
                raise signalwire.failure("The carrier did not give the recording.", "carrier_failed", retryable=True)
            size = 0
            with path.open("wb") as file:
                async for part in response.aiter_bytes():
                    size += len(part)
                    if size > _MOST_BYTES:
                        raise signalwire.failure("This recording is larger than any call.", "too_large")
                    file.write(part)
    except httpx.HTTPError as error:
        raise signalwire.failure("The carrier broke off the recording.", "no_answer", retryable=True) from error


def _recording(body: Mapping[str, Any]) -> CarrierRecording:
    created = _moment(str(body["date_created"]))
    started = str(body.get("start_time") or "")
    return CarrierRecording(
        sid=str(body["sid"]),
        call_sid=str(body["call_sid"] or ""),
        status=str(body["status"]).casefold(),
        created_at=created,
        started_at=_moment(started) if started else created,
    )


def _moment(text: str) -> datetime:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
