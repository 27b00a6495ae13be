"""Shape organizations and their members for screens: plain strings and flags."""

from typing import TypedDict


class OrganizationRow(TypedDict):
    """One organization a person belongs to, as the switcher lists it."""

    id: str
    name: str
    role: str
    is_current: bool


class OrganizationDetails(TypedDict):
    """The editable facts of an organization."""

    id: str
    name: str
    country: str
    timezone: str
    calls_kept_days: int


class MemberRow(TypedDict):
    """One line of the team list. `state` is pending, expired, approved or suspended; times are ISO 8601 in UTC.

    `user_id` is empty while an invitation is open.
    """

    id: str
    user_id: str
    name: str
    email: str
    role: str
    state: str
    since: str
    invited_by: str
    is_you: bool


class InvitationRow(TypedDict):
    """An invitation as the invited person sees it."""

    id: str
    organization: str
    role: str
    invited_by: str
    state: str


class PlaceOption(TypedDict):
    """A country or a time zone as a choice; `hint` is the country's code, or the zone's offset now."""

    value: str
    label: str
    hint: str
