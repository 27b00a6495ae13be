"""The question before somebody leaves the team: what is lost, and who gets their conversations."""

import reflex as rx

from pages.components.dialog import confirm_dialog
from pages.components.field import CONTROL, label
from pages.components.icon import icon
from pages.words import Team
from state.team.leaving import LeavingState

_FIELD = "field-hand-to"


def leaving_dialog() -> rx.Component:
    """Return the dialog; the state says whether it is open."""
    kind = LeavingState.kind
    return confirm_dialog(
        rx.cond(kind != "invitation", _heirs(), rx.fragment()),
        title=rx.match(kind, ("you", Team.LEAVE_TITLE), ("invitation", Team.WITHDRAW_TITLE), Team.REMOVE_TITLE),
        verb=rx.match(
            kind,
            ("you", Team.LEAVE_VERB),
            ("invitation", rx.Var.create(f"{Team.WITHDRAW_VERB} ") + LeavingState.name),
            rx.Var.create(f"{Team.REMOVE_VERB} ") + LeavingState.name,
        ),
        loss=rx.match(kind, ("you", Team.LEAVE_LOSS), ("invitation", Team.WITHDRAW_LOSS), Team.REMOVE_LOSS),
        on_confirm=LeavingState.remove,
        open=LeavingState.member_id != "",
        on_open_change=LeavingState.close,
    )


def _heirs() -> rx.Component:
    is_you = LeavingState.kind == "you"
    before, after = Team.MANY_WAIT.split("{n}")
    return rx.el.div(
        label(rx.cond(is_you, Team.HAND_TO_YOURS, Team.HAND_TO), control_id=_FIELD),
        rx.el.div(
            rx.el.select(
                rx.el.option(Team.NOBODY, value=""),
                rx.cond(LeavingState.people.length() > 0, _group(Team.PEOPLE, LeavingState.people), rx.fragment()),
                rx.cond(LeavingState.teams.length() > 0, _group(Team.IN_TURN, LeavingState.teams), rx.fragment()),
                id=_FIELD,
                value=LeavingState.hand_to,
                on_change=LeavingState.choose,
                aria_describedby=f"{_FIELD}-hint",
                class_name=f"{CONTROL} h-9 appearance-none truncate pr-8 pointer-coarse:h-11",
            ),
            icon(
                "chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"
            ),
            class_name="relative",
        ),
        rx.el.p(
            rx.match(
                LeavingState.waiting,
                (0, rx.cond(is_you, Team.NONE_WAITS_YOU, Team.NONE_WAITS)),
                (1, Team.ONE_WAITS),
                rx.Var.create(before) + LeavingState.waiting.to_string() + after,
            ),
            id=f"{_FIELD}-hint",
            class_name="text-13 text-muted",
        ),
        class_name="flex flex-col gap-1.5 pt-2",
    )


def _group(words: str, heirs: rx.Var) -> rx.Component:
    return rx.el.optgroup(rx.foreach(heirs, lambda heir: rx.el.option(heir["label"], value=heir["value"])), label=words)
