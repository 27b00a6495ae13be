"""Show owners who did what, a page at a time; person, subject and days live in the address."""

from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.vocab import MemberRole
from state.address import with_filters
from state.errors import answers
from state.inbox.filters import days_of, id_of, one_of, zone_of
from state.session import SessionState

PATH = "/team/activity"
# Filters by their names in the address, and where they are held.
VARS = {"person": "person", "subject": "subject", "from": "since", "to": "until"}
FILTERS = (*VARS, "tz")
# A list travels whole when it changes: 500 rows are 100 KB; older ones are a filter or the file away.
MOST_ROWS = 500


class Somebody(TypedDict):
    """Somebody to filter by."""

    value: str
    label: str


class ActivityState(SessionState):
    """The list of `/team/activity`: its address is the filter."""

    rows: list[organizations.ActivityRow] = []
    has_more: bool = False
    stage: str = ""
    """Empty while loading, then `ready` or `owners` for somebody who is none."""
    has_failed: bool = False
    reference: str = ""
    people: list[Somebody] = []
    file: str = ""
    """Where the same rows are as a file."""
    person: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    tz: str = ""
    is_filtered: bool = False
    _wanted: organizations.ActivityFilter = organizations.ActivityFilter()
    _after: tuple[datetime, UUID] | None = None

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the first page of what the address asks for."""
        principal = await self._principal()
        self.has_failed, self.reference = False, ""
        if principal.member_role != MemberRole.OWNER:
            self.stage, self.rows, self.has_more = "owners", [], False
            return
        wanted = self._ask(self.router.url.query_parameters)
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    page = await organizations.activity(session, principal, wanted)
                    people = await organizations.actors(session, principal)
        except Exception:
            # What was shown before stays, under a toast.
            self.has_failed = not self.stage
            raise
        self.people = [{"value": one["id"], "label": one["name"]} for one in people]
        self._wanted, self._after = wanted, page.next
        self.rows, self.has_more, self.stage = page.rows, page.next is not None, "ready"

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show the next page below."""
        principal = await self._principal()
        if self._after is None:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await organizations.activity(session, principal, self._wanted, self._after)
        self.rows = [*self.rows, *page.rows]
        self._after = page.next if len(self.rows) < MOST_ROWS else None
        self.has_more = self._after is not None

    @rx.event
    @answers
    async def filter_by(self, name: str, value: str, zone: str) -> Any:
        """Put one filter into the address, with the reader's zone that days are meant in."""
        await self._principal()
        # Taken over at once: the next change may come before this one has loaded.
        if name in VARS:
            setattr(self, VARS[name], value)
        kept = {name: getattr(self, var) for name, var in VARS.items()}
        days = zone if kept["from"] or kept["to"] else ""
        return rx.redirect(with_filters(PATH, kept, FILTERS, tz=days), replace=True)

    def _ask(self, query: Any) -> organizations.ActivityFilter:
        """Take the filter over from an address; unknown values count as not given."""
        since, until = days_of(query, zone_of(query))
        self.person = str(id_of(query.get("person")) or "")
        self.subject = one_of(query.get("subject"), organizations.SUBJECTS, "")
        self.since = str(query.get("from", "")) if since else ""
        self.until = str(query.get("to", "")) if until else ""
        self.is_filtered = bool(self.person or self.subject or since or until)
        asked = {
            "person": self.person,
            "subject": self.subject,
            "from": since.isoformat() if since else "",
            "to": until.isoformat() if until else "",
        }
        self.file = f"/api/activity.csv?{urlencode({name: value for name, value in asked.items() if value})}"
        return organizations.ActivityFilter(self.person, self.subject, since, until)
