"""Deliver the platform's mail, and do what must not show in the time a request takes."""

from uuid import UUID

from backend.accounts import service as accounts
from backend.core import jobs
from backend.notifications import service as notifications


@jobs.task("accounts.deliver_email", retry=jobs.Backoff(attempts=12), when_buried="accounts.hold_email")
async def deliver_email(email_id: str) -> None:
    """Hand one stored mail to the mail service."""
    await notifications.deliver(UUID(email_id))


@jobs.task("accounts.hold_email")
async def hold_email(email_id: str) -> None:
    """Mark a mail whose delivery was given up; running it again changes nothing."""
    await notifications.give_up(UUID(email_id))


@jobs.task("accounts.send_reset_code")
async def send_reset_code(email: str, browser_hash: str, asker: str = "") -> None:
    """Mail a reset code, if the address has an account; a second run of the job mails nothing."""
    await accounts.mail_reset_code(email, browser_hash, asker, once=f"reset:{browser_hash}")


@jobs.task("accounts.send_code_again")
async def send_code_again(browser_hash: str, asked_at: str, asker: str = "") -> None:
    """Mail a fresh code in place of the browser's latest; a second run of the job mails nothing."""
    await accounts.mail_code_again(browser_hash, asker, once=f"again:{browser_hash}:{asked_at}")
