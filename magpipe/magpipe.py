"""Assemble the web application: pages, head, overlays."""

import reflex as rx

from backend.core.config import settings
from pages.components.theme import head_components
from pages.gallery import gallery
from pages.not_found import not_found
from pages.words import NotFound

app = rx.App(
    theme=None,
    reset_style=False,
    stylesheets=["/styles.css"],
    head_components=head_components(),
    html_lang="en",
    html_custom_attrs={"suppressHydrationWarning": True},
)
app.add_page(not_found, route="404", title=NotFound.TITLE)
if settings().environment == "development":
    app.add_page(gallery, route="/_gallery", title="Gallery")
