"""Draw numbers over time: bars, stacked bars or lines, read by pointer, by arrow keys, or as a table.

Of our own, because a chart library weighs as much as the rest of a page (a hundred kilobytes and more, compressed).
"""

from typing import Any, Literal

import reflex as rx

from pages.components.button import icon_button_class
from pages.components.local_file import jsx
from pages.words import Charts

_FILE = jsx(__name__, "chart.jsx")


class _Chart(rx.Component):
    library = _FILE.importable_path
    tag = "Chart"

    title: rx.Var[str]
    lead: rx.Var[str]
    kind: rx.Var[str]
    format: rx.Var[str]
    series: rx.Var[list[dict[str, str]]]
    points: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    button_class: rx.Var[str]


def chart(
    title: str,
    points: rx.Var[Any],
    *series: tuple[str, str],
    lead: str = "",
    kind: Literal["bars", "lines"] = "bars",
    format: Literal["count", "money", "seconds"] = "count",
) -> rx.Component:
    """Return a chart of `points` ({at, values}); each of `series` is a name and a colour token ("accent").

    Several series of bars stand on each other. What is at the pointer, or at the mark that arrow keys move, is said
    in the line over the chart.
    """
    return _Chart.create(
        title=title,
        lead=lead,
        kind=kind,
        format=format,
        series=[{"name": name, "tone": tone} for name, tone in series],
        points=points,
        words=Charts.ALL,
        button_class=icon_button_class("ghost", "sm"),
    )
