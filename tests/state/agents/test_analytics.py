"""The figures of an agent's page follow its address and say how they differ from the period before."""

from typing import Any

import pytest

from backend.agents.service import Tally
from state.agents import analytics
from state.agents.analytics import AnalyticsState
from tests.state.agents.test_editing import made, opened

pytestmark = pytest.mark.usefixtures("db")


def tally(**counts: int) -> Tally:
    names = ("conversations", "answers", "resolved", "handed_over", "unanswered", "positive", "neutral", "negative")
    return {**dict.fromkeys((*names, "cost_micros", "usual_ms", "slow_ms"), 0), **counts}  # type: ignore[return-value]


async def test_an_edited_address_shows_the_usual_period(org: Any) -> None:
    page = await opened(org, await made(org), "analytics&days=7&channel=chat")
    shown = await page.state(AnalyticsState)
    assert (shown.days, shown.channel, shown.is_loaded, shown.has_figures) == ("7", "chat", True, False)
    assert len(shown.points["volume"]) == 7
    page = await opened(org, await made(org), "analytics&days=9999&channel=fax")
    shown = await page.state(AnalyticsState)
    assert (shown.days, shown.channel) == ("30", "")


def test_counts_differ_by_percent_and_shares_by_points() -> None:
    now = tally(conversations=10, resolved=8, answers=30, cost_micros=1_250_000)
    before = tally(conversations=10, resolved=5, answers=40, cost_micros=1_250_000)
    figures = analytics._figures(now, before)
    assert figures["answers"] == {"value": "30", "turn": "less", "by": "25 %"}
    assert figures["resolved"] == {"value": "80 %", "turn": "more", "by": "30"}
    assert figures["cost"] == {"value": "$1.25", "turn": "same", "by": "0 %"}


def test_without_a_period_before_nothing_is_compared() -> None:
    figures = analytics._figures(tally(answers=3, cost_micros=1200), tally())
    assert (figures["answers"]["turn"], figures["cost"]["value"]) == ("new", "$0.0012")
    assert figures["resolved"] == {"value": "–", "turn": "new", "by": ""}
