"""Hold the dialog in which something is made or changed: whether it stands, and the rows of its tables."""

from typing import ClassVar

import reflex as rx

from state.errors import answers


class Editor(rx.State, mixin=True):
    """A dialog that the server opens. `TABLES` names the vars that are lists of rows, each with a `key`."""

    TABLES: ClassVar[tuple[str, ...]] = ()
    MOST_ROWS: ClassVar[int] = 30

    is_open: bool = False

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog."""
        await self._principal()
        if not is_open:
            self.is_open = False


class TableEditor(Editor, mixin=True):
    """An editor with tables; `_add` adds an empty row to one of them."""

    @rx.event
    @answers
    async def add_row(self, table: str) -> None:
        """Add an empty row to one of the tables."""
        await self._principal()
        if table in self.TABLES and len(getattr(self, table)) < self.MOST_ROWS:
            self._add(table)

    @rx.event
    @answers
    async def remove_row(self, table: str, key: str) -> None:
        """Take a row out of one of the tables."""
        await self._principal()
        if table in self.TABLES:
            setattr(self, table, [one for one in getattr(self, table) if one["key"] != key])
