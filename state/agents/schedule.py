"""Edit when an agent answers each of its channels, its holidays, and what happens outside its hours."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AgentType, Channel
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a day gets when its first hours are added: the office hours most people mean.
OFFICE_HOURS = ("09:00", "17:00")
MOST_RANGES = 6
FIELDS = (
    "schedule_timezone",
    "after_hours_action",
    "after_hours_message",
    "after_hours_sms_forwarding",
    "after_hours_call_forwarding",
)
# The channels an agent of each type answers, the first one shown first.
CHANNELS: dict[str, tuple[str, ...]] = {
    AgentType.TEXT: (Channel.SMS,),
    AgentType.INBOUND_VOICE: (Channel.CALL, Channel.SMS),
    AgentType.OUTBOUND_VOICE: (Channel.CALL,),
    AgentType.EMAIL: (Channel.EMAIL,),
    AgentType.CHAT_WIDGET: (Channel.CHAT,),
}

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


class Holiday(TypedDict):
    """A day with hours of its own: `start` and `end` of its first ones, empty when it is closed."""

    place: int
    date: str
    name: str
    is_yearly: bool
    hours: str


class ScheduleState(SessionState):
    """The Schedule part of an agent's page."""

    channel: str = Channel.SMS.value
    channels: list[str] = []
    mode: str = "always"
    days: list[Day] = []
    holidays: list[Holiday] = []
    values: dict[str, str] = dict.fromkeys(FIELDS, "")
    errors: dict[str, str] = dict.fromkeys((*FIELDS, "hours", "holidays"), "")
    saved: str = ""
    zones: list[dict[str, str]] = []
    is_open_now: bool = True
    opens: str = ""
    _known: dict[str, Any] = {}

    async def _open(self, principal: Principal, agent_id: str) -> None:
        opened = await self.get_state(AgentState)
        self.channels = [str(channel) for channel in CHANNELS[opened.agent_type]]
        self.channel = self.channels[0]
        self.errors, self.saved = dict.fromkeys((*FIELDS, "hours", "holidays"), ""), ""
        self.zones = [{"value": zone, "label": zone.replace("_", " ")} for zone in agents.timezones()]
        self._take(opened._values)
        await self._look(principal)

    @rx.event
    @answers
    async def choose_channel(self, channel: str) -> None:
        """Show the hours of another channel."""
        principal = await self._principal()
        if channel in self.channels:
            self.channel = channel
            self._take(self._known)
            await self._look(principal)

    @rx.event
    @answers
    async def set_mode(self, mode: str) -> None:
        """Answer always, or during hours: the working week to begin with."""
        principal = await self._principal()
        week: Schedule = {day: [list(OFFICE_HOURS)] for day in DAYS[:5]}
        await self._store_week(principal, week if mode == "hours" else {})

    @rx.event
    @answers
    async def add_range(self, day: str) -> None:
        """Add hours to a day."""
        principal = await self._principal()
        schedule = self._schedule()
        if day in DAYS and len(schedule.get(day, [])) < MOST_RANGES:
            ranges = schedule.setdefault(day, [])
            ranges.append(_after(ranges[-1][1]) if ranges else list(OFFICE_HOURS))
            await self._store_week(principal, schedule)

    @rx.event
    @answers
    async def remove_range(self, day: str, place: int) -> None:
        """Remove hours from a day; a day without hours is closed."""
        principal = await self._principal()
        schedule = self._schedule()
        if 0 <= place < len(schedule.get(day, [])):
            schedule[day].pop(place)
            await self._store_week(principal, schedule)

    @rx.event
    @answers
    async def set_time(self, day: str, place: int, edge: str, value: str) -> None:
        """Change when hours begin or end."""
        principal = await self._principal()
        schedule = self._schedule()
        if edge in ("start", "end") and value and 0 <= place < len(schedule.get(day, [])):
            schedule[day][place][0 if edge == "start" else 1] = value[:5]
            await self._store_week(principal, schedule)

    @rx.event
    @answers
    async def copy_to_all(self, day: str) -> None:
        """Give every day the hours of one."""
        principal = await self._principal()
        hours = self._schedule().get(day, [])
        if hours:
            await self._store_week(principal, {other: [list(one) for one in hours] for other in DAYS})

    @rx.event
    @answers
    async def add_holiday(self, form: dict[str, Any]) -> None:
        """Add a day on which the business is closed, or keeps other hours."""
        principal = await self._principal()
        start, end = str(form.get("holiday_start", ""))[:5], str(form.get("holiday_end", ""))[:5]
        one = {
            "date": str(form.get("holiday_date", "")),
            "name": str(form.get("holiday_name", "")).strip(),
            "is_yearly": form.get("holiday_yearly") in ("on", "true", True),
            "hours": [[start, end]] if start and end else [],
        }
        known = self._known.get("holidays", [])
        await self._store(principal, "holidays", [*known, one], known)

    @rx.event
    @answers
    async def remove_holiday(self, place: int) -> None:
        """Remove a holiday."""
        principal = await self._principal()
        known = list(self._known.get("holidays", []))
        if 0 <= place < len(known):
            await self._store(principal, "holidays", known[:place] + known[place + 1 :], known)

    @rx.event
    @answers
    async def save(self, name: str, value: str, base: str) -> None:
        """Store the time zone or what happens outside the hours; `base` is what its writer began from."""
        principal = await self._principal()
        if name not in FIELDS:
            raise Invalid("This field cannot be changed here.", field=name)
        await self._store(principal, name, value.strip(), base)

    def _field(self) -> str:
        return agents.SCHEDULES[Channel(self.channel)]

    def _schedule(self) -> Schedule:
        known = self._known.get(self._field(), {})
        return {day: [list(one) for one in ranges] for day, ranges in known.items() if ranges}

    async def _store_week(self, principal: Principal, schedule: Schedule) -> None:
        wanted = {day: hours for day, hours in schedule.items() if hours}
        await self._store(principal, self._field(), wanted, self._known.get(self._field(), {}), error="hours")

    async def _store(self, principal: Principal, name: str, value: Any, base: Any, error: str = "") -> None:
        opened = await self.get_state(AgentState)
        place = error or name
        try:
            is_stored = await opened._change(principal, {name: value}, {name: base})
        except Invalid as refusal:
            self.errors[place], self.saved = refusal.message, ""
            return
        self.errors[place], self.saved = "", place if is_stored else ""
        self._take(opened._values)
        await self._look(principal)

    def _take(self, values: dict[str, Any]) -> None:
        self._known = dict(values)
        schedule: Schedule = values[self._field()] or {}
        self.mode = "hours" if schedule else "always"
        self.days = [Day(key=day, ranges=_ranges(schedule.get(day, []))) for day in DAYS]
        self.values = {name: str(values[name]) for name in FIELDS}
        self.holidays = [
            Holiday(
                place=place,
                date=one["date"],
                name=one["name"],
                is_yearly=one["is_yearly"],
                hours=", ".join("–".join(hours) for hours in one["hours"]),
            )
            for place, one in enumerate(values["holidays"])
        ]

    async def _look(self, principal: Principal) -> None:
        """Say whether the draft would answer now."""
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, parse_id(opened.id))
        now = agents.hours_now(agent, Channel(self.channel), self._known)
        self.is_open_now, self.opens = now.is_open, now.opens_at.isoformat() if now.opens_at else ""


def _ranges(hours: list[list[str]]) -> list[Range]:
    return [
        Range(place=place, start=start, end=end, is_overnight=end <= start) for place, (start, end) in enumerate(hours)
    ]


def _after(end: str) -> list[str]:
    """Return an hour that begins an hour after `end`, within the day."""
    hour = min(int(end[:2]) + 1, 22)
    return [f"{hour:02d}:00", f"{hour + 1:02d}:00"]
