"""Tell apart who sends texts: people by their numbers, machines by short codes and by names.

A carrier gives a sender as a number in E.164, as a short code (a few digits, which work within one country and belong
to a programme of a business), or as a name of letters (an alphanumeric sender id, GSM 03.40 §9.1.2.5, at most eleven
characters). The last two are machines: they send codes, alerts and offers. Nobody's opt-out rules apply between
machines, an answer of an agent would at best be lost, and at worst be taken for a yes.
"""

import re
from enum import StrEnum

from backend.core.errors import Invalid
from backend.numbers import e164

# The longest name GSM knows has eleven characters; carriers' gateways for email and apps send longer ones.
LONGEST_NAME = 64
NOBODY = "Unknown sender"
# CTIA's short codes have five or six digits; other countries' have three to eight.
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NUMBER = re.compile(r"[+0-9][0-9 ().-]*")


class SenderKind(StrEnum):
    """What a sender's address is."""

    NUMBER = "number"
    SHORT_CODE = "short_code"
    NAME = "name"


def read(raw: str) -> str:
    """Return a sender's address as a contact keeps it: E.164, or a short code or name as it is. Never refuses."""
    text = " ".join("".join(one if one.isprintable() else " " for one in raw).split())
    if _NUMBER.fullmatch(text) and not _SHORT_CODE.fullmatch(text):
        try:
            return e164.normalize(text)
        except Invalid:
            code = text.lstrip("+")
            return code if _SHORT_CODE.fullmatch(code) else text[:LONGEST_NAME]
    return text[:LONGEST_NAME].strip() or NOBODY


def kind_of(address: str) -> SenderKind:
    """Return what a stored address is."""
    if _SHORT_CODE.fullmatch(address):
        return SenderKind.SHORT_CODE
    # E.164 is a plus and at least seven digits; what a carrier garbled is somebody we cannot dial.
    is_number = address.startswith("+") and address[1:].isdecimal() and len(address) > len("+123456")
    return SenderKind.NUMBER if is_number else SenderKind.NAME


def is_machine(address: str) -> bool:
    """Tell whether texts from an address are a machine's."""
    return kind_of(address) != SenderKind.NUMBER
