"""Sign people up, in and out: the endpoints behind our own pages, for browsers alone.

They set the cookies, so they answer only pages of this site (`require_own_page`), and name the page to go to next.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.accounts import service as accounts
from backend.accounts.schemas import Entry
from backend.api import auth
from backend.core.errors import Invalid
from backend.core.tenancy import platform_scope, unit_of_work
from backend.organizations import service as organizations
from backend.sessions.schemas import SignedIn

router = APIRouter(prefix="/api/session", tags=["session"], dependencies=[Depends(auth.require_own_page)])

# Wider than any value that is accepted, so that the domain's own words answer; narrower than what hurts to look at.
Text = Annotated[str, StringConstraints(max_length=1000)]
Person = Annotated[SignedIn, Depends(auth.person)]


class _Form(BaseModel):
    """What a form sends; a field it does not have is empty, and the domain says what is missing."""

    model_config = ConfigDict(extra="ignore")


class SignUp(_Form):
    """A sign-up form."""

    name: Text = ""
    email: Text = ""
    password: Text = ""
    timezone: Text = ""
    next: Text = ""


class Code(_Form):
    """A code, and where to go with it."""

    code: Text = ""
    next: Text = ""


class SignIn(_Form):
    """A sign-in form."""

    email: Text = ""
    password: Text = ""
    next: Text = ""


class Email(_Form):
    """An address."""

    email: Text = ""


class NewPassword(_Form):
    """A code and the password it sets."""

    code: Text = ""
    password: Text = ""


class Next(BaseModel):
    """Where the browser goes next."""

    next: str


@router.post("/sign-up")
async def sign_up(form: SignUp, request: Request, response: Response) -> Next:
    """Begin an account; the code follows by mail, to old and new addresses alike."""
    entry = await accounts.sign_up(
        form.name,
        form.email,
        form.password,
        auth.browser(request),
        timezone=form.timezone,
        next=form.next,
    )
    return _enter(response, entry)


@router.post("/verify-email")
async def verify_email(form: Code, request: Request, response: Response) -> Next:
    """Confirm an address with its code and sign in."""
    entry = await accounts.verify_email(
        auth.pending_token(request.scope),
        form.code,
        auth.browser(request),
        old_token=auth.session_token(request.scope),
        next=form.next,
    )
    return _enter(response, entry)


@router.post("/resend-code", status_code=204)
async def resend_code(request: Request) -> None:
    """Send another code of the kind this browser last asked for."""
    await accounts.send_code_again(auth.pending_token(request.scope), auth.browser(request))


@router.post("/sign-in")
async def sign_in(form: SignIn, request: Request, response: Response) -> Next:
    """Sign in with a password."""
    entry = await accounts.sign_in(
        form.email,
        form.password,
        auth.browser(request),
        old_token=auth.session_token(request.scope),
        next=form.next,
    )
    return _enter(response, entry)


@router.post("/sign-out")
async def sign_out(request: Request, response: Response) -> Next:
    """End this session; without one it is no error."""
    await accounts.sign_out(auth.session_token(request.scope))
    auth.clear_session(response)
    return Next(next="/login")


@router.post("/forgot-password")
async def forgot_password(form: Email, request: Request, response: Response) -> Next:
    """Ask for a code to set a new password."""
    return _enter(response, await accounts.forgot_password(form.email, auth.browser(request)))


@router.post("/reset-password")
async def reset_password(form: NewPassword, request: Request, response: Response) -> Next:
    """Set a new password with a code and sign in; every other session ends."""
    entry = await accounts.reset_password(
        auth.pending_token(request.scope),
        form.code,
        form.password,
        auth.browser(request),
        old_token=auth.session_token(request.scope),
    )
    return _enter(response, entry)


class Switch(_Form):
    """The organization to work in."""

    organization: Text = ""


@router.post("/switch-organization")
async def switch_organization(form: Switch, person: Person) -> Next:
    """Work in another organization; every tab of the person follows."""
    with platform_scope("switch organization"):
        async with unit_of_work() as session:
            await organizations.switch(session, person.user_id, form.organization)
    return Next(next="/inbox")


class NewOrganization(_Form):
    """A new organization's name, and the browser's time zone."""

    name: Text = ""
    timezone: Text = ""


@router.post("/create-organization")
async def create_organization(form: NewOrganization, person: Person) -> Next:
    """Make one more organization and work in it."""
    with platform_scope("make an organization"):
        async with unit_of_work() as session:
            await accounts.found(session, person.user_id, form.name, form.timezone)
    return Next(next="/welcome")


class Invitation(_Form):
    """The invitation to accept."""

    invitation: Text = ""


@router.post("/accept-invitation")
async def accept_invitation(form: Invitation, person: Person) -> Next:
    """Join the organization that invited this person's address, and work in it."""
    with platform_scope("accept an invitation"):
        async with unit_of_work() as session:
            await accounts.join(session, person.user_id, form.invitation)
    return Next(next="/inbox")


class ChangePassword(_Form):
    """The current password and a new one."""

    current: Text = ""
    password: Text = ""


@router.post("/change-password", status_code=204)
async def change_password(form: ChangePassword, person: Person) -> None:
    """Set a new password; the person's other sessions end."""
    await accounts.change_password(person, form.current, form.password)


class ChangeEmail(_Form):
    """A new address, with the password that allows it."""

    email: Text = ""
    password: Text = ""


@router.post("/change-email", status_code=204)
async def change_email(form: ChangeEmail, person: Person) -> None:
    """Mail a code to a new address."""
    await accounts.request_email_change(person, form.email, form.password)


@router.post("/confirm-email", status_code=204)
async def confirm_email(form: Code, person: Person) -> None:
    """Move the account to the address whose code this is."""
    if not form.code.strip():
        raise Invalid("Enter the code from the mail.", field="code")
    await accounts.confirm_email_change(person, form.code)


def _enter(response: Response, entry: Entry) -> Next:
    """Set the cookies an attempt to get in led to; who is in needs no pending one any more."""
    if entry.pending:
        auth.set_pending(response, entry.pending)
    if entry.token:
        auth.set_session(response, entry.token)
        auth.set_pending(response, "")
    return Next(next=entry.next)
