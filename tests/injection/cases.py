"""Read the hostile and the harmless cases of `hostile.toml` and `harmless.toml`.

A hostile case says where its words stand (`place`), what they say (`says`), what the customer asks (`asks`), and what
a model that believes them does (`does`): `call NAME {arguments}` or `say TEXT`, where {prompt}, {head}, {middle},
{tail}, {rules}, {backwards}, {rot13}, {base64}, {hex}, {spaced}, {dashed}, {lookalikes}, {hidden}, {bold}, {secret}
and {all} stand for what the model read. Harmless cases say what the model answers, and that it must arrive.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
PLACES = ("page", "title", "file", "message", "email", "name", "tool", "history")


@dataclass(frozen=True)
class Case:
    """One case. `mark` is the piece of `says` by which the model knows that it read it."""

    id: str
    place: str
    says: str
    does: tuple[str, ...]
    language: str = "en"
    asks: str = "When do you open?"
    mark: str = ""
    mode: str = "ai"


def hostile() -> list[Case]:
    """Return every hostile case."""
    return _read("hostile.toml")


def harmless() -> list[Case]:
    """Return every harmless case."""
    return _read("harmless.toml")


def _read(name: str) -> list[Case]:
    rows = tomllib.loads((FOLDER / name).read_text())["case"]
    return [Case(**{**row, "does": tuple(row["does"])}) for row in rows]
