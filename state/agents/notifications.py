"""Set what the person at this tab is told of: for one agent, or for all they said nothing else of."""

from typing import Any

import reflex as rx

from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.notifications import service as notifications
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

SWITCHES = ("enabled", "inbound_messages", "all_messages", "needs_person", "tickets")
TEXTS = ("address", "prefix")


class AgentNotificationsState(SessionState):
    """The Notifications part of an agent's page."""

    # Whose settings are shown: "agent" or "defaults".
    scope: str = "agent"
    is_own: bool = False
    is_loaded: bool = False
    own_email: str = ""
    on: dict[str, bool] = {}
    texts: dict[str, str] = {}
    errors: dict[str, str] = dict.fromkeys(("email.address", "sms.address", "email.prefix", "sms.prefix"), "")
    saved: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        self.own_email = principal.email
        self.errors, self.saved = dict.fromkeys(self.errors, ""), ""
        await self._show(principal)

    @rx.event
    @answers
    async def set_scope(self, scope: str) -> None:
        """Show the settings of this agent, or the defaults of all."""
        principal = await self._principal()
        if scope in ("agent", "defaults"):
            self.scope, self.saved = scope, ""
            await self._show(principal)

    @rx.event
    @answers
    async def switch(self, channel: str, name: str, is_on: bool) -> None:
        """Turn a channel, one of its occasions, or a part of its messages on or off."""
        principal = await self._principal()
        if name in SWITCHES:
            await self._store(principal, channel, name, is_on)
        elif name in notifications.CONTENTS:
            kept = [one for one in notifications.CONTENTS if (is_on if one == name else self.on[f"{channel}.{one}"])]
            await self._store(principal, channel, "contents", kept)
        else:
            raise Invalid("This cannot be set.", field="name")

    @rx.event
    @answers
    async def save(self, channel: str, name: str, value: str) -> None:
        """Store where a channel's messages go, or what stands before them."""
        principal = await self._principal()
        if name not in TEXTS:
            raise Invalid("This cannot be set.", field="name")
        await self._store(principal, channel, name, value)

    @rx.event
    @answers
    async def follow_defaults(self) -> None:
        """Forget what was said of this agent."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await notifications.follow_defaults(session, principal, parse_id(opened.id))
        await self._show(principal)

    @rx.event
    @answers
    async def send_test(self, channel: str) -> Any:
        """Send this person a test by one channel."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    address = await notifications.send_test(session, principal, await self._agent_id(), channel)
        except Invalid as error:
            if error.field != "address":
                raise
            self.errors = {**self.errors, f"{channel}.address": error.message}
            return None
        return rx.toast(f"A test is on its way to {address}.")

    async def _agent_id(self) -> Any:
        opened = await self.get_state(AgentState)
        return parse_id(opened.id) if self.scope == "agent" else None

    async def _store(self, principal: Principal, channel: str, name: str, value: Any) -> None:
        place = f"{channel}.{name}"
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await notifications.change_wishes(
                        session, principal, await self._agent_id(), channel, **{name: value}
                    )
        except Invalid as error:
            known = f"{channel}.{error.field}"
            if known not in self.errors:
                raise
            self.errors, self.saved = {**self.errors, known: error.message}, ""
            await self._show(principal)
            return
        self.errors, self.saved = {**self.errors, f"{channel}.address": "", f"{channel}.prefix": ""}, place
        await self._show(principal)

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                wishes = await notifications.wishes_of(session, principal.user_id, await self._agent_id())
        on: dict[str, bool] = {}
        texts: dict[str, str] = {}
        for channel in notifications.CHANNELS:
            wish: dict[str, Any] = wishes[channel]  # type: ignore[literal-required]
            on.update({f"{channel}.{name}": bool(wish[name]) for name in SWITCHES})
            on.update({f"{channel}.{one}": one in wish["contents"] for one in notifications.CONTENTS})
            texts.update({f"{channel}.{name}": str(wish[name]) for name in TEXTS})
        self.on, self.texts, self.is_own, self.is_loaded = on, texts, wishes["is_own"], True
