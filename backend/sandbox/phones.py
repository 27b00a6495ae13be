"""Customers' phones: switched on or off, mobile or landline."""

import re
from dataclasses import dataclass

from backend.sandbox.database import Database

DEFAULT_CUSTOMER = "+14155550199"
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def is_e164(number: str) -> bool:
    """Say whether the text is a number in E.164 form."""
    return _E164.fullmatch(number) is not None


@dataclass(frozen=True)
class Phone:
    """What the carrier finds when it rings this number."""

    number: str
    is_reachable: bool = True
    is_landline: bool = False


class Phones:
    """Storage of phones; a number nobody spoke about is a mobile that is switched on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, number: str) -> Phone:
        """Return the phone behind a number."""
        row = self._database.row("SELECT * FROM phones WHERE number = ?", number)
        return Phone(number, bool(row["is_reachable"]), bool(row["is_landline"])) if row else Phone(number)

    def save(self, phone: Phone) -> None:
        """Remember a phone's state."""
        self._database.run(
            "INSERT INTO phones (number, is_reachable, is_landline) VALUES (?1, ?2, ?3) ON CONFLICT (number)"
            " DO UPDATE SET is_reachable = ?2, is_landline = ?3",
            phone.number,
            phone.is_reachable,
            phone.is_landline,
        )
