"""Show who else looks at the open conversation or writes in it: each tab says so, and is forgotten when it is silent.

Nothing is stored: what a tab says travels to the others and ends there.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, TypedDict

import reflex as rx

from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.core import clock, realtime
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import Channel
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

# A tab says that it is here every 20 s; two that are missed count as gone.
SILENT_AFTER = timedelta(seconds=45)
# While somebody writes, their tab says so every 4 s.
STILL_AFTER = timedelta(seconds=9)
KIND = "inbox.presence"
MARK = "|"
HERE, WRITES, GONE = "here", "writes", "gone"


class Other(TypedDict):
    """Somebody else at the conversation."""

    user_id: str
    name: str
    is_writing: bool


class PresenceState(SessionState):
    """The other people at the open conversation, and whether its visitor writes."""

    HEARS: ClassVar[frozenset[str]] = frozenset({KIND, "chat.typing"})

    others: list[Other] = []
    visitor_writes: bool = False
    _seen: dict[str, tuple[str, str, str]] = {}
    _visitor_at: str = ""
    _conversation_id: str = ""

    @rx.event
    @answers
    async def here(self, conversation_id: str, doing: str) -> None:
        """Say that this person is at a conversation (`here`), `writes` in it or is `gone`."""
        principal = await self._principal()
        if doing not in (HERE, WRITES, GONE):
            doing = HERE
        conversation = parse_id(conversation_id)
        hub.subscribe(self.router.session.client_token, principal, PresenceState)
        if self._conversation_id != str(conversation) and doing != GONE:
            self._conversation_id, self._seen, self._visitor_at = str(conversation), {}, ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if doing == GONE and await conversations.row(session, conversation) is None:
                    return  # merged into another while somebody looked at it: nobody is left to be told
                found = await conversations.get(session, conversation)
                name = principal.name.replace(MARK, " ")[:80]
                subject = MARK.join((str(conversation), str(principal.user_id), doing, name))
                await realtime.announce(session, principal.org_id, KIND, subject=subject)
                if doing == WRITES and found.last_channel == Channel.CHAT:
                    await chat.show_typing(session, principal, conversation)
        self._show()

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        now = clock.now().isoformat()
        seen = dict(self._seen)
        for news in batch:
            for subject in news.subjects:
                if "chat.typing" in news.kinds and subject == self._conversation_id:
                    self._visitor_at = now
                    continue
                conversation_id, _, rest = subject.partition(MARK)
                user_id, _, rest = rest.partition(MARK)
                doing, _, name = rest.partition(MARK)
                if conversation_id != self._conversation_id or user_id == str(principal.user_id):
                    continue
                if doing == GONE:
                    seen.pop(user_id, None)
                else:
                    seen[user_id] = (name, doing, now)
        self._seen = seen
        self._show()

    def _show(self) -> None:
        now = clock.now()
        silent, still = (now - SILENT_AFTER).isoformat(), (now - STILL_AFTER).isoformat()
        self._seen = {user_id: seen for user_id, seen in self._seen.items() if seen[2] > silent}
        found = [
            Other(user_id=user_id, name=name, is_writing=doing == WRITES and at > still)
            for user_id, (name, doing, at) in sorted(self._seen.items())
        ]
        if found != self.others:
            self.others = found
        writes = self._visitor_at > still
        if writes != self.visitor_writes:
            self.visitor_writes = writes
