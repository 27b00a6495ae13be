"""Make or change an alert in a dialog, and try it on what customers wrote before."""

from collections.abc import Mapping
from typing import Any, TypedDict

import reflex as rx

from backend.alerts import service as alerts
from backend.alerts.schemas import TriedRow
from backend.core.errors import Conflict, Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.templates import service as templates
from state.agents.alerts import AlertsState
from state.agents.open_agent import AgentState
from state.editor import Editor
from state.errors import answers
from state.session import SessionState

FIELDS = (
    "name", "topic", "examples", "threshold", "channels", "cooldown_minutes", "action_type", "target", "secret",
    "subject", "words", "template_id",
)  # fmt: skip
KINDS = ("email", "sms", "slack", "hubspot", "webhook")
SHOWN = 20
# The form is longer than its dialog, so what is wrong is brought into view.
SHOW_ERROR = (
    "setTimeout(() => [...document.querySelectorAll('#alert-form [id$=-error]')]"
    ".find((one) => one.textContent)?.scrollIntoView({block: 'center'}), 100)"
)


class Choice(TypedDict):
    """A template to send instead of own words."""

    value: str
    label: str


class AlertEditorState(Editor, SessionState):
    """The dialog of one alert."""

    alert_id: str = ""
    kind: str = "email"
    values: dict[str, str] = {}
    has_sms: bool = True
    has_chat: bool = True
    is_per_customer: bool = False
    has_secret: bool = False
    percent: int = round(alerts.USUAL * 100)
    template_id: str = ""
    choices: list[Choice] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    # Grows when the form is filled anew.
    drawing: int = 0

    @rx.event
    @answers
    async def begin(self) -> None:
        """Open the dialog for a new alert."""
        await self._principal()
        await self._fill({})

    @rx.event
    @answers
    async def edit(self, alert_id: str) -> None:
        """Open the dialog with a stored alert."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await alerts.alert(session, principal, parse_id(alert_id))
        await self._fill(found)

    @rx.event
    @answers
    async def set_kind(self, kind: str) -> None:
        """Choose what the alert does."""
        await self._principal()
        if kind in KINDS and kind != self.kind:
            self.kind, self.has_secret = kind, False
            self.values = {**self.values, "target": "", "secret": ""}

    @rx.event
    @answers
    async def set_percent(self, percent: str) -> None:
        """Choose how alike a message must be."""
        await self._principal()
        self.percent = _percent(percent)

    @rx.event
    @answers
    async def set_template(self, template_id: str) -> None:
        """Choose a template to send, or own words."""
        await self._principal()
        self.template_id = template_id if any(one["value"] == template_id for one in self.choices) else ""

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store the alert and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened, listed = await self.get_state(AgentState), await self.get_state(AlertsState)
        self.errors = dict.fromkeys(FIELDS, "")
        alert_id = parse_id(self.alert_id) if self.alert_id else None
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    saved = await alerts.save(session, principal, parse_id(opened.id), self._given(form), alert_id)
        except (Invalid, Conflict) as error:
            field = error.field if error.field in FIELDS else "name"
            self.errors = {**self.errors, field: error.message}
            return rx.call_script(SHOW_ERROR)
        self.is_open = False
        await listed._show(principal)
        listed.new_secret = saved.new_secret
        return rx.toast("The alert is saved and listens.")

    def _given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        def said(name: str) -> str:
            return str(form.get(f"alert_{name}", "") or "").strip()

        given: dict[str, Any] = {
            "name": said("name"),
            "topic": said("topic"),
            "examples": _lines(said("examples")),
            "threshold": self.percent / 100,
            "channels": _channels(form),
            "cooldown_minutes": int(said("cooldown")[:5]) if said("cooldown").isdecimal() else 60,
            "is_cooldown_per_customer": form.get("alert_per_customer") in ("on", "true", True),
            "action_type": self.kind,
            "template_id": self.template_id,
            "subject": said("subject"),
            "words": said("words"),
        }
        return given | ({"secret": said("secret")} if self.kind in ("slack", "hubspot") else {"target": said("target")})

    async def _fill(self, found: Mapping[str, Any]) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                listed, _ = await templates.templates(session, principal)
        self.choices = [
            Choice(value=one["id"], label=one["title"])
            for one in listed
            if one["is_shared"] and one["kind"] in ("message", "email")
        ]
        self.alert_id, self.kind = found.get("id", ""), found.get("action_type", "email")
        self.values = {
            "name": found.get("name", ""),
            "topic": found.get("topic", ""),
            "examples": "\n".join(found.get("examples", [])),
            "cooldown": str(found.get("cooldown_minutes", 60)),
            "target": found.get("target", "") if not found.get("has_secret") else "",
            "server": found.get("target", "") if found.get("has_secret") else "",
            "subject": found.get("subject", ""),
            "words": found.get("words", ""),
        }
        channels = found.get("channels") or ["sms", "chat"]
        self.has_sms, self.has_chat = "sms" in channels, "chat" in channels
        self.is_per_customer, self.has_secret = (
            found.get("is_cooldown_per_customer", False),
            found.get("has_secret", False),
        )
        self.percent = round(found.get("threshold", alerts.USUAL) * 100)
        self.template_id = found.get("template_id", "")
        self.errors = dict.fromkeys(FIELDS, "")
        self.drawing += 1
        (await self.get_state(AlertTryState))._clear()
        self.is_open = True


class AlertTryState(SessionState):
    """What the alert in the dialog would have matched."""

    rows: list[TriedRow] = []
    own: TriedRow = {
        "text": "",
        "phrase": "",
        "score": 0.0,
        "percent": 0,
        "channel": "",
        "conversation_id": "",
        "at": "",
    }
    tried: int = 0
    is_trying: bool = False
    is_done: bool = False
    error: str = ""

    @rx.event(background=True)
    @answers
    async def attempt(self, form: dict[str, Any]) -> None:
        """Compare what customers wrote to this agent with the topic as it stands in the form; sends nothing."""
        async with self:
            principal = await self._principal()
            opened = await self.get_state(AgentState)
            agent_id = parse_id(opened.id)
            self.is_trying, self.error = True, ""
        found: list[TriedRow] = []
        error = ""
        said = str(form.get("alert_own", "") or "").strip()[:1000]
        try:
            found = await alerts.try_out(
                principal,
                agent_id,
                str(form.get("alert_topic", "") or ""),
                _lines(str(form.get("alert_examples", "") or "")),
                _channels(form),
                said,
            )
        except MagpipeError as problem:
            error = problem.message
        finally:
            async with self:
                self.is_trying, self.error = False, error
                if not error:
                    self._take(found, has_own=bool(said))

    def _take(self, found: list[TriedRow], *, has_own: bool) -> None:
        own, past = (found[:1], found[1:]) if has_own else ([], found)
        self.own = own[0] if own else {**self.own, "text": ""}
        self.rows, self.tried, self.is_done = past[:SHOWN], len(past), True

    def _clear(self) -> None:
        self.rows, self.tried, self.is_done, self.error = [], 0, False, ""
        self.own = {**self.own, "text": ""}


def _lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def _channels(form: Mapping[str, Any]) -> list[str]:
    """Return the channels ticked; none at all means all of them, as no alert is meant to hear nothing."""
    return [one for one in ("sms", "chat") if form.get(f"alert_{one}") in ("on", "true", True)]


def _percent(said: str) -> int:
    return max(20, min(95, int(said))) if said.isdecimal() and len(said) < 4 else round(alerts.USUAL * 100)
