"""Draw one person of a skill's run: what becomes, or became, of them, and why."""

import reflex as rx

from pages.components.link import page_link
from pages.components.status import badge
from pages.components.timestamp import timestamp
from pages.words import AgentSkills
from state.agents.skill_editor import PersonRow


def person_row(person: rx.Var[PersonRow]) -> rx.Component:
    """Return the row."""
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.cond(
                    person["contact_id"] != "",
                    page_link(
                        person["name"],
                        href=f"/contacts/{person['contact_id']}",
                        class_name="min-w-0 truncate font-medium text-ink underline-offset-2 hover:underline",
                    ),
                    rx.el.span(person["name"], class_name="min-w-0 truncate font-medium text-ink"),
                ),
                rx.cond(
                    person["address"] != person["name"],
                    rx.el.span(person["address"], class_name="tabular shrink-0 text-12 text-muted"),
                    rx.fragment(),
                ),
                class_name="flex min-w-0 flex-wrap items-baseline gap-x-2 text-13",
            ),
            rx.cond(
                person["reason"] != "",
                rx.el.p(person["reason"], class_name="mt-0.5 text-12 text-pretty text-muted"),
                rx.fragment(),
            ),
            rx.cond(
                (person["reason"] == "") & (person["contact_id"] != "") & (person["body"] != ""),
                rx.el.p(person["body"], class_name="mt-0.5 line-clamp-2 text-12 text-pretty text-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            rx.match(
                person["outcome"],
                *(
                    (key, badge(words, tone=tone, icon=picture))  # type: ignore[arg-type]
                    for key, words, tone, picture in AgentSkills.OUTCOMES
                ),
                rx.fragment(),
            ),
            rx.cond(
                person["has_answered"],
                badge(AgentSkills.HAS_ANSWERED, tone="success", icon="reply"),
                rx.fragment(),
            ),
            rx.cond(
                person["at"] != "", rx.el.span(timestamp(person["at"]), class_name="text-12 text-muted"), rx.fragment()
            ),
            class_name="flex shrink-0 flex-wrap items-center justify-end gap-1.5",
        ),
        key=person["id"],
        class_name="flex items-start gap-3 px-3 py-2.5",
    )
