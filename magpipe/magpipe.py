"""Assemble the web application: API, sessions, pages, head, overlays, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from starlette.types import ASGIApp

from backend.agents import jobs as turns
from backend.api.app import create_api
from backend.api.cross_origin import CrossOrigin
from backend.api.limits import RequestLimits
from backend.api.session import SessionMiddleware, sockets
from backend.chat import service as chat
from backend.core import db, garbage, jobs, logging, telemetry
from backend.core.config import settings
from magpipe import routes
from pages.components.connection import connection_note
from pages.components.crash import crash_page
from pages.components.support_widget import support_widget
from pages.components.theme import head_components
from pages.components.toast import toaster
from pages.gallery import gallery, gallery_sign_in
from pages.not_found import not_found
from pages.words import NotFound
from state.hub import hub


@asynccontextmanager
async def _ground() -> AsyncIterator[None]:
    """Hold the queue open while the process serves, and leave the database cleanly."""
    config = settings()
    logging.configure(config.log_level, config.log_format)
    telemetry.start("web")
    async with jobs.queue.open_async():
        # An owner's first test message should not wait for a model to load; pages need not wait for that either.
        warming = asyncio.create_task(turns.warm_up())
        garbage.settle()
        yield
        warming.cancel()
    await db.dispose()


class _Application(rx.App):
    """Reflex answers foreign preflights itself, outside every transform, so programs' ones are answered before it."""

    def __call__(self) -> ASGIApp:
        return CrossOrigin(super().__call__())


app = _Application(
    # The last wraps the others: sizes and headers first, then who is asking, then the API, then the pages.
    api_transformer=[create_api(), SessionMiddleware, RequestLimits],
    theme=None,
    reset_style=False,
    stylesheets=["/styles.css"],
    head_components=[*head_components(), support_widget()],
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
routes.add_to(app)
app.add_page(not_found, route="404", title=NotFound.TITLE)
if settings().environment == "development":
    app.add_page(gallery, route="/_gallery", title="Gallery")
    app.add_page(gallery_sign_in, route="/_gallery/sign-in", title="Gallery of sign-in")
app.register_lifespan_task(_ground)
app.register_lifespan_task(hub.run)
app.register_lifespan_task(sockets.watch)
app.register_lifespan_task(chat.rooms.run)
