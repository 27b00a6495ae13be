"""Business numbers the carrier rents out: owned ones, and stock to choose from."""

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.sandbox.database import Database

# Numbers 555-0100 to 555-0199 are set aside for fiction in every area code of the North American plan.
FIRST_NUMBERS = ("+14155550132", "+12125550147", "+13035550168", "+15125550119", "+16045550123")

AREAS: dict[str, tuple[str, str, str]] = {
    "206": ("US", "WA", "Seattle"),
    "212": ("US", "NY", "New York"),
    "303": ("US", "CO", "Denver"),
    "305": ("US", "FL", "Miami"),
    "312": ("US", "IL", "Chicago"),
    "404": ("US", "GA", "Atlanta"),
    "415": ("US", "CA", "San Francisco"),
    "416": ("CA", "ON", "Toronto"),
    "503": ("US", "OR", "Portland"),
    "512": ("US", "TX", "Austin"),
    "514": ("CA", "QC", "Montreal"),
    "604": ("CA", "BC", "Vancouver"),
    "617": ("US", "MA", "Boston"),
    "702": ("US", "NV", "Las Vegas"),
}

_URL_FIELDS = frozenset(
    f"{what}_url"
    for what in (
        "call_request",
        "call_fallback",
        "call_status_callback",
        "message_request",
        "message_fallback",
    )
)
_METHOD_FIELDS = frozenset(
    f"{what}_method"
    for what in (
        "call_request",
        "call_fallback",
        "call_status_callback",
        "message_request",
        "message_fallback",
    )
)
_OTHER_FIELDS = frozenset(
    {
        "name",
        "call_handler",
        "call_receive_mode",
        "call_laml_application_id",
        "call_dialogflow_agent_id",
        "call_relay_topic",
        "call_relay_topic_status_callback_url",
        "call_relay_script_url",
        "call_relay_context",
        "call_relay_context_status_callback_url",
        "call_relay_application",
        "call_relay_connector_id",
        "call_sip_endpoint_id",
        "call_verto_resource",
        "call_video_room_id",
        "message_handler",
        "message_laml_application_id",
        "message_relay_topic",
        "message_relay_context",
        "message_relay_application",
    }
)
FIELDS = _URL_FIELDS | _METHOD_FIELDS | _OTHER_FIELDS


class BadNumberSetting(ValueError):
    """A setting the carrier refuses; `attribute` names it."""

    def __init__(self, attribute: str, message: str) -> None:
        super().__init__(message)
        self.attribute = attribute


@dataclass(frozen=True)
class Number:
    """One rented number and where its calls and texts are sent."""

    id: str
    number: str
    settings: dict[str, Any]
    created_at: str
    updated_at: str

    @property
    def name(self) -> str:
        """The label people gave it, else the number itself."""
        return str(self.settings.get("name") or self.number)

    def url(self, field: str) -> str:
        """Return a webhook address, empty when none is set."""
        return str(self.settings.get(field) or "")


@dataclass(frozen=True)
class Offer:
    """A number that could be rented."""

    number: str
    country: str
    region: str
    city: str


class Numbers:
    """Storage of rented numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Number]:
        """Return every rented number, oldest first."""
        return [_number(row) for row in self._database.rows("SELECT * FROM numbers ORDER BY created_at, rowid")]

    def find(self, number_id: str) -> Number | None:
        """Return a number by its id, or None."""
        row = self._database.row("SELECT * FROM numbers WHERE id = ?", number_id)
        return _number(row) if row else None

    def find_by_number(self, number: str) -> Number | None:
        """Return a number by its digits, or None."""
        row = self._database.row("SELECT * FROM numbers WHERE number = ?", number)
        return _number(row) if row else None

    def rent(self, number: str, settings: Mapping[str, Any] | None = None) -> Number:
        """Rent a number that is free."""
        now = _now()
        self._database.run(
            "INSERT INTO numbers (id, number, settings, created_at, updated_at) VALUES (?,?,?,?,?)",
            str(uuid.uuid4()),
            number,
            json.dumps(dict(settings or {})),
            now,
            now,
        )
        rented = self.find_by_number(number)
        if rented is None:
            raise LookupError(number)
        return rented

    def configure(self, number: Number, changes: Mapping[str, Any]) -> Number:
        """Change settings; unknown fields are ignored as the vendor does.

        Raises BadNumberSetting for an address that is not http(s) or a method that is not GET or POST.
        """
        for field, value in changes.items():
            if field in _URL_FIELDS and value and not str(value).startswith(("http://", "https://")):
                raise BadNumberSetting(field, f"{field} must be a valid URL")
            if field in _METHOD_FIELDS and value and value not in ("GET", "POST"):
                raise BadNumberSetting(field, f"{field} must be GET or POST")
        settings = number.settings | {field: value for field, value in changes.items() if field in FIELDS}
        self._database.run(
            "UPDATE numbers SET settings = ?, updated_at = ? WHERE id = ?",
            json.dumps(settings),
            _now(),
            number.id,
        )
        return Number(number.id, number.number, settings, number.created_at, _now())

    def release(self, number: Number) -> None:
        """Give a number back."""
        self._database.run("DELETE FROM numbers WHERE id = ?", number.id)

    def seed(self) -> None:
        """Rent the first five numbers, once in the life of the database."""
        if self._database.claim_first_start():
            for number in FIRST_NUMBERS:
                self.rent(number)

    def offers(self, area: str = "", region: str = "", city: str = "", digits: str = "") -> Iterator[Offer]:
        """Yield free numbers in a fixed order, narrowed to an area code, region, city or digits they contain."""
        taken = {number.number for number in self.all()}
        areas = {area: AREAS.get(area, ("US", "", ""))} if area else AREAS
        for code, (country, code_region, code_city) in areas.items():
            if region and region.casefold() != code_region.casefold():
                continue
            if city and city.casefold() != code_city.casefold():
                continue
            for line in range(100, 200):
                number = f"+1{code}5550{line}"
                if number not in taken and digits in number:
                    yield Offer(number, country, code_region, code_city)

    def is_offered(self, number: str) -> bool:
        """Say whether a number is in stock."""
        if len(number) != 12 or not number.startswith("+1") or not number[2:].isdigit():
            return False
        return any(offer.number == number for offer in self.offers(area=number[2:5]))


def _number(row: sqlite3.Row) -> Number:
    return Number(row["id"], row["number"], json.loads(row["settings"]), row["created_at"], row["updated_at"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
