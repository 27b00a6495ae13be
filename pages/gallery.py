"""Show every component in its states, for developers: `/_gallery`, in development only."""

from typing import Any

import reflex as rx

from pages.components.avatar import ai_avatar, avatar
from pages.components.button import button, button_class, icon_button, icon_button_class, link_button
from pages.components.choice import checkbox, radio_cards, segmented, switch
from pages.components.code_input import code_input
from pages.components.combobox import combobox
from pages.components.copy_button import copy_button
from pages.components.dialog import confirm_dialog, dialog, dialog_close, open_layer
from pages.components.feedback import (
    banner,
    empty_state,
    error_state,
    progress,
    skeleton_fields,
    skeleton_rows,
    skeleton_table,
    working,
)
from pages.components.field import select_field, text_area, text_field
from pages.components.hotkeys import SHEET, hotkeys
from pages.components.icon import channel_icon, icon
from pages.components.layouts import auth_layout
from pages.components.link import external_link, text_link
from pages.components.menu import menu, menu_choice, menu_item, menu_separator
from pages.components.password_field import password_field
from pages.components.popover import popover
from pages.components.saving_field import saving_field
from pages.components.shell import page_shell
from pages.components.status import badge, count_pill, dot, kbd, tag
from pages.components.surface import card, cell, definition_list, head_cell, list_row, table, table_row
from pages.components.tabs import tab_links, tabs
from pages.components.theme import CHANNELS
from pages.components.theme_toggle import theme_toggle
from pages.components.timestamp import clock_time, day_heading, timestamp
from pages.components.toast import undo_toast

_NUMBERS = [
    {"value": "a", "label": "+1 604 555 0142", "hint": "Vancouver"},
    {"value": "b", "label": "+1 416 555 0199", "hint": "Toronto"},
    {"value": "c", "label": "+33 1 55 55 01 99", "hint": "Île-de-France"},
]


class GalleryState(rx.State):
    """What the gallery needs to show components alive."""

    presses: int = 0
    error: str = "Enter an address like dana@example.com"
    mode: str = "answers"
    kind: str = "text"
    number: str = "a"
    on: bool = True
    prompt: str = "You answer for a dental practice."
    saved: str = ""
    code: str = ""

    @rx.event
    async def press(self) -> None:
        """Count a press."""
        self.presses += 1

    @rx.event
    async def choose_mode(self, mode: str) -> None:
        """Take the chosen mode."""
        self.mode = mode

    @rx.event
    async def choose_kind(self, kind: str) -> None:
        """Take the chosen kind."""
        self.kind = kind

    @rx.event
    async def choose_number(self, number: str) -> None:
        """Take the chosen number."""
        self.number = number

    @rx.event
    async def turn(self, on: bool) -> None:
        """Take the switch's position."""
        self.on = on

    @rx.event
    async def save_prompt(self, prompt: str) -> None:
        """Keep the text and say so."""
        self.prompt, self.saved = prompt, "saved"

    @rx.event
    async def take_code(self, code: str) -> None:
        """Keep the code."""
        self.code = code

    @rx.event
    async def close(self) -> rx.event.EventSpec:
        """Send a toast that can be undone."""
        return undo_toast("Conversation closed", on_undo=GalleryState.press)


def _row(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="flex flex-wrap items-center gap-3")


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-16 font-semibold"),
        *content,
        class_name="flex flex-col gap-4 border-b border-line py-6 first:pt-0",
    )


def _columns(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="grid max-w-240 items-start gap-x-6 gap-y-4 md:grid-cols-2")


def _buttons() -> rx.Component:
    return _section(
        "Buttons",
        _row(
            button("Save changes", variant="primary", on_click=GalleryState.press),
            button("Cancel"),
            button("Filter", variant="ghost", icon="list_filter"),
            button("Release +1 604 555 0199", variant="danger"),
            button("Send", variant="primary", loading=True, loading_text="Sending…"),
            button("Off", disabled=True),
            icon_button("pencil", "Edit", shortcut="E"),
            link_button("Read more", href="/nowhere", trailing_icon="arrow_right"),
            rx.el.span(GalleryState.presses, class_name="tabular"),
        ),
        _row(button("Small", size="sm"), button("Medium"), button("Large", size="lg", icon="plus")),
        _row(text_link("A page of ours", href="/nowhere"), external_link("Another site", href="https://example.com")),
    )


def _fields() -> rx.Component:
    return _section(
        "Fields",
        _columns(
            text_field("email", "Email", type="email", error=GalleryState.error, default_value="dana@"),
            text_field("name", "Name", hint="As customers see it", save_state="saved", default_value="Front desk"),
            text_area("note", "Note", optional=True, placeholder="Only your team sees this"),
            saving_field(
                "prompt",
                "Prompt",
                kind="area",
                value=GalleryState.prompt,
                on_save=GalleryState.save_prompt,
                save_state=GalleryState.saved,
            ),
            select_field("type", "Type", [("text", "Text"), ("voice", "Voice")]),
            combobox(
                "number",
                "Number",
                _NUMBERS,
                value=GalleryState.number,
                on_change=GalleryState.choose_number,
                placeholder="Search numbers",
            ),
            code_input("code", "Six-digit code", on_complete=GalleryState.take_code, focused=False),
            code_input("code2", "Six-digit code", value="4815", error="That code is not right", focused=False),
            switch(
                "active",
                "Agent is active",
                checked=GalleryState.on,
                on_change=GalleryState.turn,
                hint="Answers on its numbers as soon as it is on",
            ),
            checkbox("terms", "Keep me signed in", hint="For 30 days on this device"),
            segmented(
                "mode",
                "Who answers",
                [("answers", "AI answers"), ("drafts", "AI drafts"), ("people", "People")],
                value=GalleryState.mode,
                on_change=GalleryState.choose_mode,
                icons={"answers": "sparkle", "people": "user"},
            ),
        ),
        radio_cards(
            "kind",
            "Kind of agent",
            [
                ("text", "Text agent", "Answers texts on a number", "message_square_text"),
                ("voice", "Phone agent", "Answers calls, and calls out", "phone"),
            ],
            value=GalleryState.kind,
            on_change=GalleryState.choose_kind,
        ),
    )


def _marks() -> rx.Component:
    tones: tuple[Any, ...] = ("neutral", "accent", "success", "warning", "danger", "info")
    return _section(
        "People, channels, marks",
        _row(avatar("Dana Ruiz", size="sm"), avatar("Dana Ruiz"), avatar("+1 604", size="lg"), ai_avatar()),
        _row(*(channel_icon(name, size=20, label=name) for name in CHANNELS)),
        _row(
            *(badge(tone.capitalize(), tone=tone) for tone in tones),
            *(dot(tone, label=tone) for tone in tones),
            count_pill(7, label="unread"),
            count_pill(120, label="unread"),
        ),
        _row(
            tag("New patient"),
            tag("Insurance", on_remove=GalleryState.press),
            kbd("mod", "K"),
            copy_button("+16045550142", label="Copy number"),
            timestamp("2026-11-22T07:58:00Z"),
            clock_time("2026-11-22T07:58:00Z"),
            day_heading("2026-11-21T07:58:00Z"),
        ),
    )


def _over() -> rx.Component:
    return _section(
        "Over the page",
        _row(
            menu(
                icon("ellipsis"),
                menu_item("Assign", icon="user_plus", shortcut="A"),
                menu_item("Snooze", icon="clock", shortcut="S", disabled=True),
                menu_item("Settings", icon="settings", href="/nowhere"),
                menu_separator(),
                menu_choice("AI answers", checked=True, on_select=GalleryState.press, hint="Until you change it"),
                menu_choice("People answer", checked=False, on_select=GalleryState.press, hint="Until 14:30"),
                menu_separator(),
                menu_item("Delete conversation", icon="trash_2", danger=True),
                label="More",
                trigger_class=icon_button_class("secondary"),
            ),
            dialog(
                text_field("who", "To", type="tel"),
                title="New message",
                description="Sent from +1 604 555 0100.",
                trigger="Open dialog",
                trigger_class=button_class(),
                footer=[dialog_close("Cancel", class_name=button_class()), button("Send", variant="primary")],
            ),
            confirm_dialog(
                title="Release this number?",
                verb="Release +1 604 555 0199",
                loss="Texts and calls to it stop now. You can take it back for 14 days.",
                on_confirm=GalleryState.press,
                trigger="Release…",
                trigger_class=button_class("danger"),
            ),
            popover("Filter", rx.el.p("Fields of a filter stand here."), title="Filter"),
            button("Close conversation", on_click=GalleryState.close),
            button("Shortcuts", on_click=open_layer(SHEET)),
        ),
    )


def _content() -> rx.Component:
    names = ("Dana Ruiz", "North Dental", "+1 604 555 0199")
    return _section(
        "Content",
        tabs(
            ("rows", "Rows", rx.el.p("Rows of a list.")),
            ("table", "Table", rx.el.p("A table.")),
            label="Views",
        ),
        tab_links(("one", "Profile", "/one"), ("two", "Team", "/two"), active="one", label="Settings"),
        _columns(
            card(
                *(
                    list_row(
                        title=name,
                        detail="Are you open on Sunday? I could come by before noon if that works",
                        leading=avatar(name),
                        meta=timestamp("2026-11-22T07:58:00Z"),
                        trailing=count_pill(index, label="unread"),
                        on_click=GalleryState.press,
                        selected=index == 1,
                        strong=index == 2,
                    )
                    for index, name in enumerate(names)
                ),
                title="Conversations",
                padded=False,
            ),
            card(definition_list(("Name", "Dana Ruiz"), ("Number", "+1 604 555 0142")), title="Contact"),
        ),
        table(
            *(
                table_row(cell(name, head=True), cell(badge("Active", tone="success")), cell("12", numeric=True))
                for name in names
            ),
            head=[
                head_cell("Name", sorted_as="ascending", on_sort=GalleryState.press),
                head_cell("State"),
                head_cell("Messages", numeric=True),
            ],
            caption="Contacts",
        ),
    )


def _states() -> rx.Component:
    return _section(
        "States",
        *(banner(f"A note in the tone of {tone}.", tone=tone, rounded=True) for tone in ("info", "success")),
        banner(
            "Your balance is low.",
            tone="warning",
            rounded=True,
            action=text_link("Add funds", href="/nowhere"),
            on_dismiss=GalleryState.press,
        ),
        banner("The number could not be released.", tone="danger", rounded=True),
        progress("Importing contacts", value=320, total=1200, on_cancel=GalleryState.press),
        working("Looking for numbers…"),
        _columns(
            skeleton_rows(3),
            skeleton_table(3),
            skeleton_fields(2),
            card(
                empty_state(
                    title="No conversations yet",
                    body="Text your number to see the first one arrive here.",
                    action=button("Show my number", variant="primary"),
                    inset=True,
                ),
                padded=False,
            ),
            card(
                error_state(
                    what="The list did not load",
                    safe="Your messages are stored.",
                    do="Try again in a moment.",
                    reference="7F3K-22",
                    on_retry=GalleryState.press,
                    inset=True,
                ),
                padded=False,
            ),
        ),
    )


def gallery_sign_in() -> rx.Component:
    """Return the frame of a sign-in page with the fields such pages have."""
    return auth_layout(
        banner("The code ran out. Ask for a new one.", tone="warning", rounded=True),
        text_field("email", "Email", type="email", auto_complete="username"),
        password_field("secret", "Password", error="Use twelve characters or more"),
        code_input("code", "Six-digit code", focused=False),
        checkbox("keep", "Keep me signed in"),
        button("Sign in", variant="primary", size="lg", type="submit", class_name="w-full"),
        title="Sign in",
        lead="Your conversations are where you left them.",
        foot=rx.el.p("New here? ", text_link("Create an account", href="/sign-up")),
    )


def gallery() -> rx.Component:
    """Return the page of components."""
    return page_shell(
        hotkeys({"n": GalleryState.press, "g x": GalleryState.press}),
        _buttons(),
        _fields(),
        _marks(),
        _over(),
        _content(),
        _states(),
        title="Gallery",
        shortcuts=[("Conversation", [("r", "Reply"), ("e", "Close"), ("s", "Snooze")])],
        active="agents",
        actions=rx.fragment(
            theme_toggle(trigger_class=icon_button_class()), button("New agent", variant="primary", icon="plus")
        ),
        unread=3,
        user_name="Sam Okafor",
        org_name="North Dental",
        on_sign_out=GalleryState.press,
    )
