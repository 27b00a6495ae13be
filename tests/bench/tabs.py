"""Open tabs as a browser does, without a browser: a socket, a session cookie, and the events a page sends."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import socketio

COOKIE = "mp_session"


async def sign_in(url: str, email: str, password: str) -> str:
    """Return the session cookie of a person who signs in."""
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=30) as client:
        reply = await client.post("/api/session/sign-in", json={"email": email, "password": password})
        reply.raise_for_status()
        return str(reply.cookies[COOKIE])


class OpenTab:
    """One open page. `on_update` sees every state update with the time it arrived."""

    def __init__(self, url: str, cookie: str, on_update: Callable[["OpenTab", Any, float], None]) -> None:
        self.url, self.cookie = url, cookie
        self.token = str(uuid4())
        self.bytes_received = 0
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("event", self._hear, namespace="/_event")
        self._on_update = on_update

    async def open(self, path: str, events: list[str]) -> None:
        """Connect and send a page's loading events in order."""
        await self._socket.connect(
            f"{self.url}/_event?token={self.token}",
            headers={"Cookie": f"{COOKIE}={self.cookie}", "Origin": self.url},
            transports=["websocket"],
            namespaces=["/_event"],
            socketio_path="/_event",
        )
        for name in events:
            await self.send(name, path)

    async def send(self, name: str, path: str, **payload: Any) -> None:
        """Send one event from a page at `path`."""
        router = {"pathname": path, "asPath": path, "query": {}}
        event = {"token": self.token, "name": name, "payload": payload, "router_data": router}
        await self._socket.emit("event", event, namespace="/_event")

    async def close(self) -> None:
        """Leave."""
        await self._socket.disconnect()

    def _hear(self, update: Any) -> None:
        self._on_update(self, update, time.perf_counter())
