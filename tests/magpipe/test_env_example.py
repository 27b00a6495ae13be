"""`.env.example` lists every setting there is, none that is not, with its default and a line that explains it."""

from itertools import pairwise
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from backend.core.config import Settings

LINES = (Path(__file__).parent.parent.parent / ".env.example").read_text().splitlines()
EXAMPLE = {line.split("=", 1)[0]: line.split("=", 1)[1] for line in LINES if line and not line.startswith("#")}


def test_every_setting_is_in_the_example_and_nothing_else():
    assert set(EXAMPLE) == {name.upper() for name in Settings.model_fields}


def test_the_example_states_the_defaults():
    for name, field in Settings.model_fields.items():
        default = field.default
        assert default is not PydanticUndefined, f"{name} needs a default that works on a laptop"
        plain = default.get_secret_value() if isinstance(default, SecretStr) else default
        stated = str(plain).lower() if isinstance(plain, bool) else str(plain)
        assert EXAMPLE[name.upper()] == stated, name


def test_each_setting_has_its_line_of_explanation():
    for before, line in pairwise(LINES):
        if line.split("=", 1)[0] in EXAMPLE:
            assert before.startswith("# "), f"{line} is not explained"
            assert not before.startswith("# ---"), f"{line} is not explained"


def test_the_example_can_be_used_as_it_is(tmp_path, monkeypatch):
    for name in EXAMPLE:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text("\n".join(LINES))
    assert Settings(_env_file=tmp_path / ".env").sandboxed_vendors == [
        "SignalWire",
        "OpenAI",
        "Deepgram",
        "ElevenLabs",
        "Postmark",
        "HubSpot",
        "Cal.com",
    ]


def test_an_empty_value_means_the_default(monkeypatch):
    for name in ("DATA_DIR", "PORT", "PUBLIC_URL"):
        monkeypatch.setenv(name, "")
    settings = Settings(_env_file=None)
    assert (str(settings.data_dir), settings.port, settings.public_url) == (".data", 3000, "http://127.0.0.1:3000")
