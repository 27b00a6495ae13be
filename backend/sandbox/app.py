"""The sandbox as one ASGI app: every vendor's protocol, and pages for people to play the other side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from backend.sandbox import (
    business,
    calcom,
    call_control,
    cohere_rerank,
    control,
    deepgram,
    elevenlabs,
    firecrawl,
    hubspot,
    mail_control,
    mcp_server,
    openai_chat,
    openai_embeddings,
    openai_speech,
    postmark,
    signalwire_calls,
    signalwire_messages,
    signalwire_numbers,
    signalwire_recordings,
    slack,
)
from backend.sandbox.misbehaviour import Misbehaviour
from backend.sandbox.pages import home, letter, mail, phone, site
from backend.sandbox.same_site import SameSite
from backend.sandbox.settings import SandboxSettings
from backend.sandbox.world import World

_STATIC = Path(__file__).parent / "static"


def create_app(settings: SandboxSettings) -> ASGIApp:
    """Return the app. Work a stopped process left half way is taken up when the server starts."""
    world = World(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        world.carrier.resume()
        world.post_office.resume()
        yield
        await world.switchboard.stop()
        await world.carrier.stop()
        await world.post_office.stop()
        world.database.close()

    app = Starlette(
        routes=[
            *openai_chat.routes(),
            *openai_embeddings.routes(),
            *openai_speech.routes(),
            *deepgram.routes(),
            *elevenlabs.routes(),
            *signalwire_messages.routes(),
            *signalwire_calls.routes(),
            *signalwire_numbers.routes(),
            *signalwire_recordings.routes(),
            *postmark.routes(),
            *business.routes(),
            *calcom.routes(),
            *firecrawl.routes(),
            *hubspot.routes(),
            *slack.routes(),
            *cohere_rerank.routes(),
            *mcp_server.routes(),
            *control.routes(),
            *call_control.routes(),
            *mail_control.routes(),
            *home.routes(),
            *phone.routes(),
            *letter.routes(),
            *mail.routes(),
            *site.routes(),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(SameSite)],
        lifespan=lifespan,
    )
    app.state.world = world
    return Misbehaviour(app, world.faults)
