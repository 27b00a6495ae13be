"""Values people write into a message: names, addresses, numbers, dates, quoted words."""

import re

from backend.sandbox.model.words import fold

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_URL = re.compile(r"https?://[^\s<>\"']+")
_NUMBER = re.compile(r"(?<![\w.+-])\d+(?:\.\d+)?(?![\w-]|\.\d|:\d)")
_WORD_NUMBERS = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_CLOCK = r"\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}:\d{2}|noon|midnight"
_DATE = (
    rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?"
    rf"|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?"
    rf"|(?:{_MONTH}\.?\s\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH})(?:,?\s\d{{4}})?"
    rf"|(?:next|this|on)?\s?{_DAY}|the day after tomorrow|tomorrow|today|tonight|next week"
)
_WHEN = re.compile(
    rf"\b(?:{_DATE})(?:\s(?:morning|afternoon|evening|night))?(?:,?\s(?:at\s|around\s|by\s)?(?:{_CLOCK}))?"
    rf"|\b(?:{_CLOCK})(?:\s(?:on\s)?(?:{_DATE}))?",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-Þ][\w'’-]*(?:\s[A-ZÀ-Þ][\w'’-]*){0,2}"
_MY_NAME = re.compile(
    rf"\b(?:[Mm]y name(?:'s| is)|[Nn]ame(?:'s| is|:)|[Tt]his is|[Cc]all me|[Jj]e m'appelle|[Mm]e llamo"
    rf"|[Ii]ch hei(?:ß|ss)e)\s({_NAME})"
)
_I_AM = re.compile(rf"\b(?:I'm|I’m|I am)\s({_NAME})\b")
# "Call me back" is no name.
_NO_NAME = r"(?!(?:back|again|at|on|if|when|later|today|tonight|tomorrow|soon)\b)"
_MY_NAME_LOWER = re.compile(rf"\b(?:my name(?:'s| is)|call me)\s{_NO_NAME}([a-z][\w'’-]+)", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“«]([^\"”»]{1,500})[\"”»]")
_SAYING = re.compile(
    r"\b(?:saying|that says|which says|with the (?:text|message|words)|to say|telling (?:them|him"
    r"|her))\s*(?:that\s)?:?\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(rf"\b(?:in|for|at|to|from|near)\s({_NAME})")
_POSSESSIVE = re.compile(
    r"\bmy ([\w ]{2,30}?)(?:'s| is|:)\s+((?:[^.;,!?\n]|\.(?=\S))+?)(?=\s+and my\b|[.;,!?\n]|$)", re.IGNORECASE
)


def email(text: str) -> str | None:
    """Return the first email address."""
    match = _EMAIL.search(text)
    return match.group().rstrip(".") if match else None


def phone(text: str) -> str | None:
    """Return the first phone number as written, without spaces and brackets."""
    for match in _PHONE.finditer(_EMAIL.sub(" ", text)):
        digits = re.sub(r"\D", "", match.group())
        if 8 <= len(digits) <= 15 and not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", match.group()):
            return ("+" if match.group().startswith("+") else "") + digits
    return None


def url(text: str) -> str | None:
    """Return the first web address."""
    match = _URL.search(text)
    return match.group().rstrip(".,;") if match else None


def number(text: str) -> float | None:
    """Return the first plain number, written in digits or as a word up to twelve."""
    match = _NUMBER.search(text)
    if match:
        return float(match.group())
    return next(
        (
            float(_WORD_NUMBERS[word])
            for word in re.findall(r"[a-z]+", fold(text))
            if word in _WORD_NUMBERS and word != "one"
        ),
        None,
    )


def when(text: str) -> str | None:
    """Return the longest date or time expression, as given."""
    found = [match.group().strip() for match in _WHEN.finditer(text)]
    return max(found, key=len).removeprefix("on ") if found else None


def person(text: str) -> str | None:
    """Return the name the writer gives as their own."""
    for pattern in (_MY_NAME, _I_AM):
        match = pattern.search(text)
        if match:
            return match.group(1).strip()
    match = _MY_NAME_LOWER.search(text)
    return match.group(1).capitalize() if match else None


def message(text: str) -> str | None:
    """Return words the writer wants passed on: quoted, or after "saying"."""
    match = _QUOTED.search(text) or _SAYING.search(text)
    return match.group(1).strip() if match else None


def place(text: str) -> str | None:
    """Return a capitalised name after a preposition, such as a city."""
    match = _PLACE.search(text)
    return match.group(1) if match else None


def own_facts(text: str) -> list[tuple[str, str]]:
    """Return (what, value) pairs the writer states about themselves, such as ("name", "Dana")."""
    found: list[tuple[str, str]] = []
    name = person(text)
    if name:
        found.append(("name", name))
    for what, value in _POSSESSIVE.findall(text):
        key = what.strip().lower()
        if key != "name":
            found.append((key, value.strip()))
    stated = {key for key, _ in found}
    address, digits = email(text), phone(text)
    if address and not any("mail" in key for key in stated):
        found.append(("email", address))
    if digits and not any("phone" in key or "number" in key for key in stated):
        found.append(("phone", digits))
    return found
