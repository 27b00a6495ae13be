"""Settings of the person: profile, password, email, devices."""

import reflex as rx

from pages.auth.api_form import ApiForm, post_and_go
from pages.components.button import button, button_class, link_button
from pages.components.code_input import code_input
from pages.components.combobox import combobox
from pages.components.dialog import confirm_dialog
from pages.components.feedback import banner, skeleton_fields, skeleton_rows
from pages.components.field import text_field
from pages.components.password_field import password_field
from pages.components.saving_field import saving_field
from pages.components.status import badge
from pages.components.surface import card, row_list, settings_group
from pages.components.timestamp import time_ago
from pages.frame import SWITCH
from pages.settings.layout import settings_section
from pages.team.roles import role_word
from pages.words import Forms, Settings
from state.frame import FrameState
from state.settings.devices import DevicesState
from state.settings.profile import ProfileState


def _saved(current: rx.Var[str], field: str) -> rx.Var[str]:
    return rx.cond(current == field, "saved", "")


def profile_page() -> rx.Component:
    """Return `/settings`."""
    return settings_section(
        "profile",
        ProfileState,
        settings_group(
            rx.cond(
                ProfileState.is_loaded,
                rx.fragment(
                    saving_field(
                        "name",
                        Settings.NAME,
                        value=ProfileState.name,
                        on_save=lambda text: ProfileState.save("name", text),
                        error=ProfileState.errors["name"],
                        save_state=_saved(ProfileState.saved, "name"),
                        max_length=120,
                        auto_complete="name",
                    ),
                    combobox(
                        "timezone",
                        Settings.TIMEZONE,
                        ProfileState.zones,
                        value=ProfileState.timezone,
                        on_change=lambda zone: ProfileState.save("timezone", zone),
                        on_query=ProfileState.find_zones,
                        error=ProfileState.errors["timezone"],
                        clearable=False,
                    ),
                ),
                skeleton_fields(2),
            ),
            title=Settings.PROFILE,
            lead=Settings.PROFILE_LEAD,
        ),
        settings_group(
            rx.cond(
                FrameState.organizations.length() > 0,
                row_list(FrameState.organizations, _organization),
                skeleton_rows(1),
            ),
            rx.el.div(link_button(Settings.NEW_ORGANIZATION, href="/organization/new", icon="plus")),
            title=Settings.YOUR_ORGANIZATIONS,
            lead=Settings.YOUR_ORGANIZATIONS_LEAD,
        ),
    )


def _organization(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="truncate text-14 font-medium"),
            rx.el.p(role_word(row["role"]), class_name="text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["is_current"],
            badge(Settings.CURRENT, tone="accent"),
            button(Settings.SWITCH, size="sm", on_click=post_and_go(SWITCH, {"organization": row["id"]})),
        ),
        class_name="flex min-h-14 items-center gap-3 px-4 py-2",
    )


def password_page() -> rx.Component:
    """Return `/settings/password`."""
    form = ApiForm("change-password")
    return settings_section(
        "password",
        ProfileState,
        settings_group(
            rx.cond(form.is_done, banner(Settings.PASSWORD_CHANGED, tone="success", rounded=True), rx.fragment()),
            form.draw(
                rx.el.input(
                    type="email", value=ProfileState.email, auto_complete="username", read_only=True, hidden=True
                ),
                password_field("current", Settings.CURRENT_PASSWORD, error=form.error("current")),
                password_field(
                    "password",
                    Forms.NEW_PASSWORD,
                    auto_complete="new-password",
                    hint=Forms.PASSWORD_HINT,
                    error=form.error("password"),
                ),
                rx.el.div(form.submit(Settings.CHANGE_PASSWORD, wide=False, size="md")),
                action="/api/session/change-password",
                class_name="flex max-w-100 flex-col gap-4",
            ),
            title=Settings.PASSWORD,
            lead=Settings.PASSWORD_LEAD,
        ),
    )


def _username() -> rx.Component:
    """Return the address as password managers look for it; people do not see it."""
    return rx.el.input(type="email", value=ProfileState.email, auto_complete="username", read_only=True, hidden=True)


def email_page() -> rx.Component:
    """Return `/settings/email`."""
    request, confirm = ApiForm("change-email"), ApiForm("confirm-email")
    return settings_section(
        "email",
        ProfileState,
        settings_group(
            rx.cond(confirm.is_done, banner(Settings.EMAIL_CHANGED, tone="success", rounded=True), rx.fragment()),
            rx.cond(
                ProfileState.awaits_code,
                confirm.draw(
                    banner(Settings.CODE_SENT, rounded=True),
                    code_input("code", Forms.CODE, error=confirm.error("code")),
                    rx.el.div(confirm.submit(Settings.CONFIRM, wide=False, size="md")),
                    action="/api/session/confirm-email",
                    submit_on="code",
                    on_done=ProfileState.load,
                    class_name="flex max-w-100 flex-col gap-4",
                ),
                request.draw(
                    text_field(
                        "email", Settings.NEW_EMAIL, type="email", auto_complete="email", error=request.error("email")
                    ),
                    password_field("password", Settings.CURRENT_PASSWORD, error=request.error("password")),
                    rx.el.div(request.submit(Settings.SEND_CODE, wide=False, size="md")),
                    action="/api/session/change-email",
                    on_done=ProfileState.code_sent,
                    class_name="flex max-w-100 flex-col gap-4",
                ),
            ),
            title=Settings.EMAIL,
            lead=rx.fragment(
                Settings.EMAIL_LEAD, " ", rx.el.strong(ProfileState.email, class_name="font-medium text-ink")
            ),
        ),
    )


def devices_page() -> rx.Component:
    """Return `/settings/devices`."""
    return settings_section(
        "devices",
        DevicesState,
        settings_group(
            rx.cond(
                DevicesState.is_loaded,
                card(rx.el.ul(rx.foreach(DevicesState.rows, _device), class_name="divide-y divide-line"), padded=False),
                skeleton_rows(2),
            ),
            rx.cond(
                DevicesState.rows.length() > 1,
                rx.el.div(
                    confirm_dialog(
                        title=Settings.END_OTHERS_TITLE,
                        verb=Settings.END_OTHERS,
                        loss=Settings.END_OTHERS_LOSS,
                        on_confirm=DevicesState.end_others,
                        trigger=Settings.END_OTHERS,
                        trigger_class=button_class(),
                    )
                ),
                rx.cond(
                    DevicesState.is_loaded,
                    rx.el.p(Settings.ONLY_THIS, class_name="text-13 text-muted"),
                    rx.fragment(),
                ),
            ),
            title=Settings.SESSIONS,
            lead=Settings.SESSIONS_LEAD,
        ),
    )


def _device(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["device"], class_name="truncate text-14 font-medium"),
            rx.el.p(
                row["address"],
                rx.cond(row["address"] != "", " · ", ""),
                Settings.LAST_SEEN,
                " ",
                time_ago(row["last_seen_at"]),
                class_name="text-13 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["is_current"],
            badge(Settings.THIS_DEVICE, tone="accent"),
            button(Settings.END, size="sm", on_click=DevicesState.end(row["id"])),
        ),
        class_name="flex min-h-14 items-center gap-3 px-4 py-2",
    )
