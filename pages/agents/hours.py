"""The Hours part of an agent's page: the week, the time zone, and what happens outside."""

import reflex as rx

from pages.components.button import icon_button
from pages.components.choice import segmented
from pages.components.combobox import combobox
from pages.components.field import CONTROL, error_text, saved_mark
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.components.surface import settings_group
from pages.components.timestamp import clock_time, day_heading
from pages.words import AgentHours
from state.agents.hours import DAYS, Day, HoursState, Range
from state.agents.open_agent import AgentState


def hours_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        settings_group(
            rx.el.div(
                segmented(
                    "hours-mode",
                    AgentHours.WHEN,
                    [("always", AgentHours.ALWAYS), ("hours", AgentHours.HOURS)],
                    value=HoursState.mode,
                    on_change=HoursState.set_mode,
                    hide_label=True,
                    disabled=~AgentState.can_edit,
                    class_name="w-full sm:w-80",
                ),
                rx.cond(
                    HoursState.is_open_now,
                    badge(AgentHours.OPEN_NOW, tone="success", icon="check"),
                    rx.fragment(
                        badge(AgentHours.CLOSED_NOW, tone="neutral", icon="moon"),
                        rx.cond(HoursState.opens != "", _opens(), rx.fragment()),
                    ),
                ),
                saved_mark(_save_state("texts_schedule")),
                class_name="flex flex-wrap items-center gap-3",
            ),
            rx.cond(HoursState.mode == "hours", _week(), rx.fragment()),
            error_text("field-hours", HoursState.errors["texts_schedule"]),
            title=AgentHours.WHEN,
        ),
        rx.cond(HoursState.mode == "hours", _outside(), rx.fragment()),
        class_name="max-w-180",
    )


def _opens() -> rx.Component:
    return rx.el.span(
        f"{AgentHours.OPENS} ",
        day_heading(HoursState.opens),
        ", ",
        clock_time(HoursState.opens),
        class_name="text-13 text-muted",
    )


def _save_state(field: str) -> rx.Var[str]:
    return rx.cond(HoursState.saved == field, "saved", "")


def _week() -> rx.Component:
    return rx.fragment(
        rx.el.ul(
            rx.foreach(HoursState.days, _day),
            class_name="divide-y divide-line rounded-card border border-line",
        ),
        rx.el.div(
            combobox(
                "schedule-timezone",
                AgentHours.ZONE,
                HoursState.zones,
                value=HoursState.values["schedule_timezone"],
                on_change=lambda zone: HoursState.save("schedule_timezone", zone),
                error=HoursState.errors["schedule_timezone"],
                clearable=False,
                disabled=~AgentState.can_edit,
            ),
            class_name="max-w-80",
        ),
    )


def _day(day: rx.Var[Day]) -> rx.Component:
    name = rx.match(day["key"], *zip(DAYS, AgentHours.DAYS, strict=True), "")
    return rx.el.li(
        rx.el.span(name, class_name="flex h-9 flex-1 items-center text-14 font-medium sm:w-28 sm:flex-none"),
        rx.el.div(
            rx.cond(
                day["ranges"].to(list[Range]).length() > 0,
                rx.foreach(day["ranges"].to(list[Range]), lambda hours: _range(day, hours, name)),
                rx.el.span(AgentHours.CLOSED_DAY, class_name="flex h-9 items-center text-14 text-faint"),
            ),
            # On phones the hours stand under the day and its buttons.
            class_name="order-last flex basis-full flex-col gap-2 sm:order-none sm:min-w-0 sm:flex-1 sm:basis-0",
        ),
        rx.cond(
            AgentState.can_edit,
            rx.el.div(
                icon_button("plus", AgentHours.ADD_RANGE, on_click=HoursState.add_range(day["key"])),
                icon_button(
                    "copy",
                    AgentHours.COPY_TO_ALL,
                    on_click=HoursState.copy_to_all(day["key"]),
                    disabled=day["ranges"].to(list[Range]).length() == 0,
                ),
                class_name="flex h-9 shrink-0 items-center",
            ),
            rx.fragment(),
        ),
        key=day["key"],
        class_name="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2",
    )


def _range(day: rx.Var[Day], hours: rx.Var[Range], name: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        _time(day, hours, "start", f"{name} {AgentHours.FROM}"),
        rx.el.span("–", aria_hidden="true", class_name="text-muted"),
        _time(day, hours, "end", f"{name} {AgentHours.TO}"),
        rx.cond(
            hours["is_overnight"],
            rx.el.span(
                badge(AgentHours.NEXT_DAY, icon="moon"),
                class_name="order-last flex basis-full sm:order-none sm:basis-auto",
            ),
            rx.fragment(),
        ),
        rx.cond(
            AgentState.can_edit,
            icon_button("x", AgentHours.REMOVE_RANGE, on_click=HoursState.remove_range(day["key"], hours["place"])),
            rx.fragment(),
        ),
        key=hours["place"],
        class_name="flex min-h-9 flex-wrap items-center gap-2",
    )


def _time(day: rx.Var[Day], hours: rx.Var[Range], edge: str, name: object) -> rx.Component:
    return rx.el.input(
        type="time",
        # The browser keeps what is typed until the field is left; a new value from the server draws it anew.
        default_value=hours[edge],
        key=f"{day['key']}-{hours['place']}-{edge}-{hours[edge]}",
        on_blur=lambda value: HoursState.set_time(day["key"], hours["place"], edge, value),
        disabled=~AgentState.can_edit,
        aria_label=name,
        class_name=(
            f"{CONTROL} tabular h-9 min-w-0 flex-1 basis-24 pointer-coarse:h-11 pointer-coarse:px-1.5! sm:w-32! "
            "sm:flex-none pointer-coarse:sm:w-38!"
        ),
    )


def _outside() -> rx.Component:
    return settings_group(
        saving_field(
            "after-hours-message",
            AgentHours.AFTER_MESSAGE,
            kind="area",
            rows=3,
            value=HoursState.values["after_hours_message"],
            on_save=lambda value: HoursState.save("after_hours_message", value),
            hint=AgentHours.AFTER_MESSAGE_HINT,
            error=HoursState.errors["after_hours_message"],
            save_state=_save_state("after_hours_message"),
            placeholder=AgentHours.AFTER_MESSAGE_PLACEHOLDER,
            disabled=~AgentState.can_edit,
        ),
        saving_field(
            "after-hours-forward",
            AgentHours.FORWARD,
            kind="tel",
            value=HoursState.values["after_hours_sms_forwarding"],
            on_save=lambda value: HoursState.save("after_hours_sms_forwarding", value),
            hint=AgentHours.FORWARD_HINT,
            error=HoursState.errors["after_hours_sms_forwarding"],
            save_state=_save_state("after_hours_sms_forwarding"),
            disabled=~AgentState.can_edit,
            class_name="max-w-80",
        ),
        title=AgentHours.AFTER,
    )
