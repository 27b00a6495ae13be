"""Show the real widget beside its settings, in a frame."""

from typing import Any

import reflex as rx

from pages.components.local_file import jsx

_FILE = jsx(__name__, "preview.jsx")


class _WidgetPreview(rx.Component):
    library = _FILE.importable_path
    tag = "WidgetPreview"

    config: rx.Var[dict[str, Any]]
    title: rx.Var[str]


def widget_preview(config: rx.Var, title: str, class_name: str) -> rx.Component:
    """Return the frame; `config` is what a site's page would get from the server."""
    return _WidgetPreview.create(config=config, title=title, class_name=class_name)
