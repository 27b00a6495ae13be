"""The workspace's phone numbers: `/phone`."""

from typing import Any

import reflex as rx

from pages.calls.answering import answering_dialog
from pages.calls.desk import dialer
from pages.calls.ringing import queue
from pages.components.button import button, icon_button_class
from pages.components.copy_button import copy_button
from pages.components.dialog import confirm_dialog, dialog
from pages.components.feedback import banner, empty_state, error_state, skeleton, working
from pages.components.field import CONTROL, text_field
from pages.components.icon import icon
from pages.components.link import external_link
from pages.components.menu import menu, menu_item
from pages.components.saving_field import saving_field
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import row_list
from pages.frame import frame
from pages.words import Common, Phone
from state.numbers import AnsweringState, GetNumberState, NumbersState, Offer

_ROW = (
    "grid items-start gap-x-6 gap-y-4 px-4 py-4 sm:grid-cols-2 "
    "lg:grid-cols-[minmax(14rem,1.2fr)_minmax(11rem,1fr)_minmax(11rem,1fr)_auto]"
)


def phone_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(
            # Drawn from the first moment on, so that nothing below it moves when the numbers arrive.
            dialer(),
            rx.el.div(
                rx.cond(NumbersState.is_loaded & NumbersState.rings_people, queue(), rx.fragment()),
                rx.cond(
                    NumbersState.is_loaded & (NumbersState.rows.length() == 0),
                    rx.fragment(),
                    rx.el.h2(Phone.NUMBERS, class_name="mb-3 text-16 font-semibold"),
                ),
                rx.cond(
                    NumbersState.is_loaded,
                    rx.cond(
                        NumbersState.rows.length() > 0,
                        row_list(NumbersState.rows, _number),
                        empty_state(
                            title=Phone.EMPTY_TITLE,
                            body=Phone.EMPTY_BODY,
                            icon="phone",
                            action=rx.cond(NumbersState.can_edit, _get_button(), rx.fragment()),
                        ),
                    ),
                    rx.cond(
                        NumbersState.has_failed,
                        error_state(
                            what=Phone.FAILED,
                            safe=Phone.FAILED_SAFE,
                            reference=NumbersState.reference,
                            on_retry=NumbersState.load,
                        ),
                        _loading(),
                    ),
                ),
                class_name="min-w-0 flex-1",
            ),
            class_name="flex flex-col gap-6 2xl:flex-row-reverse 2xl:items-start",
        ),
        _get_dialog(),
        _release_dialog(),
        answering_dialog(),
        title=Phone.TITLE,
        active="phone",
        actions=rx.cond(NumbersState.can_edit & (NumbersState.rows.length() > 0), _get_button(), rx.fragment()),
        **frame(),
    )


def _loading() -> rx.Component:
    def part(heading: str) -> rx.Component:
        return rx.el.div(
            rx.el.div(skeleton(heading), class_name="flex h-8 items-center"),
            skeleton("h-9 w-full pointer-coarse:h-11"),
            class_name="flex flex-col gap-2",
        )

    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        rx.el.div(
            part("h-5 w-40"),
            part("h-3.5 w-16"),
            part("h-3.5 w-16"),
            rx.el.div(
                skeleton("h-4 w-28"), class_name="flex h-8 items-center justify-end pointer-coarse:h-11 md:min-w-40"
            ),
            class_name=_ROW,
        ),
        role="status",
        class_name="rounded-card border border-line",
    )


def _get_button() -> rx.Component:
    return button(Phone.GET, variant="primary", icon="plus", on_click=GetNumberState.set_open(True))


def _number(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(row["display"], class_name="tabular text-16 font-semibold"),
                copy_button(row["phone_number"], label=Phone.COPY),
                badge(row["country"]),
                rx.cond(row["is_active"], rx.fragment(), badge(Phone.OFF, tone="warning", icon="circle_pause")),
                class_name="flex min-h-8 items-center gap-2",
            ),
            saving_field(
                f"label-{row['id']}",
                Phone.LABEL,
                hide_label=True,
                value=row["friendly_name"],
                on_save=lambda text: NumbersState.rename(row["id"], text),
                error=rx.cond(NumbersState.label_errors.contains(row["id"]), NumbersState.label_errors[row["id"]], ""),
                placeholder=Phone.LABEL_PLACEHOLDER,
                max_length=60,
                disabled=~NumbersState.can_edit,
                class_name="w-full",
            ),
            class_name="flex min-w-0 flex-col gap-2",
        ),
        _slot(row, "text", Phone.TEXTS, NumbersState.text_agents, "text_agent_id", "message_square_text"),
        rx.el.div(
            _slot(row, "voice", Phone.CALLS, NumbersState.voice_agents, "agent_id", "phone_incoming"),
            _answering(row),
            class_name="flex min-w-0 flex-col gap-1",
        ),
        rx.el.div(
            rx.cond(
                NumbersState.practice_url != "",
                external_link(
                    Phone.PRACTICE,
                    icon("external_link", class_name="inline"),
                    href=f"{NumbersState.practice_url}?to={row['phone_number']}",
                    title=Phone.PRACTICE_HINT,
                    class_name="inline-flex min-h-8 items-center gap-1 text-13 whitespace-nowrap",
                ),
                rx.fragment(),
            ),
            rx.cond(NumbersState.can_edit, _row_menu(row), rx.fragment()),
            class_name="flex items-center justify-end gap-3 md:min-w-40",
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _slot(row: rx.Var, slot: str, words: str, choices: rx.Var, column: str, picture: str) -> rx.Component:
    control_id = f"field-{slot}-{row['id']}"
    return rx.el.div(
        rx.el.label(
            icon(picture),
            words,
            html_for=control_id,
            class_name="flex min-h-8 items-center gap-1.5 text-13 font-medium text-muted",
        ),
        rx.el.div(
            rx.el.select(
                rx.el.option(Phone.NOBODY, value=""),
                rx.foreach(choices, lambda agent: rx.el.option(agent["label"], value=agent["value"])),
                id=control_id,
                value=row[column],
                on_change=lambda agent_id: NumbersState.assign(row["id"], slot, agent_id),
                disabled=~NumbersState.can_edit,
                class_name=f"{CONTROL} h-9 appearance-none truncate pr-8 pointer-coarse:h-11",
            ),
            icon(
                "chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"
            ),
            class_name="relative",
        ),
        class_name="flex min-w-0 flex-col gap-2",
    )


def _answering(row: rx.Var) -> rx.Component:
    who = f"{Phone.ANSWERING}: " + rx.match(row["answered_by"], *Phone.ANSWERED_BY_CHOICES, "").to(str)
    face = (icon("phone_call", size=14), who)
    return rx.cond(
        NumbersState.can_edit,
        rx.el.button(
            *face,
            type="button",
            on_click=AnsweringState.show(row["id"]),
            aria_label=who + ", " + row["display"],
            class_name=(
                "inline-flex min-h-8 items-center gap-1.5 self-start rounded-control px-1.5 text-13 text-accent-ink "
                "hover:bg-hover pointer-coarse:min-h-11"
            ),
        ),
        rx.el.p(*face, class_name="inline-flex min-h-8 items-center gap-1.5 px-1.5 text-13 text-muted"),
    )


def _row_menu(row: rx.Var) -> rx.Component:
    return menu(
        icon("ellipsis"),
        rx.cond(
            row["is_active"],
            menu_item(Phone.TURN_OFF, icon="circle_pause", on_select=NumbersState.set_active(row["id"], False)),
            menu_item(Phone.TURN_ON, icon="circle_play", on_select=NumbersState.set_active(row["id"], True)),
        ),
        rx.cond(
            NumbersState.can_release,
            menu_item(Phone.RELEASE + "…", icon="trash_2", danger=True, on_select=NumbersState.ask_release(row["id"])),
            rx.fragment(),
        ),
        label=Phone.MORE,
        trigger_class=icon_button_class("ghost"),
    )


def _get_dialog() -> rx.Component:
    return dialog(
        rx.el.div(
            text_field(
                "number-digits",
                Phone.FIND,
                type="search",
                input_mode="numeric",
                auto_complete="off",
                max_length=15,
                on_change=GetNumberState.search.debounce(250),
            ),
            rx.cond(
                GetNumberState.error != "",
                banner(GetNumberState.error, tone="danger", rounded=True),
                rx.fragment(),
            ),
            rx.cond(
                GetNumberState.is_loading,
                working(Phone.LOOKING),
                rx.cond(
                    GetNumberState.offers.length() > 0,
                    row_list(GetNumberState.offers, _offer),
                    rx.cond(
                        GetNumberState.error == "",
                        rx.el.p(Phone.NONE_FREE, class_name="text-14 text-muted"),
                        rx.fragment(),
                    ),
                ),
            ),
            class_name="flex min-h-60 flex-col gap-4 pt-1",
        ),
        title=Phone.GET_TITLE,
        description=Phone.GET_LEAD,
        open=GetNumberState.is_open,
        on_open_change=GetNumberState.set_open,
    )


def _offer(offer: rx.Var[Offer]) -> rx.Component:
    return rx.el.li(
        rx.el.span(offer["display"], class_name="tabular min-w-0 flex-1 text-14 font-medium"),
        badge(offer["country"]),
        button(
            Phone.TAKE,
            size="sm",
            loading=GetNumberState.taking == offer["phone_number"],
            loading_text=Phone.TAKING,
            disabled=GetNumberState.taking != "",
            on_click=GetNumberState.take(offer["phone_number"]),
            aria_label=f"{Phone.TAKE} {offer['display']}",
        ),
        key=offer["phone_number"],
        class_name="flex min-h-12 items-center gap-3 px-4 pointer-coarse:min-h-15",
    )


def _release_dialog() -> rx.Component:
    verb: Any = f"{Phone.RELEASE} " + NumbersState.doomed_name
    return confirm_dialog(
        title=Phone.RELEASE_TITLE,
        verb=verb,
        loss=Phone.RELEASE_LOSS,
        on_confirm=NumbersState.release,
        open=NumbersState.doomed_id != "",
        on_open_change=NumbersState.keep,
    )
