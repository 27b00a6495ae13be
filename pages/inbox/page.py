"""The live inbox: `/inbox` and `/inbox/<conversation>`, one page, so that the list stays as it is."""

import reflex as rx

from pages.components.shell import page_shell
from pages.contacts.merge import merge_dialog
from pages.frame import frame
from pages.inbox.listing import list_pane
from pages.inbox.new_message import new_message_dialog
from pages.inbox.thread import Panes, UnreadTitle, thread_pane
from pages.settings.template_editor import template_dialog
from pages.tickets.editor import ticket_dialog
from pages.words import Common, InboxPage
from state.inbox.page import InboxState
from state.inbox.unread import UnreadState

ROUTE = "/inbox/[[open_conversation]]"
TITLE = f"{InboxPage.TITLE} · {Common.PRODUCT}"
ON_LOAD = [InboxState.load]

SHORTCUTS = (
    InboxPage.KEYS,
    [
        ("j", InboxPage.KEY_NEXT),
        ("k", InboxPage.KEY_PREVIOUS),
        ("r", InboxPage.KEY_REPLY),
        ("n", InboxPage.KEY_NOTE),
        ("t", InboxPage.KEY_TAKE),
        ("shift+t", InboxPage.KEY_BRIEF),
        ("a", InboxPage.KEY_ASSIGN),
        ("s", InboxPage.KEY_SNOOZE),
        ("e", InboxPage.KEY_CLOSE),
        ("l", InboxPage.KEY_TAG),
        ("u", InboxPage.KEY_UNREAD),
        ("c", InboxPage.KEY_NEW),
        ("/", InboxPage.KEY_SEARCH),
        ("f", InboxPage.KEY_FILTER),
        ("x", InboxPage.KEY_SELECT),
    ],
)


def inbox() -> rx.Component:
    """Return the page."""
    return page_shell(
        UnreadTitle.create(count=UnreadState.count, title=TITLE),
        Panes.create(
            rx.el.div(list_pane(), class_name="flex min-h-0 flex-1 flex-col"),
            thread_pane(),
        ),
        new_message_dialog(),
        merge_dialog(),
        template_dialog(),
        ticket_dialog(),
        title=InboxPage.TITLE,
        active="inbox",
        layout="full",
        show_header=False,
        shortcuts=[SHORTCUTS],
        **frame(),
    )
