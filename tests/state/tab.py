"""Play a browser's tab against state classes: signed in as someone, at some address, calling handlers by name."""

from typing import Any, TypeVar

import reflex as rx
from reflex_base.constants import RouteVar
from sqlalchemy import update
from sqlmodel import col

from backend.core import clock
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.sessions import service as sessions
from backend.sessions.schemas import Browser
from state.session import HEADER

S = TypeVar("S", bound=rx.State)


class _Unlocked:
    """A state as a background handler holds it: `async with` takes the lock, which a test need not."""

    def __init__(self, state: rx.State) -> None:
        object.__setattr__(self, "_state", state)

    async def __aenter__(self) -> "_Unlocked":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._state, name, value)


class Tab:
    """One tab. `call` runs a handler as the event loop would and returns the event it answers with, if any."""

    def __init__(self, session_id: str = "") -> None:
        self.root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        self._session_id = session_id
        self.go("/")

    def go(self, address: str) -> "Tab":
        """Stand at an address of the site."""
        self.root._update_router_vars(
            {
                RouteVar.ORIGIN: address,
                RouteVar.PATH: address.split("?")[0],
                RouteVar.CLIENT_TOKEN: f"tab-{id(self)}",
                RouteVar.HEADERS: {HEADER: self._session_id} if self._session_id else {},
            },
            {},
        )
        return self

    async def state(self, cls: type[S]) -> S:
        """Return this tab's instance of a state class."""
        return await self.root.get_state(cls)

    async def call(self, handler: Any, *args: Any) -> Any:
        """Run an event handler with arguments as a client would send them."""
        owner = await self.root.get_state(handler.state)
        return await handler.fn(_Unlocked(owner) if handler.is_background else owner, *args)


async def sign_in(principal: Principal) -> Tab:
    """Return a tab of this person, with the roles their principal says."""
    with platform_scope("sign in for a test"):
        async with unit_of_work() as session:
            user = await session.get_one(User, principal.user_id)
            user.email_verified_at = clock.now()
            user.platform_role = principal.platform_role
            await session.execute(
                update(OrganizationMember)
                .where(col(OrganizationMember.user_id) == principal.user_id)
                .values(role=principal.member_role)
            )
            token = await sessions.start(session, principal.user_id, Browser("127.0.0.1", "test"))
    person = await sessions.find(token)
    assert person is not None
    return Tab(str(person.session_id))
