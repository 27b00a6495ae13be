"""Talk with the assistant in a tab: the person's talks, the open one, and the answer while it is written."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from backend.assistant import service as assistant
from backend.assistant.schemas import Begun, Choice, DiffLine, MessageRow, ProposalRow, TalkRow, ToolRow
from backend.core.errors import Invalid, MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

__all__ = [
    "AnswerState",
    "AssistantState",
    "Choice",
    "DiffLine",
    "MessageRow",
    "ProposalRow",
    "TalkRow",
    "ToolRow",
]

# Often enough that a text is seen to grow; a model writes faster than a tab need be told.
SHOW_EVERY_S = 0.08


class AnswerState(SessionState):
    """The answer under way: its text so far, and the tool at work. It changes often, so it stands alone."""

    text: str = ""
    doing: str = ""


class AssistantState(SessionState):
    """The page `/agent/<talk>`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"assistant.changed", "resync"})

    talks: list[TalkRow] = []
    talk_id: str = ""
    title: str = ""
    messages: list[MessageRow] = []
    is_writing: bool = False
    # A question is on its way to its talk; there is nothing to stop yet, and a second press asks nothing.
    is_asking: bool = False
    is_loaded: bool = False
    is_missing: bool = False
    has_failed: bool = False
    reference: str = ""
    error: str = ""
    is_deleting: bool = False
    # Which proposal is being decided, so that its buttons wait.
    deciding: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the talk of the address, or an empty one, and the talks before it."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, AssistantState)
        asked = self.router.url.path.strip("/").partition("/")[2]
        if asked != self.talk_id:
            self._clear()
        self.has_failed, self.reference, self.is_missing, self.is_deleting = False, "", False, False
        self.talk_id = asked
        try:
            await self._refresh(principal)
        except Exception:
            self.has_failed = True
            raise
        self.is_loaded = True

    @rx.event(background=True)
    @answers
    async def ask(self, text: str) -> AsyncIterator[Any]:
        """Ask the assistant, and show its answer while it is written."""
        async with self:
            principal = await self._principal()
            if self.is_writing or self.is_asking:
                return
            self.error, self.is_asking = "", True
            open_talk = self.talk_id
        try:
            talk_id = parse_id(open_talk) if open_talk else None
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    begun = await assistant.ask(session, principal, text, talk_id)
        except MagpipeError as problem:
            async with self:
                self.error, self.is_asking = problem.message, False
            return
        except BaseException:
            async with self:
                self.is_asking = False
            raise
        async with self:
            self.is_asking = False
            self.talk_id = str(begun.conversation_id)
            await self._refresh(principal)
        if not open_talk:
            yield rx.redirect(f"/agent/{begun.conversation_id}", replace=True)
        await self._write(principal, begun)

    @rx.event(background=True)
    @answers
    async def ask_again(self) -> None:
        """Have the last question answered anew."""
        async with self:
            principal = await self._principal()
            if self.is_writing or not self.talk_id:
                return
            self.error = ""
            talk_id = parse_id(self.talk_id)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                begun = await assistant.ask_again(session, principal, talk_id)
        async with self:
            await self._refresh(principal)
        await self._write(principal, begun)

    @rx.event
    @answers
    async def stop(self) -> None:
        """Stop the answer; what is there of it stays."""
        principal = await self._principal()
        if not self.talk_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await assistant.stop(session, principal, parse_id(self.talk_id))
        await self._refresh(principal)

    @rx.event
    @answers
    async def confirm(self, proposal_id: str) -> AsyncIterator[Any]:
        """Do what was proposed, as it was shown."""
        principal = await self._principal()
        self.deciding = proposal_id
        yield
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await assistant.confirm(session, principal, parse_id(proposal_id))
        finally:
            self.deciding = ""
            await self._refresh(principal)

    @rx.event
    @answers
    async def dismiss(self, proposal_id: str) -> None:
        """Put a proposal aside."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await assistant.dismiss(session, principal, parse_id(proposal_id))
        finally:
            await self._refresh(principal)

    @rx.event
    @answers
    async def set_deleting(self, is_open: bool) -> None:
        """Open or close the question whether to delete the open talk."""
        await self._principal()
        self.is_deleting = is_open

    @rx.event
    @answers
    async def delete(self) -> Any:
        """Delete the open talk."""
        principal = await self._principal()
        if not self.talk_id:
            return None
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await assistant.delete(session, principal, parse_id(self.talk_id))
        self._clear()
        return rx.redirect("/agent")

    async def _hear(self, batch: Sequence[News]) -> None:
        """Show what another tab of the same person did."""
        principal = await self._principal()
        if any("resync" in news.kinds or str(principal.user_id) in news.subjects for news in batch):
            await self._refresh(principal)

    async def _write(self, principal: Principal, begun: Begun) -> None:
        loop = asyncio.get_running_loop()
        shown, last = 0.0, ""

        async def show(text: str, doing: str) -> None:
            nonlocal shown, last
            if doing == last and loop.time() - shown < SHOW_EVERY_S:
                return
            shown, last = loop.time(), doing
            async with self:
                if self.talk_id == str(begun.conversation_id):
                    writing = await self.get_state(AnswerState)
                    writing.text, writing.doing = text, doing

        await assistant.answer(principal, begun, show)
        async with self:
            if self.talk_id == str(begun.conversation_id):
                await self._refresh(principal)

    async def _refresh(self, principal: Principal) -> None:
        """Read the talks and the open one; none is open when it is not the person's."""
        wanted = _as_id(self.talk_id)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.talks = await assistant.talks(session, principal)
                try:
                    talk = await assistant.read(session, principal, wanted) if wanted else None
                except NotFound:
                    talk = None
        self.is_missing = talk is None and bool(self.talk_id)
        self.title = talk.row["title"] if talk else ""
        self.messages = talk.messages if talk else []
        self.is_writing = talk.is_writing if talk else False
        if not self.is_writing:
            writing = await self.get_state(AnswerState)
            writing.text, writing.doing = "", ""

    def _clear(self) -> None:
        self.talk_id, self.title, self.messages, self.error = "", "", [], ""
        self.is_writing = self.is_missing = self.is_deleting = self.is_loaded = False


def _as_id(text: str) -> UUID | None:
    try:
        return parse_id(text) if text else None
    except (Invalid, NotFound):
        return None
