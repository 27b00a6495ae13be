"""Read the places of a template, `{{contact.first_name}}` or `{{contact.first_name|there}}`, and fill them."""

import re
from collections.abc import Mapping

# What is filled in wherever a template is used; contacts' own fields and agents' details are known besides.
BUILT_IN = (
    "contact.name",
    "contact.first_name",
    "contact.last_name",
    "contact.phone",
    "contact.email",
    "contact.company",
    "me.name",
    "me.first_name",
    "business.name",
)
FALLBACK_LIMIT = 80
_PLACE = re.compile(r"\{\{\s*([A-Za-z][\w.]*)\s*(?:\|([^{}|]*))?\}\}")
# Braces that are no place: what a slip of the finger leaves, and would be sent as it stands.
_BROKEN = re.compile(r"\{\{|\}\}")

# Looked for where spaces begin and nowhere else, so that a long run of them is read once.
_GAP = re.compile(r"(?<![ \t])[ \t]+([,.!?])")


def places(words: str) -> list[str]:
    """Return the names of all places, in their order, each once."""
    return list(dict.fromkeys(place[1].lower() for place in _PLACE.finditer(words)))


def unknown(words: str, known: Mapping[str, str] | frozenset[str]) -> list[str]:
    """Return the names of places that nothing can fill."""
    return [name for name in places(words) if name not in known]


def missing(words: str, values: Mapping[str, str]) -> list[str]:
    """Return the names of places that stay empty: no value, and no words of their own instead."""
    empty = [
        place[1].lower()
        for place in _PLACE.finditer(words)
        if not values.get(place[1].lower()) and not (place[2] or "").strip()
    ]
    return list(dict.fromkeys(empty))


def fault(words: str) -> str:
    """Return what is wrong with the braces of a template, or an empty string."""
    if _BROKEN.search(_PLACE.sub("", words)):
        return "A variable looks like {{contact.first_name}} or {{contact.first_name|there}}."
    if any(len(place[2] or "") > FALLBACK_LIMIT for place in _PLACE.finditer(words)):
        return f"What stands in for a missing value has at most {FALLBACK_LIMIT} characters."
    return ""


def fill(words: str, values: Mapping[str, str]) -> str:
    """Return the words with their places filled, once: a value is never read as a template.

    A place without a value says its own words instead; without those it leaves no gap before a comma or at an end. A
    name that is not among `values` at all stays as it was typed, so that nobody overlooks it.
    """

    def said(place: re.Match[str]) -> str:
        name, instead = place[1].lower(), (place[2] or "").strip()
        if name not in values and not instead:
            return place[0]
        return values.get(name) or instead

    found = _PLACE.sub(said, words)
    return re.sub(r"[ \t]{2,}", " ", _GAP.sub(r"\1", found)).strip()
