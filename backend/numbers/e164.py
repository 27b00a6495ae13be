"""Read and write phone numbers: E.164 inside (ITU-T E.164, `+` and at most 15 digits), national form for people."""

import phonenumbers

from backend.core.errors import Invalid


def normalize(raw: str, country: str = "US", field: str = "phone_number") -> str:
    """Return `raw` in E.164, reading national forms as `country` (ISO 3166 alpha-2) would.

    Raises `Invalid` that names `field` when it is empty or cannot be a phone number.
    """
    text = (raw or "").strip()
    if not text:
        raise Invalid("Enter a phone number.", field=field, code="missing_phone_number")
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise Invalid(f"“{text[:32]}” is not a phone number.", field=field, code="invalid_phone_number") from None
    # Seven digits without an area code are possible within a town; nobody can text them from elsewhere.
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Invalid(
            f"“{text[:32]}” cannot be a phone number: check the digits and the country code.",
            field=field,
            code="invalid_phone_number",
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def display(e164: str, country: str = "US") -> str:
    """Return `e164` as a person in `country` writes it; anything unreadable comes back as it is."""
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(country) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def country_of(e164: str) -> str:
    """Return the ISO 3166 alpha-2 country a number belongs to, or an empty string."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None)) or ""
    except phonenumbers.NumberParseException:
        return ""
