"""Write the mails about teams.

An invitation goes to people who never asked for it, from our address, and whoever signs up may send some. So it holds
nothing of its sender but two short names, and none that a mail program could make a link of, or that advertises.
"""

import re
from uuid import UUID

from backend.core.config import settings
from backend.notifications.schemas import Mail
from backend.vocab import MemberRole

_MAY = {
    MemberRole.OWNER: "everything",
    MemberRole.EDITOR: "everything but the team and the organization itself",
    MemberRole.SUPPORT: "reading and answering conversations",
}

# A person's or a team's name in a mail to a stranger; what is longer is a message.
_LONGEST_NAME = 40
# What mail programs turn into links: schemes, addresses, anything with a dot before letters, telephone numbers.
_LINK = re.compile(r"://|www\.|@|[^\s.]\.[^\W\d_]{2,}|(?:\d[\s().-]*){7,}", re.IGNORECASE)


def invitation(member_id: UUID, organization: str, inviter: str, role: MemberRole, days: int) -> Mail:
    """Return the mail that invites somebody to a team; names that carry a message are left out."""
    inviter, organization = _name(inviter, "Somebody"), _name(organization, "a team")
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


def _name(name: str, otherwise: str) -> str:
    return name if name and len(name) <= _LONGEST_NAME and not _LINK.search(name) else otherwise
