"""Fold text down to what a reader takes it for, so that two spellings of one text are equal.

Case, accents, spaces, punctuation, invisible characters and letters borrowed from look-alike alphabets go; letters and
digits stay.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

# Letters of other alphabets that are drawn like Latin ones (a choice from Unicode TS 39, confusables.txt).
_ALIKE = str.maketrans(
    "аеорсухіјѕԁһӏԛԝбвзкмнтгьαοερυνικτχηωβ",
    "aeopcyxijsdhlqw6b3kmhtrbaoepuviktxnwb",
)
# A run of these may be a text in disguise; shorter ones spell nothing of length.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]?){40,}")


def folded(text: str) -> str:
    """Return the letters and digits of a text, in lower case, without accents, disguises and anything between."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return "".join(one for one in plain if one.isalnum())


def readings(text: str) -> Iterator[str]:
    """Yield a text folded, and what it may be in disguise: read backwards, rot13, and base64 or hex put back."""
    plain = folded(text)
    yield plain
    yield plain[::-1]
    yield folded(codecs.encode(text, "rot13"))
    for run in _BASE64.findall(re.sub(r"\s+", "", text)):
        yield folded(_decoded(run))
    for run in _HEX.findall(text):
        with_out = re.sub(r"[\s:]", "", run)
        yield folded(bytes.fromhex(with_out).decode("utf-8", "ignore"))


def _decoded(run: str) -> str:
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8", "ignore")
    except (binascii.Error, ValueError):
        return ""


class Original:
    """A folded text to find again in others, whose stretches of `least` characters and more count."""

    def __init__(self, text: str, least: int) -> None:
        self._text = folded(text)
        self._least = least
        self._starts: dict[str, list[int]] = {}
        for place in range(len(self._text) - least + 1):
            self._starts.setdefault(self._text[place : place + least], []).append(place)

    def stretches(self, text: str) -> Iterator[str]:
        """Yield what a folded text repeats of this one, the longest stretches from left to right."""
        here = 0
        while here <= len(text) - self._least:
            places = self._starts.get(text[here : here + self._least], ())
            length = max((self._common(text, here, place) for place in places), default=0)
            if length:
                yield text[here : here + length]
            here += length or 1

    def _common(self, text: str, here: int, there: int) -> int:
        length = 0
        most = min(len(text) - here, len(self._text) - there)
        while length < most and text[here + length] == self._text[there + length]:
            length += 1
        return length
