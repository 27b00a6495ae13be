"""Write the mails about accounts. No mail repeats what a stranger may have typed into a form."""

from backend.core.config import settings
from backend.notifications.schemas import Mail
from backend.vocab import CodePurpose

_IGNORE = "If you did not ask for this, do nothing: without the code nothing changes."
_FOR = {
    CodePurpose.VERIFY_EMAIL: ("to confirm your email address", "Enter it on the page where you signed up."),
    CodePurpose.RESET_PASSWORD: ("to set a new password", "Enter it on the page where you asked for it."),
    CodePurpose.CHANGE_EMAIL: ("to confirm your new email address", "Enter it in your settings."),
}


def code(purpose: CodePurpose, digits: str) -> Mail:
    """Return the mail that carries a code."""
    what, where = _FOR[purpose]
    return Mail(
        # Subjects are stored and shown in lists; the code stands in the encrypted body alone.
        subject=f"Your Magpipe code {what}",
        paragraphs=(f"Here is your code {what}. {where} It works once, for ten minutes.",),
        code=digits,
        last=_IGNORE,
    )


def already_registered() -> Mail:
    """Return the answer to a sign-up with an address that has an account."""
    return Mail(
        subject="You already have a Magpipe account",
        paragraphs=(
            "Somebody, probably you, tried to create an account with this address. You already have one: sign in "
            "with your password, or set a new one.",
        ),
        link=f"{settings().public_url}/login",
        link_words="Sign in",
        last="If it was not you, do nothing: nobody learned that you have an account.",
    )


def address_in_use() -> Mail:
    """Return the answer to a change of email towards an address that has its own account."""
    return Mail(
        subject="This address already has a Magpipe account",
        paragraphs=(
            "Somebody asked to move their account to this address, but it has an account of its own. Nothing changed.",
        ),
        last="If it was you, sign in with this address instead, or use another one.",
    )


def email_changed(new_address: str) -> Mail:
    """Return the notice to the old address."""
    local, _, domain = new_address.partition("@")
    return Mail(
        subject="Your Magpipe sign-in address was changed",
        paragraphs=(
            f"You now sign in with {local[:1]}…@{domain}. Your other devices were signed out.",
            "If it was not you, answer this mail at once.",
        ),
    )


def password_changed() -> Mail:
    """Return the notice after a new password."""
    return Mail(
        subject="Your Magpipe password was changed",
        paragraphs=("Your password was changed and your other devices were signed out.",),
        link=f"{settings().public_url}/forgot-password",
        link_words="It was not me: set a new password",
    )
