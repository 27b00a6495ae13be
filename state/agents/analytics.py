"""Show what an agent did in a period on a channel, beside the period before; both live in the page's address."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.agents.service import CallTally, Moment, Tally
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.address import with_filters
from state.errors import answers
from state.loading import Loading
from state.session import SessionState

FILTERS = ("tab", "days", "channel")
USUAL_DAYS = "30"


class Figure(TypedDict):
    """One number of the period in print, and how it differs from the period before.

    `turn` is "more", "less", "same", or "new" when there was nothing to compare with; `by` says how much.
    """

    value: str
    turn: str
    by: str


class Point(TypedDict):
    """One day or hour of a chart: when it begins in the business's own time, and a value for each of its series."""

    at: str
    values: list[float | None]


class AnalyticsState(Loading, SessionState):
    """The Analytics part of an agent's page."""

    agent_id: str = ""
    days: str = USUAL_DAYS
    channel: str = ""
    has_figures: bool = False
    figures: dict[str, Figure] = {}
    calls: dict[str, Figure] = {}
    """Of the telephone; empty where there were no calls."""
    points: dict[str, list[Point]] = {}

    async def _open(self, principal: Principal, agent_id: str) -> None:
        wanted = self.router.url.query_parameters
        days, channel = wanted.get("days", ""), wanted.get("channel", "")
        # Values nobody offers (an edited address) show the usual period and every channel.
        self.days = days if days in [str(one) for one in agents.PERIODS] else USUAL_DAYS
        self.channel = channel if channel in agents.CHANNELS else ""
        if agent_id != self.agent_id:
            self.agent_id, self.is_loaded = agent_id, False
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the figures again, after they could not be read."""
        principal = await self._principal()
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def choose(self, name: str, value: str) -> Any:
        """Put a period or a channel into the address, which shows its figures."""
        await self._principal()
        offered = {"days": [str(one) for one in agents.PERIODS], "channel": ["", *agents.CHANNELS]}
        if value not in offered.get(name, ()):
            raise Invalid("The figures cannot be chosen by this.", field="name")
        setattr(self, name, value)
        wanted = {"tab": "analytics", "days": self.days, "channel": self.channel}
        return rx.redirect(with_filters(f"/agents/{self.agent_id}", wanted, FILTERS), replace=True)

    @rx.event
    @answers
    async def export(self) -> Any:
        """Hand the person the figures as a spreadsheet reads them."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                content = await agents.report_table(session, parse_id(self.agent_id), int(self.days), self.channel)
        return rx.download(data=content, filename=f"agent-{self.days}-days.csv")

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await agents.report(session, parse_id(self.agent_id), int(self.days), self.channel)
        calls = found.calls_now["calls"] + found.calls_before["calls"]
        self.has_figures = bool(found.now["answers"] or found.now["cost_micros"] or found.before["answers"] or calls)
        self.figures = _figures(found.now, found.before)
        self.calls = _calls(found.calls_now, found.calls_before) if calls else {}
        self.points = {
            "volume": _points(found.moments, "answers"),
            "outcomes": _points(found.moments, "resolved", "handed_over", "rest"),
            "mood": _points(found.moments, "positive", "neutral", "negative"),
            "cost": _points(found.moments, "cost_micros"),
            "times": _points(found.moments, "usual_ms", "slow_ms"),
        }
        self.is_loaded = True


def _points(moments: list[Moment], *names: str) -> list[Point]:
    return [Point(at=one["at"], values=[_value(one, name) for name in names]) for one in moments]


def _value(one: Moment, name: str) -> float | None:
    if name == "rest":
        return max(0, one["conversations"] - one["resolved"] - one["handed_over"])
    value: int = one[name]  # type: ignore[literal-required]
    if name == "cost_micros":
        return value / 1_000_000
    # Where nothing was answered nothing took any time, which is not the same as none.
    return (value / 1000 if value else None) if name.endswith("_ms") else value


def _figures(now: Tally, before: Tally) -> dict[str, Figure]:
    return {
        "answers": _count(now["answers"], before["answers"]),
        "conversations": _count(now["conversations"], before["conversations"]),
        "resolved": _share(now, before, "resolved", "conversations"),
        "handed_over": _share(now, before, "handed_over", "conversations"),
        "unanswered": _count(now["unanswered"], before["unanswered"]),
        "negative": _share(now, before, "negative", "positive", "neutral", "negative"),
        "cost": Figure(value=_money(now["cost_micros"]), **_change(now["cost_micros"], before["cost_micros"])),
        "time": Figure(value=_seconds(now["usual_ms"]), **_change(now["usual_ms"], before["usual_ms"])),
    }


def _calls(now: CallTally, before: CallTally) -> dict[str, Figure]:
    lasted = [round(one["seconds"] / one["answered"]) if one["answered"] else 0 for one in (now, before)]
    return {
        "calls": _count(now["calls"], before["calls"]),
        "answered": _share(now, before, "answered", "calls"),
        "minutes": _count(round(now["seconds"] / 60), round(before["seconds"] / 60)),
        "lasted": Figure(value=f"{lasted[0] // 60}:{lasted[0] % 60:02}" if lasted[0] else "–", **_change(*lasted)),
    }


def _count(now: int, before: int) -> Figure:
    return Figure(value=f"{now:,}", **_change(now, before))


def _change(now: int, before: int) -> Any:
    if not before or not now:
        return {"turn": "same" if now == before else "new", "by": ""}
    percent = round((now - before) / before * 100)
    return {"turn": "more" if percent > 0 else "less" if percent < 0 else "same", "by": f"{abs(percent):,} %"}


def _share(now: Any, before: Any, part: str, *whole: str) -> Figure:
    """Return a share of the period in percent; shares differ by points, not by percent of percent."""
    of_now, of_before = sum(now[name] for name in whole), sum(before[name] for name in whole)
    if not of_now:
        return Figure(value="–", turn="new", by="")
    share = round(now[part] / of_now * 100)
    if not of_before:
        return Figure(value=f"{share} %", turn="new", by="")
    points = share - round(before[part] / of_before * 100)
    turn = "more" if points > 0 else "less" if points < 0 else "same"
    return Figure(value=f"{share} %", turn=turn, by=f"{abs(points)}")


def _money(micros: int) -> str:
    dollars = micros / 1_000_000
    return f"${dollars:,.2f}" if dollars >= 0.995 or not micros else f"${dollars:.4f}".rstrip("0").ljust(5, "0")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s" if ms else "–"
