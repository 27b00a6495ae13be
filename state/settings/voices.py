"""Show the voices that callers agreed to have copied, with what each agreed to, and have one forgotten."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict

import reflex as rx

from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole
from backend.voice_copies import service as voice_copies
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState

# As many as an organization may have, and as many that came to nothing.
_MOST_SHOWN = 2 * voice_copies.MOST


class VoiceCard(TypedDict):
    """One voice of the list; `used_by` names the agents that speak with it."""

    id: str
    name: str
    status: str
    failure: str
    call: str
    asked: str
    agreed: str
    agreed_at: str
    used_by: str


class VoiceCopiesState(Removal, Loading, SessionState):
    """The copied voices of the Organization section."""

    HEARS: ClassVar[frozenset[str]] = frozenset({voice_copies.CHANGED, "resync"})

    rows: list[VoiceCard] = []
    is_owner: bool = False
    doomed_users: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the voices."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, VoiceCopiesState)
        self.doomed_id = ""
        await self._load(self._show())

    @rx.event
    @answers
    async def ask_remove(self, copy_id: str) -> None:
        """Ask whether a voice shall be forgotten."""
        await self._principal()
        found = next((one for one in self.rows if one["id"] == copy_id), None)
        if found is not None:
            self.doomed_id, self.doomed_name, self.doomed_users = found["id"], found["name"], found["used_by"]

    @rx.event
    @answers
    async def remove(self) -> None:
        """Have the voice forgotten that was asked about; owners only."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await voice_copies.remove(session, principal, parse_id(self._doomed()))
        await self._show()

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await voice_copies.rows(session, principal)
        self.rows = [
            VoiceCard(
                id=one["id"],
                name=one["name"],
                status=one["status"],
                failure=one["failure"],
                call=f"/calls/{one['call_id']}" if one["call_id"] else "",
                asked=one["asked"],
                agreed=one["agreed"],
                agreed_at=one["agreed_at"],
                used_by=", ".join(one["used_by"]),
            )
            for one in found[:_MOST_SHOWN]
        ]
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.is_loaded = True
