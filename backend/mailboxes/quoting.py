"""Part what somebody writes in an email from what they quote of the ones before it."""

import re

# How mail programs announce the email they quote, in the languages customers write: on one line, or broken over two.
_ATTRIBUTION = re.compile(
    r"^[ \t]*(?:"
    r"On\b[^\n]{4,200}(?:\n[^\n]{0,120})?\bwrote:"
    r"|Le\b[^\n]{4,200}(?:\n[^\n]{0,120})?\ba écrit\s?:"
    r"|El\b[^\n]{4,200}(?:\n[^\n]{0,120})?\bescribió:"
    r"|Em\b[^\n]{4,200}(?:\n[^\n]{0,120})?\bescreveu:"
    r"|Am\b[^\n]{4,200}(?:\n[^\n]{0,120})?\bschrieb\b[^\n]{0,120}:"
    r")[ \t]*$",
    re.MULTILINE,
)
_DIVIDER = re.compile(
    r"^[ \t]*(?:-{3,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|"
    r"Forwarded message)[ \t]*-{3,}|_{20,})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
# The block of headers that Outlook puts above what it quotes.
_HEADERS = re.compile(
    r"^[ \t]*\*?(?:From|Von|De)\s?:\*?[^\n]+\n[ \t]*\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Fecha)\s?:\*?[^\n]+$",
    re.MULTILINE | re.IGNORECASE,
)
_MARKED = re.compile(r"^>", re.MULTILINE)
# RFC 3676 §4.3: the line that begins a signature.
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def part(text: str) -> tuple[str, str]:
    """Return what was written and what is quoted (or signed) below it; the two together are the whole.

    An email that only forwards, or answers below what it quotes, is all written: nothing is taken from it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = [found.start() for pattern in (_ATTRIBUTION, _DIVIDER, _HEADERS) if (found := pattern.search(text))]
    starts += [start for start in (_tail(text), _signature(text)) if start is not None]
    cut = min(starts, default=len(text))
    written = text[:cut].strip()
    if not written or _answers_below(text[cut:]):
        return text.strip(), ""
    return written, text[cut:].strip()


def _tail(text: str) -> int | None:
    """Return where the marked lines begin that end a text, or None."""
    lines = text.rstrip().split("\n")
    count = 0
    for line in reversed(lines):
        if not line.startswith(">") and line.strip():
            break
        count += 1
    if not any(line.startswith(">") for line in lines[len(lines) - count :]):
        return None
    return len("\n".join(lines[: len(lines) - count]))


def _signature(text: str) -> int | None:
    found = _SIGNATURE.search(text)
    return found.start() if found else None


def _answers_below(quoted: str) -> bool:
    """Tell whether somebody wrote between or under lines marked as quoted."""
    lines = [line for line in quoted.split("\n") if line.strip()]
    marked = [place for place, line in enumerate(lines) if _MARKED.match(line)]
    if not marked:
        return False
    after = lines[marked[0] :]
    end = next((place for place, line in enumerate(after) if _SIGNATURE.match(line)), len(after))
    return any(not line.startswith(">") for line in after[:end])
