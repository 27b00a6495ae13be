"""Know the world's countries and time zones, as the IANA database names them."""

import unicodedata
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import phonenumbers

from backend.core import clock
from backend.core.errors import Invalid
from backend.organizations.schemas import PlaceOption

_SHOWN = 20


def check_country(country: str) -> str:
    """Return a country phone numbers can be read for, as two letters. Raises `Invalid`."""
    code = country.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid("Choose a country from the list.", field="country")
    return code


def check_timezone(zone: str) -> str:
    """Return a time zone. Raises `Invalid`."""
    if zone not in _zones():
        raise Invalid("Choose a time zone from the list.", field="timezone")
    return zone


def timezone_or_utc(zone: str) -> str:
    """Return what a browser says its time zone is, when it is one, else UTC."""
    return zone if zone in _zones() else "UTC"


def country_of(zone: str) -> str:
    """Return the two-letter country of a time zone, "US" when it has none."""
    return _countries_of_zones().get(zone, "US")


def find_countries(query: str, current: str = "") -> list[PlaceOption]:
    """Return at most twenty countries whose name or code begins a word with `query`, the current one for none."""
    options = [PlaceOption(value=code, label=name, hint=code) for code, name in _country_names().items()]
    return _matching(options, query, current)


def find_timezones(query: str, current: str = "") -> list[PlaceOption]:
    """Return at most twenty time zones whose city or region begins a word with `query`, the current one for none."""
    options = [PlaceOption(value=zone, label=zone.replace("_", " "), hint="") for zone in sorted(_zones())]
    found = _matching(options, query, current)
    return [PlaceOption(**{**option, "hint": _offset(option["value"])}) for option in found]


def _matching(options: list[PlaceOption], query: str, current: str) -> list[PlaceOption]:
    words = _folded(query).split()
    if not words:
        return [option for option in options if option["value"] == current]

    def fits(option: PlaceOption) -> bool:
        parts = _folded(f"{option['label']} {option['value']}").replace("/", " ").replace("_", " ").split()
        return all(any(part.startswith(word) for part in parts) for word in words)

    return [option for option in options if fits(option)][:_SHOWN]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).replace("/", " ").replace("_", " ")
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _offset(zone: str) -> str:
    offset = clock.now().astimezone(ZoneInfo(zone)).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zone for zone in clock.zones() if "/" in zone or zone == "UTC")


def _table(name: str) -> list[list[str]]:
    """Read a table of the IANA database: tab-separated, comments begin with #."""
    lines = resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _countries_of_zones() -> dict[str, str]:
    return {row[2]: row[0] for row in _table("zone.tab")}


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    names = {row[0]: row[1] for row in _table("iso3166.tab") if row[0] in phonenumbers.SUPPORTED_REGIONS}
    return dict(sorted(names.items(), key=lambda item: _folded(item[1])))
