"""The members of the team and the open invitations: `/team`."""

from typing import Any

import reflex as rx

from pages.components.avatar import avatar
from pages.components.button import button, button_class, icon_button_class
from pages.components.choice import radio_cards, segmented
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner, empty_state, error_state, skeleton_rows
from pages.components.field import text_field
from pages.components.icon import icon
from pages.components.menu import menu, menu_choice, menu_item, menu_separator
from pages.components.status import badge
from pages.components.surface import card
from pages.components.timestamp import time_ago
from pages.team.layout import team_section
from pages.team.leaving import leaving_dialog
from pages.team.roles import ROLES, role_word
from pages.words import Common, Forms, Team
from state.team.leaving import LeavingState
from state.team.members import INVITED, SUSPENDED, MembersState


def members_page() -> rx.Component:
    """Return the page."""
    return team_section(
        "members",
        rx.cond(MembersState.is_loaded & ~MembersState.is_owner, banner(Team.READ_ONLY, rounded=True), rx.fragment()),
        rx.cond(
            MembersState.has_failed,
            error_state(
                what=Team.FAILED,
                safe=Team.FAILED_SAFE,
                reference=MembersState.reference,
                on_retry=MembersState.load,
            ),
            rx.fragment(_filters(), rx.cond(MembersState.is_loaded, _list(), _loading())),
        ),
        _invitation_dialog(),
        leaving_dialog(),
        actions=rx.cond(
            MembersState.is_owner,
            button(Team.INVITE, variant="primary", icon="plus", on_click=MembersState.open_invitation(True)),
            rx.fragment(),
        ),
    )


def _filters() -> rx.Component:
    def counted(words: str, count: rx.Var[int]) -> rx.Component:
        return rx.el.span(words, rx.cond(count > 0, f" {count}", ""), class_name="tabular whitespace-nowrap")

    return rx.el.div(
        text_field(
            "member-search",
            Team.SEARCH,
            type="search",
            hide_label=True,
            placeholder=Team.SEARCH,
            default_value=MembersState.q,
            key=f"search-{MembersState.drawing}-{MembersState.is_loaded}",
            on_change=lambda text: MembersState.filter_by("q", text).debounce(250),
            class_name="sm:max-w-72 sm:flex-1",
        ),
        segmented(
            "member-status",
            Team.STATUS,
            [
                ("", counted(Team.ALL, MembersState.total)),
                (INVITED, counted(Team.PENDING, MembersState.invited)),
                (SUSPENDED, counted(Team.SUSPENDED, MembersState.suspended)),
            ],
            value=MembersState.status,
            on_change=lambda value: MembersState.filter_by("status", value),
            hide_label=True,
        ),
        role="search",
        class_name="flex flex-col gap-2 sm:flex-row sm:items-center sm:justify-between",
    )


def _loading() -> rx.Component:
    return skeleton_rows(3, leading="size-8 rounded-full", row="min-h-16 max-sm:pointer-coarse:min-h-28")


def _list() -> rx.Component:
    return rx.cond(
        MembersState.rows.length() > 0,
        card(rx.el.ul(rx.foreach(MembersState.rows, _member), class_name="divide-y divide-line"), padded=False),
        empty_state(
            title=Team.NO_MATCH_TITLE,
            body=Team.NO_MATCH_BODY,
            icon="search_x",
            action=button(Team.CLEAR_FILTERS, on_click=MembersState.clear_filters),
        ),
    )


def _member(row: rx.Var) -> rx.Component:
    name = rx.cond(row["name"] != "", row["name"], row["email"])
    is_invitation = (row["state"] == "pending") | (row["state"] == "expired")
    return rx.el.li(
        avatar(name),
        rx.el.div(
            rx.el.p(
                name,
                rx.cond(row["is_you"], rx.el.span(f" ({Team.YOU})", class_name="font-normal text-muted"), ""),
                class_name="truncate text-14 font-medium",
            ),
            rx.cond(row["name"] != "", rx.el.p(row["email"], class_name="truncate text-13 text-muted"), rx.fragment()),
            rx.cond(
                is_invitation & (row["invited_by"] != ""),
                rx.el.p(
                    f"{Team.INVITED_BY} ",
                    row["invited_by"],
                    " · ",
                    time_ago(row["since"]),
                    class_name="truncate text-12 text-faint",
                ),
                rx.fragment(),
            ),
            rx.cond(
                row["is_last_owner"] & MembersState.is_owner,
                rx.el.p(Team.LAST_OWNER, class_name="text-12 text-pretty text-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        _state(row["state"]),
        rx.cond(
            MembersState.is_owner & ~row["is_last_owner"].to(bool),
            rx.el.div(
                _role_menu(row, name),
                _more(row, name, is_invitation),
                # On a phone a line of their own, under the name they would cut short.
                class_name="flex w-full items-center justify-between gap-2 pl-11 sm:w-auto sm:pl-0",
            ),
            rx.el.div(
                rx.el.span(role_word(row["role"]), class_name="text-13 text-muted"),
                rx.cond(row["is_you"] & ~row["is_last_owner"].to(bool), _more(row, name, is_invitation), rx.fragment()),
                class_name="flex shrink-0 items-center gap-2",
            ),
        ),
        key=row["id"],
        class_name="flex min-h-16 flex-wrap items-center gap-3 px-4 py-2",
    )


def _state(state: rx.Var[str]) -> rx.Component:
    return rx.match(
        state,
        ("pending", badge(Team.PENDING, tone="info")),
        ("expired", badge(Team.EXPIRED, tone="warning")),
        ("suspended", badge(Team.SUSPENDED, tone="danger")),
        rx.fragment(),
    )


def _role_menu(row: rx.Var, name: Any) -> rx.Component:
    """Return the role as a button that opens the others, each with what it may do."""
    word = role_word(row["role"])
    before, after = Team.ROLE_OF.split("{name}")
    between, _ = after.split("{role}")
    return menu(
        rx.fragment(word, icon("chevron_down", class_name="text-muted")),
        *(
            menu_choice(
                icon(picture),
                words,
                checked=row["role"] == role,
                hint=may,
                on_select=MembersState.change_role(row["id"], role),
            )
            for role, words, may, picture in reversed(ROLES)
        ),
        label=rx.Var.create(before) + name.to(str) + between + word.to(str),
        trigger_class=button_class("secondary", "sm"),
    )


def _more(row: rx.Var, name: Any, is_invitation: Any) -> rx.Component:
    def act(action: str) -> Any:
        return MembersState.act(action, row["id"])

    ask = LeavingState.ask(row["id"])
    return menu(
        icon("ellipsis"),
        rx.cond(
            is_invitation,
            rx.fragment(
                menu_item(Team.SEND_AGAIN, icon="send", on_select=act("send_again")),
                menu_item(Team.WITHDRAW, icon="x", danger=True, on_select=ask),
            ),
            rx.fragment(
                rx.cond(
                    MembersState.is_owner & ~row["is_you"].to(bool),
                    rx.fragment(
                        rx.cond(
                            row["state"] == "suspended",
                            menu_item(Team.REACTIVATE, icon="undo_2", on_select=act("reactivate")),
                            menu_item(Team.SUSPEND, icon="ban", on_select=act("suspend")),
                        ),
                        menu_separator(),
                    ),
                    rx.fragment(),
                ),
                menu_item(
                    rx.cond(row["is_you"], Team.LEAVE, Team.REMOVE), icon="user_minus", danger=True, on_select=ask
                ),
            ),
        ),
        label=rx.Var.create(f"{Team.ACTIONS} ") + name,
        trigger_class=icon_button_class("ghost", "sm"),
    )


def _invitation_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            text_field(
                "email",
                Forms.EMAIL,
                type="email",
                auto_complete="off",
                error=MembersState.errors["email"],
                auto_focus=True,
            ),
            text_field("full_name", Team.INVITE_NAME, optional=True, auto_complete="off", max_length=120),
            radio_cards(
                "role",
                Team.ROLE,
                list(ROLES),
                value=MembersState.new_role,
                on_change=MembersState.choose_role,
                columns="",
            ),
            rx.el.div(
                dialog_close(Common.CANCEL, class_name=button_class()),
                button(Team.INVITE_SEND, variant="primary", type="submit"),
                class_name="flex justify-end gap-2 pt-1",
            ),
            on_submit=MembersState.invite,
            no_validate=True,
            class_name="flex flex-col gap-4",
        ),
        title=Team.INVITE_TITLE,
        description=Team.INVITE_LEAD,
        open=MembersState.is_inviting,
        on_open_change=MembersState.open_invitation,
    )
