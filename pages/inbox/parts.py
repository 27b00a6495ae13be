"""Publish the JavaScript modules that the inbox's widgets share."""

from pages.components.local_file import jsx

MARKS = jsx(__name__, "marks.jsx")
LIVE = jsx(__name__, "live.jsx")
OUTBOX = jsx(__name__, "outbox.jsx")
SEGMENTS = jsx(__name__, "segments.jsx")
BUBBLE = jsx(__name__, "bubble.jsx")
DRAFT_CARD = jsx(__name__, "draft_card.jsx")
WHY = jsx(__name__, "why.jsx")

VIRTUOSO = "react-virtuoso@4.18.21"
# The primitives that these modules import; a component names what its file needs so that the build installs it.
DIALOG = "@radix-ui/react-dialog@1.3.1"
POPOVER = "@radix-ui/react-popover@1.3.1"


def words_of(catalogue: type) -> dict[str, str]:
    """Return a class of words as what a JavaScript widget reads: NAME to text."""
    return {name: text for name, text in vars(catalogue).items() if name.isupper()}
