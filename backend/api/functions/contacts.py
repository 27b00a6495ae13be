"""Serve contacts over the API: list, read, make, change and delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter, Sort
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

_FIELDS = (
    "name", "first_name", "last_name", "phone_number", "email", "company", "job_title", "address", "city", "region",
    "country", "notes",
)  # fmt: skip
# The order of conversations is no column of contacts, so a page of it cannot be numbered.
_SORTS = (Sort.NAME, Sort.COMPANY, Sort.CREATED, Sort.UPDATED)


@router.post("/list-contacts")
async def list_contacts(request: Request, who: Caller) -> JSONResponse:
    """List contacts, those changed last first unless another order is asked for."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    sort = Sort(body.choice("sort_by", _SORTS) or Sort.UPDATED)
    is_descending = body.choice("sort_order", ("asc", "desc")) != "asc"
    search, names = body.text("search", is_required=False, longest=200), body.texts("tags")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            wanted = ContactFilter(search=search, sort=sort, is_descending=is_descending)
            found, total = await contacts.numbered_page(session, wanted, names, limit, offset)
    return body.reply({"contacts": found, "total": total, "has_more": total > offset + limit})


@router.post("/get-contact")
async def get_contact(request: Request, who: Caller) -> JSONResponse:
    """Read one contact, by id or by number, with how much was said."""
    body = await Body.of(request)
    contact_id = body.optional_id("contact_id", "id")
    phone = body.text("phone_number", is_required=False, longest=32)
    if contact_id is None and not phone:
        raise BadParameter("Give contact_id or phone_number.", field="contact_id", code="missing_param")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if contact_id is None:
                number = e164.normalize(phone, await contacts.home_country(session))
                contact_id = await contacts.id_by_phone(session, number)
            row = await contacts.api_row(session, contact_id)
            return body.reply({**row, "stats": await contacts.stats(session, contact_id)})


@router.post("/create-contact")
async def create_contact(request: Request, who: Caller) -> JSONResponse:
    """Make a contact of a number or an address; a number somebody has already is a conflict that names them."""
    body = await Body.of(request)
    given = _given(body)
    given["phone_number"] = body.text("phone_number", is_required=not given.get("email"), longest=32)
    if names := body.texts("tags"):
        given["tags"] = names
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await contacts.create(session, who, given, via="api")
            return body.reply(await contacts.api_row(session, made.id), 201)


@router.post("/update-contact")
async def update_contact(request: Request, who: Caller) -> JSONResponse:
    """Change what is given of a contact; `tags` replaces them all, `add_tags` and `remove_tags` do not."""
    body = await Body.of(request)
    contact_id = body.id("contact_id", "id")
    given = _given(body)
    tags = body.texts("tags") if body.has("tags") else None
    more, less = body.texts("add_tags"), body.texts("remove_tags")
    if not given and tags is None and not more and not less:
        raise BadParameter(f"Name a field to change: {', '.join(_FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await contacts.update(session, who, contact_id, given, via="api")
            if tags is not None:
                known = {tag["name"].lower(): tag["name"] for tag in (await contacts.view(session, contact_id))["tags"]}
                wanted = {name.strip().lower() for name in tags}
                less, more = [*less, *(known[key] for key in known.keys() - wanted)], [*more, *tags]
            if less:
                await contacts.remove_tags(session, who, [contact_id], less)
            if more:
                await contacts.add_tags(session, who, [contact_id], more)
            return body.reply(await contacts.api_row(session, contact_id))


@router.post("/delete-contact")
async def delete_contact(request: Request, who: Caller) -> JSONResponse:
    """Delete a contact; for a month people can bring it back. Deleting it again is no error."""
    body = await Body.of(request)
    contact_id = body.id("contact_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if not await contacts.delete(session, who, [contact_id]):
                await contacts.get(session, contact_id)
    return body.reply({"success": True})


def _given(body: Body) -> dict[str, Any]:
    given: dict[str, Any] = {name: body.text(name, is_required=False) for name in _FIELDS if body.has(name)}
    if body.has("custom_fields"):
        given["custom_fields"] = body.value("custom_fields") or {}
    if body.has("metadata"):
        metadata = body.value("metadata")
        if metadata is not None and not isinstance(metadata, dict):
            raise BadParameter("metadata must be an object.", field="metadata")
        given["api_metadata"] = metadata or {}
    return given
