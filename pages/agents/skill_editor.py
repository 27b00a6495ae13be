"""The dialog of a skill's settings: what it sends, to whom, when; and what that would do now."""

import reflex as rx

from pages.agents.skill_trial import trial_section
from pages.components.button import button, button_class
from pages.components.choice import checkbox, segmented
from pages.components.combobox import combobox
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner
from pages.components.field import CONTROL, error_text, hint_text, label_line, select_field, text_field
from pages.components.icon import icon
from pages.components.status import tag
from pages.words import AgentSkills, Common
from state.agents.skill_editor import Choice, SkillEditorState
from state.agents.skill_form import Field

_LINE = f"{CONTROL} h-9 pointer-coarse:h-11"
_FORM = "skill-form"


def editor_dialog() -> rx.Component:
    """Return the dialog; the cards open it."""
    return dialog(
        rx.el.form(
            rx.el.input(type="hidden", name="intent", id="skill-intent", default_value="save"),
            banner(SkillEditorState.needs, tone="info", rounded=True),
            rx.foreach(SkillEditorState.fields, _field),
            rx.cond(SkillEditorState.secret_title != "", _secret(), rx.fragment()),
            rx.cond(
                SkillEditorState.is_outreach | SkillEditorState.is_record,
                rx.fragment(_audience(), rx.cond(SkillEditorState.is_outreach, _window(), rx.fragment())),
                _recipients(),
            ),
            rx.cond(SkillEditorState.triggers.contains("schedule"), _starts(), rx.fragment()),
            error_text("field-skill-other", SkillEditorState.errors["other"]),
            trial_section(),
            id=_FORM,
            key=SkillEditorState.drawing,
            on_submit=SkillEditorState.submit,
            no_validate=True,
            class_name="flex flex-col gap-5 pt-1",
        ),
        title=SkillEditorState.name,
        open=SkillEditorState.is_open,
        on_open_change=SkillEditorState.set_open,
        size="lg",
        footer=[
            rx.el.div(
                _submit(AgentSkills.TRY, "try", icon="flask_conical", loading_text=AgentSkills.TRYING),
                class_name="mr-auto",
            ),
            # On a phone the cross above does the same, and the others need the room.
            dialog_close(Common.CANCEL, class_name=f"{button_class()} max-sm:hidden"),
            rx.cond(
                SkillEditorState.is_enabled,
                _submit(AgentSkills.SAVE, "save", variant="primary"),
                rx.fragment(_submit(AgentSkills.SAVE, "save"), _submit(AgentSkills.SAVE_ON, "on", variant="primary")),
            ),
        ],
    )


def _submit(words: str, intent: str, **look: str) -> rx.Component:
    """Return a button that sends the form and says with what intent."""
    send = (
        f"document.getElementById('skill-intent').value='{intent}';document.getElementById('{_FORM}').requestSubmit()"
    )
    return button(words, on_click=rx.call_script(send), loading=SkillEditorState.is_working, **look)


def _field(field: rx.Var[Field]) -> rx.Component:
    name = f"skill-{field['name']}"
    control_id = f"field-{name}"
    described = {"aria_describedby": f"{control_id}-hint {control_id}-error", "aria_invalid": field["error"] != ""}
    plain = rx.el.input(
        id=control_id,
        name=name,
        type="text",
        default_value=field["value"],
        auto_complete="off",
        input_mode=rx.cond(field["kind"] == "number", "numeric", "text"),
        class_name=rx.cond(field["kind"] == "number", f"{_LINE} tabular max-w-32", _LINE),
        **described,
    )
    area = rx.el.textarea(
        id=control_id,
        name=name,
        rows=3,
        default_value=field["value"],
        class_name=f"{CONTROL} field-sizing-content max-h-[40dvh] resize-y py-2",
        **described,
    )
    return rx.el.div(
        rx.match(
            field["kind"],
            ("boolean", checkbox(name, field["label"], default_checked=field["is_on"], hint=field["hint"])),
            ("many", _many(field, name)),
            rx.fragment(
                label_line(field["label"], control_id=control_id),
                rx.match(field["kind"], ("message", area), ("lines", area), ("choice", _choice(field, name)), plain),
                rx.cond(field["hint"] != "", rx.fragment(*hint_text(control_id, field["hint"], None)), rx.fragment()),
            ),
        ),
        rx.cond(
            field["kind"] == "message",
            rx.el.p(
                f"{AgentSkills.VARIABLES} ",
                rx.el.code(SkillEditorState.variables, class_name="text-12 break-words"),
                class_name="text-13 text-muted",
            ),
            rx.fragment(),
        ),
        rx.cond(
            (field["name"] == "date_field") & (field["options"].length() < 2),
            rx.el.p(AgentSkills.NO_DATE_FIELD, class_name="text-13 text-pretty text-muted"),
            rx.fragment(),
        ),
        error_text(control_id, field["error"]),
        key=field["name"],
        class_name="flex flex-col gap-1.5",
    )


def _choice(field: rx.Var[Field], name: str) -> rx.Component:
    return rx.el.div(
        rx.el.select(
            rx.foreach(field["options"], lambda one: rx.el.option(one["label"], value=one["value"])),
            id=f"field-{name}",
            name=name,
            default_value=field["value"],
            class_name=f"{_LINE} appearance-none truncate pr-8",
        ),
        icon("chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"),
        class_name="relative",
    )


def _many(field: rx.Var[Field], name: str) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(field["label"], class_name="mb-1 text-13 font-medium text-ink"),
        rx.el.div(
            rx.foreach(
                field["options"],
                lambda one: checkbox(f"{name}-{one['value']}", one["label"], default_checked=one["is_on"]),
            ),
            class_name="flex flex-wrap gap-x-6",
        ),
        class_name="min-w-0",
    )


def _secret() -> rx.Component:
    control_id = "field-skill-secret"
    return rx.el.div(
        label_line(SkillEditorState.secret_title, control_id=control_id),
        rx.el.input(
            id=control_id,
            name="skill-secret",
            type="password",
            placeholder=rx.cond(SkillEditorState.has_secret, AgentSkills.SECRET_KEPT, ""),
            auto_complete="new-password",
            aria_describedby=f"{control_id}-hint {control_id}-error",
            class_name=_LINE,
        ),
        *hint_text(control_id, AgentSkills.SECRET_HINT, None),
        error_text(control_id, SkillEditorState.errors["secret"]),
        class_name="flex flex-col gap-1.5",
    )


def _section(title: object, lead: object, *content: object) -> rx.Component:
    return rx.el.section(
        rx.el.h3(title, class_name="text-14 font-semibold"),
        rx.el.p(lead, class_name="-mt-2 text-13 text-pretty text-muted empty:hidden"),
        *content,
        class_name="flex min-w-0 flex-col gap-3 border-t border-line pt-5",
    )


def _audience() -> rx.Component:
    known = SkillEditorState.audience
    return _section(
        rx.cond(SkillEditorState.is_record, AgentSkills.AUDIENCE_RECORD, AgentSkills.AUDIENCE),
        rx.cond(SkillEditorState.is_record, "", AgentSkills.AUDIENCE_LEAD),
        rx.cond(
            SkillEditorState.asks_agent,
            rx.el.div(
                checkbox("audience-only_agent", AgentSkills.ONLY_AGENT, default_checked=known["only_agent"]),
                rx.cond(
                    SkillEditorState.is_outreach,
                    rx.fragment(
                        checkbox(
                            "audience-skip_unhappy", AgentSkills.SKIP_UNHAPPY, default_checked=known["skip_unhappy"]
                        ),
                        checkbox(
                            "audience-skip_with_person",
                            AgentSkills.SKIP_WITH_PERSON,
                            default_checked=known["skip_with_person"],
                        ),
                    ),
                    rx.fragment(),
                ),
            ),
            rx.fragment(),
        ),
        rx.el.div(
            _tags("tags_any", AgentSkills.TAGS_ANY, SkillEditorState.tags_any),
            _tags("tags_none", AgentSkills.TAGS_NONE, SkillEditorState.tags_none),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        error_text("field-skill-audience", SkillEditorState.errors["audience"]),
    )


def _tags(which: str, words: str, chosen: rx.Var[list[Choice]]) -> rx.Component:
    return rx.el.div(
        combobox(
            f"skill-{which}",
            words,
            SkillEditorState.tag_options,
            value="",
            on_change=lambda tag_id: SkillEditorState.add_tag(which, tag_id),
            placeholder=AgentSkills.ADD_TAG,
        ),
        rx.el.div(
            rx.foreach(
                chosen, lambda one: tag(one["label"], on_remove=SkillEditorState.remove_tag(which, one["value"]))
            ),
            class_name="mt-2 flex flex-wrap gap-1.5 empty:hidden",
        ),
        class_name="min-w-0",
    )


def _window() -> rx.Component:
    return _section(
        AgentSkills.WINDOW,
        AgentSkills.WINDOW_LEAD,
        _days("window", SkillEditorState.window_days),
        rx.el.div(
            _time("window-start", AgentSkills.START, SkillEditorState.window["start"]),
            _time("window-end", AgentSkills.END, SkillEditorState.window["end"]),
            text_field(
                "daily-limit",
                AgentSkills.LIMIT,
                hint=AgentSkills.LIMIT_HINT,
                error=SkillEditorState.errors["daily_limit"],
                default_value=SkillEditorState.daily_limit,
                input_mode="numeric",
                class_name="w-44",
            ),
            class_name="flex flex-wrap gap-4",
        ),
        error_text("field-skill-window", SkillEditorState.errors["sending_window"]),
    )


def _recipients() -> rx.Component:
    return _section(
        AgentSkills.RECIPIENTS,
        AgentSkills.RECIPIENTS_LEAD,
        rx.el.div(
            rx.foreach(
                SkillEditorState.recipients,
                lambda one: checkbox(f"recipient-{one['value']}", one["label"], default_checked=one["is_on"]),
            ),
            class_name="flex flex-col",
        ),
        error_text("field-skill-recipients", SkillEditorState.errors["recipients"]),
    )


def _starts() -> rx.Component:
    return _section(
        AgentSkills.STARTS,
        rx.el.span(AgentSkills.ZONE, " ", SkillEditorState.timezone),
        segmented(
            "skill-trigger",
            AgentSkills.TRIGGER,
            list(AgentSkills.TRIGGERS),
            value=SkillEditorState.trigger,
            on_change=SkillEditorState.set_trigger,
            hide_label=True,
            class_name="max-w-72",
        ),
        rx.cond(SkillEditorState.trigger == "schedule", _schedule(), rx.fragment()),
        error_text("field-skill-schedule", SkillEditorState.errors["schedule_config"]),
    )


def _schedule() -> rx.Component:
    interval, known = SkillEditorState.interval, SkillEditorState.schedule
    time = _time("schedule-time", AgentSkills.TIME, known["time"])
    return rx.fragment(
        rx.el.div(
            select_field(
                "skill-interval",
                AgentSkills.INTERVAL,
                list(AgentSkills.INTERVALS),
                value=interval,
                on_change=SkillEditorState.set_interval,
                class_name="w-48",
            ),
            rx.match(
                interval,
                (
                    "hours",
                    text_field(
                        "schedule-every",
                        AgentSkills.EVERY,
                        default_value=known["every"],
                        input_mode="numeric",
                        class_name="w-32",
                    ),
                ),
                (
                    "monthly",
                    rx.fragment(
                        text_field(
                            "schedule-day",
                            AgentSkills.DAY,
                            default_value=known["day"],
                            input_mode="numeric",
                            class_name="w-36",
                        ),
                        time,
                    ),
                ),
                time,
            ),
            class_name="flex flex-wrap gap-4",
        ),
        rx.cond(interval == "weekly", _days("schedule", SkillEditorState.schedule_days), rx.fragment()),
    )


def _days(prefix: str, chosen: rx.Var[list[Choice]]) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            chosen,
            lambda day: checkbox(
                f"{prefix}-{day['value']}",
                rx.match(day["value"], *AgentSkills.DAYS, day["value"]),
                default_checked=day["is_on"],
            ),
        ),
        class_name="flex flex-wrap gap-x-5",
    )


def _time(name: str, words: str, value: rx.Var[str]) -> rx.Component:
    control_id = f"field-{name}"
    return rx.el.div(
        label_line(words, control_id=control_id),
        rx.el.input(
            id=control_id,
            name=name,
            type="time",
            default_value=value,
            class_name=f"{_LINE} tabular w-32! pointer-coarse:w-40!",
        ),
        class_name="flex flex-col gap-1.5",
    )
