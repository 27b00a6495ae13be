"""Settings work without keys on a laptop, and production refuses stand-ins."""

import pytest

from backend.core.config import Settings
from backend.core.errors import Misconfigured


def make(monkeypatch, **values):
    for name in ("ENVIRONMENT", "PUBLIC_URL", "SANDBOX_PORT", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return Settings(_env_file=None, **values)


def test_without_keys_every_vendor_is_the_sandbox(monkeypatch):
    made = make(monkeypatch)
    assert made.sandboxed_vendors == [
        "SignalWire",
        "OpenAI",
        "Deepgram",
        "ElevenLabs",
        "Postmark",
        "HubSpot",
        "Cal.com",
    ]
    assert made.uses_local_embeddings


def test_a_key_switches_its_vendor_to_the_real_service_and_nothing_else(monkeypatch):
    made = make(monkeypatch, openai_api_key="sk-real")
    assert made.openai_base_url == "https://api.openai.com/v1"
    assert made.sandboxed_vendors == ["SignalWire", "Deepgram", "ElevenLabs", "Postmark", "HubSpot", "Cal.com"]
    assert not made.uses_local_embeddings


def test_any_openai_compatible_server_works_by_its_address(monkeypatch):
    made = make(monkeypatch, openai_api_key="local", openai_base_url="http://10.0.0.5:8000/v1", chat_model="qwen")
    assert made.openai_base_url == "http://10.0.0.5:8000/v1"
    assert made.chat_model == "qwen"


def test_production_refuses_stand_ins_unless_told(monkeypatch):
    with pytest.raises(Misconfigured, match="SignalWire, OpenAI, Postmark"):
        make(monkeypatch, environment="production")
    assert make(monkeypatch, environment="production", allow_sandbox=True).sandboxed_vendors


def test_production_boots_without_vendors_of_speech_and_calls_no_stand_in(monkeypatch):
    made = make(
        monkeypatch,
        environment="production",
        signalwire_space_url="acme.signalwire.com",
        signalwire_api_token="t",
        signalwire_project_id="p",
        openai_api_key="sk-real",
        postmark_server_token="real",
    )
    assert made.deepgram_base_url == "https://api.deepgram.com/v1"
    assert not made.elevenlabs_api_key.get_secret_value()


def test_a_space_may_be_written_without_its_scheme(monkeypatch):
    made = make(
        monkeypatch, signalwire_space_url="acme.signalwire.com", signalwire_api_token="t", signalwire_project_id="p"
    )
    assert made.signalwire_space_url == "https://acme.signalwire.com"


def test_the_public_address_has_no_trailing_slash(monkeypatch):
    assert make(monkeypatch, public_url="https://app.example.com/").public_url == "https://app.example.com"
