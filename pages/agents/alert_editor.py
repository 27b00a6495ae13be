"""The dialog that makes or changes an alert, and tries it on what customers wrote before."""

import reflex as rx

from pages.components.button import button
from pages.components.choice import checkbox
from pages.components.field import error_text, label, select_field, text_area, text_field
from pages.components.form_dialog import form_dialog
from pages.components.status import badge
from pages.components.timestamp import timestamp
from pages.words import AgentAlerts
from state.agents.alert_editor import AlertEditorState, AlertTryState, TriedRow

# What stands in the form now, saved or not.
_FORM = "Object.fromEntries(new FormData(document.getElementById('alert-form')))"
_BOX = "rounded-card border border-line bg-canvas"
_GROUP = "flex flex-col gap-4 border-t border-line pt-4"


def alert_dialog() -> rx.Component:
    """Return the dialog; the list opens it."""
    is_new = AlertEditorState.alert_id == ""
    return form_dialog(
        AlertEditorState,
        "alert-form",
        _topic(),
        _likeness(),
        _when(),
        _what(),
        title=rx.cond(is_new, AgentAlerts.NEW_TITLE, AgentAlerts.EDIT_TITLE),
        save=AgentAlerts.SAVE,
        size="lg",
        class_name="gap-5",
    )


def _topic() -> rx.Component:
    values, errors = AlertEditorState.values, AlertEditorState.errors
    return rx.el.div(
        text_field(
            "alert_name",
            AgentAlerts.NAME,
            error=errors["name"],
            placeholder=AgentAlerts.NAME_PLACEHOLDER,
            default_value=values["name"],
            max_length=60,
            auto_complete="off",
        ),
        text_field(
            "alert_topic",
            AgentAlerts.TOPIC,
            hint=AgentAlerts.TOPIC_HINT,
            error=errors["topic"],
            placeholder=AgentAlerts.TOPIC_PLACEHOLDER,
            default_value=values["topic"],
            max_length=200,
            auto_complete="off",
        ),
        text_area(
            "alert_examples",
            AgentAlerts.EXAMPLES,
            rows=3,
            hint=AgentAlerts.EXAMPLES_HINT,
            error=errors["examples"],
            placeholder=AgentAlerts.EXAMPLES_PLACEHOLDER,
            default_value=values["examples"],
            max_length=2000,
            optional=True,
        ),
        class_name="flex flex-col gap-4",
    )


def _likeness() -> rx.Component:
    """Return how alike a message must be, with the try under it: the one is chosen by the other."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                label(AgentAlerts.LIKENESS, control_id="field-alert_likeness"),
                rx.el.span(f"{AlertEditorState.percent} %", class_name="tabular text-13 text-muted"),
                class_name="flex h-5 items-center gap-2",
            ),
            rx.el.input(
                id="field-alert_likeness",
                name="alert_likeness",
                type="range",
                min=20,
                max=95,
                step=1,
                default_value=AlertEditorState.percent,
                on_change=lambda chosen: AlertEditorState.set_percent(chosen).debounce(80),
                aria_describedby="field-alert_likeness-hint field-alert_likeness-error",
                class_name="h-9 w-full accent-accent pointer-coarse:h-11",
            ),
            rx.el.p(AgentAlerts.LIKENESS_HINT, id="field-alert_likeness-hint", class_name="text-13 text-muted"),
            error_text("field-alert_likeness", AlertEditorState.errors["threshold"]),
            class_name="flex flex-col gap-1.5",
        ),
        _trying(),
        class_name=_GROUP,
    )


def _when() -> rx.Component:
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(AgentAlerts.CHANNELS, class_name="mb-1.5 text-13 font-medium text-ink"),
            checkbox("alert_sms", AgentAlerts.SMS, default_checked=AlertEditorState.has_sms),
            checkbox("alert_chat", AgentAlerts.CHAT, default_checked=AlertEditorState.has_chat),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            select_field(
                "alert_cooldown",
                AgentAlerts.COOLDOWN,
                list(AgentAlerts.COOLDOWNS),
                default_value=AlertEditorState.values["cooldown"],
                error=AlertEditorState.errors["cooldown_minutes"],
            ),
            checkbox(
                "alert_per_customer",
                AgentAlerts.PER_CUSTOMER,
                hint=AgentAlerts.PER_CUSTOMER_HINT,
                default_checked=AlertEditorState.is_per_customer,
            ),
            class_name="flex min-w-0 flex-1 flex-col gap-2",
        ),
        class_name="flex flex-col gap-4 border-t border-line pt-4 sm:flex-row",
    )


def _what() -> rx.Component:
    values, errors = AlertEditorState.values, AlertEditorState.errors
    kind = AlertEditorState.kind
    return rx.el.div(
        select_field(
            "alert_kind",
            AgentAlerts.KIND,
            list(AgentAlerts.KINDS),
            value=kind,
            on_change=AlertEditorState.set_kind,
            error=errors["action_type"],
        ),
        rx.match(
            kind,
            ("email", _target("email", AgentAlerts.TO_EMAIL, "", AgentAlerts.TO_EMAIL_PLACEHOLDER)),
            ("sms", _target("tel", AgentAlerts.TO_SMS, AgentAlerts.TO_SMS_HINT, AgentAlerts.TO_SMS_PLACEHOLDER)),
            ("slack", _secret(AgentAlerts.TO_SLACK, AgentAlerts.TO_SLACK_HINT, AgentAlerts.TO_SLACK_PLACEHOLDER)),
            ("hubspot", _secret(AgentAlerts.TO_HUBSPOT, AgentAlerts.TO_HUBSPOT_HINT, "")),
            _target("url", AgentAlerts.TO_WEBHOOK, AgentAlerts.TO_WEBHOOK_HINT, AgentAlerts.TO_WEBHOOK_PLACEHOLDER),
        ),
        rx.cond(
            kind == "email",
            text_field(
                "alert_subject",
                AgentAlerts.SUBJECT,
                error=errors["subject"],
                placeholder=AgentAlerts.SUBJECT_PLACEHOLDER,
                default_value=values["subject"],
                max_length=150,
                optional=True,
            ),
            rx.fragment(),
        ),
        rx.cond(
            AlertEditorState.choices.length() > 0,
            select_field(
                "alert_template",
                AgentAlerts.TEMPLATE,
                AlertEditorState.choices,
                before=[("", AgentAlerts.OWN_WORDS)],
                value=AlertEditorState.template_id,
                on_change=AlertEditorState.set_template,
                error=errors["template_id"],
            ),
            rx.fragment(),
        ),
        rx.cond(
            AlertEditorState.template_id == "",
            text_area(
                "alert_words",
                AgentAlerts.WORDS,
                rows=2,
                hint=AgentAlerts.WORDS_HINT,
                error=errors["words"],
                placeholder=AgentAlerts.WORDS_PLACEHOLDER,
                default_value=values["words"],
                max_length=1000,
                optional=True,
            ),
            rx.fragment(),
        ),
        class_name=_GROUP,
    )


def _target(kind: str, words: str, hint: str, placeholder: str) -> rx.Component:
    return text_field(
        "alert_target",
        words,
        type=kind,  # type: ignore[arg-type]
        hint=hint,
        error=AlertEditorState.errors["target"],
        placeholder=placeholder,
        default_value=AlertEditorState.values["target"],
        max_length=2000,
        auto_complete="off",
        key=kind,
    )


def _secret(words: str, hint: str, placeholder: str) -> rx.Component:
    return text_field(
        "alert_secret",
        words,
        hint=hint,
        error=AlertEditorState.errors["secret"],
        placeholder=rx.cond(AlertEditorState.has_secret, AgentAlerts.KEPT, placeholder),
        max_length=500,
        auto_complete="off",
        spell_check=False,
        key=words,
    )


def _trying() -> rx.Component:
    tried = AlertTryState
    return rx.el.section(
        rx.el.div(
            text_field(
                "alert_own",
                AgentAlerts.TRY_OWN,
                hint=AgentAlerts.TRY_LEAD,
                placeholder=AgentAlerts.TRY_OWN_PLACEHOLDER,
                max_length=1000,
                auto_complete="off",
                optional=True,
                class_name="min-w-0 flex-1",
            ),
            button(
                AgentAlerts.TRY_VERB,
                icon="play",
                loading=tried.is_trying,
                loading_text=AgentAlerts.TRYING,
                on_click=rx.call_script(_FORM, callback=AlertTryState.attempt),
                class_name="sm:mt-6.5 sm:h-9!",
            ),
            class_name="flex flex-col gap-3 sm:flex-row sm:items-start",
        ),
        rx.el.div(
            rx.cond(
                tried.error != "",
                rx.el.p(tried.error, role="alert", class_name="text-13 text-danger-ink"),
                rx.cond(tried.is_done, _results(), rx.fragment()),
            ),
            aria_live="polite",
            class_name="empty:hidden",
        ),
        aria_label=AgentAlerts.TRY,
        class_name="flex flex-col gap-3 rounded-card bg-sunken p-3",
    )


def _results() -> rx.Component:
    tried = AlertTryState
    return rx.el.div(
        rx.cond(
            tried.own["text"] != "",
            rx.el.ul(_tried(tried.own), class_name=_BOX),
            rx.fragment(),
        ),
        rx.cond(
            tried.rows.length() > 0,
            rx.fragment(
                rx.el.p(
                    f"{AgentAlerts.TRY_COUNT} {tried.tried} {AgentAlerts.TRY_MESSAGES}",
                    class_name="tabular text-13 text-muted",
                ),
                rx.el.ul(
                    rx.foreach(tried.rows, _tried),
                    class_name=f"max-h-72 divide-y divide-line overflow-y-auto {_BOX}",
                ),
            ),
            rx.el.p(AgentAlerts.TRY_NONE, class_name="text-13 text-muted"),
        ),
        class_name="flex flex-col gap-2",
    )


def _tried(row: rx.Var[TriedRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(f"{row['percent']} %", class_name="tabular w-11 shrink-0 text-right text-13 font-medium"),
        rx.el.span(
            rx.el.span(row["text"], class_name="line-clamp-2 text-13 text-pretty"),
            rx.el.span(
                rx.el.span(f"{AgentAlerts.LIKE} “{row['phrase']}”", class_name="min-w-0 truncate"),
                rx.cond(row["at"] != "", timestamp(row["at"]), rx.fragment()),
                class_name="flex min-w-0 gap-2 text-12 text-muted",
            ),
            class_name="flex min-w-0 flex-1 flex-col gap-0.5",
        ),
        rx.el.span(
            rx.cond(
                row["percent"] >= AlertEditorState.percent,
                badge(AgentAlerts.WOULD, tone="success", icon="bell_ring"),
                badge(AgentAlerts.WOULD_NOT),
            ),
            class_name="max-sm:basis-full max-sm:pl-14",
        ),
        class_name="flex items-start gap-x-3 gap-y-1 px-3 py-2 max-sm:flex-wrap",
    )
