"""Put other names and numbers in the place of a real person's, the same one everywhere they stand.

What is replaced: the names the product knows the person by, email addresses, phone numbers, and every run of five or
more digits (order, card and account numbers). A name that only the person's own words hold is not known as one.
"""

import re
from collections.abc import Sequence
from typing import Any

# Nobody is called so, and nobody can be reached there: 555-01xx is kept free for fiction, example.com for examples.
FIRST, LAST = "Alex", "Morgan"
PHONE = "+1415555{:04d}"
MAIL = "customer{}@example.com"
# One look at a text, so that what stands in for something is not taken for something itself.
_MARK = re.compile(
    r"(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
    r"|(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<phone>(?<![\w.])(?:\+\(?\d|\(\d|\d(?=\d*[ ().-]))(?:[ ().-]{0,2}\d){6,14}(?!\w))"
    r"|(?P<digits>(?<!\d)\d{5,}(?!\d))"
)
_SHORTEST_NAME = 3


class Disguise:
    """Replaces one person's marks in many texts, each mark by the same other one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = _replacements(names)
        self._given: dict[str, str] = {}
        self._counts = {"mail": 0, "phone": 0}

    def text(self, words: str) -> str:
        """Return a text with other names and numbers."""
        words = _MARK.sub(self._mark, words)
        for name, other in self._names:
            words = re.sub(rf"\b{re.escape(name)}\b", other, words, flags=re.IGNORECASE)
        return words

    def value(self, value: Any) -> Any:
        """Return a JSON value with other names and numbers in its texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
            return int(self.text(str(value)))
        return value

    def _mark(self, found: re.Match[str]) -> str:
        kind, said = str(found.lastgroup), found.group()
        if kind == "date":
            return said
        if kind == "mail":
            return self._other(said.casefold(), kind)
        digits = "".join(one for one in said if one.isdigit())
        return self._other(digits, kind) if kind == "phone" else self._digits(digits)

    def _digits(self, digits: str) -> str:
        """Return as many other digits, so that what checks their count still accepts them."""
        if digits not in self._given:
            shifted = "".join(str((int(one) + 3 + place % 5) % 10) for place, one in enumerate(digits))
            # A number keeps its length when it does not begin with a nought.
            self._given[digits] = "7" + shifted[1:] if shifted[0] == "0" else shifted
        return self._given[digits]

    def _other(self, said: str, kind: str) -> str:
        if said not in self._given:
            count = self._counts[kind]
            self._counts[kind] = count + 1
            self._given[said] = MAIL.format(count or "") if kind == "mail" else PHONE.format(100 + count % 100)
        return self._given[said]


def _replacements(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name, other) pairs, whole names before their parts."""
    whole = [" ".join(name.split()) for name in names if name.strip()]
    pairs = {name: f"{FIRST} {LAST}" if " " in name else FIRST for name in whole}
    for name in whole:
        first, *rest = name.split(" ")
        parts = [(first, FIRST), *((one, LAST) for one in rest)]
        pairs |= {one: other for one, other in parts if len(one) >= _SHORTEST_NAME and one not in pairs}
    return sorted(pairs.items(), key=lambda pair: -len(pair[0]))
