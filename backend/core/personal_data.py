"""Register how each domain erases what it keeps of a person beside the rows that go with their contact.

Rows that point at a contact, or at anything that does, are deleted with it. What holds a person's words, number or name
without pointing at them (a raw webhook, an audit entry, a ledger by address) has an eraser here, by its table.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Person:
    """Who is to be erased: their contacts (a merged person has several) and every way they can be reached."""

    org_id: UUID
    contact_ids: tuple[UUID, ...]
    numbers: tuple[str, ...]
    emails: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Numbers in E.164 and addresses in lower case."""
        return (*self.numbers, *self.emails)


Erase = Callable[[AsyncSession, Person], Awaitable[int]]


@dataclass(frozen=True)
class Eraser:
    """How one table forgets a person; `as_platform` for a table no organization may read."""

    table: str
    erase: Erase
    as_platform: bool


_erasers: dict[str, Eraser] = {}


def erases(table: str, *, as_platform: bool = False) -> Callable[[Erase], Erase]:
    """Register an async function that erases a person from `table` and returns how many rows that concerned.

    It runs before the contact is deleted, may run twice, and in platform scope must name the organization itself.
    """

    def register(erase: Erase) -> Erase:
        _erasers[table] = Eraser(table, erase, as_platform)
        return erase

    return register


def erasers(*, as_platform: bool) -> Iterable[Eraser]:
    """Return the registered erasers of one kind, by table."""
    return [eraser for _, eraser in sorted(_erasers.items()) if eraser.as_platform == as_platform]


def tables() -> frozenset[str]:
    """Return the tables that have an eraser."""
    return frozenset(_erasers)
