"""SignalWire's SDK lists, searches, rents, configures and releases numbers."""

import asyncio
from typing import Any

import phonenumbers
import pytest
from signalwire.rest import RestClient
from signalwire.rest._base import SignalWireRestError


@pytest.fixture
def rest(vendor: Any) -> RestClient:
    return RestClient(project="sandbox-project", token="sandbox-token", host=vendor.url.removeprefix("http://"))


async def test_first_numbers_are_valid_and_not_connected(rest: RestClient) -> None:
    data = (await asyncio.to_thread(rest.phone_numbers.list))["data"]
    assert len(data) == 5
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(item["number"])) for item in data)
    assert all(item["message_request_url"] is None for item in data)
    assert data[0]["capabilities"] == ["voice", "sms", "mms"]


async def test_listing_follows_pages(rest: RestClient) -> None:
    def walk() -> list[str]:
        return [item["number"] for item in rest.phone_numbers.paginate(page_size=2)]

    assert len(set(await asyncio.to_thread(walk))) == 5


async def test_number_is_found_rented_configured_and_released(rest: RestClient) -> None:
    numbers = rest.phone_numbers
    offers = (await asyncio.to_thread(numbers.search, areacode="604", max_results=3))["data"]
    assert len(offers) == 3
    assert all(offer["e164"].startswith("+1604") for offer in offers)
    assert (offers[0]["city"], offers[0]["country_code"]) == ("Vancouver", "CA")
    rented = await asyncio.to_thread(numbers.create, number=offers[0]["e164"])
    changed = await asyncio.to_thread(
        lambda: numbers.update(rented["id"], name="Front desk", message_request_url="http://127.0.0.1:1/in")
    )
    assert (changed["name"], changed["message_request_url"]) == ("Front desk", "http://127.0.0.1:1/in")
    assert (await asyncio.to_thread(numbers.get, rented["id"]))["name"] == "Front desk"
    await asyncio.to_thread(numbers.delete, rented["id"])
    with pytest.raises(SignalWireRestError) as gone:
        await asyncio.to_thread(numbers.get, rented["id"])
    assert gone.value.status_code == 404


@pytest.mark.parametrize("number", ["+14155550132", "+4915112345678", "+14155551234", "", "x"])
async def test_number_that_is_not_for_rent_is_refused(rest: RestClient, number: str) -> None:
    with pytest.raises(SignalWireRestError) as refused:
        await asyncio.to_thread(rest.phone_numbers.create, number=number)
    assert refused.value.status_code == 422
    assert refused.value.body["errors"][0]["attribute"] == "number"


async def test_bad_webhook_address_is_refused(rest: RestClient) -> None:
    number = (await asyncio.to_thread(rest.phone_numbers.list))["data"][0]
    with pytest.raises(SignalWireRestError) as refused:
        await asyncio.to_thread(lambda: rest.phone_numbers.update(number["id"], message_request_url="javascript:1"))
    assert refused.value.body["errors"][0]["attribute"] == "message_request_url"


async def test_wrong_token_is_refused(vendor: Any) -> None:
    stranger = RestClient(project="sandbox-project", token="no", host=vendor.url.removeprefix("http://"))
    with pytest.raises(SignalWireRestError) as refused:
        await asyncio.to_thread(stranger.phone_numbers.list)
    assert refused.value.status_code == 401
