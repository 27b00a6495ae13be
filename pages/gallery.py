"""Show every component in its states, for developers: `/_gallery`, in development only."""

import reflex as rx

from pages.components.avatar import ai_avatar, avatar
from pages.components.button import button, button_class, icon_button, icon_button_class
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.field import select_field, text_area, text_field
from pages.components.icon import channel_icon, icon
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.shell import page_shell
from pages.components.theme import CHANNELS
from pages.components.theme_toggle import theme_toggle


class GalleryState(rx.State):
    """What the gallery needs to show components alive."""

    presses: int = 0
    name: str = "Dana Ruiz"
    error: str = "Enter an address like dana@example.com"

    @rx.event
    async def press(self) -> None:
        """Count a press."""
        self.presses += 1


def _row(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="flex flex-wrap items-center gap-3")


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-16 font-semibold"),
        *content,
        class_name="flex flex-col gap-4 border-b border-line py-6 first:pt-0",
    )


def gallery() -> rx.Component:
    """Return the page."""
    return page_shell(
        _section(
            "Buttons",
            _row(
                button("Save changes", variant="primary", on_click=GalleryState.press),
                button("Cancel"),
                button("Filter", variant="ghost", icon="list_filter"),
                button("Release +1 604 555 0199", variant="danger"),
                button("Sending", variant="primary", loading=True, loading_text="Sending…"),
                button("Off", disabled=True),
                icon_button("pencil", "Edit", shortcut="E"),
                rx.el.span(GalleryState.presses, class_name="tabular"),
            ),
            _row(button("Small", size="sm"), button("Medium"), button("Large", size="lg", icon="plus")),
        ),
        _section(
            "Fields",
            rx.el.div(
                text_field("email", "Email", type="email", error=GalleryState.error, default_value="dana@"),
                text_field("name", "Name", hint="As customers see it", save_state="saved", default_value="Front desk"),
                text_area("prompt", "Prompt", default_value="You answer for a dental practice."),
                select_field("type", "Type", [("text", "Text"), ("voice", "Voice")]),
                class_name="grid max-w-180 gap-4 md:grid-cols-2",
            ),
        ),
        _section(
            "People and channels",
            _row(avatar("Dana Ruiz"), avatar(GalleryState.name, size="lg"), ai_avatar(), ai_avatar(size="lg")),
            _row(*(channel_icon(name, size=20, label=name) for name in CHANNELS)),
        ),
        _section(
            "Over the page",
            _row(
                menu(
                    icon("ellipsis"),
                    menu_item("Assign", icon="user_plus", shortcut="A"),
                    menu_item("Snooze", icon="clock", shortcut="S"),
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
                    title="Release this number",
                    verb="Release +1 604 555 0199",
                    loss="Texts and calls to it stop now. You can take it back for 14 days.",
                    on_confirm=GalleryState.press,
                    trigger="Release…",
                    trigger_class=button_class("danger"),
                ),
            ),
        ),
        title="Gallery",
        active="agents",
        actions=rx.fragment(
            theme_toggle(trigger_class=icon_button_class()), button("New agent", variant="primary", icon="plus")
        ),
        unread=3,
        user_name="Sam Okafor",
        org_name="North Dental",
        on_sign_out=GalleryState.press,
    )
