"""Show in a skill's dialog what its settings would do now: how many, the next message, and everybody with reasons."""

import reflex as rx

from pages.agents.skill_people import person_row
from pages.components.surface import row_list
from pages.words import AgentSkills
from state.agents.skill_editor import SkillEditorState


def trial_section() -> rx.Component:
    """Return the section; it appears once the person tried."""
    tried = SkillEditorState.tried
    return rx.cond(
        tried["is_shown"],
        rx.el.section(
            rx.el.h3(AgentSkills.TRIAL, class_name="text-14 font-semibold"),
            rx.cond(SkillEditorState.is_outreach | SkillEditorState.is_record, _outreach_trial(), _report_trial()),
            id="skill-trial",
            aria_live="polite",
            class_name="flex min-w-0 flex-col gap-3 rounded-card border border-line bg-sunken p-4",
        ),
        rx.fragment(),
    )


def _outreach_trial() -> rx.Component:
    tried = SkillEditorState.tried
    return rx.fragment(
        rx.cond(
            tried["found"] > 0,
            rx.el.p(
                rx.el.span(tried["would_send"], f" {AgentSkills.WOULD}", class_name="font-medium text-ink"),
                rx.el.span("· ", tried["left_out"], f" {AgentSkills.LEFT}"),
                rx.cond(
                    tried["over_limit"] > 0,
                    rx.el.span("· ", tried["over_limit"], f" {AgentSkills.OVER}"),
                    rx.fragment(),
                ),
                class_name="tabular flex flex-wrap gap-x-2 text-13 text-muted",
            ),
            rx.el.p(AgentSkills.NOBODY, class_name="text-13 text-muted"),
        ),
        rx.cond(tried["preview"] != "", _preview(), rx.fragment()),
        rx.cond(
            SkillEditorState.people.length() > 0,
            row_list(SkillEditorState.people, person_row, class_name="bg-canvas"),
            rx.fragment(),
        ),
    )


def _preview() -> rx.Component:
    tried = SkillEditorState.tried
    return rx.el.div(
        rx.el.p(
            rx.cond(
                tried["preview_for"] != "",
                rx.el.span(AgentSkills.PREVIEW_FOR, " ", tried["preview_for"]),
                rx.fragment(AgentSkills.PREVIEW_EXAMPLE),
            ),
            class_name="mb-1 text-12 text-muted",
        ),
        rx.el.p(
            tried["preview"],
            class_name=(
                "max-w-[46ch] rounded-card bg-accent-soft px-3 py-2 text-14 break-words whitespace-pre-wrap text-ink"
            ),
        ),
    )


def _report_trial() -> rx.Component:
    return rx.el.pre(
        rx.cond(SkillEditorState.tried["report"] != "", SkillEditorState.tried["report"], AgentSkills.NOTHING_TO_TELL),
        tab_index=0,
        class_name="max-h-96 overflow-auto font-sans text-13 break-words whitespace-pre-wrap text-ink",
    )
