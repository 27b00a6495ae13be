"""Edit when an agent answers texts, and what happens outside its hours."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a day gets when its first hours are added: the office hours most people mean.
OFFICE_HOURS = ("09:00", "17:00")
MOST_RANGES = 6
FIELDS = ("schedule_timezone", "after_hours_message", "after_hours_sms_forwarding")

Schedule = dict[str, list[list[str]]]


class Range(TypedDict):
    """Hours of one day; `is_overnight` when they end on the next."""

    place: int
    start: str
    end: str
    is_overnight: bool


class Day(TypedDict):
    """One weekday and its hours."""

    key: str
    ranges: list[Range]


class HoursState(SessionState):
    """The Hours part of an agent's page."""

    mode: str = "always"
    days: list[Day] = []
    values: dict[str, str] = dict.fromkeys(FIELDS, "")
    errors: dict[str, str] = dict.fromkeys((*FIELDS, "texts_schedule"), "")
    saved: str = ""
    zones: list[dict[str, str]] = []
    is_open_now: bool = True
    opens: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, parse_id(agent_id))
        self.errors = dict.fromkeys((*FIELDS, "texts_schedule"), "")
        self.saved = ""
        self.zones = [{"value": zone, "label": zone.replace("_", " ")} for zone in agents.timezones()]
        self._take(agent)

    @rx.event
    @answers
    async def set_mode(self, mode: str) -> None:
        """Answer always, or during hours: the working week to begin with."""
        principal = await self._principal()
        week: Schedule = {day: [list(OFFICE_HOURS)] for day in DAYS[:5]}
        await self._store(principal, "texts_schedule", texts_schedule=week if mode == "hours" else {})

    @rx.event
    @answers
    async def add_range(self, day: str) -> None:
        """Add hours to a day."""
        principal = await self._principal()
        schedule = self._schedule()
        if day in DAYS and len(schedule.get(day, [])) < MOST_RANGES:
            ranges = schedule.setdefault(day, [])
            ranges.append(_after(ranges[-1][1]) if ranges else list(OFFICE_HOURS))
            await self._store(principal, "texts_schedule", texts_schedule=schedule)

    @rx.event
    @answers
    async def remove_range(self, day: str, place: int) -> None:
        """Remove hours from a day; a day without hours is closed."""
        principal = await self._principal()
        schedule = self._schedule()
        if 0 <= place < len(schedule.get(day, [])):
            schedule[day].pop(place)
            await self._store(principal, "texts_schedule", texts_schedule=schedule)

    @rx.event
    @answers
    async def set_time(self, day: str, place: int, edge: str, value: str) -> None:
        """Change when hours begin or end."""
        principal = await self._principal()
        schedule = self._schedule()
        if edge in ("start", "end") and value and 0 <= place < len(schedule.get(day, [])):
            schedule[day][place][0 if edge == "start" else 1] = value[:5]
            await self._store(principal, "texts_schedule", texts_schedule=schedule)

    @rx.event
    @answers
    async def copy_to_all(self, day: str) -> None:
        """Give every day the hours of one."""
        principal = await self._principal()
        hours = self._schedule().get(day, [])
        if hours:
            await self._store(
                principal, "texts_schedule", texts_schedule={other: [list(one) for one in hours] for other in DAYS}
            )

    @rx.event
    @answers
    async def save(self, name: str, value: str) -> None:
        """Store the time zone, the message outside the hours, or where texts are forwarded."""
        principal = await self._principal()
        if name not in FIELDS:
            raise Invalid("This field cannot be changed here.", field=name)
        if value != self.values[name]:
            await self._store(principal, name, **{name: value.strip()})

    def _schedule(self) -> Schedule:
        return {day["key"]: [[one["start"], one["end"]] for one in day["ranges"]] for day in self.days if day["ranges"]}

    async def _store(self, principal: Principal, field: str, **changes: Any) -> None:
        opened = await self.get_state(AgentState)
        if "texts_schedule" in changes:
            changes["texts_schedule"] = {day: hours for day, hours in changes["texts_schedule"].items() if hours}
        try:
            agent = await opened._change(principal, **changes)
        except Invalid as error:
            self.errors[field], self.saved = error.message, ""
            return
        except Conflict as conflict:
            self.errors[field], self.saved = conflict.message, ""
            return
        self.errors[field], self.saved = "", field
        self._take(agent)

    def _take(self, agent: Any) -> None:
        schedule: Schedule = agent.texts_schedule or {}
        self.mode = "hours" if schedule else "always"
        self.days = [Day(key=day, ranges=_ranges(schedule.get(day, []))) for day in DAYS]
        self.values = {name: getattr(agent, name) for name in FIELDS}
        now = agents.hours_now(agent)
        self.is_open_now, self.opens = now.is_open, now.opens_at.isoformat() if now.opens_at else ""


def _ranges(hours: list[list[str]]) -> list[Range]:
    return [
        Range(place=place, start=start, end=end, is_overnight=end <= start) for place, (start, end) in enumerate(hours)
    ]


def _after(end: str) -> list[str]:
    """Return an hour that begins an hour after `end`, within the day."""
    hour = min(int(end[:2]) + 1, 22)
    return [f"{hour:02d}:00", f"{hour + 1:02d}:00"]
