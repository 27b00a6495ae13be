"""API keys: `/settings/api-keys`."""

import reflex as rx

from pages.components.button import button
from pages.components.dialog import confirm_dialog
from pages.components.feedback import banner, empty_state, skeleton_rows
from pages.components.field import text_field
from pages.components.secret_dialog import secret_dialog
from pages.components.status import badge
from pages.components.surface import card, settings_group
from pages.components.timestamp import time_ago
from pages.settings.layout import settings_section
from pages.words import Settings
from state.settings.keys import KeysState


def keys_page() -> rx.Component:
    """Return the page."""
    return settings_section(
        "keys",
        KeysState,
        settings_group(
            rx.cond(
                KeysState.may_create,
                rx.el.form(
                    text_field(
                        "name",
                        Settings.KEY_NAME,
                        hint=Settings.KEY_NAME_HINT,
                        error=KeysState.errors["name"],
                        max_length=64,
                        auto_complete="off",
                        class_name="min-w-56 flex-1",
                    ),
                    button(Settings.CREATE_KEY, type="submit", variant="primary", class_name="mt-6.5 h-9!"),
                    on_submit=KeysState.create,
                    reset_on_submit=True,
                    no_validate=True,
                    class_name="flex flex-wrap items-start gap-3",
                ),
                rx.cond(KeysState.is_loaded, banner(Settings.SUPPORT_NO_KEYS, rounded=True), rx.fragment()),
            ),
            rx.cond(
                KeysState.is_loaded,
                rx.cond(
                    KeysState.rows.length() > 0,
                    card(rx.el.ul(rx.foreach(KeysState.rows, _key), class_name="divide-y divide-line"), padded=False),
                    rx.cond(
                        KeysState.may_create,
                        empty_state(title=Settings.NO_KEYS, body=Settings.NO_KEYS_BODY, icon="key_round"),
                        rx.fragment(),
                    ),
                ),
                skeleton_rows(2),
            ),
            title=Settings.KEYS,
            lead=Settings.KEYS_LEAD,
        ),
        _new_key_dialog(),
        confirm_dialog(
            title=Settings.REVOKE_TITLE,
            verb=Settings.REVOKE,
            loss=Settings.REVOKE_LOSS,
            on_confirm=KeysState.revoke,
            open=KeysState.revoking != "",
            on_open_change=KeysState.forget_revoking,
        ),
    )


def _key(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="truncate text-14 font-medium"),
            rx.el.p(
                rx.el.code(row["key_prefix"], "…", class_name="text-12"),
                rx.cond(row["is_yours"], "", rx.Var.create(" · ") + row["owner"].to(str)),
                " · ",
                Settings.CREATED,
                " ",
                time_ago(row["created_at"]),
                " · ",
                Settings.USED,
                " ",
                rx.cond(row["last_used_at"] != "", time_ago(row["last_used_at"]), Settings.NEVER),
                class_name="text-13 text-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["is_active"],
            button(Settings.REVOKE, size="sm", on_click=KeysState.ask_to_revoke(row["id"])),
            badge(Settings.REVOKED),
        ),
        class_name="flex min-h-14 items-center gap-3 px-4 py-2",
    )


def _new_key_dialog() -> rx.Component:
    return secret_dialog(
        KeysState.new_key,
        title=Settings.NEW_KEY_TITLE,
        loss=Settings.NEW_KEY_LOSS,
        copy_label=Settings.COPY_KEY,
        done=Settings.KEY_DONE,
        on_forget=KeysState.forget_key,
    )
