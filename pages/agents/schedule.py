"""The Schedule part of an agent's page: the week of each channel, holidays, and what happens outside."""

import reflex as rx

from pages.agents.field_words import options_of
from pages.components.button import button, icon_button
from pages.components.choice import checkbox, segmented
from pages.components.combobox import combobox
from pages.components.field import CONTROL, error_text, label, saved_mark, select_field, text_field
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.components.surface import row_list, settings_group
from pages.components.timestamp import clock_time, day_heading
from pages.words import AgentSchedule
from state.agents.open_agent import AgentState
from state.agents.schedule import DAYS, Day, Holiday, Range, ScheduleState


def schedule_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        settings_group(
            rx.cond(ScheduleState.channels.length() > 1, _channels(), rx.fragment()),
            rx.el.div(
                segmented(
                    "hours-mode",
                    AgentSchedule.WHEN,
                    [("always", AgentSchedule.ALWAYS), ("hours", AgentSchedule.HOURS)],
                    value=ScheduleState.mode,
                    on_change=ScheduleState.set_mode,
                    hide_label=True,
                    disabled=~AgentState.can_edit,
                    class_name="w-full sm:w-80",
                ),
                rx.cond(
                    ScheduleState.is_open_now,
                    badge(AgentSchedule.OPEN_NOW, tone="success", icon="check"),
                    rx.fragment(
                        badge(AgentSchedule.CLOSED_NOW, tone="neutral", icon="moon"),
                        rx.cond(ScheduleState.opens != "", _opens(), rx.fragment()),
                    ),
                ),
                saved_mark(_save_state("hours")),
                class_name="flex flex-wrap items-center gap-3",
            ),
            rx.cond(ScheduleState.mode == "hours", _week(), rx.fragment()),
            _zone(),
            error_text("field-hours", ScheduleState.errors["hours"]),
            title=AgentSchedule.WHEN,
        ),
        settings_group(
            _holidays(),
            title=AgentSchedule.HOLIDAYS,
            lead=AgentSchedule.HOLIDAYS_LEAD,
        ),
        rx.cond((ScheduleState.mode == "hours") | (ScheduleState.holidays.length() > 0), _outside(), rx.fragment()),
        class_name="max-w-180",
    )


def _opens() -> rx.Component:
    return rx.el.span(
        f"{AgentSchedule.OPENS} ",
        day_heading(ScheduleState.opens),
        ", ",
        clock_time(ScheduleState.opens),
        class_name="text-13 text-muted",
    )


def _save_state(field: str) -> rx.Var[str]:
    return rx.cond(ScheduleState.saved == field, "saved", "")


def _channels() -> rx.Component:
    """Return the two channels of a phone agent, each with hours of its own."""
    return segmented(
        "schedule-channel",
        AgentSchedule.CHANNEL,
        [("call", AgentSchedule.CALLS), ("sms", AgentSchedule.TEXTS)],
        value=ScheduleState.channel,
        on_change=ScheduleState.choose_channel,
        icons={"call": "phone", "sms": "message_square_text"},
        class_name="w-full sm:w-80",
    )


def _week() -> rx.Component:
    return row_list(ScheduleState.days, _day)


def _zone() -> rx.Component:
    return rx.el.div(
        combobox(
            "schedule-timezone",
            AgentSchedule.ZONE,
            ScheduleState.zones,
            value=ScheduleState.values["schedule_timezone"],
            on_change=lambda zone: ScheduleState.save(
                "schedule_timezone", zone, ScheduleState.values["schedule_timezone"]
            ),
            error=ScheduleState.errors["schedule_timezone"],
            clearable=False,
            disabled=~AgentState.can_edit,
        ),
        class_name="max-w-80",
    )


def _day(day: rx.Var[Day]) -> rx.Component:
    name = rx.match(day["key"], *zip(DAYS, AgentSchedule.DAYS, strict=True), "")
    return rx.el.li(
        rx.el.span(name, class_name="flex h-9 flex-1 items-center text-14 font-medium sm:w-28 sm:flex-none"),
        rx.el.div(
            rx.cond(
                day["ranges"].to(list[Range]).length() > 0,
                rx.foreach(day["ranges"].to(list[Range]), lambda hours: _range(day, hours, name)),
                rx.el.span(AgentSchedule.CLOSED_DAY, class_name="flex h-9 items-center text-14 text-faint"),
            ),
            # On phones the hours stand under the day and its buttons.
            class_name="order-last flex basis-full flex-col gap-2 sm:order-none sm:min-w-0 sm:flex-1 sm:basis-0",
        ),
        rx.cond(
            AgentState.can_edit,
            rx.el.div(
                icon_button("plus", AgentSchedule.ADD_RANGE, on_click=ScheduleState.add_range(day["key"])),
                icon_button(
                    "copy",
                    AgentSchedule.COPY_TO_ALL,
                    on_click=ScheduleState.copy_to_all(day["key"]),
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
        _time(day, hours, "start", f"{name} {AgentSchedule.FROM}"),
        rx.el.span("–", aria_hidden="true", class_name="text-muted"),
        _time(day, hours, "end", f"{name} {AgentSchedule.TO}"),
        rx.cond(
            hours["is_overnight"],
            rx.el.span(
                badge(AgentSchedule.NEXT_DAY, icon="moon"),
                class_name="order-last flex basis-full sm:order-none sm:basis-auto",
            ),
            rx.fragment(),
        ),
        rx.cond(
            AgentState.can_edit,
            icon_button(
                "x", AgentSchedule.REMOVE_RANGE, on_click=ScheduleState.remove_range(day["key"], hours["place"])
            ),
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
        on_blur=lambda value: ScheduleState.set_time(day["key"], hours["place"], edge, value),
        disabled=~AgentState.can_edit,
        aria_label=name,
        class_name=(
            f"{CONTROL} tabular h-9 min-w-0 flex-1 basis-24 pointer-coarse:h-11 pointer-coarse:px-1.5! sm:w-32! "
            "sm:flex-none pointer-coarse:sm:w-38!"
        ),
    )


def _holidays() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ScheduleState.holidays.length() > 0,
            row_list(ScheduleState.holidays, _holiday),
            rx.fragment(),
        ),
        rx.cond(AgentState.can_edit, _new_holiday(), rx.fragment()),
        error_text("field-holidays", ScheduleState.errors["holidays"]),
        class_name="flex flex-col gap-3",
    )


def _holiday(holiday: rx.Var[Holiday]) -> rx.Component:
    return rx.el.li(
        rx.el.span(holiday["date"], class_name="tabular w-24 shrink-0 text-14"),
        rx.el.span(holiday["name"], class_name="min-w-0 flex-1 truncate text-14 font-medium"),
        rx.cond(holiday["is_yearly"], badge(AgentSchedule.HOLIDAY_YEARLY, icon="repeat"), rx.fragment()),
        rx.el.span(
            rx.cond(holiday["hours"] != "", holiday["hours"], AgentSchedule.CLOSED_DAY),
            class_name="tabular shrink-0 text-13 text-muted",
        ),
        rx.cond(
            AgentState.can_edit,
            icon_button(
                "x", AgentSchedule.HOLIDAY_REMOVE, size="sm", on_click=ScheduleState.remove_holiday(holiday["place"])
            ),
            rx.fragment(),
        ),
        key=f"{holiday['date']}-{holiday['place']}",
        class_name="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5",
    )


def _new_holiday() -> rx.Component:
    return rx.el.form(
        text_field("holiday_date", AgentSchedule.HOLIDAY_DATE, type="date", required=True, class_name="w-40"),
        text_field(
            "holiday_name",
            AgentSchedule.HOLIDAY_NAME,
            placeholder=AgentSchedule.HOLIDAY_NAME_PLACEHOLDER,
            max_length=60,
            auto_complete="off",
            class_name="min-w-40 flex-1",
        ),
        _edge("holiday_start", AgentSchedule.HOLIDAY_START),
        _edge("holiday_end", AgentSchedule.HOLIDAY_END),
        rx.el.div(checkbox("holiday_yearly", AgentSchedule.HOLIDAY_YEARLY), class_name="flex h-9 items-center"),
        button(AgentSchedule.HOLIDAY_ADD, icon="plus", type="submit", class_name="h-9"),
        on_submit=ScheduleState.add_holiday,
        reset_on_submit=True,
        class_name="flex flex-wrap items-end gap-3",
    )


def _edge(name: str, words: str) -> rx.Component:
    control_id = f"field-{name}"
    return rx.el.div(
        label(words, control_id=control_id),
        rx.el.input(
            id=control_id,
            name=name,
            type="time",
            class_name=f"{CONTROL} tabular h-9 w-32! pointer-coarse:h-11 pointer-coarse:w-36! pointer-coarse:px-1.5!",
        ),
        class_name="flex flex-col gap-1.5",
    )


def _outside() -> rx.Component:
    action = ScheduleState.values["after_hours_action"]
    is_called = ScheduleState.channels.contains("call")
    return settings_group(
        select_field(
            "after-hours-action",
            AgentSchedule.ACTION,
            options_of("after_hours_action"),
            value=action,
            on_change=lambda value: ScheduleState.save("after_hours_action", value, action),
            error=ScheduleState.errors["after_hours_action"],
            save_state=_save_state("after_hours_action"),
            disabled=~AgentState.can_edit,
            class_name="max-w-80",
        ),
        rx.cond(
            action != "silent",
            saving_field(
                "after-hours-message",
                AgentSchedule.AFTER_MESSAGE,
                kind="area",
                rows=3,
                value=ScheduleState.values["after_hours_message"],
                on_save=lambda value, base: ScheduleState.save("after_hours_message", value, base),
                hint=AgentSchedule.AFTER_MESSAGE_HINT,
                error=ScheduleState.errors["after_hours_message"],
                save_state=_save_state("after_hours_message"),
                placeholder=AgentSchedule.AFTER_MESSAGE_PLACEHOLDER,
                disabled=~AgentState.can_edit,
            ),
            rx.fragment(),
        ),
        rx.cond(
            action == "forward",
            rx.el.div(
                rx.cond(
                    ScheduleState.channels.contains("sms"),
                    _forward("after_hours_sms_forwarding", AgentSchedule.FORWARD),
                    rx.fragment(),
                ),
                rx.cond(is_called, _forward("after_hours_call_forwarding", AgentSchedule.FORWARD_CALLS), rx.fragment()),
                class_name="grid gap-4 md:grid-cols-2",
            ),
            rx.fragment(),
        ),
        title=AgentSchedule.AFTER,
        lead=AgentSchedule.AFTER_LEAD,
    )


def _forward(name: str, words: str) -> rx.Component:
    return saving_field(
        name,
        words,
        kind="tel",
        value=ScheduleState.values[name],
        on_save=lambda value, base: ScheduleState.save(name, value, base),
        hint=AgentSchedule.FORWARD_HINT,
        error=ScheduleState.errors[name],
        save_state=_save_state(name),
        disabled=~AgentState.can_edit,
    )
