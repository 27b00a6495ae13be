"""Assemble the web application: pages, head, overlays."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from backend.core.config import settings
from pages.components.connection import connection_note
from pages.components.crash import crash_page
from pages.components.theme import head_components
from pages.components.toast import toaster
from pages.gallery import gallery, gallery_sign_in
from pages.not_found import not_found
from pages.words import NotFound

app = rx.App(
    theme=None,
    reset_style=False,
    stylesheets=["/styles.css"],
    head_components=head_components(),
    html_lang="en",
    html_custom_attrs={"suppressHydrationWarning": True},
    toaster=toaster(),
    # Ours instead of Reflex's own: what a person sees when a page breaks or the connection is lost.
    app_wraps={
        (55, "ErrorBoundary"): lambda stateful: ErrorBoundary.create(
            fallback_render=rx.Var.create(crash_page()), **({} if stateful else {"on_error": rx.noop()})
        ),
        (5, "Connection"): lambda stateful: rx.fragment(rx.memo(connection_note)()) if stateful else None,
    },
)
app.add_page(not_found, route="404", title=NotFound.TITLE)
if settings().environment == "development":
    app.add_page(gallery, route="/_gallery", title="Gallery")
    app.add_page(gallery_sign_in, route="/_gallery/sign-in", title="Gallery of sign-in")
