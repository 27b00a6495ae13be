"""Send forms to our endpoints under /api/session, and show what they answer at the fields.

    form = ApiForm("sign-in")
    form.draw(text_field("email", "Email", error=form.error("email")), form.submit("Sign in"), action=…)

Passwords and codes go by HTTP, not through the tab's socket: they never enter a state, and the answer sets cookies.
"""

from typing import Any

import reflex as rx
from reflex.vars import VarData
from reflex.vars.function import FunctionStringVar
from reflex_base.utils.imports import ImportVar

from pages.components.button import Size, Variant, button
from pages.components.feedback import banner
from pages.components.link import TEXT_LINK
from pages.components.local_file import jsx
from pages.words import Common, Forms

_FILE = jsx(__name__, "api_form.jsx")
RESEND = "/api/session/resend-code"
# Long enough for a mail to arrive, short enough that nobody leaves.
RESEND_AFTER_S = 30


class _Form(rx.Component):
    library = _FILE.importable_path
    tag = "ApiForm"

    name: rx.Var[str]
    action: rx.Var[str]
    extra: rx.Var[dict[str, str]]
    remember_field: rx.Var[str]
    submit_on: rx.Var[str]
    offline: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class _RememberedEmail(rx.Component):
    library = _FILE.importable_path
    tag = "RememberedEmail"

    before: rx.Var[str]
    otherwise: rx.Var[str]
    with_field: rx.Var[bool]


class _ResendCode(rx.Component):
    library = _FILE.importable_path
    tag = "ResendCode"

    action: rx.Var[str]
    wait: rx.Var[int]
    label: rx.Var[str]
    waiting: rx.Var[str]
    sent: rx.Var[str]
    offline: rx.Var[str]


class ApiForm:
    """One form of a page, by a name unique on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        variable = "form_" + name.replace("-", "_")
        self._variable = variable
        self._data = VarData(
            imports={_FILE.importable_path: [ImportVar(tag="useApiForm")]},
            hooks={f'const {variable} = useApiForm("{name}");': None},
        )

    def error(self, field: str = "form") -> rx.Var[str]:
        """Return what is wrong with a field, in words; for "form", what belongs to no field."""
        return rx.Var(f'({self._variable}.errors["{field}"] ?? "")', _var_type=str, _var_data=self._data)

    @property
    def is_busy(self) -> rx.Var[bool]:
        """Whether the form is being sent."""
        return rx.Var(f"{self._variable}.busy", _var_type=bool, _var_data=self._data)

    @property
    def is_done(self) -> rx.Var[bool]:
        """Whether the form was taken, and the page stayed."""
        return rx.Var(f"{self._variable}.done", _var_type=bool, _var_data=self._data)

    def draw(
        self,
        *content: Any,
        action: str,
        extra: dict[str, str] | rx.Var[dict[str, str]] | None = None,
        remember: str = "",
        submit_on: str = "",
        on_done: Any = None,
        class_name: str = "flex flex-col gap-4",
    ) -> rx.Component:
        """Return the form. `remember` keeps a field for the next page, `submit_on` sends once a code is complete.

        When the answer names a page the browser goes there, else `on_done` runs and the form is empty again.
        """
        props: dict[str, Any] = {"extra": extra or {}, "remember_field": remember, "submit_on": submit_on}
        if on_done is not None:
            props["on_done"] = on_done
        return _Form.create(
            rx.cond(self.error() != "", banner(self.error(), tone="danger", rounded=True), rx.fragment()),
            *content,
            name=self.name,
            action=action,
            offline=Forms.OFFLINE,
            class_name=class_name,
            **props,
        )

    def submit(
        self, text: str, *, wide: bool = True, variant: Variant = "primary", size: Size = "lg", busy: str = ""
    ) -> rx.Component:
        """Return the form's button."""
        return button(
            text,
            type="submit",
            variant=variant,
            size=size,
            loading=self.is_busy,
            loading_text=busy or Common.WORKING,
            class_name="w-full" if wide else "",
        )


def remembered_email(before: str, otherwise: str, *, with_field: bool = False) -> rx.Component:
    """Return a sentence that ends with the address of the form before; `with_field` tells password managers too."""
    return _RememberedEmail.create(
        before=before, otherwise=otherwise, with_field=with_field, class_name="text-14 text-muted"
    )


def resend_code() -> rx.Component:
    """Return the way to another code, with its countdown."""
    return _ResendCode.create(
        action=RESEND,
        wait=RESEND_AFTER_S,
        label=Forms.RESEND,
        waiting=Forms.RESEND_IN,
        sent=Forms.RESENT,
        offline=Forms.OFFLINE,
        class_name=f"{TEXT_LINK} disabled:text-muted disabled:no-underline",
    )


def post_and_go(action: str, body: dict[str, Any] | rx.Var[dict[str, Any]] | None = None) -> rx.Var[Any]:
    """Return an event handler that posts and goes where the answer says: sign out, switch organization."""
    sent = rx.Var.create(body or {})
    offline = rx.Var.create(Forms.OFFLINE)
    data = VarData.merge(
        VarData(imports={_FILE.importable_path: [ImportVar(tag="postAndGo")]}), sent._get_all_var_data()
    )
    return FunctionStringVar.create(f'(() => postAndGo("{action}", {sent!s}, {offline!s}))', _var_data=data)
