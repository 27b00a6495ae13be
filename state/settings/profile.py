"""Edit one's own name and time zone, and know one's address."""

import reflex as rx

from backend.accounts import service as accounts
from backend.core.errors import Invalid
from backend.core.tenancy import platform_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import PlaceOption
from state.errors import answers
from state.frame import FrameState
from state.loading import Loading
from state.session import SessionState

WHY = "a person's own profile"


class ProfileState(Loading, SessionState):
    """The Profile and Email sections."""

    name: str = ""
    email: str = ""
    timezone: str = ""
    zones: list[PlaceOption] = []
    errors: dict[str, str] = {"name": "", "timezone": ""}
    saved: str = ""
    awaits_code: bool = False
    """Whether a code was sent to a new address and the page asks for it."""

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the person's profile."""
        await self._person()
        await self._load(self._show())

    @rx.event
    @answers
    async def save(self, field: str, value: str) -> None:
        """Store the name or the time zone."""
        person = await self._person()
        if field not in ("name", "timezone"):
            raise Invalid("This field cannot be changed here.")
        changes = {field: value}
        with platform_scope(WHY):
            async with unit_of_work() as session:
                row = await accounts.update_profile(session, person.user_id, **changes)
        self.name, self.timezone = row["name"], row["timezone"]
        self.errors, self.saved = {**self.errors, field: ""}, field
        frame = await self.get_state(FrameState)
        frame.user_name = row["name"]

    @rx.event
    @answers
    async def find_zones(self, query: str) -> None:
        """Offer the time zones that begin with what was typed."""
        await self._person()
        self.zones = organizations.find_timezones(query[:60], self.timezone)

    @rx.event
    @answers
    async def code_sent(self) -> None:
        """Ask for the code that went to the new address."""
        await self._person()
        self.awaits_code = True

    async def _show(self) -> None:
        person = await self._person()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                row = await accounts.profile(session, person.user_id)
        self.name, self.email, self.timezone = row["name"], row["email"], row["timezone"]
        self.zones = organizations.find_timezones("", self.timezone)
        self.errors, self.saved = {"name": "", "timezone": ""}, ""
        self.awaits_code = False
        self.is_loaded = True
