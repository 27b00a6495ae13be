"""Teach agents something new, or change what they were taught: an address, a text, questions, or a file."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import Pair, SiteWanted
from backend.vocab import SourceKind
from state.errors import answers
from state.knowledge.listing import KnowledgeState
from state.session import SessionState

# One event from a browser may carry a million bytes; a character takes at most four.
PASTE_LIMIT = 200_000
# What the dialog asks for first; which pages of an address comes after.
FORMS = ("address", "text", "pairs", "file")
SITE_KINDS = (SourceKind.PAGE, SourceKind.SITE, SourceKind.SITEMAP)
_FIELDS = (
    "url", "title", "content", "pairs", "max_pages", "crawl_depth", "include_paths", "exclude_paths", "login_headers",
)  # fmt: skip
NO_SITE = {
    "url": "", "max_pages": "100", "crawl_depth": "2", "include_paths": "", "exclude_paths": "",
    "sync_period": "weekly", "header_names": "",
}  # fmt: skip
NO_PAIR: Pair = {"question": "", "answer": ""}


class SourceState(SessionState):
    """The dialog that adds or edits one source."""

    is_open: bool = False
    source_id: str = ""
    form: str = "address"
    site_kind: str = SourceKind.PAGE
    site: dict[str, str] = NO_SITE
    respects_robots: bool = True
    is_more_open: bool = False
    title: str = ""
    content: str = ""
    pairs: list[Pair] = [NO_PAIR]
    agent_id: str = ""
    agents: list[dict[str, str]] = []
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")

    @rx.event
    @answers
    async def begin(self) -> None:
        """Open the dialog for something new."""
        principal = await self._principal()
        listed = await self.get_state(KnowledgeState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found, _ = await agents.list_page(session, agent_type=None, is_active=None, limit=100, offset=0)
        self.agents = [{"value": str(agent.id), "label": agent.name} for agent in found]
        self._fill()
        self.agent_id = listed.agent_id

    @rx.event
    @answers
    async def edit(self, source_id: str) -> None:
        """Open the dialog with a stored source."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                source = await knowledge.get(session, parse_id(source_id))
        self._fill()
        self.source_id, self.title, self.content = source["id"], source["title"], source["content"]
        self.pairs = source["pairs"] or [NO_PAIR]
        if source["kind"] in SITE_KINDS:
            self.form, self.site_kind, self.respects_robots = "address", source["kind"], source["respects_robots"]
            self.site = {
                "url": source["url"],
                "max_pages": str(source["max_pages"]),
                "crawl_depth": str(source["crawl_depth"] or 2),
                "include_paths": "\n".join(source["include_paths"]),
                "exclude_paths": "\n".join(source["exclude_paths"]),
                "sync_period": source["sync_period"],
                "header_names": ", ".join(source["login_header_names"]),
            }
        else:
            self.form = "pairs" if source["kind"] == SourceKind.PAIRS else "text"

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; a long text does not stay in the tab's memory."""
        await self._principal()
        if not is_open:
            self._close()

    @rx.event
    @answers
    async def choose_form(self, form: str) -> None:
        """Choose what to add."""
        await self._principal()
        self.form = form if form in FORMS else "address"

    @rx.event
    @answers
    async def choose_site_kind(self, kind: str) -> None:
        """Choose which pages of an address are read."""
        await self._principal()
        self.site_kind = kind if kind in SITE_KINDS else SourceKind.PAGE

    @rx.event
    @answers
    async def choose_agent(self, agent_id: str) -> None:
        """Choose who answers from it: one agent, or all when it is empty."""
        await self._principal()
        self.agent_id = agent_id if any(agent_id == one["value"] for one in self.agents) else ""

    @rx.event
    @answers
    async def set_robots(self, respects_robots: bool) -> None:
        """Keep to the site's rules for readers, or not."""
        await self._principal()
        self.respects_robots = respects_robots

    @rx.event
    @answers
    async def set_more_open(self) -> None:
        """Show what is rarely needed, or hide it."""
        await self._principal()
        self.is_more_open = not self.is_more_open

    @rx.event
    @answers
    async def add_pair(self) -> None:
        """Make room for one more question."""
        await self._principal()
        if len(self.pairs) < 100:
            self.pairs = [*self.pairs, NO_PAIR]

    @rx.event
    @answers
    async def taken(self) -> None:
        """Close the dialog after a file was taken."""
        principal = await self._principal()
        self._close()
        await (await self.get_state(KnowledgeState))._show(principal)

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> None:
        """Store what was filled in and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        self.errors = dict.fromkeys(_FIELDS, "")
        agent_id = parse_id(self.agent_id) if self.agent_id else None
        with org_scope(principal.org_id):
            if self.form == "address":
                await self._save_site(principal, self._site_wanted(form), agent_id)
            else:
                await self._save_text(principal, form, agent_id)
        self._close()
        listed = await self.get_state(KnowledgeState)
        await listed._show(principal)

    async def _save_site(self, principal: Principal, wanted: SiteWanted, agent_id: Any) -> None:
        async with unit_of_work() as session:
            if self.source_id:
                await knowledge.change_site(session, principal, parse_id(self.source_id), wanted)
            else:
                await knowledge.add_site(session, principal, wanted, agent_id)

    async def _save_text(self, principal: Principal, form: Mapping[str, Any], agent_id: Any) -> None:
        title, content = str(form.get("title") or ""), str(form.get("content") or "")
        pairs = _pairs(form, len(self.pairs)) if self.form == "pairs" else None
        async with unit_of_work() as session:
            if self.source_id:
                await knowledge.update_text(
                    session, principal, parse_id(self.source_id), title=title, content=content, pairs=pairs
                )
            elif pairs is not None:
                await knowledge.add_pairs(session, principal, title, pairs, agent_id)
            else:
                await knowledge.add_text(session, principal, title, content, agent_id)

    def _site_wanted(self, form: Mapping[str, Any]) -> SiteWanted:
        return SiteWanted(
            kind=self.site_kind,
            url=str(form.get("url") or ""),
            title=str(form.get("title") or ""),
            max_pages=_number(form, "max_pages", self.site),
            crawl_depth=_number(form, "crawl_depth", self.site),
            include_paths=tuple(str(form.get("include_paths", self.site["include_paths"])).splitlines()),
            exclude_paths=tuple(str(form.get("exclude_paths", self.site["exclude_paths"])).splitlines()),
            respects_robots=self.respects_robots,
            login_headers=_headers(form),
            sync_period=str(form.get("sync_period") or self.site["sync_period"]),
        )

    def _fill(self) -> None:
        self.source_id = self.title = self.content = self.agent_id = ""
        self.form, self.site_kind, self.site, self.pairs = "address", SourceKind.PAGE, NO_SITE, [NO_PAIR]
        self.respects_robots, self.is_more_open, self.errors = True, False, dict.fromkeys(_FIELDS, "")
        self.is_open = True

    def _close(self) -> None:
        self.is_open, self.content, self.pairs = False, "", [NO_PAIR]


def _number(form: Mapping[str, Any], name: str, site: Mapping[str, str]) -> int:
    text = str(form.get(name) or site[name]).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid("Give a whole number.", field=name)
    return int(text)


def _pairs(form: Mapping[str, Any], number: int) -> list[Pair]:
    return [
        Pair(question=str(form.get(f"question-{place}") or ""), answer=str(form.get(f"answer-{place}") or ""))
        for place in range(number)
    ]


def _headers(form: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the login headers as typed, one a line; None leaves those there are."""
    if form.get("forget_headers"):
        return {}
    lines = [line for line in str(form.get("login_headers") or "").splitlines() if line.strip()]
    if not lines:
        return None
    pairs = [line.partition(":") for line in lines]
    if not all(mark for _, mark, _ in pairs):
        raise Invalid("Write one header a line, as “Name: value”.", field="login_headers")
    return {name.strip(): value.strip() for name, _, value in pairs}
