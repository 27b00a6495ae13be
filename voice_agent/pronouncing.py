"""Have a voice say words as a business says them, while captions and transcripts keep how they are written."""

import re
from collections.abc import AsyncIterable, Iterable


class Pronouncing:
    """A list of words with how they are said, each `written=spoken`."""

    def __init__(self, entries: Iterable[str]) -> None:
        pairs = [(written.strip(), spoken.strip()) for written, _, spoken in (one.partition("=") for one in entries)]
        self._spoken = {written.casefold(): spoken for written, spoken in pairs if written and spoken}
        longest_first = sorted(self._spoken, key=len, reverse=True)
        self._longest = len(longest_first[0]) if longest_first else 0
        self._written = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def said(self, text: str) -> str:
        """Return a text as it is said."""
        if not self._spoken:
            return text
        return self._written.sub(lambda found: self._spoken[found[0].casefold()], text)

    async def stream(self, text: AsyncIterable[str]) -> AsyncIterable[str]:
        """Yield a text that is still being written as it is said; only what may yet become a listed word waits."""
        # What comes before a place decides whether a word begins there, so the last character said is kept too.
        kept, at = "", 0
        async for part in text:
            kept += part
            said, safe = self._up_to(kept, at, self._safe(kept, at))
            if said:
                yield said
            at = min(safe, 1)
            kept = kept[safe - at :]
        if said := self._up_to(kept, at, len(kept))[0]:
            yield said

    def _up_to(self, text: str, start: int, end: int) -> tuple[str, int]:
        """Return a part of a text as it is said, and where it ends: before a listed word that goes on after `end`."""
        if not self._spoken:
            return text[start:end], end
        said, at = "", start
        for found in self._written.finditer(text, start):
            if found.end() > end:
                end = min(end, found.start())
                break
            said += text[at : found.start()] + self._spoken[found[0].casefold()]
            at = found.end()
        return said + text[at:end], end

    def _safe(self, text: str, at: int) -> int:
        """Return up to where a text cannot be part of a listed word that goes on."""
        for start in range(max(at, len(text) - self._longest), len(text)):
            begins = start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")
            tail = text[start:].casefold()
            if begins and any(written.startswith(tail) for written in self._spoken):
                return start
        return len(text)
