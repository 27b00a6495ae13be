"""Find out whom a name or a number means: one person, several to choose from, or nobody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.assistant.schemas import Choice, Desk, ToolAnswer
from backend.contacts import service as contacts
from backend.core.errors import Invalid
from backend.models.contacts import Contact
from backend.numbers import e164

MOST_CHOICES = 6
# Shorter runs of digits are no phone number anywhere one can be texted (ITU-T E.164 §6).
LEAST_DIGITS = 7
_NUMBER = re.compile(r"\+?\(?\d[\d ().\-/]{5,}\d")


@dataclass(frozen=True)
class Recipient:
    """Whom a text goes to; a number nobody knows yet has no contact."""

    contact: Contact | None
    number: str

    @property
    def name(self) -> str:
        """What they are called, or an empty string."""
        return self.contact.name if self.contact else ""


async def recipient(desk: Desk, who: str) -> Recipient | ToolAnswer:
    """Return whom to reach, or what to tell the model: candidates, or why nobody can be."""
    if is_number(who):
        return await _by_number(desk, who)
    found = await named(desk, who)
    if isinstance(found, ToolAnswer):
        return found
    if not found.phone_number:
        return ToolAnswer("refused", f"{found.name or 'This contact'} has no phone number.")
    return Recipient(found, found.phone_number)


async def named(desk: Desk, who: str) -> Contact | ToolAnswer:
    """Return the contact a name, address or number means, or what to tell the model."""
    if is_number(who):
        found = await _by_number(desk, who)
        if isinstance(found, ToolAnswer):
            return found
        return found.contact or ToolAnswer("failed", f"No contact has the number {who.strip()[:40]}.")
    listed = await contacts.search(desk.session, who, MOST_CHOICES + 1)
    whole = [one for one in listed if one.name.casefold() == " ".join(who.split()).casefold()]
    # A first name alone may mean more people than the one who is filed under nothing else.
    if len(whole) == 1 and " " in whole[0].name:
        return whole[0]
    if len(listed) == 1:
        return listed[0]
    if not listed:
        return ToolAnswer("failed", f"No contact is called {who.strip()[:80]}. Ask for the phone number.")
    return which(desk, listed)


def which(desk: Desk, listed: Sequence[Contact]) -> ToolAnswer:
    """Ask which of several people is meant."""
    shown = listed[:MOST_CHOICES]
    more = " There are more." if len(listed) > MOST_CHOICES else ""
    names = "; ".join(line(desk, one) for one in shown)
    return ToolAnswer(
        "ambiguous", f"Several contacts fit: {names}.{more} Which one is meant?", tuple(_choice(desk, o) for o in shown)
    )


def line(desk: Desk, contact: Contact) -> str:
    """Return a contact in one line."""
    number = e164.display(contact.phone_number, desk.country) if contact.phone_number else ""
    return ", ".join(part for part in (contact.name, number, contact.email or "", contact.company) if part)


def is_number(text: str) -> bool:
    """Tell whether a text is a phone number rather than a name."""
    return len(re.sub(r"\D", "", text)) >= LEAST_DIGITS and re.fullmatch(r"[\d\s+().\-/]+", text.strip()) is not None


def has_named(desk: Desk, who: Recipient) -> bool:
    """Tell whether the person at the desk wrote the name or the number of a recipient themselves."""
    if _wrote_number(desk, who.number):
        return True
    said = set(re.findall(r"[^\W_]+", " ".join(desk.said).casefold()))
    return any(len(word) > 1 and word in said for word in re.findall(r"[^\W_]+", who.name.casefold()))


async def _by_number(desk: Desk, text: str) -> Recipient | ToolAnswer:
    try:
        number = e164.normalize(text, desk.country)
    except Invalid as problem:
        return ToolAnswer("failed", problem.message)
    contact = await contacts.find_by_phone(desk.session, number)
    # A number that stands in a customer's message or a note is not one anybody asked to write to.
    if contact is None and not _wrote_number(desk, number):
        return ToolAnswer("refused", "This number belongs to no contact, and the person did not write it. Ask for it.")
    return Recipient(contact, number)


def _wrote_number(desk: Desk, number: str) -> bool:
    for run in _NUMBER.findall("\n".join(desk.said)):
        try:
            if e164.normalize(run, desk.country) == number:
                return True
        except Invalid:
            continue
    return False


def _choice(desk: Desk, contact: Contact) -> Choice:
    number = e164.display(contact.phone_number, desk.country) if contact.phone_number else ""
    detail = " · ".join(part for part in (number, contact.company, contact.email or "") if part)
    return Choice(label=contact.name or number or detail, detail=detail, say=number or contact.name)
