"""Stand in for the API of LiveKit's server where no real one is needed: note what is asked, answer as told."""

from contextlib import asynccontextmanager
from typing import Any

import jwt
from aiohttp import web
from pydantic import SecretStr

from backend.core.config import settings

KEY, SECRET = "devkey", "a secret of LiveKit's that is long enough"


class LiveKit:
    """What was asked, in order, as (method, wanted); `answers` has what a method says next, an error by its status."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {
            "CreateRoom": (200, {"sid": "RM_first", "name": "call"}),
            "DeleteRoom": (200, {}),
            "ListParticipants": (404, {"code": "not_found", "msg": "room does not exist"}),
        }

    def of(self, method: str) -> list[Any]:
        """Return what was wanted of a method."""
        return [wanted for name, wanted in self.asked if name == method]

    async def answer(self, request: web.Request) -> web.Response:
        """Answer as Twirp does: only whom our secret vouches for."""
        method, token = request.path.rpartition("/")[2], request.headers["authorization"].removeprefix("Bearer ")
        jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)
        is_json = "json" in request.content_type
        self.asked.append((method, await request.json() if is_json else await request.read()))
        status, body = self.answers[method]
        # What asks in protobuf is answered in it: an answer without a word is an empty one.
        in_protobuf = body.pop("protobuf", b"") if not is_json and status == 200 else None
        return web.json_response(body, status=status) if in_protobuf is None else web.Response(body=in_protobuf)


@asynccontextmanager
async def serving(monkeypatch: Any):
    """Serve it where the settings say LiveKit is, with a trunk to ring by."""
    made = LiveKit()
    app = web.Application()
    app.router.add_post("/twirp/{method:.+}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for name, value in (
        ("livekit_url", f"ws://127.0.0.1:{port}"),
        ("livekit_api_key", KEY),
        ("livekit_api_secret", SecretStr(SECRET)),
        ("livekit_trunk_host", "sip.carrier.example"),
        ("livekit_trunk_user", "magpipe"),
        ("livekit_trunk_password", SecretStr("ours")),
    ):
        monkeypatch.setattr(settings(), name, value)
    try:
        yield made
    finally:
        await runner.cleanup()
