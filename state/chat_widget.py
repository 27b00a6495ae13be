"""Edit one chat widget: each field saves itself, and the preview shows the widget as its visitors will see it."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from backend.agents import service as agents
from backend.chat import service as chat
from backend.core.config import settings
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AgentType, MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

TEXTS = (
    "name",
    "agent_id",
    "agent_name",
    "primary_color",
    "theme",
    "position",
    "offset_x",
    "offset_y",
    "welcome_message",
    "offline_message",
    "allowed_domains",
)
FLAGS = (
    "is_active",
    "is_support_agent",
    "has_ai_greeting",
    "takes_identity",
    "collect_visitor_name",
    "collect_visitor_email",
    "takes_files",
    "is_portal_widget",
)
# Agents that can talk in a chat.
TYPES = (AgentType.CHAT_WIDGET, AgentType.TEXT)


class ChatWidgetState(SessionState):
    """The page of `/chat-widget/[widget_id]`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"widgets.changed", "resync"})

    id: str = ""
    values: dict[str, str] = dict.fromkeys(TEXTS, "")
    flags: dict[str, bool] = dict.fromkeys(FLAGS, False)
    hidden: list[str] = []
    errors: dict[str, str] = dict.fromkeys((*TEXTS, *FLAGS), "")
    saved: str = ""
    choices: list[dict[str, str]] = []
    embed_code: str = ""
    try_address: str = ""
    secret: str = ""
    preview: dict[str, Any] = {}
    can_edit: bool = False
    is_renewing: bool = False
    is_deleting: bool = False
    is_loaded: bool = False
    is_missing: bool = False
    has_failed: bool = False
    reference: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the widget of the address."""
        principal = await self._principal()
        widget_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        if widget_id != self.id:
            self.id, self.is_loaded, self.is_missing, self.secret, self.saved = "", False, False, "", ""
        hub.subscribe(self.router.session.client_token, principal, ChatWidgetState)
        self.has_failed, self.reference = False, ""
        self.errors = dict.fromkeys((*TEXTS, *FLAGS), "")
        try:
            await self._read(principal, parse_id(widget_id))
        except (NotFound, Invalid):
            self.is_missing = self.is_loaded = True
            return
        except Exception:
            self.has_failed = not self.is_loaded
            raise
        self.id, self.is_loaded = widget_id, True

    @rx.event
    @answers
    async def save(self, field: str, value: str) -> None:
        """Store one text of the widget."""
        principal = await self._principal()
        if field not in TEXTS:
            raise Invalid("This field cannot be changed here.")
        new: Any = parse_id(value, "agent_id") if field == "agent_id" else value
        await self._change(principal, field, new)

    @rx.event
    @answers
    async def turn(self, field: str, is_on: bool) -> None:
        """Switch one thing on or off."""
        principal = await self._principal()
        if field not in FLAGS:
            raise Invalid("This field cannot be changed here.")
        await self._change(principal, field, is_on)

    @rx.event
    @answers
    async def hide_on(self, page: str, is_hidden: bool) -> None:
        """Leave the widget out of one of the product's own pages, or show it there."""
        principal = await self._principal()
        pages = [one for one in self.hidden if one != page]
        await self._change(principal, "hidden_paths", [*pages, page] if is_hidden else pages)

    @rx.event
    @answers
    async def show_secret(self) -> None:
        """Show the secret with which the site signs who is signed in."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.secret = await chat.identity_secret(session, principal, parse_id(self.id))

    @rx.event
    @answers
    async def ask_to_renew(self, is_open: bool) -> None:
        """Ask before the secret is replaced."""
        await self._principal()
        self.is_renewing = is_open

    @rx.event
    @answers
    async def renew_secret(self) -> None:
        """Replace the secret and show the new one."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.secret = await chat.renew_identity_secret(session, principal, parse_id(self.id))
        self.is_renewing = False

    @rx.event
    @answers
    async def ask_to_delete(self, is_open: bool) -> None:
        """Ask before the widget is deleted."""
        await self._principal()
        self.is_deleting = is_open

    @rx.event
    @answers
    async def delete(self) -> Any:
        """Delete the widget and go back to its agent."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await chat.delete(session, principal, parse_id(self.id))
        self.is_deleting = False
        agent_id = self.values["agent_id"]
        return rx.redirect(f"/agents/{agent_id}?tab=deployment" if agent_id else "/agents")

    async def _hear(self, batch: Sequence[News]) -> None:
        """Show what somebody else changed."""
        is_meant = any("resync" in news.kinds or self.id in news.subjects for news in batch)
        if not is_meant or not self.id or self.is_missing:
            return
        try:
            await self._read(await self._principal(), parse_id(self.id))
        except NotFound:
            self.is_missing = True

    async def _change(self, principal: Principal, field: str, value: Any) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await chat.update(session, principal, parse_id(self.id), **{field: value})
        await self._read(principal, parse_id(self.id))
        self.errors, self.saved = {**self.errors, field: ""}, field

    async def _read(self, principal: Principal, widget_id: UUID) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                widget = await chat.get_widget(session, widget_id)
                agent = await chat.answering_agent(session, widget)
                known = [one for one in await agents.list_all(session) if one.agent_type in TYPES]
        shown = chat.view(widget)
        self.values = {
            name: "\n".join(widget.allowed_domains) if name == "allowed_domains" else str(shown[name])  # type: ignore[literal-required]
            for name in TEXTS
        }
        self.flags = {name: bool(shown[name]) for name in FLAGS}  # type: ignore[literal-required]
        self.hidden = list(widget.hidden_paths)
        self.choices = [{"value": str(one.id), "label": one.name} for one in known]
        self.embed_code = chat.embed_code(widget)
        self.preview = dict(chat.drawn(widget, agent))
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        # Without vendors of its own an installation has a stand-in for a customer's site, too.
        ours = settings()
        place = {"app": ours.public_url, "key": widget.widget_key}
        self.try_address = f"{ours.sandbox_url}/site?{urlencode(place)}" if ours.sandboxed_vendors else ""
