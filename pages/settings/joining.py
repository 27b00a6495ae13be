"""Come to a team: accept an invitation (`/invitation`), or make an organization (`/organization/new`)."""

import reflex as rx

from pages.auth.api_form import ApiForm, post_and_go
from pages.components.button import button
from pages.components.feedback import skeleton_text
from pages.components.field import text_field
from pages.components.layouts import auth_layout
from pages.components.link import text_link
from pages.frame import SIGN_OUT
from pages.team.roles import role_word
from pages.words import Invitations, NewOrganization
from state.settings.joining import JoiningState


def invitation_page() -> rx.Component:
    """Return `/invitation`."""
    form = ApiForm("invitation")
    offer = rx.fragment(
        rx.el.p(
            rx.el.strong(JoiningState.invited_by, class_name="font-medium"),
            f" {Invitations.INVITES} ",
            rx.el.strong(JoiningState.organization, class_name="font-medium"),
            f" {Invitations.AS} ",
            rx.el.span(role_word(JoiningState.role), class_name="lowercase"),
            ".",
        ),
        form.draw(
            form.submit(Invitations.ACCEPT),
            action="/api/session/accept-invitation",
            extra={"invitation": JoiningState.id},
        ),
    )
    gone = rx.fragment(
        rx.el.h2(Invitations.GONE_TITLE, class_name="text-16 font-semibold"),
        rx.el.p(
            Invitations.GONE,
            " ",
            rx.el.strong(JoiningState.email, class_name="inline-block max-w-full font-medium wrap-anywhere"),
            ".",
        ),
        button(Invitations.SIGN_OUT, size="lg", on_click=post_and_go(SIGN_OUT)),
    )
    expired = rx.fragment(
        rx.el.h2(Invitations.EXPIRED_TITLE, class_name="text-16 font-semibold"),
        rx.el.p(Invitations.EXPIRED, " ", JoiningState.invited_by, ", ", JoiningState.organization, "."),
    )
    return auth_layout(
        rx.match(JoiningState.state, ("open", offer), ("gone", gone), ("expired", expired), skeleton_text(2)),
        title=Invitations.TITLE,
        foot=text_link(Invitations.OWN, href="/organization/new"),
    )


def new_organization_page() -> rx.Component:
    """Return `/organization/new`."""
    form = ApiForm("new-organization")
    return auth_layout(
        form.draw(
            text_field(
                "name",
                NewOrganization.NAME,
                auto_complete="organization",
                error=form.error("name"),
                max_length=80,
                auto_focus=True,
            ),
            form.submit(NewOrganization.SUBMIT),
            action="/api/session/create-organization",
        ),
        title=NewOrganization.TITLE,
        lead=NewOrganization.LEAD,
        foot=text_link(NewOrganization.BACK, href="/inbox"),
    )
