"""Write a template in a dialog, and see how it reads for somebody while it is written."""

import json
from collections.abc import Mapping
from typing import Any, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.templates import service as templates
from backend.vocab import MemberRole
from state.editor import Editor
from state.errors import answers
from state.session import SessionState

WRITTEN = ("subject", "body", "goal")
LONGEST = 20_000
# Typing a variable where the cursor was left; the menu that named it hands the focus back first.
_INSERT = (
    "setTimeout(() => {{ const field = document.getElementById('field-template_body'); field?.focus();"
    " document.execCommand('insertText', false, {words}); }}, 120)"
)


class Person(TypedDict):
    """Somebody to show a template for, as a row of the combobox."""

    value: str
    label: str
    hint: str


class TemplateEditorState(Editor, SessionState):
    """The dialog of one template."""

    template_id: str = ""
    kind: str = "message"
    values: dict[str, str] = {}
    is_shared: bool = False
    is_default: bool = False
    may_share: bool = False
    folders: list[str] = []
    variables: list[str] = []
    errors: dict[str, str] = dict.fromkeys(("kind", "folder", "shortcut", "title", "subject", "body", "goal"), "")
    # Grows when the form is filled anew.
    drawing: int = 0

    @rx.event
    @answers
    async def begin(self, kind: str) -> None:
        """Open the dialog for a new template."""
        principal = await self._principal()
        if kind not in templates.KINDS:
            raise Invalid("A template is a message, an email or a call.", field="kind")
        await self._fill(principal, {"kind": kind})

    @rx.event
    @answers
    async def edit(self, template_id: str) -> None:
        """Open the dialog with a stored template."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await templates.get(session, principal, parse_id(template_id))
        if not found["may_change"]:
            raise NotFound("Editors change the templates of the team.")
        await self._fill(principal, found)

    @rx.event
    @answers
    async def set_kind(self, kind: str) -> None:
        """Choose what a new template is for; what was typed stays."""
        await self._principal()
        if not self.template_id and kind in templates.KINDS:
            self.kind = kind

    @rx.event
    @answers
    async def insert(self, name: str) -> Any:
        """Type a variable where the cursor is."""
        await self._principal()
        if name in self.variables:
            return rx.call_script(_INSERT.format(words=json.dumps(f"{{{{{name}}}}}")))
        return None

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store the template and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        self.errors = dict.fromkeys(self.errors, "")

        def said(name: str) -> str:
            return str(form.get(f"template_{name}", "") or "")

        given: dict[str, Any] = {"kind": self.kind, **{name: said(name) for name in ("title", "folder", *WRITTEN)}}
        if self.kind == "message":
            given["shortcut"] = said("shortcut")
        if self.may_share:
            given["is_shared"] = form.get("template_shared") in ("on", "true", True)
            given["is_default"] = form.get("template_default") in ("on", "true", True)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await templates.save(
                    session, principal, given, parse_id(self.template_id) if self.template_id else None
                )
        self.is_open = False
        return rx.toast("The template is saved.")

    async def _fill(self, principal: Principal, found: Mapping[str, Any]) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.folders = await templates.folders(session, principal)
                self.variables = await templates.known(session)
        self.template_id, self.kind = found.get("id", ""), found["kind"]
        self.values = {name: found.get(name, "") for name in ("title", "folder", "shortcut", *WRITTEN)}
        self.is_shared, self.is_default = found.get("is_shared", False), found.get("is_default", False)
        self.may_share = principal.member_role != MemberRole.SUPPORT
        self.errors = dict.fromkeys(self.errors, "")
        self.drawing += 1
        preview = await self.get_state(TemplatePreviewState)
        await preview._begin(principal, self.values)
        self.is_open = True


class TemplatePreviewState(SessionState):
    """How the template in the dialog reads for somebody. The words being written live in the browser."""

    subject: str = ""
    body: str = ""
    goal: str = ""
    segments: int = 0
    is_unicode: bool = False
    missing: str = ""
    unknown: str = ""
    people: list[Person] = []
    person: str = ""
    _said: dict[str, str] = {}

    @rx.event
    @answers
    async def write(self, name: str, words: str) -> None:
        """Show what was typed into one of the fields."""
        principal = await self._principal()
        if name not in WRITTEN:
            raise Invalid("A template has no such part.", field="name")
        self._said = {**self._said, name: words[:LONGEST]}
        await self._show(principal)

    @rx.event
    @answers
    async def search(self, text: str) -> None:
        """Offer the people a text matches."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await contacts.search(session, text[:80])
        self.people = [
            Person(
                value=str(one.id),
                label=one.name or e164.display(one.phone_number or "") or (one.email or ""),
                hint=e164.display(one.phone_number) if one.phone_number and one.name else "",
            )
            for one in found
        ]

    @rx.event
    @answers
    async def choose(self, person: str) -> None:
        """Show the template as it reads for somebody, or for nobody in particular."""
        principal = await self._principal()
        self.person = person[:36]
        await self._show(principal)

    async def _begin(self, principal: Principal, said: Mapping[str, str]) -> None:
        self._said = {name: said[name] for name in WRITTEN}
        await self._show(principal)

    async def _show(self, principal: Principal) -> None:
        contact_id = parse_id(self.person) if self.person else None
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await templates.preview(session, principal, self._said, contact_id)
        self.subject, self.body, self.goal = found.subject, found.body, found.goal
        self.segments, self.is_unicode = found.segments, found.is_unicode
        self.missing, self.unknown = _named(found.missing), _named(found.unknown)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names[:8])
