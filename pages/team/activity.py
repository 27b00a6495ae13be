"""Who did what in the organization, for its owners: `/team/activity`."""

from typing import Any

import reflex as rx

from pages.components.avatar import avatar
from pages.components.button import button, button_class, link_button
from pages.components.feedback import empty_state, error_state, skeleton, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.icon import icon
from pages.components.link import download_link
from pages.components.status import badge
from pages.components.timestamp import time_ago
from pages.team.layout import team_section
from pages.words import Activity
from state.team.activity import PATH, ActivityState

_FILTERS = "grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap"
# Days are meant in the clock of whoever reads, which the browser knows.
_ZONE: rx.Var[str] = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)


def activity_page() -> rx.Component:
    """Return the page."""
    return team_section(
        "activity",
        rx.match(
            ActivityState.stage,
            ("ready", rx.fragment(_filters(), rx.cond(ActivityState.rows.length() > 0, _list(), _nothing()))),
            ("owners", empty_state(title=Activity.OWNERS_TITLE, body=Activity.OWNERS_BODY, icon="lock")),
            rx.cond(
                ActivityState.has_failed,
                error_state(
                    what=Activity.FAILED,
                    safe=Activity.FAILED_SAFE,
                    reference=ActivityState.reference,
                    on_retry=ActivityState.load,
                ),
                rx.fragment(_filters_loading(), skeleton_rows(8, leading="size-6 rounded-full")),
            ),
        ),
        actions=rx.cond(
            ActivityState.stage == "ready",
            download_link(
                icon("file_down"), Activity.EXPORT, href=ActivityState.file, class_name=button_class(link=True)
            ),
            rx.fragment(),
        ),
    )


def _filters() -> rx.Component:
    def put(name: str) -> Any:
        return lambda value: ActivityState.filter_by(name, value, _ZONE)

    everybody = rx.Var.create([{"value": "", "label": Activity.ANYBODY}]) + ActivityState.people
    return rx.el.div(
        select_field(
            "activity-person", Activity.PERSON, everybody, value=ActivityState.person, on_change=put("person")
        ),
        select_field(
            "activity-subject",
            Activity.SUBJECT,
            [("", Activity.ANYTHING), *sorted(Activity.SUBJECTS.items(), key=lambda one: one[1])],
            value=ActivityState.subject,
            on_change=put("subject"),
        ),
        text_field("activity-from", Activity.FROM, type="date", value=ActivityState.since, on_change=put("from")),
        text_field("activity-to", Activity.TO, type="date", value=ActivityState.until, on_change=put("to")),
        rx.cond(
            ActivityState.is_filtered,
            link_button(Activity.CLEAR_FILTERS, href=PATH, variant="ghost", class_name="col-span-2 h-9"),
            rx.fragment(),
        ),
        role="search",
        class_name=_FILTERS,
    )


def _filters_loading() -> rx.Component:
    """Return the shape of the filters, so that the list below does not move when they come."""

    def field(words: str, width: str) -> rx.Component:
        return rx.el.div(
            rx.el.div(skeleton(f"h-3.5 {words}"), class_name="flex h-5 items-center"),
            skeleton(f"h-9 pointer-coarse:h-11 {width}"),
            class_name="flex flex-col gap-1.5",
        )

    day = "w-full sm:w-38"
    return rx.el.div(
        field("w-12", "w-full sm:w-26"), field("w-10", "w-full sm:w-40"), field("w-10", day), field("w-8", day),
        class_name=_FILTERS, aria_hidden="true",
    )  # fmt: skip


def _nothing() -> rx.Component:
    return rx.cond(
        ActivityState.is_filtered,
        empty_state(title=Activity.NO_MATCH_TITLE, body=Activity.NO_MATCH_BODY, icon="search_x"),
        empty_state(title=Activity.EMPTY_TITLE, body=Activity.EMPTY_BODY, icon="history"),
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.ul(
            rx.foreach(ActivityState.rows, _entry),
            aria_label=Activity.LEAD,
            class_name="divide-y divide-line rounded-card border border-line",
        ),
        rx.cond(
            ActivityState.has_more, rx.el.div(button(Activity.MORE, on_click=ActivityState.load_more)), rx.fragment()
        ),
    )


def _entry(row: rx.Var) -> rx.Component:
    actor = rx.cond(row["actor"] != "", row["actor"], Activity.SYSTEM)
    return rx.el.li(
        avatar(actor, size="sm"),
        rx.el.div(
            rx.el.p(
                rx.el.span(actor, class_name="font-medium"),
                " ",
                _phrase(row),
                rx.cond(row["about"] != "", rx.fragment(" ", rx.el.span(row["about"], class_name="font-medium")), ""),
                class_name="text-14 text-pretty wrap-anywhere",
            ),
            rx.cond(
                row["details"] != "",
                rx.el.p(row["details"], class_name="text-13 wrap-anywhere text-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.match(
            row["source"],
            ("api", badge(Activity.BY_API)),
            ("assistant", badge(Activity.BY_ASSISTANT)),
            ("admin", badge(Activity.BY_OPERATOR, tone="warning")),
            rx.fragment(),
        ),
        time_ago(row["at"], class_name="shrink-0 text-12 leading-5 text-muted"),
        key=row["id"],
        class_name="flex min-h-12 items-start gap-3 px-4 py-2.5",
    )


def _phrase(row: rx.Var) -> rx.Var[str]:
    """Return what was done in words; an action without words of its own says its verb and subject."""
    plain = row["verb"].to(str) + " " + row["subject"].to(str)
    known = rx.Var.create(Activity.PHRASES)[row["subject"].to(str) + ":" + row["verb"].to(str)]
    return rx.cond(known, known, plain)
