"""Give a test the HTTP API, keys to it, and a business with a number."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text as sql

from backend.accounts import service as accounts
from backend.api.app import create_api
from backend.core.config import settings
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.vocab import MemberRole
from tests.backend.mailboxes.conftest import desk, make_desk  # noqa: F401 - a business with a mailbox
from tests.backend.messaging.conftest import *  # noqa: F403 - the same business and customer


@dataclass
class Api:
    """The API over ASGI, asked with or without a key."""

    http: httpx.AsyncClient

    async def key_of(self, principal: Principal) -> str:
        """Return an API key of a person, whose email is verified and whose role is the principal's."""
        with platform_scope("prepare a person for a test"):
            async with unit_of_work() as session:
                values = {"user": principal.user_id, "role": str(principal.member_role)}
                await session.execute(sql("update users set email_verified_at = now() where id = :user"), values)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                key = (await accounts.create_key(session, replace(principal, member_role=MemberRole.OWNER), "test"))[
                    "key"
                ]
        with platform_scope("prepare a person for a test"):
            async with unit_of_work() as session:
                await session.execute(sql("update organization_members set role = :role where user_id = :user"), values)
        return key

    async def call(self, function: str, body: Any = None, *, key: str = "", method: str = "POST", **headers: str):
        """Call one function with a JSON body."""
        sent = {"authorization": f"Bearer {key}"} if key else {}
        return await self.http.request(
            method,
            f"/functions/v1/{function}",
            json=body,
            headers={**sent, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )


@pytest.fixture
async def api(queue) -> AsyncIterator[Api]:
    """The API without a network."""
    transport = httpx.ASGITransport(create_api(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings().public_url) as http:
        yield Api(http)
