"""Logs say what happened without secrets, whole phone numbers or whole addresses."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.core.logging import redact
from backend.core.tenancy import platform_scope, unit_of_work


@pytest.mark.parametrize(
    "name", ["password", "api_key", "signalwire_api_token", "Authorization", "cookie", "secret_key"]
)
def test_values_under_a_secret_name_are_hidden(name):
    assert redact({name: "hunter2"}) == {name: "[hidden]"}


@pytest.mark.parametrize("name", ["status_code", "error_code", "country_code", "signed", "tokens_in"])
def test_ordinary_names_stay_readable(name):
    assert redact({name: "30003"}) == {name: "30003"}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Bearer abcdefghijk123", "abcdefghijk123"),
        ("key sk-abcdefghijklmnop was refused", "abcdefghijklmnop"),
        ("postgresql://app:hunter2@db/app", "hunter2"),
        ("text from +14155550132", "+14155550132"),
        ("mail to dana.ruiz@example.com", "dana.ruiz"),
    ],
)
def test_secrets_inside_text_are_hidden(text, secret):
    assert secret not in redact(text)
    assert secret not in redact({"nested": [{"deep": text}]})["nested"][0]["deep"]


async def test_what_the_database_refuses_does_not_repeat_what_it_was_given(db):
    with platform_scope("provoke an error in a test"), pytest.raises(DBAPIError) as refusal:
        async with unit_of_work() as session:
            await session.execute(text("select 1 / 0 from (select cast(:said as text)) x"), {"said": "my secret words"})
    assert "my secret words" not in f"{refusal.value!r} {refusal.value}"
