"""Publish the JavaScript modules that the inbox's widgets share."""

import reflex as rx

MARKS = rx.asset("marks.jsx", shared=True)
LIVE = rx.asset("live.jsx", shared=True)
OUTBOX = rx.asset("outbox.jsx", shared=True)
SEGMENTS = rx.asset("segments.jsx", shared=True)
BUBBLE = rx.asset("bubble.jsx", shared=True)
DRAFT_CARD = rx.asset("draft_card.jsx", shared=True)
WHY = rx.asset("why.jsx", shared=True)

VIRTUOSO = "react-virtuoso@4.18.21"
# The primitives that these modules import; a component names what its file needs so that the build installs it.
DIALOG = "@radix-ui/react-dialog@1.3.1"
POPOVER = "@radix-ui/react-popover@1.3.1"


def words_of(catalogue: type) -> dict[str, str]:
    """Return a class of words as what a JavaScript widget reads: NAME to text."""
    return {name: text for name, text in vars(catalogue).items() if name.isupper()}
