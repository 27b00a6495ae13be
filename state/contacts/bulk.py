"""Work on many contacts at once: tag them, delete them with a way back, bring them back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import reflex as rx

from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.session import SessionState

# One bulk change; the service refuses more.
MOST = 10_000
# So many deletions of this tab can still be taken back.
REMEMBERED = 20


class ContactTagsState(SessionState):
    """Tags on many contacts."""

    @rx.event
    @answers
    async def tag(self, ids: list[str], is_everybody: bool, name: str, is_on: bool) -> Any:
        """Put a tag on the chosen contacts, or on all the address finds, or take it off them."""
        principal = await self._principal()
        act = contacts.add_tags if is_on else contacts.remove_tags
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                chosen = await _chosen(session, self.router.url.query_parameters, ids, is_everybody)
                changed = await act(session, principal, chosen, [name])
        what = f"“{name.strip()}” put on" if is_on else f"“{name.strip()}” taken off"
        return rx.toast(f"{what} {_people(len(changed))}.")


class ContactBinState(SessionState):
    """The deleted contacts, and the way to and from them."""

    _gone: dict[str, list[str]] = {}

    @rx.event
    @answers
    async def delete(self, ids: list[str], is_everybody: bool) -> Any:
        """Delete the chosen contacts, or all the address finds, with a way back."""
        return await self._delete(ids, is_everybody)

    @rx.event
    @answers
    async def delete_open(self, contact_id: str) -> Any:
        """Delete the contact whose page is open and go back to the list, with a way back."""
        said = await self._delete([contact_id], False)
        if said is None:
            raise NotFound("This contact does not exist.")
        return [rx.redirect("/contacts"), said]

    @rx.event
    @answers
    async def undo(self, token: str) -> Any:
        """Bring back what one deletion took."""
        return await self._restore(self._gone.get(token, []))

    @rx.event
    @answers
    async def restore(self, ids: list[str]) -> Any:
        """Bring chosen contacts back out of the deleted ones."""
        return await self._restore(ids)

    async def _delete(self, ids: Sequence[Any], is_everybody: bool) -> Any:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                chosen = await _chosen(session, self.router.url.query_parameters, ids, is_everybody)
                gone = await contacts.delete(session, principal, chosen)
        if not gone:
            return None
        token = str(gone[0])
        self._gone = dict(list({**self._gone, token: [str(id) for id in gone]}.items())[-REMEMBERED:])
        undo = {"label": "Undo", "on_click": ContactBinState.undo(token)}
        return rx.toast(f"{_people(len(gone))} deleted.", action=undo)

    async def _restore(self, ids: Sequence[Any]) -> Any:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                back = await contacts.restore(session, principal, _ids(ids))
        return rx.toast(f"{_people(len(back))} back.")


async def _chosen(session: Any, query: Any, ids: Sequence[Any], is_everybody: bool) -> list[UUID]:
    if is_everybody:
        return await contacts.ids(session, ContactFilter.of_query(query), MOST)
    return _ids(ids)


def _ids(given: Any) -> list[UUID]:
    if not isinstance(given, list) or len(given) > MOST:
        raise Invalid(f"Choose at most {MOST:,} contacts at once.")
    return [parse_id(id, "contact") for id in given]


def _people(count: int) -> str:
    return "1 contact" if count == 1 else f"{count:,} contacts"
