"""Settings of the organization: its facts and its team."""

from typing import Any

import reflex as rx

from pages.components.avatar import avatar
from pages.components.button import button, button_class, icon_button_class
from pages.components.combobox import combobox
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import banner, skeleton_fields, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.icon import icon
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.components.surface import card, settings_group
from pages.settings.account import role_word
from pages.settings.layout import settings_section
from pages.words import Common, Forms, Settings
from state.settings.organization import OrganizationState
from state.settings.team import TeamState

ROLES = [("owner", Settings.OWNER), ("editor", Settings.EDITOR), ("support", Settings.SUPPORT)]


def organization_page() -> rx.Component:
    """Return `/settings/organization`."""
    return settings_section(
        "organization",
        settings_group(
            rx.cond(
                OrganizationState.is_loaded & ~OrganizationState.is_owner,
                banner(Settings.OWNERS_ONLY, rounded=True),
                rx.fragment(),
            ),
            rx.cond(OrganizationState.is_loaded, _facts(), skeleton_fields(3)),
            title=Settings.ORGANIZATION,
            lead=Settings.ORGANIZATION_LEAD,
        ),
    )


def _facts() -> rx.Component:
    locked = ~OrganizationState.is_owner
    return rx.fragment(
        saving_field(
            "name",
            Settings.ORGANIZATION_NAME,
            value=OrganizationState.name,
            on_save=lambda text: OrganizationState.save("name", text),
            error=OrganizationState.errors["name"],
            save_state=rx.cond(OrganizationState.saved == "name", "saved", ""),
            max_length=80,
            disabled=locked,
            auto_complete="organization",
        ),
        combobox(
            "country",
            Settings.COUNTRY,
            OrganizationState.countries,
            value=OrganizationState.country,
            on_change=lambda code: OrganizationState.save("country", code),
            on_query=OrganizationState.find_countries,
            error=OrganizationState.errors["country"],
            clearable=False,
            disabled=locked,
        ),
        combobox(
            "timezone",
            Settings.TIMEZONE,
            OrganizationState.zones,
            value=OrganizationState.timezone,
            on_change=lambda zone: OrganizationState.save("timezone", zone),
            on_query=OrganizationState.find_zones,
            error=OrganizationState.errors["timezone"],
            clearable=False,
            disabled=locked,
        ),
    )


def team_page() -> rx.Component:
    """Return `/settings/team`."""
    return settings_section(
        "team",
        settings_group(
            rx.cond(
                TeamState.is_loaded,
                card(rx.el.ul(rx.foreach(TeamState.rows, _member), class_name="divide-y divide-line"), padded=False),
                skeleton_rows(2, leading="size-8 rounded-full", row="min-h-16 max-sm:pointer-coarse:min-h-28"),
            ),
            title=Settings.TEAM,
            lead=Settings.TEAM_LEAD,
        ),
        _invitation_dialog(),
        confirm_dialog(
            title=Settings.REMOVE_TITLE,
            verb=rx.Var.create(f"{Settings.REMOVE_VERB} ") + TeamState.leaving_name,
            loss=Settings.REMOVE_LOSS,
            on_confirm=TeamState.act("remove", TeamState.leaving),
            open=TeamState.leaving != "",
            on_open_change=TeamState.forget_removal,
        ),
        actions=rx.cond(
            TeamState.is_owner,
            button(Settings.INVITE, variant="primary", icon="plus", on_click=TeamState.open_invitation(True)),
            rx.fragment(),
        ),
    )


def _invitation_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            text_field(
                "email",
                Forms.EMAIL,
                type="email",
                auto_complete="off",
                error=TeamState.errors["email"],
                auto_focus=True,
            ),
            text_field("full_name", Settings.INVITE_NAME, optional=True, auto_complete="off", max_length=120),
            select_field("role", Settings.ROLE, ROLES[::-1], error=TeamState.errors["role"]),
            rx.el.div(
                dialog_close(Common.CANCEL, class_name=button_class()),
                button(Settings.INVITE_SEND, variant="primary", type="submit"),
                class_name="flex justify-end gap-2 pt-1",
            ),
            on_submit=TeamState.invite,
            no_validate=True,
            class_name="flex flex-col gap-4",
        ),
        title=Settings.INVITE_TITLE,
        open=TeamState.is_inviting,
        on_open_change=TeamState.open_invitation,
    )


def _member(row: rx.Var) -> rx.Component:
    name = rx.cond(row["name"] != "", row["name"], row["email"])
    return rx.el.li(
        avatar(name),
        rx.el.div(
            rx.el.p(
                name,
                rx.cond(row["is_you"], rx.el.span(f" ({Settings.YOU})", class_name="font-normal text-muted"), ""),
                class_name="truncate text-14 font-medium",
            ),
            rx.el.p(row["email"], class_name="truncate text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        _state(row["state"]),
        rx.cond(
            TeamState.is_owner,
            rx.el.div(
                rx.el.div(
                    select_field(
                        "role-" + row["id"].to(str),
                        rx.Var.create(f"{Settings.ROLE}: ") + name,
                        ROLES,
                        hide_label=True,
                        value=row["role"],
                        on_change=lambda role: TeamState.change_role(row["id"], role),
                    ),
                    class_name="min-w-0 flex-1 sm:w-28 sm:flex-none",
                ),
                _more(row, name),
                # On a phone a line of their own, under the name they would cut short.
                class_name="flex w-full items-center gap-2 pl-11 sm:w-auto sm:pl-0",
            ),
            rx.fragment(
                rx.el.span(role_word(row["role"]), class_name="shrink-0 text-13 text-muted"),
                rx.cond(row["is_you"], _more(row, name), rx.fragment()),
            ),
        ),
        class_name="flex min-h-16 flex-wrap items-center gap-3 px-4 py-2",
    )


def _state(state: rx.Var[str]) -> rx.Component:
    return rx.match(
        state,
        ("pending", badge(Settings.PENDING, tone="info")),
        ("expired", badge(Settings.EXPIRED, tone="warning")),
        ("suspended", badge(Settings.SUSPENDED, tone="danger")),
        rx.fragment(),
    )


def _more(row: rx.Var, name: Any) -> rx.Component:
    is_invitation = (row["state"] == "pending") | (row["state"] == "expired")

    def act(action: str) -> Any:
        return TeamState.act(action, row["id"])

    return menu(
        icon("ellipsis"),
        rx.cond(
            is_invitation,
            rx.fragment(
                menu_item(Settings.SEND_AGAIN, icon="send", on_select=act("send_again")),
                menu_item(Settings.WITHDRAW, icon="x", danger=True, on_select=act("remove")),
            ),
            rx.fragment(
                rx.cond(
                    TeamState.is_owner & ~row["is_you"].to(bool),
                    rx.fragment(
                        rx.cond(
                            row["state"] == "suspended",
                            menu_item(Settings.REACTIVATE, icon="undo_2", on_select=act("reactivate")),
                            menu_item(Settings.SUSPEND, icon="ban", on_select=act("suspend")),
                        ),
                        menu_separator(),
                    ),
                    rx.fragment(),
                ),
                menu_item(
                    rx.cond(row["is_you"], Settings.LEAVE, Settings.REMOVE),
                    icon="user_minus",
                    danger=True,
                    on_select=TeamState.ask_to_remove(row["id"], name),
                ),
            ),
        ),
        label=rx.Var.create(f"{Settings.ACTIONS} ") + name,
        trigger_class=icon_button_class("ghost", "sm"),
    )
