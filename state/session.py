"""Know who sits before a tab: every handler asks `_principal()` first."""

import reflex as rx

from backend.core.errors import NotSignedIn
from backend.core.principal import Principal
from backend.sessions import service as sessions
from backend.sessions.schemas import SignedIn

# Set on the tab's socket by the session middleware alone, which drops whatever a client sends under this name.
HEADER = "x-mp-session"


class SessionState(rx.State):
    """The base of every state that serves signed-in people. It has no vars, so nobody re-renders because of it."""

    async def _person(self) -> SignedIn:
        """Return who is signed in, in an organization or not. Raises `NotSignedIn`."""
        return await sessions.holder(self._session_id())

    async def _principal(self) -> Principal:
        """Return who acts, with role and organization as they are now.

        Raises `NotSignedIn`, or `NotAllowed` (`no_organization`) when they belong to none.
        """
        return await sessions.acting(self._session_id())

    def _session_id(self) -> str:
        found = self.router.headers.raw_headers.get(HEADER, "")
        if not found:
            raise NotSignedIn("Sign in to continue.")
        return str(found)
