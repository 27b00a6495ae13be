"""Publish the JavaScript modules that the inbox's widgets share."""

from pages.components.local_file import jsx

MARKS = jsx(__name__, "marks.jsx")
LIVE = jsx(__name__, "live.jsx")
ROOM = jsx(__name__, "room.jsx")
LINES = jsx(__name__, "lines.jsx")
OUTBOX = jsx(__name__, "outbox.jsx")
SEGMENTS = jsx(__name__, "segments.jsx")
EMAIL_PARTS = jsx(__name__, "email_parts.jsx")
BUBBLE = jsx(__name__, "bubble.jsx")
DRAFT_CARD = jsx(__name__, "draft_card.jsx")
APPROVAL_CARD = jsx(__name__, "approval_card.jsx")
WHY = jsx(__name__, "why.jsx")
SELECTION = jsx(__name__, "selection.jsx")
ROW = jsx(__name__, "row.jsx")
FILTER_PANEL = jsx(__name__, "filter_panel.jsx")
WHEN_MENU = jsx(__name__, "when_menu.jsx")
NAME = jsx(__name__, "name.jsx")
ASSIGN_MENU = jsx(__name__, "assign_menu.jsx")
TAG_MENU = jsx(__name__, "tag_menu.jsx")
BRIEF = jsx(__name__, "brief.jsx")
PRESENCE = jsx(__name__, "presence.jsx")
NOTE = jsx(__name__, "note.jsx")
TRANSLATED = jsx(__name__, "translated.jsx")
TRANSLATION = jsx(__name__, "translation.jsx")
FACTS = jsx(__name__, "facts.jsx")
EARLIER = jsx(__name__, "earlier.jsx")
FOUND = jsx(__name__, "found.jsx")
BOOKED = jsx(__name__, "booked.jsx")
TICKETS = jsx(__name__, "tickets.jsx")
DRAFT = jsx(__name__, "draft.jsx")
COMPOSER_PARTS = jsx(__name__, "composer_parts.jsx")
ATTACHMENTS = jsx(__name__, "attachments.jsx")
TEMPLATES = jsx(__name__, "templates.jsx")
COLLISION = jsx(__name__, "collision.jsx")
EMOJI = jsx(__name__, "emoji.jsx")
MENTION = jsx(__name__, "mention.jsx")
SUGGEST = jsx(__name__, "suggest.jsx")

VIRTUOSO = "react-virtuoso@4.18.21"
# The primitives that these modules import; a component names what its file needs so that the build installs it.
DIALOG = "@radix-ui/react-dialog@1.3.1"
POPOVER = "@radix-ui/react-popover@1.3.1"


def words_of(catalogue: type) -> dict[str, str]:
    """Return a class of words as what a JavaScript widget reads: NAME to text."""
    return {name: text for name, text in vars(catalogue).items() if name.isupper()}
