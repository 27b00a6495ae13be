"""Draw the dialog that starts a conversation."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.choice import segmented
from pages.components.combobox import combobox
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner
from pages.components.field import select_field, text_area, text_field
from pages.words import InboxNew
from state.inbox.new_message import NewMessageState


def new_message_dialog() -> rx.Component:
    """Return the dialog; `NewMessageState.set_open(True)` opens it."""
    is_email = NewMessageState.channel == "email"
    form = rx.el.form(
        rx.cond(
            NewMessageState.boxes.length() > 0,
            segmented(
                "new-message-channel",
                InboxNew.CHANNEL,
                [("sms", InboxNew.TEXT), ("email", InboxNew.EMAIL)],
                icons={"sms": "message_square_text", "email": "mail"},
                value=NewMessageState.channel,
                on_change=NewMessageState.choose_channel,
                hide_label=True,
            ),
            rx.fragment(),
        ),
        combobox(
            "new-message-to",
            InboxNew.TO,
            NewMessageState.people,
            value=NewMessageState.to,
            on_change=NewMessageState.choose,
            on_query=NewMessageState.search,
            placeholder=rx.cond(is_email, InboxNew.TO_MAIL_HINT, InboxNew.TO_HINT),
            empty_text=rx.cond(is_email, InboxNew.TO_MAIL_EMPTY, InboxNew.TO_EMPTY),
            error=NewMessageState.to_error,
        ),
        rx.cond(
            is_email,
            rx.fragment(
                select_field(
                    "new-message-box",
                    InboxNew.FROM,
                    NewMessageState.boxes,
                    value=NewMessageState.box,
                    on_change=NewMessageState.choose_box,
                ),
                text_field("subject", InboxNew.SUBJECT, error=NewMessageState.subject_error, max_length=300),
            ),
            rx.cond(
                NewMessageState.senders.length() > 0,
                select_field(
                    "new-message-from",
                    InboxNew.FROM,
                    NewMessageState.senders,
                    value=NewMessageState.sender,
                    on_change=NewMessageState.choose_sender,
                ),
                banner(InboxNew.NO_NUMBER, tone="info", rounded=True),
            ),
        ),
        text_area(
            "body",
            InboxNew.BODY,
            rows=3,
            error=NewMessageState.body_error,
            max_length=rx.cond(is_email, 20_000, 1600),
        ),
        rx.el.div(
            dialog_close(InboxNew.CANCEL, class_name=button_class()),
            button(
                InboxNew.SEND,
                variant="primary",
                type="submit",
                disabled=~is_email & (NewMessageState.senders.length() == 0),
            ),
            class_name="flex justify-end gap-2 pt-1",
        ),
        on_submit=NewMessageState.submit,
        reset_on_submit=False,
        class_name="flex flex-col gap-4",
    )
    return dialog(form, title=InboxNew.TITLE, open=NewMessageState.is_open, on_open_change=NewMessageState.set_open)
