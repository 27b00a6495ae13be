"""Open the inbox: read its address, load what changed, and subscribe the tab to what changes next."""

from typing import Any
from uuid import UUID

import reflex as rx

from backend.core.ids import new_id
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.hub import hub
from state.inbox.choices import ChoicesState
from state.inbox.composer import ComposerState
from state.inbox.contact_panel import ContactPanelState
from state.inbox.conversation_list import ConversationListState
from state.inbox.filters import filter_of
from state.inbox.thread import ThreadState, handover_reason
from state.inbox.timeline import TimelineState
from state.inbox.translation import TranslationState
from state.inbox.views import ViewsState
from state.inbox.why import WhyState
from state.inbox.writing import WritingState
from state.session import SessionState

WIDGETS = (
    ConversationListState,
    ThreadState,
    TimelineState,
    ComposerState,
    ContactPanelState,
    ChoicesState,
    ViewsState,
    WritingState,
)


class InboxState(SessionState):
    """The address of the inbox, `/inbox/<conversation>?view=&status=&q=`, turned into what its widgets hold."""

    @rx.event
    @answers
    async def load(self) -> None:
        """Load what the address asks for; what is already on screen and live stays as it is."""
        await self._open(await self._principal())

    @rx.event
    @answers
    async def reload(self) -> None:
        """Load everything anew: after an error, or when the browser missed a change."""
        await self._open(await self._principal(), again=True)

    async def _open(self, principal: Principal, again: bool = False) -> None:
        token = self.router.session.client_token
        # Subscribed before anything is read, so that no change falls between.
        subscribed = [hub.subscribe(token, principal, widget) for widget in WIDGETS]
        is_new = again or any(subscribed)
        url = self.router.url
        wanted = filter_of(url.query_parameters)
        asked = _asked_for(url.path)
        conversation_id = _as_id(asked)
        hub.look_at(token, str(conversation_id or ""))
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await self._load_list(session, principal, wanted, is_new)
                    if is_new:
                        await (await self.get_state(ChoicesState))._load(session, principal)
                        await (await self.get_state(ViewsState))._load(session, principal)
                    await self._load_thread(session, principal, conversation_id, is_new)
        except Exception:
            reference = new_id().hex[-12:]
            log.exception("inbox.load_failed", reference=reference)
            (await self.get_state(ThreadState))._clear("failed", asked, reference)
            (await self.get_state(TimelineState))._clear()
            (await self.get_state(ConversationListState))._fail()
            for widget in WIDGETS:
                hub.leave(token, widget)

    async def _load_list(self, session: Any, principal: Principal, wanted: Any, is_new: bool) -> None:
        listed = await self.get_state(ConversationListState)
        if is_new or listed._wanted != wanted or listed._viewer != str(principal.user_id):
            await listed._load(session, principal, wanted)

    async def _load_thread(
        self, session: Any, principal: Principal, conversation_id: UUID | None, is_new: bool
    ) -> None:
        thread = await self.get_state(ThreadState)
        timeline = await self.get_state(TimelineState)
        panel = await self.get_state(ContactPanelState)
        why = await self.get_state(WhyState)
        if why.turn_id and timeline.conversation_id != str(conversation_id or ""):
            why._clear()
        if conversation_id is None:
            asked = _asked_for(self.router.url.path)
            thread._clear("missing" if asked else "none", asked)
            timeline._clear()
            panel._clear()
            (await self.get_state(ComposerState))._clear()
            return
        is_shown = timeline.conversation_id == str(conversation_id) and thread.stage == "ready"
        if is_shown and not is_new:
            return
        if not await thread._load(session, principal, conversation_id):
            timeline._clear()
            panel._clear()
            (await self.get_state(ComposerState))._clear()
            (await self.get_state(WritingState))._clear()
            return
        await timeline._load(session, conversation_id)
        thread.reason = handover_reason(timeline.items)
        await panel._load(session, str(conversation_id), UUID(thread.row["contact_id"]))
        composer = await self.get_state(ComposerState)
        await composer._load(session, principal, conversation_id, last_number(timeline.items))
        await (await self.get_state(WritingState))._load(session, principal, conversation_id)
        await (await self.get_state(TranslationState))._load(session, principal, str(conversation_id))


def last_number(items: Any) -> str:
    """Return which of our numbers the newest message went through, or an empty string."""
    for item in reversed(items):
        if number := item["data"].get("service_number"):
            return str(number)
    return ""


def _asked_for(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) > 1 else ""


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
