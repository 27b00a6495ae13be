"""Check what is written about a contact, field by field; each refusal names its field."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers

from backend.accounts import service as accounts
from backend.core.errors import Invalid
from backend.models.contacts import ContactField
from backend.numbers import e164
from backend.vocab import FieldKind

NAME_LIMIT = 120
# Lengths people need, with room; what is longer is a note or a mistake.
LIMITS = {
    "first_name": 60,
    "last_name": 80,
    "company": 120,
    "job_title": 120,
    "address": 300,
    "city": 100,
    "region": 100,
    "notes": 5000,
    "blocked_reason": 200,
}
CUSTOM_LIMIT = 500
# Persian, Indian names and emojis are spelt with them. Other signs nobody sees, such as those that turn the direction
# of writing, come along from spreadsheets and are left out.
_JOINERS = "\u200c\u200d"
WORDS = {
    "first_name": "A first name",
    "last_name": "A last name",
    "company": "A company",
    "job_title": "A job title",
    "address": "An address",
    "city": "A city",
    "region": "A region",
    "notes": "Notes",
    "blocked_reason": "A reason",
}
_YES = frozenset({"true", "yes", "y", "1", "on", "x", "ja", "si", "sí", "oui", "sim"})
_NO = frozenset({"false", "no", "n", "0", "off", "nein", "non", "não"})


def checked(given: Mapping[str, Any], country: str, fields: Sequence[ContactField] = ()) -> dict[str, Any]:
    """Return the columns that `given` sets, in the spelling we store. Raises `Invalid` that names the field.

    National numbers are read as `country` (ISO 3166 alpha-2) would. `name` sets both of its parts; an unknown key is
    left out. `custom_fields` holds only the fields given, checked against `fields`.
    """
    found: dict[str, Any] = {}
    for key in LIMITS:
        if key in given:
            found[key] = text(given[key], key)
    if "name" in given and not ({"first_name", "last_name"} & given.keys()):
        found |= parts_of(_line(given["name"], "name", NAME_LIMIT, "A name"))
    if "country" in given:
        found["country"] = _country(given["country"])
    if "phone_number" in given:
        number = _text(given["phone_number"], "phone_number").strip()
        found["phone_number"] = e164.normalize(number, found.get("country") or country) if number else None
    if "email" in given:
        address = _text(given["email"], "email").strip()
        found["email"] = accounts.email(address) if address else None
    if "forward_to" in given:
        target = _text(given["forward_to"], "forward_to").strip()
        found["forward_to"] = e164.normalize(target, country, "forward_to") if target else ""
    if "is_whitelisted" in given:
        found["is_whitelisted"] = bool(given["is_whitelisted"])
    if "api_metadata" in given:
        found["api_metadata"] = given["api_metadata"]
    if "custom_fields" in given:
        found["custom_fields"] = custom(given["custom_fields"], fields)
    return found


def text(value: Any, key: str) -> str:
    """Return one of the plain fields as we store it. Raises `Invalid`."""
    if key == "notes" or key == "address":
        written = unicodedata.normalize("NFC", _text(value, key)).replace("\r\n", "\n").strip()
        if len(written) > LIMITS[key]:
            raise Invalid(f"{WORDS[key]} has at most {LIMITS[key]:,} characters.", field=key)
        return written
    return _line(value, key, LIMITS[key], WORDS[key])


def parts_of(name: str) -> dict[str, str]:
    """Return a whole name with its parts: the first word and the rest."""
    first, _, last = name.partition(" ")
    return {"name": name, "first_name": first, "last_name": last}


def custom(given: Any, fields: Sequence[ContactField]) -> dict[str, Any]:
    """Return the values of custom fields in their kinds, None for those to be emptied. Raises `Invalid`."""
    if not isinstance(given, Mapping):
        raise Invalid("Custom fields come as names with values.", field="custom_fields")
    known = {field.key: field for field in fields}
    values: dict[str, Any] = {}
    for key, value in given.items():
        field = known.get(str(key))
        if field is None:
            raise Invalid(f"There is no field “{str(key)[:40]}”.", field=f"custom_fields.{str(key)[:40]}")
        values[field.key] = custom_value(value, field)
    return values


def custom_value(value: Any, field: ContactField) -> Any:
    """Return one value in the kind of its field, None when it is empty. Raises `Invalid` that names the field."""
    written = _text(value, field.key).strip() if not isinstance(value, bool) else str(value)
    if not written:
        return None
    where = f"custom_fields.{field.key}"
    if len(written) > CUSTOM_LIMIT:
        raise Invalid(f"{field.label} has at most {CUSTOM_LIMIT} characters.", field=where)
    if field.kind == FieldKind.NUMBER:
        return _number(written, field.label, where)
    if field.kind == FieldKind.DATE:
        try:
            return date.fromisoformat(written).isoformat()
        except ValueError:
            raise Invalid(f"{field.label} is a date such as 2026-11-22.", field=where) from None
    if field.kind == FieldKind.BOOLEAN:
        if written.casefold() not in _YES | _NO:
            raise Invalid(f"{field.label} is yes or no.", field=where)
        return written.casefold() in _YES
    if field.kind == FieldKind.CHOICE:
        for choice in field.choices:
            if choice.casefold() == written.casefold():
                return choice
        raise Invalid(f"{field.label} is one of: {', '.join(field.choices)}.", field=where)
    return written


def shown(value: Any) -> str:
    """Return a custom value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _number(written: str, label: str, where: str) -> int | float:
    try:
        number = Decimal(written.replace(" ", ""))
    except InvalidOperation:
        raise Invalid(f"{label} is a number.", field=where) from None
    # What JSON and a spreadsheet both keep exactly: fifteen digits.
    if not number.is_finite() or len(number.as_tuple().digits) > 15 or abs(number) > Decimal(10) ** 15:
        raise Invalid(f"{label} is a number with at most 15 digits.", field=where)
    return int(number) if number == number.to_integral_value() else float(number)


def _country(value: Any) -> str:
    code = _text(value, "country").strip().upper()
    if code and code not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid("A country is two letters, such as US or DE.", field="country")
    return code


def _line(value: Any, key: str, longest: int, words: str) -> str:
    written = "".join(one for one in _text(value, key) if one in _JOINERS or unicodedata.category(one) != "Cf")
    line = " ".join(unicodedata.normalize("NFC", written).split()).strip(_JOINERS)
    if not all(one.isprintable() or one in _JOINERS for one in line):
        raise Invalid(f"{words} holds characters that cannot be shown.", field=key)
    if len(line) > longest:
        raise Invalid(f"{words} has at most {longest} characters.", field=key)
    return line


def _text(value: Any, key: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid(f"{key} must be text.", field=key)
    written = str(value)
    if "\x00" in written:
        raise Invalid(f"{key} holds a null character.", field=key)
    return written
