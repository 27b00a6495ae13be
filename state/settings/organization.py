"""Edit the organization's name, country, time zone, and for how long it keeps its calls."""

from typing import Any

import reflex as rx

from backend.core.errors import Invalid
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import PlaceOption
from backend.vocab import MemberRole
from state.errors import answers
from state.frame import FrameState
from state.loading import Loading
from state.session import SessionState

FIELDS = ("name", "country", "timezone", "calls_kept_days")


class OrganizationState(Loading, SessionState):
    """The Organization section."""

    name: str = ""
    country: str = ""
    timezone: str = ""
    calls_kept_days: str = "0"
    countries: list[PlaceOption] = []
    zones: list[PlaceOption] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    saved: str = ""
    is_owner: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the organization's facts."""
        await self._principal()
        await self._load(self._show())

    @rx.event
    @answers
    async def save(self, field: str, value: str) -> None:
        """Store one fact; owners only."""
        principal = await self._principal()
        if field not in FIELDS:
            raise Invalid("This field cannot be changed here.")
        changes: dict[str, Any] = {field: value}
        if field == "calls_kept_days":
            # What is no number names the field as a number out of bounds does.
            changes[field] = int(value) if value.isascii() and value.isdecimal() and len(value) < 6 else -1
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                stored = await organizations.update(session, principal, **changes)
        self.name, self.country, self.timezone = stored.name, stored.country, stored.timezone
        self.calls_kept_days = str(stored.calls_kept_days)
        self.errors, self.saved = {**self.errors, field: ""}, field
        frame = await self.get_state(FrameState)
        frame.org_name = stored.name

    @rx.event
    @answers
    async def find_countries(self, query: str) -> None:
        """Offer the countries that begin with what was typed."""
        await self._principal()
        self.countries = organizations.find_countries(query[:60], self.country)

    @rx.event
    @answers
    async def find_zones(self, query: str) -> None:
        """Offer the time zones that begin with what was typed."""
        await self._principal()
        self.zones = organizations.find_timezones(query[:60], self.timezone)

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                row = await organizations.details(session, principal)
        self.name, self.country, self.timezone = row["name"], row["country"], row["timezone"]
        self.calls_kept_days = str(row["calls_kept_days"])
        self.countries = organizations.find_countries("", self.country)
        self.zones = organizations.find_timezones("", self.timezone)
        self.errors, self.saved = dict.fromkeys(FIELDS, ""), ""
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.is_loaded = True
