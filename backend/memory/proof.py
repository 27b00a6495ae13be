"""Decide in code what may be remembered: what a customer said themselves, in a sentence that stands where it is said.

A model proposes facts; nothing of its word is believed. The sentence must stand in a message of the customer's, the
fact must say nothing the sentence does not hold, and neither may be an order to the agent, a claim to authority, or a
secret. What somebody wanted struck is known again by its words, of which only hashes are kept.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable

FACT_LIMIT = 200
QUOTE_LIMIT = 400
LEAST_QUOTE = 4
# Words are compared by their beginnings, which most endings leave alone.
_STEM = 6
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")
_COMMON_WORDS = """
a about again also am an and any are as at be because been being but by can could customer did do does for from get
got had has have he her hers him his how i if in into is it its just like likes me more my now of on one or our
out over please prefer prefers really said says she so some than that the their them then there they this to too
up us very want wants was we were what when where which who will with would you your
au aux avec ce ces client cliente dans de des du elle en est et il je la le les ma mais mes mon nous on ou par pour
que qui sa se ses son sont sur un une vous
al como con cliente del el ella en es esta este la las lo los me mi muy para pero por que se si son su sus un una y yo
aber als am an auf aus bei bin das dem den der des die ein eine einem einen einer er es für habe hat ich ihr im in ist
kunde kundin man mein meine mir mit nach oder sein seine sich sie sind so um und uns von vor war was wenn wie wir zu
zum zur
"""
# These say how something is, and not what: two facts about the same thing may differ in them.
_WEAK_WORDS = """
live lives living lived home work works working worked use uses using own owns going goes go travel travels travelling
call called name named names move moved moving stay stays react reacts badly take takes suit suits best better need
needs keep keeps come comes make makes cannot can't feel feels think thinks usually always sometimes often very
wohne wohnt lebe lebt arbeite arbeitet heiße heißt brauche braucht vive vivo vit habite travaille trabaja necesita
"""
_NOT_WORDS = """
no not never none don't doesn't didn't isn't aren't wasn't won't without ne pas jamais sans nunca sin
tampoco nicht kein keine keinen nie ohne
"""
_COMMON, _NOT = frozenset(_COMMON_WORDS.split()), frozenset(_NOT_WORDS.split())
_WEAK = frozenset(_WEAK_WORDS.split())
NEGATED = "¬"
NUMBERED, WEAK = "n:", "w:"

# A sentence that tells the agent what to do, now or from now on, says nothing about who wrote it.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|override|bypass|overrule)\b.{0,60}\b(?:instruction|rule|prompt|polic|guideline|previous"
    r"|above|everything)"
    r"|\b(?:from now on|henceforth|at all times|in every (?:reply|answer|message))\b"
    r"|\b(?:you|the (?:agent|assistant|bot|ai|model)) (?:must|should|shall|will|are to|have to|need to|may not|can)\b"
    r"|\b(?:always|never) (?:answer|reply|respond|say|tell|give|offer|apply|send|call|grant|approve|ask|use|mention"
    r"|reveal|share|treat)\b"
    r"|\b(?:system|developer) (?:prompt|message|mode)\b|\b(?:your|the) (?:instructions|prompt|rules|guidelines)\b"
    r"|\bpretend (?:to be|that|you)\b|\bact as\b|\bjailbreak|\bdo anything now\b|</?\w+>|\{\{"
    r"|\bremember\b.{0,20}\b(?:to (?:always|never|give|offer|apply|send|tell)|instruction|rule)"
    r"|\b(?:ignorez?|oublie[zr]?)\b.{0,40}\b(?:instructions?|règles|consignes)"
    r"|\b(?:ignora|ignore|olvida)\b.{0,40}\b(?:instrucciones|reglas|indicaciones)"
    r"|\b(?:ignorier\w*|vergiss|missachte)\b.{0,40}\b(?:anweisung\w*|regeln|vorgaben)"
    r"|\bab (?:jetzt|sofort)\b|\bdésormais\b|\bdorénavant\b|\bde ahora en adelante\b|\ba partir de ahora\b",
    re.IGNORECASE | re.DOTALL,
)
# What would widen what somebody may do or have is decided by the business, not by who says so.
_CLAIMS = re.compile(
    r"\b(?:(?:i am|i'm|is|as) (?:an? |the |your )?(?:new )?(?:admin(?:istrator)?|developer|operator|supervisor|manager"
    r"|owner|boss|ceo|staff member|employee) (?:here|of (?:this|the|your) (?:business|company|shop|store|system"
    r"|platform|account|place|practice|clinic|restaurant|hotel|office))\b"
    r"|(?:i am|i'm|is) (?:an? |the )?(?:admin(?:istrator)?|developer|system)\b"
    r"|authori[sz]ed to|entitled to|approved for|(?:was|were|been) (?:promised|granted|offered)"
    r"|you (?:promised|agreed|owe)|(?:discount|refund|credit) of \d|\d+ ?% (?:off|discount)|for free\b|free of charge)",
    re.IGNORECASE,
)
_SECRETS = re.compile(
    r"\b(?:pass(?:word|code|phrase)|pin(?: (?:code|number))?|cvv|cvc|security code|one[- ]time code|otp|iban"
    r"|social security|ssn|passwort|contraseña|mot de passe)\b",
    re.IGNORECASE,
)
_SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_DIGITS = re.compile(r"\d(?:[ -]?\d){12,18}")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def plain(text: str) -> str:
    """Return a text as it is compared: one spelling, one case, one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(text.split())


def line(text: str, limit: int = FACT_LIMIT) -> str:
    """Return a text as one line of at most `limit` characters, without characters that are none."""
    clean = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
    return " ".join(clean.split())[:limit].strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, as they are written."""
    return [one.strip() for one in _SENTENCE_END.split(text) if one.strip()]


def sentence_of(body: str, quote: str) -> str:
    """Return the sentence of a message that a quote stands in, as it was written; empty when it stands in none."""
    wanted = plain(quote).strip(" \"'.!?…")
    if len(wanted) < LEAST_QUOTE or wanted not in plain(body):
        return ""
    for sentence in sentences(body):
        if wanted in plain(sentence):
            return line(sentence, QUOTE_LIMIT)
    # It runs over the end of a sentence: the quote itself is what was said.
    return line(quote, QUOTE_LIMIT)


def fault(fact: str, quote: str) -> str:
    """Return why a fact may not be remembered on the strength of a sentence; empty when it may."""
    if not fact or not quote:
        return "There is nothing to remember."
    for text in (fact, quote):
        if _ORDERS.search(text):
            return "It tells the agent what to do."
        if _CLAIMS.search(text):
            return "It claims what only the business can grant."
        if holds_secret(text):
            return "It holds a secret."
    if not is_grounded(fact, quote):
        return "The sentence does not say so."
    return ""


def is_order(text: str) -> bool:
    """Tell whether a text tells the agent what to do, or claims what only the business can grant."""
    return bool(_ORDERS.search(text) or _CLAIMS.search(text))


def holds_secret(text: str) -> bool:
    """Tell whether a text holds what nobody should keep: a password, a card number, a social security number."""
    if _SECRETS.search(text) or _SSN.search(text):
        return True
    return any(_is_card(re.sub(r"\D", "", found)) for found in _DIGITS.findall(text))


def is_grounded(fact: str, quote: str) -> bool:
    """Tell whether a fact rests on a sentence: they share a telling word, and every number and address is in both."""
    if not numbers_are_in(fact, plain(quote)):
        return False
    return bool((stems(fact) & stems(quote)) - {NEGATED})


def numbers_are_in(text: str, said: str) -> bool:
    """Tell whether every number and address of a text stands in what was said (as `plain` writes it)."""
    return all(found.casefold() in said for found in (*_NUMBER.findall(text), *_ADDRESS.findall(text)))


def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text by their beginnings; a negation is one of them, whatever its word."""
    found: set[str] = set()
    for word in _WORD.findall(plain(text)):
        if word in _NOT or (word.endswith("n't") and word != "can't"):
            found.add(NEGATED)
        elif word.isdigit():
            found.add(word)
        elif (bare := word.split("'")[0]) not in _COMMON and len(bare) > 2:
            found.add(_stem(bare))
    return frozenset(found)


def _stem(word: str) -> str:
    """Return a word without its plural's or third person's ending, cut to its beginning."""
    return (word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word)[:_STEM]


def marks(text: str, key: str) -> list[str]:
    """Return what a text's telling words are known by without being told: a hash of each under `key`.

    Those of numbers begin with `NUMBERED`, those of words that say little with `WEAK`.
    """
    weak = {_stem(word) for word in _WEAK}
    words = ((WEAK if stem in weak else "") + _hash(stem, key) for stem in stems(text) if not stem.isdigit())
    return sorted([*words, *(NUMBERED + _hash(one, key) for one in _NUMBER.findall(text))])


def fingerprint(text: str, key: str) -> str:
    """Return what a text is known by without being told, whatever its case, spacing and punctuation."""
    return _hash(" ".join(_WORD.findall(plain(text))), key, 32)


def negation(key: str) -> str:
    """Return what a negation is known by among the marks under `key`."""
    return _hash(NEGATED, key)


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Return which share of the marks of two texts are in both."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def stands_in(texts: Iterable[str], quote: str) -> str:
    """Return the sentence a quote stands in, in whichever of the texts it is; empty when it is in none."""
    return next((found for text in texts if (found := sentence_of(text, quote))), "")


def _hash(text: str, key: str, length: int = 16) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:length]


def _is_card(digits: str) -> bool:
    """Tell whether digits are a card's number (ISO/IEC 7812: 13 to 19 digits with a Luhn check digit)."""
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
