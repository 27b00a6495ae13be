"""What the organization connected: `/settings/connections`."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import banner, empty_state, skeleton_fields, skeleton_rows
from pages.components.field import text_field
from pages.components.menu import menu_item, row_menu
from pages.components.password_field import password_field
from pages.components.status import badge
from pages.components.surface import definition_list, row_list, settings_group, vacancy
from pages.components.timestamp import time_ago
from pages.settings.layout import settings_section
from pages.words import Common, Connections
from state.settings.calendar import CalendarState
from state.settings.tool_servers import ServerCard, ToolCard, ToolServersState


def connections_page() -> rx.Component:
    """Return the page."""
    return settings_section(
        "connections",
        ToolServersState,
        settings_group(
            rx.cond(
                CalendarState.is_loaded,
                rx.cond(
                    CalendarState.is_connected,
                    _calendar(),
                    rx.cond(CalendarState.may_edit, _key_form(), banner(Connections.NO_CALENDAR, rounded=True)),
                ),
                skeleton_fields(1),
            ),
            title=Connections.CALENDAR,
            lead=Connections.CALENDAR_LEAD,
        ),
        settings_group(
            rx.cond(
                ToolServersState.is_loaded,
                rx.cond(
                    ToolServersState.rows.length() > 0,
                    row_list(ToolServersState.rows, _server),
                    vacancy(
                        empty_state(title=Connections.EMPTY_TITLE, body=Connections.EMPTY_BODY, icon="plug", inset=True)
                    ),
                ),
                skeleton_rows(2, row="h-17"),
            ),
            rx.cond(
                ToolServersState.may_edit,
                rx.el.div(button(Connections.ADD, icon="plus", on_click=ToolServersState.set_adding(True))),
                rx.cond(ToolServersState.is_loaded, banner(Connections.SUPPORT, rounded=True), rx.fragment()),
            ),
            title=Connections.SERVERS,
            lead=Connections.SERVERS_LEAD,
        ),
        _adding(),
        _replacing(),
        _tools(),
        confirm_dialog(
            title=Connections.DISCONNECT_TITLE,
            verb=Connections.DISCONNECT,
            loss=_loss(Connections.DISCONNECT_LOSS, Connections.BOOKED_BY, CalendarState.used_by),
            on_confirm=CalendarState.disconnect,
            open=CalendarState.is_leaving,
            on_open_change=CalendarState.ask_to_leave,
        ),
        confirm_dialog(
            title=Connections.REMOVE_TITLE,
            verb=f"{Connections.REMOVE_VERB} {ToolServersState.doomed['name']}",
            loss=_loss(Connections.REMOVE_LOSS, Connections.USED_BY, ToolServersState.doomed["used_by"]),
            on_confirm=ToolServersState.remove,
            open=ToolServersState.doomed["id"] != "",
            on_open_change=ToolServersState.close_remove,
        ),
    )


def _loss(words: str, named: str, users: rx.Var[str]) -> rx.Var[str]:
    """Return what is lost, and who it is lost for."""
    return rx.cond(users != "", f"{words} {named} {users}.", words)


def _key_form() -> rx.Component:
    return rx.el.form(
        password_field("api_key", Connections.KEY, hint=Connections.KEY_HINT, error=CalendarState.errors["api_key"]),
        rx.el.div(
            button(
                Connections.CONNECT,
                type="submit",
                variant="primary",
                loading=CalendarState.is_working,
                loading_text=Connections.CONNECTING,
            ),
            rx.cond(
                CalendarState.is_replacing,
                button(Connections.KEEP_KEY, on_click=CalendarState.set_replacing(False)),
                rx.fragment(),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        on_submit=CalendarState.connect,
        no_validate=True,
        class_name="flex flex-col gap-4",
    )


def _calendar() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.cond(
                CalendarState.error != "",
                banner(CalendarState.error, tone="danger", rounded=True),
                rx.fragment(),
            ),
            definition_list(
                (
                    Connections.ACCOUNT,
                    rx.el.span(
                        rx.el.span(CalendarState.account, class_name="min-w-0 break-words"),
                        rx.cond(
                            CalendarState.error == "",
                            badge(Connections.WORKS, tone="success", icon="check"),
                            badge(Connections.FAILS, tone="danger", icon="triangle_alert"),
                        ),
                        class_name="flex flex-wrap items-center gap-2",
                    ),
                ),
                (Connections.ZONE, CalendarState.timezone),
                (
                    Connections.KINDS,
                    rx.cond(
                        CalendarState.kinds.length() > 0,
                        rx.el.ul(
                            rx.foreach(
                                CalendarState.kinds,
                                lambda kind: rx.el.li(f"{kind['title']} · {kind['minutes']} {Connections.MINUTES}"),
                            ),
                            class_name="flex flex-col gap-1",
                        ),
                        Connections.NO_KINDS,
                    ),
                ),
                (Connections.CHECKED, time_ago(CalendarState.checked_at)),
            ),
            class_name="flex flex-col gap-4 rounded-card border border-line p-4",
        ),
        rx.cond(
            CalendarState.may_edit,
            rx.cond(
                CalendarState.is_replacing,
                _key_form(),
                rx.el.div(
                    button(
                        Connections.CHECK,
                        icon="rotate_cw",
                        on_click=CalendarState.look,
                        loading=CalendarState.is_working,
                        loading_text=Connections.CHECKING,
                    ),
                    button(Connections.NEW_KEY, icon="key_round", on_click=CalendarState.set_replacing(True)),
                    button(Connections.DISCONNECT, on_click=CalendarState.ask_to_leave(True)),
                    class_name="flex flex-wrap gap-2",
                ),
            ),
            rx.fragment(),
        ),
    )


def _server(row: rx.Var[ServerCard]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(row["name"], class_name="min-w-0 truncate text-14 font-medium"),
                rx.cond(
                    row["error"] == "",
                    badge(Connections.WORKS, tone="success", icon="check"),
                    badge(Connections.FAILS, tone="danger", icon="triangle_alert"),
                ),
                class_name="flex min-w-0 flex-wrap items-center gap-2",
            ),
            rx.el.p(row["host"], class_name="mt-0.5 truncate font-mono text-12 text-muted"),
            rx.el.p(
                row["tools"].to_string(),
                " ",
                rx.cond(row["tools"] == 1, Connections.TOOLS_ONE, Connections.TOOLS),
                f" · {Connections.CHECKED} ",
                rx.cond(row["checked_at"] != "", time_ago(row["checked_at"]), Connections.NEVER),
                class_name="mt-0.5 text-13 text-muted",
            ),
            rx.cond(
                row["error"] != "",
                rx.el.p(row["error"], class_name="mt-1 text-13 text-pretty text-danger-ink"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            rx.cond(
                ToolServersState.may_edit,
                button(
                    Connections.CHECK,
                    size="sm",
                    on_click=ToolServersState.look(row["id"]),
                    loading=ToolServersState.looking == row["id"],
                    loading_text=Connections.CHECKING,
                ),
                rx.fragment(),
            ),
            row_menu(
                menu_item(Connections.SHOW_TOOLS, icon="scroll_text", on_select=ToolServersState.show_tools(row["id"])),
                rx.cond(
                    ToolServersState.may_edit,
                    menu_item(
                        Connections.REPLACE_KEY, icon="key_round", on_select=ToolServersState.ask_value(row["id"])
                    ),
                    rx.fragment(),
                ),
                label=f"{Connections.MORE} {row['name']}",
                removal=Connections.REMOVE,
                on_remove=ToolServersState.ask_remove(row["id"]),
                may_remove=ToolServersState.may_edit,
            ),
            class_name="flex shrink-0 items-center gap-2",
        ),
        key=row["id"],
        class_name="flex items-start gap-3 px-4 py-3",
    )


def _adding() -> rx.Component:
    errors = ToolServersState.errors
    return dialog(
        rx.el.form(
            text_field(
                "server_name",
                Connections.NAME,
                hint=Connections.NAME_HINT,
                error=errors["name"],
                max_length=60,
                auto_complete="off",
            ),
            text_field(
                "server_url",
                Connections.URL,
                type="url",
                hint=Connections.URL_HINT,
                error=errors["url"],
                placeholder=Connections.URL_PLACEHOLDER,
                max_length=2000,
                auto_complete="off",
                spell_check=False,
            ),
            password_field(
                "server_header_value",
                Connections.HEADER_VALUE,
                auto_complete="new-password",
                hint=Connections.HEADER_VALUE_HINT,
                error=errors["header_value"],
                required=False,
            ),
            text_field(
                "server_header_name",
                Connections.HEADER_NAME,
                hint=Connections.HEADER_HINT,
                error=errors["header_name"],
                max_length=80,
                auto_complete="off",
                spell_check=False,
                optional=True,
            ),
            _fault(),
            id="server-form",
            on_submit=ToolServersState.connect,
            no_validate=True,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=Connections.ADD_TITLE,
        open=ToolServersState.is_adding,
        on_open_change=ToolServersState.set_adding,
        footer=_footer(Connections.CONNECT, "server-form"),
    )


def _replacing() -> rx.Component:
    return dialog(
        rx.el.form(
            password_field(
                "server_header_value",
                Connections.HEADER_VALUE,
                auto_complete="new-password",
                hint=Connections.HEADER_VALUE_HINT,
                error=ToolServersState.errors["header_value"],
            ),
            _fault(),
            id="server-key-form",
            on_submit=ToolServersState.replace_value,
            no_validate=True,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=f"{Connections.REPLACE_KEY}: {ToolServersState.replacing['name']}",
        open=ToolServersState.replacing["id"] != "",
        on_open_change=ToolServersState.close_value,
        footer=_footer(Connections.REPLACE, "server-key-form"),
    )


def _fault() -> rx.Component:
    return rx.cond(
        ToolServersState.fault != "",
        rx.el.div(banner(ToolServersState.fault, tone="danger", rounded=True), role="alert"),
        rx.fragment(),
    )


def _footer(verb: str, form: str) -> list[rx.Component]:
    return [
        dialog_close(Common.CANCEL, class_name=button_class()),
        button(
            verb,
            variant="primary",
            type="submit",
            form=form,
            loading=ToolServersState.is_working,
            loading_text=Connections.CONNECTING,
        ),
    ]


def _tools() -> rx.Component:
    return dialog(
        rx.cond(
            ToolServersState.tools.length() > 0,
            row_list(ToolServersState.tools, _tool),
            rx.el.p(Connections.NO_TOOLS, class_name="text-13 text-muted"),
        ),
        title=ToolServersState.opened["name"],
        description=ToolServersState.opened["url"],
        open=ToolServersState.opened["id"] != "",
        on_open_change=ToolServersState.close_tools,
        size="lg",
        footer=[dialog_close(Common.CLOSE, class_name=button_class())],
    )


def _tool(row: rx.Var[ToolCard]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(rx.cond(row["title"] != "", row["title"], row["name"]), class_name="text-13 font-medium"),
            rx.cond(
                row["title"] != "",
                rx.el.code(row["name"], class_name="min-w-0 truncate font-mono text-12 text-muted"),
                rx.fragment(),
            ),
            rx.cond(row["reads"], badge(Connections.READS), badge(Connections.CHANGES, tone="warning")),
            class_name="flex min-w-0 flex-wrap items-center gap-2",
        ),
        rx.el.p(row["description"], class_name="mt-0.5 text-13 break-words whitespace-pre-wrap text-muted"),
        key=row["name"],
        class_name="px-4 py-2.5",
    )
