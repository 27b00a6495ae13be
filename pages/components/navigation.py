"""List the places of the product; a place is listed when its page exists, never before."""

from dataclasses import dataclass

from pages.words import Shell


@dataclass(frozen=True)
class Place:
    """One entry of the rail and of the bottom bar."""

    key: str
    label: str
    href: str
    icon: str
    shortcut: str = ""
    """Keys that go there, spelled for `hotkeys`: "g i"."""
    foot: bool = False
    """Whether it stands at the foot of the rail, with the account."""
    bottom_bar: bool = False
    """Whether phones show it in the bottom bar; the others wait under More."""
    under: str = ""
    """The place whose entry of the rail stands for it; it has none of its own, but keys, the palette and More do."""


# In the order of the rail. To add a page: add its place here.
NAV: tuple[Place, ...] = (
    Place("inbox", Shell.INBOX, "/inbox", "inbox", "g i", bottom_bar=True),
    Place("messages", Shell.MESSAGES, "/messages", "messages_square", "g m", under="inbox"),
    Place("contacts", Shell.CONTACTS, "/contacts", "users", "g c", bottom_bar=True),
    Place("calls", Shell.CALLS, "/calls", "phone_call", "g l"),
    Place("tickets", Shell.TICKETS, "/tickets", "ticket", "g r"),
    Place("agents", Shell.AGENTS, "/agents", "bot", "g a", bottom_bar=True),
    Place("knowledge", Shell.KNOWLEDGE, "/knowledge", "book_open", "g k"),
    Place("assistant", Shell.ASSISTANT, "/agent", "sparkle", "g t"),
    Place("phone", Shell.PHONE, "/phone", "phone", "g p", bottom_bar=True),
    Place("team", Shell.TEAM, "/team", "id_card_lanyard", "g e", foot=True),
    Place("settings", Shell.SETTINGS, "/settings", "settings", "g s", foot=True),
)
