"""Make, see and revoke API keys; a key is in the page only until its dialog closes."""

from typing import Any

import reflex as rx

from backend.accounts import service as accounts
from backend.accounts.schemas import KeyRow
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole
from state.errors import answers
from state.loading import Loading
from state.session import SessionState


class KeysState(Loading, SessionState):
    """The API keys section."""

    rows: list[KeyRow] = []
    new_key: str = ""
    errors: dict[str, str] = {"name": ""}
    revoking: str = ""
    """Id of the key whose end waits for confirmation, empty for none."""
    may_create: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the keys."""
        self.new_key, self.revoking = "", ""
        await self._principal()
        await self._load(self._show())

    @rx.event
    @answers
    async def create(self, form: dict[str, Any]) -> None:
        """Make a key and show it, once."""
        principal = await self._principal()
        self.errors = {"name": ""}
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made = await accounts.create_key(session, principal, str(form.get("name", "")))
        self.new_key = made["key"]
        await self._show()

    @rx.event
    @answers
    async def forget_key(self, is_open: bool) -> None:
        """Take the new key off the page."""
        await self._principal()
        if not is_open:
            self.new_key = ""

    @rx.event
    @answers
    async def ask_to_revoke(self, key_id: str) -> None:
        """Ask before a key stops."""
        await self._principal()
        self.revoking = key_id

    @rx.event
    @answers
    async def forget_revoking(self, is_open: bool) -> None:
        """Close the question."""
        await self._principal()
        if not is_open:
            self.revoking = ""

    @rx.event
    @answers
    async def revoke(self) -> None:
        """Stop the key that was asked about."""
        principal = await self._principal()
        key_id, self.revoking = self.revoking, ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await accounts.revoke_key(session, principal, key_id)
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.rows = await accounts.list_keys(session, principal)
        self.may_create = principal.member_role != MemberRole.SUPPORT
        self.is_loaded = True
