"""Write the mails about teams."""

from uuid import UUID

from backend.core.config import settings
from backend.notifications.schemas import Mail
from backend.vocab import MemberRole

_MAY = {
    MemberRole.OWNER: "everything",
    MemberRole.EDITOR: "everything but the team and the organization itself",
    MemberRole.SUPPORT: "reading and answering conversations",
}


def invitation(member_id: UUID, organization: str, inviter: str, role: MemberRole, days: int) -> Mail:
    """Return the mail that invites somebody to a team."""
    return Mail(
        subject=f"{inviter} invites you to {organization} on Magpipe",
        paragraphs=(
            f"{inviter} would like you to join {organization} on Magpipe as {role}: {_MAY[role]}.",
            f"Sign in, or create an account, with this email address. The invitation is open for {days} days.",
        ),
        link=f"{settings().public_url}/invitation?id={member_id}",
        link_words="See the invitation",
        last="If you do not know them, do nothing.",
    )
