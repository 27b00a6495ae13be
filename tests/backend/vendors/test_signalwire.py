"""What the carrier's list holds that cannot be read costs that entry alone, and is never taken for an absent text."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from backend.core.errors import VendorError
from backend.vendors import signalwire

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
WHOLE = {
    "sid": "good",
    "status": "received",
    "from": "+14155550199",
    "to": "+14155550132",
    "body": "Hi",
    "direction": "inbound",
    "date_created": "Sun, 22 Nov 2026 12:00:00 +0000",
}
BROKEN = [{}, {**WHOLE, "date_created": None}, {**WHOLE, "num_media": "many"}]


@pytest.fixture
async def carrier_lists() -> AsyncIterator[list[Any]]:
    """Stand in for the carrier's server: it lists what a test puts into the returned list."""
    listed: list[Any] = []
    loop = asyncio.get_running_loop()
    before = signalwire._clients.get(loop)
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"messages": listed}))
    async with httpx.AsyncClient(transport=transport) as client:
        signalwire._clients[loop] = client
        yield listed
    signalwire._clients.pop(loop, None)
    if before is not None:
        signalwire._clients[loop] = before


@pytest.mark.parametrize("entry", BROKEN)
async def test_an_unreadable_entry_does_not_hide_the_missed_texts_beside_it(carrier_lists, entry):
    carrier_lists += [entry, WHOLE]
    assert [text.sid for text in await signalwire.list_inbound(SINCE)] == ["good"]


@pytest.mark.parametrize("entry", BROKEN)
async def test_an_unreadable_entry_might_be_the_text_that_is_looked_for(carrier_lists, entry):
    carrier_lists += [entry]
    with pytest.raises(VendorError) as unread:
        await signalwire.find_sent(sender="+14155550132", recipient="+14155550199", body="Hi", since=SINCE)
    assert (unread.value.code, unread.value.is_retryable) == ("broken_answer", True)


async def test_an_unreadable_text_is_an_error_of_the_carriers(carrier_lists):
    with pytest.raises(VendorError) as unread:
        await signalwire.fetch("good")
    assert unread.value.code == "broken_answer"
