"""Logs say what happened without secrets, whole phone numbers or whole addresses."""

import pytest

from backend.core.logging import redact


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
