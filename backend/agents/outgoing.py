"""Judge what an agent is about to say: its instructions, secrets and links nobody gave it do not leave.

A model believes what it reads, so this asks nothing of it: the reply is compared, in code, with what the turn was
made of. Facts are meant to be repeated; only long stretches of the instructions, what they say to keep secret, and
addresses that stand nowhere in the turn are held back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

from backend.agents.folding import Original, folded, readings

REPEATS = "The answer repeated the agent’s instructions, so it was not sent."
TELLS = "The answer told what the instructions say to keep secret, so it was not sent."
LINKS = "The answer held a link that nobody gave the agent, so it was not sent."

# Letters and digits. Our own rules say nothing to customers, so a third of a line is enough; of a business's own
# instructions, which hold facts as well, more than a line is (the facts of our harmless set stay below 100).
OUR_STRETCH, THEIR_STRETCH = 36, 120
# Who the agent is told to be, and what it is told to keep to itself, is for nobody else.
ORDER_STRETCH = 24
_ORDER = re.compile(
    r"^\W*(?:you are|you're|act as|your name is|vous êtes|tu es|eres|usted es|du bist|sie sind)\b", re.IGNORECASE
)
_SECRET = re.compile(
    r"\b(?:is|are|stays?|remains?|strictly|top|keep\s.{0,60})\s+(?:confidential|secret)|\b(?:confidential|secret|internal)\s*[:(]"
    r"|\b(?:internal(?: use)? only|for internal use"
    r"|(?:do not|don't|never)\s+(?:\w+\s+){0,2}?(?:share|tell|reveal|disclose|mention|give out|say|pass on|repeat)"
    r"|confidentiel(?:le)?s?|ne\s+(?:\w+\s+){0,3}?(?:jamais|pas)\s+(?:\w+\s+)?(?:partager|révéler|divulguer|donner|dire)"
    r"|confidencial(?:es)?|(?:no|nunca)\s+(?:\w+\s+)?(?:compart|revel|divulg|menc|digas|des\b)\w*"
    r"|vertraulich|geheim|(?:nicht|nie|niemals)\s+(?:\w+\s+){0,2}?(?:weitergeben|verraten|nennen|sagen|preisgeben))\b",
    re.IGNORECASE,
)
# A code, a number, a price or an address: a word that holds a digit, or an email address.
_VALUE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?[\w-]*\d(?:[\w.-]*[\w])?")
# Of fewer characters, a value stands in too many innocent sentences.
LEAST_VALUE = 4
# The shapes that services give their keys; the last stands before any of them in a header.
_KEY = re.compile(
    r"\b(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj[-_])?[A-Za-z0-9]{16,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[\w-]{30,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:Bearer|Basic)\s+(?=\S*\d)[A-Za-z0-9+/_.=-]{16,}"
)
# A full stop behind a title or an abbreviation ends no sentence.
_SENTENCES = re.compile(
    r"\n|(?<=[.!?])(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\bno\.)(?<!\bNo\.)\s"
)
_QUOTED = re.compile(r"[“„«\"][^“”„«»\"]{10,}[”“»\"]")
# What a phone or a browser makes a link of: a scheme, or a host name with a path, or one under a common ending.
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|(?:javascript|data|vbscript):|www\.)[^\s<>\"'“”‘’()\[\]]+"
    r"|(?<![@\w.-])(?:[\w-]+\.)+[a-z]{2,24}(?:/|\?(?=\w))[^\s<>\"'“”‘’()\[\]]*"
    r"|(?<![@\w.-])(?:[\w-]+\.)+(?:com|net|org|io|co|info|biz|dev|app|xyz|ru|cn|tk|top|site|online|shop|click|link|cc|gg"
    r"|example)(?![\w@-])",
    re.IGNORECASE,
)
# Shown while it grows, a word that is not finished may be half a link or half a code.
_UNFINISHED = re.compile(r"[\x21-\x7e]{1,400}$")


class Outgoing:
    """What may leave one turn; `learn` what tools and pages say as the turn goes on."""

    def __init__(self, rules: Iterable[str], instructions: str, given: Iterable[str], public: Iterable[str]) -> None:
        """Take our own `rules`, the business's `instructions`, all other text `given`, and what is `public` of it."""
        # What stands in quotation marks is there to be said.
        spoken = _QUOTED.split(instructions)
        self._instructions = Original(spoken, THEIR_STRETCH)
        sentences = [one for part in spoken for one in _SENTENCES.split(part)]
        orders = [one for one in sentences if _ORDER.search(one) and len(folded(one)) >= ORDER_STRETCH]
        short = [one for one in orders if len(folded(one)) < OUR_STRETCH]
        self._rules = [Original((*rules, *orders), OUR_STRETCH), Original(short, ORDER_STRETCH)]
        self._secrets = [_spelled(value) for value in dict.fromkeys(_kept_values(sentences))]
        self._public = folded(" ".join(public))
        self._links: set[str] = set()
        self._sites: set[str] = set()
        self._own_sites = {host for link in _links(instructions) if (host := _host(link))}
        for text in (instructions, *given):
            self.learn(text)

    def learn(self, text: str) -> None:
        """Take the links of a text that came into the turn as given."""
        for link in _links(text):
            self._links.add(_bare(link))
            self._sites.add(_host(link))

    def fault(self, text: str) -> str:
        """Return why a reply may not leave, in words for the team, or an empty string."""
        if _KEY.search(text) or any(secret.search(text) for secret in self._secrets):
            return TELLS
        for reading in readings(text):
            if self._is_repeated(reading):
                return REPEATS
        return LINKS if self.foreign_links(text) else ""

    def foreign_links(self, text: str) -> list[str]:
        """Return the links of a reply that stand nowhere in the turn and lead to no site of the business."""
        return [link for link in _links(text) if not self._is_given(link)]

    def showable(self, text: str) -> str:
        """Return as much of a growing reply as may be shown already: whole words, and nothing once it is at fault."""
        whole = _UNFINISHED.sub("", text)
        return "" if self.fault(whole) else whole

    def _is_repeated(self, reading: str) -> bool:
        if any(True for one in self._rules for _ in one.stretches(reading)):
            return True
        return any(stretch not in self._public for stretch in self._instructions.stretches(reading))

    def _is_given(self, link: str) -> bool:
        """Tell whether a link was given, is the front page of a given site, or a page of one the instructions name.

        Whatever could carry something away, a query or a path made up, is no part of what is merely named.
        """
        if _bare(link) in self._links:
            return True
        parts, host = _parts(link), _host(link)
        if not host or parts.query or parts.fragment or "@" in parts.netloc:
            return False
        return host in self._own_sites or (host in self._sites and parts.path in ("", "/"))


def _links(text: str) -> list[str]:
    return [match.group().rstrip(".,;:!?*_…") for match in _LINK.finditer(text)]


def _parts(link: str) -> SplitResult:
    try:
        return urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        return urlsplit("")


def _host(link: str) -> str:
    parts = _parts(link)
    if parts.scheme.lower() not in ("http", "https"):
        return ""
    try:
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _bare(link: str) -> str:
    """Return a link as it is compared: without http, www and a last slash."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link, flags=re.IGNORECASE).rstrip("/").casefold()


def _kept_values(sentences: Sequence[str]) -> Iterator[str]:
    """Yield the codes and numbers of sentences about secrets; one that names none speaks of the sentence before."""
    for place, sentence in enumerate(sentences):
        if _SECRET.search(sentence):
            yield from _values(sentence) or (_values(sentences[place - 1]) if place else [])


def _values(sentence: str) -> list[str]:
    return [value for value in _VALUE.findall(sentence) if len(folded(value)) >= LEAST_VALUE]


def _spelled(value: str) -> re.Pattern[str]:
    """Return what finds a value however its characters are spaced, and not inside a longer one."""
    characters = r"[\W_]{0,3}".join(re.escape(one) for one in value if one.isalnum())
    return re.compile(rf"(?<![^\W_]){characters}(?![^\W_])", re.IGNORECASE)
