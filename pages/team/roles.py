"""Name the roles, and say what each of them may do."""

import reflex as rx

from pages.words import Team

# The least first: somebody who is invited should get more on purpose.
ROLES = (
    ("support", Team.SUPPORT, Team.SUPPORT_MAY, "headset"),
    ("editor", Team.EDITOR, Team.EDITOR_MAY, "pencil"),
    ("owner", Team.OWNER, Team.OWNER_MAY, "shield_check"),
)


def role_word(role: rx.Var[str]) -> rx.Var[str]:
    """Return a role as a word on screen."""
    return rx.match(role, ("owner", Team.OWNER), ("editor", Team.EDITOR), Team.SUPPORT)
