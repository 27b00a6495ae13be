"""The Analytics part of an agent's page: its figures beside the period before, and charts that are tables as well."""

from typing import Any

import reflex as rx

from pages.components.button import button
from pages.components.chart import chart
from pages.components.choice import segmented
from pages.components.feedback import empty_state, failed_or, skeleton
from pages.components.field import select_field
from pages.components.icon import icon
from pages.components.link import page_link
from pages.words import AgentAnalytics, Common
from state.agents.analytics import AnalyticsState

_TILES = tuple(AgentAnalytics.NAMES)
# Shares differ by points.
_SHARES = frozenset({"resolved", "handed_over", "negative", "answered"})
_GRID = "grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line lg:grid-cols-4"


def analytics_part() -> rx.Component:
    """Return the part."""
    return rx.el.section(
        rx.el.h2(AgentAnalytics.FIGURES, class_name="sr-only"),
        _filters(),
        rx.cond(
            AnalyticsState.is_loaded,
            rx.cond(
                AnalyticsState.has_figures,
                rx.fragment(_tiles(), _calls(), _charts()),
                empty_state(title=AgentAnalytics.EMPTY_TITLE, body=AgentAnalytics.EMPTY_BODY, icon="chart_column"),
            ),
            failed_or(AnalyticsState, _skeleton(), what=AgentAnalytics.FAILED, safe=AgentAnalytics.FAILED_SAFE),
        ),
        class_name="flex max-w-280 flex-col gap-6",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        segmented(
            "analytics-days",
            AgentAnalytics.PERIOD,
            list(AgentAnalytics.PERIODS.items()),
            value=AnalyticsState.days,
            on_change=lambda value: AnalyticsState.choose("days", value),
            hide_label=True,
            class_name="w-full sm:w-80",
        ),
        select_field(
            "analytics-channel",
            AgentAnalytics.CHANNEL,
            list(AgentAnalytics.CHANNELS.items()),
            value=AnalyticsState.channel,
            on_change=lambda value: AnalyticsState.choose("channel", value),
            hide_label=True,
            class_name="flex-1 sm:flex-none",
        ),
        button(
            AgentAnalytics.EXPORT,
            icon="file_down",
            on_click=AnalyticsState.export,
            disabled=~AnalyticsState.has_figures,
            class_name="sm:ml-auto",
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def _tiles() -> rx.Component:
    return rx.el.dl(
        *(_tile(key, AgentAnalytics.NAMES[key], AnalyticsState.figures[key]) for key in _TILES), class_name=_GRID
    )


def _calls() -> rx.Component:
    """Return the figures of the telephone, where there were calls."""
    names = AgentAnalytics.CALL_NAMES
    return rx.cond(
        AnalyticsState.calls.length() > 0,
        rx.el.div(
            rx.el.h3(AgentAnalytics.CALLS, class_name="mb-2 text-14 font-semibold"),
            rx.el.dl(*(_tile(key, names[key], AnalyticsState.calls[key]) for key in names), class_name=_GRID),
        ),
        rx.fragment(),
    )


def _tile(key: str, name: str, figure: rx.Var[Any]) -> rx.Component:
    more = AgentAnalytics.POINTS_MORE if key in _SHARES else AgentAnalytics.MORE
    less = AgentAnalytics.POINTS_LESS if key in _SHARES else AgentAnalytics.LESS
    link = [
        page_link(
            AgentAnalytics.GAPS,
            href="/knowledge/gaps",
            class_name=(
                "inline-flex min-h-6 items-center text-13 text-accent-ink underline-offset-2 hover:underline "
                "pointer-coarse:min-h-11"
            ),
        )
    ]
    return rx.el.div(
        rx.el.dt(name, class_name="text-13 text-muted"),
        rx.el.dd(
            rx.el.span(figure["value"], class_name="tabular text-20 font-semibold"),
            *(link if key == "unanswered" else []),
            class_name="flex flex-wrap items-baseline gap-x-3",
        ),
        rx.el.dd(
            rx.match(
                figure["turn"],
                ("more", rx.fragment(icon("arrow_up", class_name="mt-0.5"), _change(figure["by"], more))),
                ("less", rx.fragment(icon("arrow_down", class_name="mt-0.5"), _change(figure["by"], less))),
                ("same", rx.el.span(AgentAnalytics.SAME)),
                rx.el.span(AgentAnalytics.NEW),
            ),
            class_name="flex items-start gap-1 text-12 text-faint",
        ),
        *(
            [rx.el.dd(AgentAnalytics.HINTS[key], class_name="text-12 text-pretty text-faint")]
            if key in AgentAnalytics.HINTS
            else []
        ),
        class_name="flex min-w-0 flex-col gap-1 bg-canvas p-4",
    )


def _change(by: rx.Var[str], words: str) -> rx.Component:
    return rx.el.span(rx.el.span(by, class_name="tabular"), f" {words}")


def _charts() -> rx.Component:
    points = AnalyticsState.points
    return rx.el.div(
        chart(
            AgentAnalytics.VOLUME, points["volume"], (AgentAnalytics.VOLUME, "accent"), lead=AgentAnalytics.VOLUME_LEAD
        ),
        chart(
            AgentAnalytics.OUTCOMES,
            points["outcomes"],
            (AgentAnalytics.NAMES["resolved"], "success"),
            (AgentAnalytics.NAMES["handed_over"], "warning"),
            (AgentAnalytics.REST, "control"),
            lead=AgentAnalytics.OUTCOMES_LEAD,
        ),
        chart(
            AgentAnalytics.MOOD,
            points["mood"],
            (AgentAnalytics.POSITIVE, "success"),
            (AgentAnalytics.NEUTRAL, "control"),
            (AgentAnalytics.NEGATIVE, "danger"),
            lead=AgentAnalytics.MOOD_LEAD,
        ),
        chart(
            AgentAnalytics.TIMES,
            points["times"],
            (AgentAnalytics.USUAL, "accent"),
            (AgentAnalytics.SLOW, "warning"),
            lead=AgentAnalytics.TIMES_LEAD,
            kind="lines",
            format="seconds",
        ),
        chart(
            AgentAnalytics.COST,
            points["cost"],
            (AgentAnalytics.COST, "info"),
            lead=AgentAnalytics.COST_LEAD,
            format="money",
        ),
        class_name="grid items-start gap-4 lg:grid-cols-2",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        rx.el.div(
            *(
                rx.el.div(
                    skeleton("h-3.5 w-24"),
                    skeleton("h-6 w-16"),
                    skeleton("h-3 w-36 max-w-full"),
                    class_name="flex min-h-28 flex-col gap-2 bg-canvas p-4",
                )
                for _ in _TILES
            ),
            class_name=_GRID,
        ),
        rx.el.div(
            *(skeleton("h-64 w-full rounded-card") for _ in range(4)),
            class_name="mt-6 grid gap-4 lg:grid-cols-2",
        ),
        role="status",
    )
