"""Keep of what was said in a call what its agent's privacy setting allows, before anything of it is stored.

It fails closed: when nobody can say any more what the setting was, nothing of the words is kept. What is taken out
follows patterns (numbers and addresses, spoken or written, and names as people give them), because a rule that always
holds is worth more here than a model that mostly knows better.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.contacts import Contact

STORED, REDACTED, WITHHELD = "enabled", "redacted", "disabled"
GONE = "[removed]"
# Nobody speaks longer without a pause, and patterns are looked for in so much in no time.
LONGEST = 4000
# English, Spanish, French, German: how people say digits, and what they say between them.
_DIGITS = """
zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
cero uno dos tres cuatro cinco seis siete ocho nueve diez
zéro un deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
cinquante soixante
null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig
"""
_BETWEEN = "and dash double triple space y et und bis"
_ONE_SAID = "|".join(_DIGITS.split())
_SAID = rf"(?:{_ONE_SAID}|\d+)(?:[\s,.-]+(?:(?:{'|'.join(_BETWEEN.split())})[\s,.-]+)*(?:{_ONE_SAID}|\d+)){{2,}}"
_PATTERNS = (
    # A house in a street, as it is written in most of the languages agents speak.
    re.compile(
        r"\b\d+[a-z]?,? (?:\w+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|boulevard|square|court|way)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b\d+,? (?:rue|avenue|boulevard|place|chemin) (?:\w+ ?){1,4}|\b\w+(?:straße|strasse|weg|platz) \d+", re.I
    ),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    # As it is spelled aloud: “dana at mail dot com”.
    re.compile(r"[\w.+-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+", re.IGNORECASE),
    # Three digits and more, in groups or not: telephone, card and policy numbers, dates of birth.
    re.compile(r"\+?\d(?:[\s().,/-]*\d){2,}"),
    re.compile(rf"\b{_SAID}\b", re.IGNORECASE),
)
# How people give their name; only what is written as names are counts as one.
_NAMED = re.compile(
    r"\b((?i:my name is|my name's|the name is|this is|i am|i'm|i’m|speaking with|me llamo|mi nombre es|soy|je m'appelle"
    r"|je suis|ich heiße|ich bin|mein name ist)) ((?:[A-ZÀ-Þ][\w'’-]+)(?: [A-ZÀ-Þ][\w'’-]+){0,2})"
)


def is_recorded(agent: Mapping[str, Any]) -> bool:
    """Return whether calls of an agent with these settings are recorded: it does, and keeps everything that is said.

    Nobody can take a number out of a voice, so an agent that keeps less records nothing; one without settings neither.
    """
    return agent.get("recording_enabled") is True and agent.get("pii_storage") == STORED


def announcement(agent: Mapping[str, Any]) -> str:
    """Return what callers of an agent hear before a recorded call; empty when nothing is to be said."""
    return str(agent.get("recording_notice") or "") if is_recorded(agent) else ""


async def mode_of(session: AsyncSession, call: CallRecord) -> str:
    """Return what the version of the agent that holds the call does with what was said: one of the three above."""
    agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
    if agent is None:
        # No agent ever served it, or nobody can tell any more what its agent promised.
        return WITHHELD if call.agent_version else STORED
    mode = str((await agents.answering_as(session, agent, call.agent_version)).get("pii_storage") or "")
    return mode if mode in (STORED, REDACTED) else WITHHELD


async def kept(session: AsyncSession, call: CallRecord, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spoken line as it may be stored; one that may not be keeps who spoke and no words.

    `names` in it, as the caller gave them earlier in the call, are taken out and not kept.
    """
    mode = await mode_of(session, call)
    text = str(data.get("text") or "")[:LONGEST].replace("\x00", "")
    given = [str(one) for one in data.get("names") or ()]
    data = {name: value for name, value in data.items() if name != "names"}
    if mode == STORED:
        return {**data, "text": text}
    if mode == REDACTED:
        contact = await session.get(Contact, call.contact_id)
        return {**data, "text": without_personal(text, " ".join([contact.name if contact else "", *given]))}
    return {**data, "text": "", "is_withheld": True}


async def kept_key(session: AsyncSession, call: CallRecord, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a key that was pressed as it may be stored: key by key, nobody can tell a choice from a number."""
    return dict(data) if await mode_of(session, call) == STORED else {"digits": "", "is_withheld": True}


def names_in(text: str) -> set[str]:
    """Return the names that somebody says are theirs."""
    return {found[2] for found in _NAMED.finditer(text[:LONGEST])}


def without_personal(text: str, name: str = "") -> str:
    """Return a text without numbers of three digits and more, addresses, the known name and those people give."""
    for pattern in _PATTERNS:
        text = pattern.sub(GONE, text)
    text = _NAMED.sub(rf"\1 {GONE}", text)
    for part in name.split():
        if len(part) > 1:
            text = re.sub(rf"\b{re.escape(part)}\b", GONE, text, flags=re.IGNORECASE)
    return text
