"""Hold translations of the open conversation's messages, as somebody asks for them."""

from typing import Any, TypedDict

import reflex as rx

from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox import service as inbox
from state.errors import answers
from state.session import SessionState

MOST_KEPT = 200


class Language(TypedDict):
    """A language to read in."""

    value: str
    label: str


LANGUAGES: list[Language] = [
    {"value": code, "label": name} for code, name in sorted(inbox.LANGUAGES.items(), key=lambda one: one[1])
]


class TranslationState(SessionState):
    """What was translated in the open conversation, by place; `busy` are the places being worked on."""

    conversation_id: str = ""
    language: str = ""
    texts: dict[str, str] = {}
    busy: list[int] = []
    error: str = ""

    async def _load(self, session: Any, principal: Principal, conversation_id: str) -> None:
        if self.conversation_id != conversation_id:
            self.conversation_id, self.texts, self.busy, self.error = conversation_id, {}, [], ""
        self.language = self.language or (await inbox.preferences(session, principal))["language"]

    @rx.event
    @answers
    async def choose(self, language: str) -> None:
        """Read in another language from now on."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await inbox.set_preference(session, principal, "language", language)
        self.language, self.texts = language, {}

    @rx.event(background=True)
    @answers
    async def translate(self, conversation_id: str, seqs: list[int], language: str) -> Any:
        """Translate messages of the open conversation; the page stays at work meanwhile."""
        async with self:
            principal = await self._principal()
            wanted = [seq for seq in seqs if isinstance(seq, int) and not isinstance(seq, bool)][:20]
            conversation = parse_id(conversation_id)
            if not wanted:
                raise Invalid("Choose messages to translate.", field="seqs")
            self.busy, self.error = wanted, ""
        found: dict[int, str] = {}
        error = ""
        try:
            found = await inbox.translate(principal, conversation, wanted, language)
        except MagpipeError as problem:
            error = problem.message
        async with self:
            self.busy, self.error = [], error
            if self.conversation_id == str(conversation):
                kept = self.texts if self.language == language else {}
                self.language = language
                self.texts = dict([*kept.items(), *((str(seq), text) for seq, text in found.items())][-MOST_KEPT:])
