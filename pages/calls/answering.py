"""Draw the dialog that chooses who takes the calls to a number."""

import reflex as rx

from pages.components.dialog import dialog
from pages.components.field import select_field
from pages.components.saving_field import saving_field
from pages.words import Phone
from state.numbers import AnsweringState


def answering_dialog() -> rx.Component:
    """Return the dialog; a number of `/phone` opens it, and each choice is kept at once."""
    who = AnsweringState.values["answered_by"]
    return dialog(
        rx.el.div(
            select_field(
                "answered-by",
                Phone.ANSWERED_BY,
                list(Phone.ANSWERED_BY_CHOICES),
                hint=rx.match(who, *Phone.ANSWERED_BY_HINTS, ""),
                value=who,
                on_change=lambda value: AnsweringState.choose("answered_by", value),
            ),
            rx.cond(
                who != "agent",
                rx.el.div(
                    select_field(
                        "ring-team",
                        Phone.RING_WHOM,
                        AnsweringState.teams,
                        before=[("", Phone.EVERYBODY)],
                        value=AnsweringState.values["ring_team_id"],
                        on_change=lambda value: AnsweringState.choose("ring_team_id", value),
                    ),
                    select_field(
                        "ring-for",
                        Phone.RING_FOR,
                        list(Phone.RING_CHOICES),
                        value=AnsweringState.values["ring_s"],
                        on_change=lambda value: AnsweringState.choose("ring_s", value),
                    ),
                    rx.cond(
                        who != "people_then_agent",
                        select_field(
                            "if-nobody",
                            Phone.IF_NOBODY,
                            list(Phone.IF_NOBODY_CHOICES),
                            value=AnsweringState.values["if_nobody"],
                            on_change=lambda value: AnsweringState.choose("if_nobody", value),
                        ),
                        rx.fragment(),
                    ),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                rx.fragment(),
            ),
            rx.cond(
                (who != "agent") & (who != "people_then_agent") & (AnsweringState.values["if_nobody"] == "voicemail"),
                saving_field(
                    "voicemail-greeting",
                    Phone.GREETING,
                    value=AnsweringState.values["voicemail_greeting"],
                    on_save=lambda text: AnsweringState.choose("voicemail_greeting", text),
                    error=AnsweringState.errors["voicemail_greeting"],
                    placeholder=Phone.GREETING_PLACEHOLDER,
                    max_length=500,
                ),
                rx.fragment(),
            ),
            select_field(
                "written-down",
                Phone.WRITTEN_DOWN,
                list(Phone.WRITTEN_DOWN_CHOICES),
                hint=rx.match(AnsweringState.values["written_down"], ("yes", Phone.WRITTEN_DOWN_HINT), ""),
                value=AnsweringState.values["written_down"],
                on_change=lambda value: AnsweringState.choose("written_down", value),
            ),
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=f"{Phone.ANSWERING}: " + AnsweringState.title,
        description=Phone.ANSWERING_LEAD,
        open=AnsweringState.number_id != "",
        on_open_change=AnsweringState.set_open,
    )
