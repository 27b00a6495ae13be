"""Give a test a server of tools that this installation may reach, and an organization that connected it."""

from uuid import UUID

import pytest

from backend.core.config import settings
from backend.mcp_servers import service as mcp_servers


@pytest.fixture
async def shop(sandbox, monkeypatch):
    """The stand-in's server, behaving as usual before and after the test."""
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await sandbox.client.delete("/sandbox/mcp")
    yield sandbox
    await sandbox.client.delete("/sandbox/mcp")


async def behave(shop, **manner) -> None:
    """Have the server behave otherwise."""
    assert (await shop.client.put("/sandbox/mcp", json=manner)).status_code == 200


async def called(shop) -> list[dict]:
    """Return which tools were called."""
    return (await shop.client.get("/sandbox/mcp")).json()["called"]


@pytest.fixture
async def server(db, org, shop):
    """The server as the organization connected it."""
    return await mcp_servers.connect(org.owner, "The Shop", f"{shop.url}/mcp")


def entry(server, name: str) -> dict:
    """Return a tool as an agent's list holds it."""
    return mcp_servers.allowed(
        server["id"], server["slug"], next(one for one in server["tools"] if one["name"] == name)
    )


def id_of(server) -> UUID:
    """Return the id of a server."""
    return UUID(server["id"])
