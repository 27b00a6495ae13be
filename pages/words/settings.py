"""Words of the settings."""


class Settings:
    """/settings and its sections."""

    TITLE = "Settings"
    SECTIONS = "Sections of the settings"
    FAILED = "These settings could not be shown"
    FAILED_SAFE = "Nothing was changed."

    PROFILE = "Profile"
    PASSWORD = "Password"  # noqa: S105 - a label
    EMAIL = "Email"
    SESSIONS = "Devices"
    ORGANIZATION = "Organization"
    KEYS = "API keys"
    TEMPLATES = "Templates"

    PROFILE_LEAD = "How your team sees you, and the clock your times are shown in."
    NAME = "Name"
    TIMEZONE = "Time zone"
    YOUR_ORGANIZATIONS = "Your organizations"
    YOUR_ORGANIZATIONS_LEAD = "Everything you see belongs to one of them at a time."
    CURRENT = "You are here"
    SWITCH = "Switch"
    NEW_ORGANIZATION = "New organization"

    PASSWORD_LEAD = "Your other devices are signed out when you change it."  # noqa: S105
    CURRENT_PASSWORD = "Current password"  # noqa: S105 - a label
    CHANGE_PASSWORD = "Change password"  # noqa: S105 - a label
    PASSWORD_CHANGED = "Your password is changed."  # noqa: S105

    EMAIL_LEAD = "You sign in with this address, and codes go to it:"
    NEW_EMAIL = "New email"
    SEND_CODE = "Send a code to it"
    CODE_SENT = "Enter the code we sent to the new address."
    CONFIRM = "Confirm the new address"
    EMAIL_CHANGED = "Your address is changed."

    SESSIONS_LEAD = "Where you are signed in. End what you do not recognize."
    THIS_DEVICE = "This device"
    LAST_SEEN = "Last seen"
    END = "End"
    END_OTHERS = "End all others"
    END_OTHERS_TITLE = "End all other sessions?"
    END_OTHERS_LOSS = "Your other devices have to sign in again."
    ONLY_THIS = "You are signed in on this device alone."

    ORGANIZATION_LEAD = (
        "Owners can change this. Numbers are read in the organization’s country, hours in its time zone."
    )
    ORGANIZATION_NAME = "Name"
    COUNTRY = "Country"
    CALLS_KEPT = "Recordings and transcripts"
    CALLS_KEPT_FOR = (
        ("0", "Kept for as long as their conversation"),
        ("7", "Removed after 7 days"),
        ("30", "Removed after 30 days"),
        ("90", "Removed after 90 days"),
        ("365", "Removed after one year"),
        ("730", "Removed after two years"),
    )
    CALLS_KEPT_HINT = (
        "A change takes effect after a day; what is removed is gone for good. That a call was held and its notes stay."
    )
    OWNERS_ONLY = "Only owners can change this. Ask one of them."

    VOICES = "Copied voices"
    VOICES_LEAD = (
        "Voices of callers who agreed to it in a call. Agents can speak with them; owners can have them deleted here "
        "and at the voice service."
    )
    VOICES_FAILED = "The copied voices could not be shown"
    NO_VOICES = "No copied voices"
    NO_VOICES_BODY = (
        "An agent asks a caller for their voice where “Take samples of callers’ voices” is on, in the Functions part "
        "of its page."
    )
    VOICE_READY = "Ready"
    VOICE_SUBMITTING = "Being made"
    VOICE_REMOVING = "Being deleted"
    VOICE_FAILED = "Not made"
    VOICE_AGREED = "Agreed"
    VOICE_CALL = "The call"
    VOICE_USED_BY = "Used by"
    REMOVE_VOICE = "Delete voice"
    REMOVE_VOICE_TITLE = "Delete this voice?"
    REMOVE_VOICE_LOSS = (
        "It is deleted at the voice service too, with what the caller agreed to. Agents that speak with it speak with "
        "the recommended voice."
    )

    KEYS_LEAD = "A program signs in with a key on your behalf, with your role. Keep it as you would a password."
    KEY_NAME = "What is it for?"
    KEY_NAME_HINT = "Shown here only, for example “Website”."
    CREATE_KEY = "Create key"
    NEW_KEY_TITLE = "Your new key"
    NEW_KEY_LOSS = "Copy it now: it is not shown again."
    COPY_KEY = "Copy the key"
    KEY_DONE = "I have copied it"
    NO_KEYS = "No keys yet"
    NO_KEYS_BODY = "Create one to let a program send texts or read conversations."
    KEY = "Key"
    USED = "Last used"
    NEVER = "never"
    CREATED = "Created"
    OWNER_OF_KEY = "Owner"
    REVOKED = "Revoked"
    REVOKE = "Revoke"
    REVOKE_TITLE = "Revoke this key?"
    REVOKE_LOSS = "Programs that use it stop working at once. This cannot be undone."
    SUPPORT_NO_KEYS = "Keys are for owners and editors."
