"""The teams that conversations are given to: `/team/teams`."""

import reflex as rx

from pages.components.avatar import avatar
from pages.components.button import button, button_class, icon_button_class
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import banner, empty_state, error_state, skeleton_rows
from pages.components.field import text_field
from pages.components.icon import icon
from pages.components.menu import menu, menu_choice, menu_item
from pages.components.status import badge
from pages.team.layout import team_section
from pages.words import Common, Teams
from state.team.teams import NEW, TeamsState


def teams_page() -> rx.Component:
    """Return the page."""
    return team_section(
        "teams",
        rx.cond(
            TeamsState.is_loaded,
            rx.fragment(
                rx.cond(~TeamsState.is_owner, banner(Teams.READ_ONLY, rounded=True), rx.fragment()),
                rx.cond(TeamsState.rows.length() > 0, _cards(), _none_yet()),
            ),
            rx.cond(
                TeamsState.has_failed,
                error_state(
                    what=Teams.FAILED,
                    safe=Teams.FAILED_SAFE,
                    reference=TeamsState.reference,
                    on_retry=TeamsState.load,
                ),
                skeleton_rows(3, leading="size-8 rounded-full", row="min-h-16"),
            ),
        ),
        _naming_dialog(),
        confirm_dialog(
            title=Teams.DELETE_TITLE,
            verb=rx.Var.create(f"{Teams.DELETE_VERB} “") + TeamsState.doomed_name + "”",
            loss=Teams.DELETE_LOSS,
            on_confirm=TeamsState.delete,
            open=TeamsState.doomed_id != "",
            on_open_change=TeamsState.keep,
        ),
        actions=rx.cond(TeamsState.is_owner & (TeamsState.rows.length() > 0), _new(), rx.fragment()),
    )


def _new() -> rx.Component:
    return button(Teams.NEW, variant="primary", icon="plus", on_click=TeamsState.open_naming(NEW))


def _none_yet() -> rx.Component:
    return empty_state(
        title=Teams.EMPTY_TITLE,
        body=Teams.EMPTY_BODY,
        icon="users",
        action=rx.cond(TeamsState.is_owner, _new(), rx.fragment()),
    )


def _cards() -> rx.Component:
    return rx.fragment(
        rx.el.p(Teams.LEAD, class_name="max-w-[68ch] text-13 text-pretty text-muted"),
        rx.el.ul(rx.foreach(TeamsState.rows, _card), class_name="flex flex-col gap-4"),
    )


def _card(row: rx.Var) -> rx.Component:
    count = row["members"].to(list).length()
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(row["name"], class_name="truncate text-14 font-semibold"),
                rx.el.p(
                    rx.cond(count == 1, Teams.ONE, f"{count} {Teams.MANY}"), class_name="tabular text-13 text-muted"
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(TeamsState.is_owner, _controls(row), rx.fragment()),
            class_name="flex items-center gap-2 px-4 py-3",
        ),
        rx.cond(
            count > 0,
            rx.fragment(
                rx.cond(
                    ~row["is_anybody_there"].to(bool),
                    rx.el.p(
                        icon("triangle_alert", class_name="mt-0.5"),
                        Teams.ALL_AWAY,
                        class_name="flex gap-2 border-t border-line px-4 py-2 text-13 text-warning-ink",
                    ),
                    rx.fragment(),
                ),
                rx.el.ul(
                    rx.foreach(row["members"].to(list[dict[str, str]]), lambda mate: _mate(row, mate)),
                    class_name="divide-y divide-line border-t border-line",
                ),
            ),
            rx.el.p(Teams.NOBODY, class_name="border-t border-line px-4 py-3 text-13 text-muted"),
        ),
        key=row["id"],
        class_name="rounded-card border border-line bg-canvas",
    )


def _mate(row: rx.Var, mate: rx.Var) -> rx.Component:
    return rx.el.li(
        avatar(mate["name"], size="sm"),
        rx.el.span(mate["name"], class_name="min-w-0 flex-1 truncate text-14"),
        rx.cond(mate["is_away"].to(bool), badge(Teams.AWAY, icon="moon"), rx.fragment()),
        rx.cond(
            TeamsState.is_owner,
            rx.el.button(
                icon("x"),
                type="button",
                aria_label=rx.Var.create(f"{Teams.TAKE_OFF} ") + mate["name"].to(str),
                on_click=TeamsState.put(row["id"], mate["user_id"], False),
                class_name=icon_button_class("ghost", "sm"),
            ),
            rx.fragment(),
        ),
        key=mate["user_id"],
        class_name="flex min-h-11 items-center gap-3 px-4",
    )


def _controls(row: rx.Var) -> rx.Component:
    name = row["name"].to(str)
    return rx.fragment(
        menu(
            rx.fragment(icon("user_plus"), rx.el.span(Teams.PEOPLE, class_name="max-sm:sr-only")),
            rx.foreach(
                TeamsState.people,
                lambda person: menu_choice(
                    person["name"],
                    checked=row["member_ids"].to(list[str]).contains(person["id"]),
                    on_select=TeamsState.put(
                        row["id"], person["id"], ~row["member_ids"].to(list[str]).contains(person["id"])
                    ),
                ),
            ),
            label=rx.Var.create(f"{Teams.PEOPLE_OF} ") + name,
            trigger_class=button_class("secondary", "sm"),
        ),
        menu(
            icon("ellipsis"),
            menu_item(Teams.RENAME, icon="pencil", on_select=TeamsState.open_naming(row["id"])),
            menu_item(Teams.DELETE, icon="trash_2", danger=True, on_select=TeamsState.ask_delete(row["id"])),
            label=rx.Var.create(f"{Teams.ACTIONS} ") + name,
            trigger_class=icon_button_class("ghost", "sm"),
        ),
    )


def _naming_dialog() -> rx.Component:
    is_new = TeamsState.naming == NEW
    return dialog(
        rx.el.form(
            text_field(
                "name",
                Teams.NAME,
                hint=Teams.NAME_HINT,
                error=TeamsState.errors["name"],
                default_value=TeamsState.naming_name,
                key=TeamsState.naming,
                max_length=60,
                auto_complete="off",
                auto_focus=True,
            ),
            rx.el.div(
                dialog_close(Common.CANCEL, class_name=button_class()),
                button(rx.cond(is_new, Teams.CREATE, Common.SAVE), variant="primary", type="submit"),
                class_name="flex justify-end gap-2 pt-1",
            ),
            on_submit=TeamsState.save,
            no_validate=True,
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(is_new, Teams.NEW, Teams.RENAME_TITLE),
        open=TeamsState.naming != "",
        on_open_change=TeamsState.close_naming,
        size="sm",
    )
