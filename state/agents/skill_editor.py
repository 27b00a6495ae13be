"""Set a skill up in a dialog, and see in it what the settings would do before they are saved."""

from collections.abc import Mapping
from typing import Any, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.skills import service as skills
from backend.skills.schemas import PersonRow, SkillSettings
from backend.tags import service as tags
from backend.vocab import FieldKind
from state.agents import skill_form
from state.agents.open_agent import AgentState
from state.agents.skill_form import Field
from state.agents.skills import SkillsState
from state.errors import answers
from state.session import SessionState

# What the dialog asks beside a skill's own settings; errors of anything else stand over the buttons.
SECTIONS = ("secret", "audience", "sending_window", "daily_limit", "schedule_config", "recipients", "other")
TAG_LISTS = ("tags_any", "tags_none")
SHOW_ERROR = (
    "setTimeout(() => [...document.querySelectorAll('#skill-form [id$=-error]')]"
    ".find((one) => one.textContent)?.scrollIntoView({block: 'center'}), 100)"
)
SHOW_TRIAL = "setTimeout(() => document.getElementById('skill-trial')?.scrollIntoView({block: 'start'}), 100)"


class Choice(TypedDict):
    """Somebody or something to choose."""

    value: str
    label: str
    is_on: bool


class Tried(TypedDict):
    """What the settings would do now."""

    is_shown: bool
    found: int
    would_send: int
    left_out: int
    over_limit: int
    preview: str
    preview_for: str
    report: str


NOT_TRIED = Tried(
    is_shown=False, found=0, would_send=0, left_out=0, over_limit=0, preview="", preview_for="", report=""
)


class SkillEditorState(SessionState):
    """The dialog of one skill's settings."""

    is_open: bool = False
    slug: str = ""
    name: str = ""
    needs: str = ""
    is_outreach: bool = True
    is_record: bool = False
    secret_title: str = ""
    has_secret: bool = False
    is_enabled: bool = False
    asks_agent: bool = True
    variables: str = ""
    fields: list[Field] = []
    audience: dict[str, bool] = {"only_agent": True, "skip_unhappy": True, "skip_with_person": True}
    tags_any: list[Choice] = []
    tags_none: list[Choice] = []
    tag_options: list[dict[str, str]] = []
    window_days: list[Choice] = []
    window: dict[str, str] = {"start": "09:00", "end": "19:00"}
    daily_limit: str = "50"
    trigger: str = ""
    triggers: list[str] = []
    interval: str = "daily"
    schedule: dict[str, str] = {"time": "09:00", "every": "6", "day": "1"}
    schedule_days: list[Choice] = []
    recipients: list[Choice] = []
    timezone: str = ""
    errors: dict[str, str] = dict.fromkeys(SECTIONS, "")
    tried: Tried = NOT_TRIED
    people: list[PersonRow] = []
    is_working: bool = False
    drawing: int = 0

    @rx.event
    @answers
    async def edit(self, slug: str) -> None:
        """Open the dialog of a skill."""
        principal = await self._principal()
        agent_id = (await self.get_state(AgentState)).id
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await skills.settings_of(session, principal, parse_id(agent_id), slug)
                known = await tags.all_tags(session)
                dates = [
                    (one["key"], one["label"])
                    for one in await contacts.fields(session)
                    if one["kind"] == FieldKind.DATE
                ]
                team = await organizations.members(session, principal)
        listed = await self.get_state(SkillsState)
        self.is_enabled = any(one["slug"] == slug and one["is_enabled"] for one in listed.cards)
        self._fill(found, dates)
        names = {one["id"]: one["name"] for one in known}
        self.tag_options = [{"value": id, "label": name} for id, name in names.items()]
        for which in TAG_LISTS:
            chosen = [str(id) for id in found["audience"][which] if id in names]
            setattr(self, which, [Choice(value=id, label=names[id], is_on=True) for id in chosen])
        self.recipients = [
            Choice(value=one["user_id"], label=one["name"], is_on=one["user_id"] in found["recipients"])
            for one in team
            if one["user_id"] and one["state"] == "approved"
        ]

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; nobody's name stays in the tab's memory."""
        await self._principal()
        if not is_open:
            self.is_open, self.people, self.tried = False, [], NOT_TRIED

    @rx.event
    @answers
    async def set_interval(self, interval: str) -> None:
        """Choose how often the skill runs, which decides what else is asked."""
        await self._principal()
        self.interval = interval[:20]

    @rx.event
    @answers
    async def set_trigger(self, trigger: str) -> None:
        """Choose whether the clock starts the skill, or people alone."""
        await self._principal()
        self.trigger = trigger[:20]

    @rx.event
    @answers
    async def add_tag(self, which: str, tag_id: str) -> None:
        """Add a tag to those a customer needs, or must not have."""
        await self._principal()
        label = next((one["label"] for one in self.tag_options if one["value"] == tag_id), "")
        if which in TAG_LISTS and label and not any(one["value"] == tag_id for one in getattr(self, which)):
            setattr(self, which, [*getattr(self, which), Choice(value=tag_id, label=label, is_on=True)])

    @rx.event
    @answers
    async def remove_tag(self, which: str, tag_id: str) -> None:
        """Take a tag out again."""
        await self._principal()
        if which in TAG_LISTS:
            setattr(self, which, [one for one in getattr(self, which) if one["value"] != tag_id])

    @rx.event(background=True)
    @answers
    async def submit(self, form: dict[str, Any]) -> Any:
        """Save the settings, switch the skill on with them, or try them without sending; `intent` says which."""
        async with self:
            principal = await self._principal()
            agent_id = (await self.get_state(AgentState)).id
            if self.is_working or not self.slug:
                return None
            self._clear_errors()
            slug, intent = self.slug, str(form.get("intent", ""))
            try:
                changes = self._changes(form)
            except Invalid as error:
                return self._refuse(error)
            self.is_working = True
        try:
            if intent == "try":
                done = await self._try(principal, agent_id, slug, changes)
            else:
                done = await self._save(principal, agent_id, slug, changes, is_on=intent == "on")
        except MagpipeError as error:
            async with self:
                self.is_working = False
                return self._refuse(error)
        except BaseException:
            async with self:
                self.is_working = False
            raise
        return done

    async def _save(
        self, principal: Principal, agent_id: str, slug: str, changes: Mapping[str, Any], *, is_on: bool
    ) -> Any:
        definition = skills.by_definition(slug)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await skills.save(
                    session, principal, parse_id(agent_id), definition, changes, is_enabled=True if is_on else None
                )
        async with self:
            self.is_working, self.is_open, self.people = False, False, []
            await (await self.get_state(SkillsState))._show(principal)
        return rx.toast(f"{definition.name} is on." if is_on else f"{definition.name} is saved.")

    async def _try(self, principal: Principal, agent_id: str, slug: str, changes: Mapping[str, Any]) -> Any:
        with org_scope(principal.org_id):
            trial, _ = await skills.try_out(principal, parse_id(agent_id), slug, changes)
        async with self:
            self.is_working = False
            if self.slug != slug or not self.is_open:
                return None
            self.people = trial["people"]
            self.tried = Tried(
                is_shown=True,
                found=trial["found"],
                would_send=trial["would_send"],
                left_out=trial["left_out"],
                over_limit=trial["over_limit"],
                preview=trial["preview"],
                preview_for=trial["preview_for"],
                report=trial["report"],
            )
        return rx.call_script(SHOW_TRIAL)

    def _changes(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings as the form has them. Raises `Invalid` that names the field."""
        changes: dict[str, Any] = {"config": skill_form.config(self.fields, form), "trigger_type": self.trigger}
        if self.secret_title and form.get("skill-secret"):
            changes["secret"] = str(form["skill-secret"])
        if self.is_outreach or self.is_record:
            changes["audience"] = {
                **{name: skill_form.is_on(form, f"audience-{name}") for name in ("skip_unhappy", "skip_with_person")},
                "only_agent": skill_form.is_on(form, "audience-only_agent"),
                **{which: [one["value"] for one in getattr(self, which)] for which in TAG_LISTS},
            }
        if self.is_outreach:
            changes["sending_window"] = {
                "days": skill_form.days(form, "window"),
                "start": str(form.get("window-start", "")),
                "end": str(form.get("window-end", "")),
            }
            changes["daily_limit"] = skill_form.whole(str(form.get("daily-limit", "")), "daily_limit")
        elif not self.is_record:
            changes["recipients"] = [
                one["value"] for one in self.recipients if skill_form.is_on(form, f"recipient-{one['value']}")
            ]
        if self.trigger == "schedule":
            changes["schedule_config"] = self._schedule(form)
        return changes

    def _schedule(self, form: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"interval": self.interval, "time": str(form.get("schedule-time", ""))}
        match self.interval:
            case "hours":
                return {
                    "interval": "hours",
                    "every": skill_form.whole(str(form.get("schedule-every", "")), "schedule_config"),
                }
            case "weekly":
                return {**found, "days": skill_form.days(form, "schedule")}
            case "monthly":
                return {**found, "day": skill_form.whole(str(form.get("schedule-day", "")), "schedule_config")}
        return found

    def _fill(self, found: SkillSettings, dates: list[tuple[str, str]]) -> None:
        self.slug, self.name, self.needs = found["slug"], found["name"], found["needs"]
        self.is_outreach, self.is_record = found["is_outreach"], found["is_record"]
        self.secret_title, self.has_secret = found["secret_title"], found["has_secret"]
        self.asks_agent = "date_field" not in found["config"]
        self.variables = " ".join(f"{{{{{one}}}}}" for one in found["names"])
        self.fields = skill_form.fields(found, dates)
        self.audience = {
            name: bool(found["audience"][name]) for name in ("only_agent", "skip_unhappy", "skip_with_person")
        }
        window, schedule = found["sending_window"], found["schedule_config"]
        self.window = {"start": window["start"], "end": window["end"]}
        self.window_days = _days(window["days"])
        self.daily_limit = str(found["daily_limit"])
        self.trigger, self.triggers = found["trigger_type"], found["triggers"]
        self.interval = schedule.get("interval", "daily")
        self.schedule = {
            "time": schedule.get("time", "09:00"),
            "every": str(schedule.get("every", 6)),
            "day": str(schedule.get("day", 1)),
        }
        self.schedule_days = _days(schedule.get("days", ["mon"]))
        self.timezone = found["timezone"].replace("_", " ")
        self.tried, self.people = NOT_TRIED, []
        self._clear_errors()
        self.drawing += 1
        self.is_open, self.is_working = True, False

    def _clear_errors(self) -> None:
        self.errors = dict.fromkeys(SECTIONS, "")
        self.fields = [{**field, "error": ""} for field in self.fields]

    def _refuse(self, error: MagpipeError) -> Any:
        """Show what is wrong at its field."""
        field = error.field or "other"
        if any(one["name"] == field for one in self.fields):
            self.fields = [{**one, "error": error.message if one["name"] == field else ""} for one in self.fields]
        else:
            self.errors = {**self.errors, field if field in SECTIONS else "other": error.message}
        return rx.call_script(SHOW_ERROR)


def _days(chosen: list[str]) -> list[Choice]:
    return [Choice(value=day, label=day, is_on=day in chosen) for day in skill_form.DAYS]
