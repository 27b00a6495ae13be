"""The pages at the door: sign up, confirm, sign in, and set a new password."""

import reflex as rx

from pages.auth.api_form import ApiForm, remembered_email, resend_code
from pages.components.code_input import code_input
from pages.components.field import text_field
from pages.components.layouts import auth_layout
from pages.components.link import external_link, text_link
from pages.components.password_field import password_field
from pages.words import ForgotPassword, Forms, ResetPassword, SignIn, SignUp, VerifyEmail
from state.auth import DoorState


def sign_up_page() -> rx.Component:
    """Return `/signup`."""
    form = ApiForm("sign-up")
    return auth_layout(
        form.draw(
            text_field("name", Forms.NAME, auto_complete="name", error=form.error("name"), auto_focus=True),
            text_field("email", Forms.EMAIL, type="email", auto_complete="username", error=form.error("email")),
            password_field(
                "password",
                Forms.PASSWORD,
                auto_complete="new-password",
                hint=Forms.PASSWORD_HINT,
                error=form.error("password"),
            ),
            form.submit(SignUp.SUBMIT),
            action="/api/session/sign-up",
            remember="email",
        ),
        title=SignUp.TITLE,
        lead=SignUp.LEAD,
        foot=rx.el.p(SignUp.HAVE_ACCOUNT, " ", text_link(SignUp.SIGN_IN, href="/login")),
    )


def verify_email_page() -> rx.Component:
    """Return `/verify-email`."""
    form = ApiForm("verify-email")
    return auth_layout(
        form.draw(
            code_input("code", Forms.CODE, error=form.error("code")),
            form.submit(VerifyEmail.SUBMIT),
            action="/api/session/verify-email",
            submit_on="code",
        ),
        resend_code(),
        _local_mailbox(),
        title=VerifyEmail.TITLE,
        lead=remembered_email(VerifyEmail.SENT_TO, VerifyEmail.SENT),
        foot=rx.el.p(VerifyEmail.OTHER, " ", text_link(VerifyEmail.OTHER_LINK, href="/signup")),
    )


def sign_in_page() -> rx.Component:
    """Return `/login`."""
    form = ApiForm("sign-in")
    return auth_layout(
        form.draw(
            text_field(
                "email",
                Forms.EMAIL,
                type="email",
                auto_complete="username",
                error=form.error("email"),
                auto_focus=True,
            ),
            password_field("password", Forms.PASSWORD, error=form.error("password")),
            form.submit(SignIn.SUBMIT),
            action="/api/session/sign-in",
            remember="email",
        ),
        rx.el.p(text_link(SignIn.FORGOT, href="/forgot-password"), class_name="text-13"),
        title=SignIn.TITLE,
        foot=rx.el.p(SignIn.NO_ACCOUNT, " ", text_link(SignIn.SIGN_UP, href="/signup")),
    )


def forgot_password_page() -> rx.Component:
    """Return `/forgot-password`."""
    form = ApiForm("forgot-password")
    return auth_layout(
        form.draw(
            text_field(
                "email",
                Forms.EMAIL,
                type="email",
                auto_complete="username",
                error=form.error("email"),
                auto_focus=True,
            ),
            form.submit(ForgotPassword.SUBMIT),
            action="/api/session/forgot-password",
            remember="email",
        ),
        title=ForgotPassword.TITLE,
        lead=ForgotPassword.LEAD,
        foot=text_link(ForgotPassword.BACK, href="/login"),
    )


def reset_password_page() -> rx.Component:
    """Return `/reset-password`."""
    form = ApiForm("reset-password")
    return auth_layout(
        form.draw(
            code_input("code", Forms.CODE, error=form.error("code")),
            password_field(
                "password",
                Forms.NEW_PASSWORD,
                auto_complete="new-password",
                hint=Forms.PASSWORD_HINT,
                error=form.error("password"),
            ),
            form.submit(ResetPassword.SUBMIT),
            rx.el.p(ResetPassword.NOTE, class_name="text-13 text-muted"),
            action="/api/session/reset-password",
        ),
        resend_code(),
        _local_mailbox(),
        title=ResetPassword.TITLE,
        lead=remembered_email(ResetPassword.SENT_TO, ResetPassword.SENT, with_field=True),
        foot=text_link(ForgotPassword.BACK, href="/login"),
    )


def _local_mailbox() -> rx.Component:
    """Return where mail goes while no mail service is connected; nothing once one is."""
    return rx.cond(
        DoorState.local_mailbox != "",
        rx.el.p(
            VerifyEmail.SANDBOX,
            " ",
            external_link(VerifyEmail.SANDBOX_LINK, href=DoorState.local_mailbox),
            class_name="text-13 text-muted",
        ),
        rx.fragment(),
    )
