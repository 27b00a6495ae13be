"""Draw a Lucide icon, at 16 or 20 px, silent or named."""

from typing import Literal

import reflex as rx

IconSize = Literal[16, 20]


def icon(name: str, *, size: IconSize = 16, label: str = "", class_name: str = "") -> rx.Component:
    """Return one outline icon; without `label` screen readers skip it, because the words beside it speak.

    `name` is a Lucide name written here, never a state var: each icon is then its own few hundred bytes, while a
    name known only at run time loads the whole set.
    """
    spoken: dict[str, str] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return rx.icon(
        name,
        size=size,
        class_name=f"shrink-0 {class_name}".strip(),
        custom_attrs={**spoken, "strokeWidth": "1.75", "focusable": "false"},
    )


CHANNEL_ICONS = {
    "call": "phone",
    "text": "message_square_text",
    "email": "mail",
    "chat": "message_circle",
    "social": "share_2",
}


def channel_icon(channel: str, *, size: IconSize = 16, label: str = "") -> rx.Component:
    """Return the icon of a channel (`call`, `text`, `email`, `chat`, `social`) in its hue, the only use of the hues.

    For a channel held in a state var use `rx.match(row["channel"], ("text", channel_icon("text")), ...)`.
    """
    return icon(CHANNEL_ICONS[channel], size=size, label=label, class_name=f"text-channel-{channel}")
