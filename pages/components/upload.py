"""Take one file: chosen or dropped, sent as it is with its progress; what is wrong with it stands beside."""

import reflex as rx

from pages.components.button import button_class
from pages.components.local_file import jsx

_FILE = jsx(__name__, "upload.jsx")


class _Upload(rx.Component):
    library = _FILE.importable_path
    tag = "Upload"

    url: rx.Var[str]
    query: rx.Var[dict[str, str]]
    accept: rx.Var[str]
    words: rx.Var[dict[str, str]]
    on_taken: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def upload(
    url: str,
    *,
    accept: str,
    words: dict[str, str],
    on_taken: rx.event.EventType[str],
    query: dict[str, str | rx.Var[str]] | None = None,
) -> rx.Component:
    """Return a field that posts a file of at most 20 MB to `url`, with its name and `query` in the address.

    `accept` lists the kinds of files as browsers do; `words` are CHOOSE, DROP, READING, TOO_LARGE and NOT_SENT.
    `on_taken` gets the id that a 201 answers with, or an empty string.
    """
    return _Upload.create(
        url=url,
        query=query or {},
        accept=accept,
        words=words,
        on_taken=on_taken,
        class_name=button_class("primary"),
    )
