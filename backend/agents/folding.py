"""Fold text down to what a reader takes it for, so that two spellings of one text are equal.

Case, accents, spaces, punctuation, invisible characters and letters borrowed from look-alike alphabets go; letters and
digits stay.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator

# Letters of other alphabets that are drawn like Latin ones (a choice from Unicode TS 39, confusables.txt).
_ALIKE = str.maketrans(
    "аеорсухіјѕԁһӏԛԝбвзкмнтгьαοερυνικτχηωβ",
    "aeopcyxijsdhlqw6b3kmhtrbaoepuviktxnwb",
)
_BETWEEN = re.compile(r"[\W_]+")
# A run of these may be a text in disguise; shorter ones spell nothing of length.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]?){40,}")


def folded(text: str) -> str:
    """Return the letters and digits of a text, in lower case, without accents, disguises and anything between."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return _BETWEEN.sub("", text).casefold()


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
    """Folded texts to find again in others, whose stretches of `least` characters and more count."""

    def __init__(self, texts: Iterable[str], least: int) -> None:
        # What stands between two texts stands in none, and so ends every stretch.
        self._text = "\n".join(folded(text) for text in texts)
        self._least = least
        # Every stretch that counts holds one of these pieces whole, so few of them are enough.
        self._size = (least + 1) // 2
        self._starts: dict[str, list[int]] = {}
        for place in range(0, len(self._text) - self._size + 1, least - self._size + 1):
            self._starts.setdefault(self._text[place : place + self._size], []).append(place)

    def stretches(self, text: str) -> Iterator[str]:
        """Yield what a folded text repeats of these, the longest stretches from left to right."""
        here = end = 0
        while here <= len(text) - self._size:
            places = self._starts.get(text[here : here + self._size])
            if places is None:
                here += 1
                continue
            found = max((self._around(text, here, place, end) for place in places), key=len)
            if len(found) >= self._least:
                yield found
                here = end = text.index(found, end) + len(found)
            else:
                here += 1

    def _around(self, text: str, here: int, there: int, end: int) -> str:
        """Return the whole stretch around a piece at `here` of a text and `there` of ours, not before `end`."""
        left, right = 0, self._size
        while here - left > end and there > left and text[here - left - 1] == self._text[there - left - 1]:
            left += 1
        most = min(len(text) - here, len(self._text) - there)
        while right < most and text[here + right] == self._text[there + right]:
            right += 1
        return text[here - left : here + right]
