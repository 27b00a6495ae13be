"""Know who sits before a tab: every handler asks `_principal()` first."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import reflex as rx
from reflex.state import _override_base_method

from backend.core.errors import NotSignedIn
from backend.core.principal import Principal
from backend.sessions import service as sessions
from backend.sessions.schemas import SignedIn

# Set on the tab's socket by the session middleware alone, which drops whatever a client sends under this name.
HEADER = "x-mp-session"


class _Substates(dict[str, rx.State]):
    """The states below another one by name, each made when it is first asked for."""

    def __init__(self, above: rx.State) -> None:
        super().__init__()
        self._above = above
        self._kinds = {kind.get_name(): kind for kind in type(above).get_substates()}

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __missing__(self, name: str) -> rx.State:
        self[name] = made = self._kinds[name](parent_state=self._above, _reflex_internal_init=True)
        return made

    def unused(self) -> list[type[rx.State]]:
        """Return the states that were never asked for."""
        return [kind for name, kind in self._kinds.items() if name not in self.keys()]


@cache
def _defaults(kind: type[rx.State]) -> Mapping[str, Mapping[str, Any]]:
    """Return what a browser draws with where a state was never used, the same for every tab."""
    return kind(_reflex_internal_init=True).dict()


class SessionState(rx.State):
    """The base of every state that serves signed-in people. It has no vars, so nobody re-renders because of it.

    A tab opens a few of the hundred states there are. Reflex would make all of them for each tab, and keep every
    default it sends to the browser: a third of what a tab costs the server. Here a state is made when it is first used.
    """

    def __init__(self, parent_state: Any = None, init_substates: bool = True, **given: Any) -> None:
        super().__init__(parent_state, init_substates=False, **given)
        if init_substates and type(self).get_substates():
            object.__setattr__(self, "substates", _Substates(self))

    @_override_base_method
    def dict(self, **how: Any) -> dict[str, dict[str, Any]]:
        """Return all that a browser draws with, by state; it begins with the defaults of what was not used yet."""
        known = super().dict(**how)
        if isinstance(self.substates, _Substates):
            for kind in self.substates.unused():
                # Whoever gets this adds what changed meanwhile.
                known.update({name: {**values} for name, values in _defaults(kind).items()})
        return known

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
