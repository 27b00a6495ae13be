"""Check what an organization is called."""

import unicodedata

from backend.core.errors import Invalid

NAME_LIMIT = 80
# A person's name may be longer than an organization's; the first word of it must leave room for the rest.
_LONGEST_FIRST_NAME = 60


def check_name(value: str) -> str:
    """Return the name on one line. Raises `Invalid` when nothing is left or it is too long."""
    name = " ".join(unicodedata.normalize("NFC", value).split())
    if not name or not name.isprintable():
        raise Invalid("Give the organization a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(f"A name has at most {NAME_LIMIT} characters.", field="name")
    return name


def first_name_of(owner: str) -> str:
    """Return what a new account's organization is called until its owner names the business."""
    return f"{owner.split()[0][:_LONGEST_FIRST_NAME]}’s workspace"
