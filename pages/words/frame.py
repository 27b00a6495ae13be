"""Words of the frame around every page, of times, and of what goes wrong."""


class Common:
    """Words that mean the same everywhere."""

    PRODUCT = "Magpipe"
    CANCEL = "Cancel"
    CLOSE = "Close"
    SAVE = "Save"
    SAVED = "Saved"
    SAVING = "Saving…"
    WORKING = "Working…"
    LOADING = "Loading…"
    COPY = "Copy"
    COPIED = "Copied"
    DISMISS = "Dismiss"
    REMOVE = "Remove"
    UNDO = "Undo"
    RETRY = "Try again"
    SEARCH = "Search"
    OPTIONAL = "optional"
    REQUIRED = "required"
    NO_MATCHES = "Nothing matches"
    OPEN_LIST = "Open the list"
    CLEAR = "Clear"
    REFERENCE = "Reference"
    SKIP_TO_CONTENT = "Skip to content"
    AI = "AI"
    PERSON = "Person"
    NOTIFICATIONS = "Notifications"
    SHOW_PASSWORD = "Show password"  # noqa: S105 - a label
    HIDE_PASSWORD = "Hide password"  # noqa: S105 - a label


class Shell:
    """The frame around every signed-in page."""

    MAIN_NAVIGATION = "Main"
    FOLD = "Fold the sidebar"
    UNFOLD = "Unfold the sidebar"
    ACCOUNT = "Your account"
    MORE = "More"
    SIGN_OUT = "Sign out"
    UNREAD = "unread"
    THEME = "Theme"
    THEME_SYSTEM = "System"
    THEME_LIGHT = "Light"
    THEME_DARK = "Dark"
    SHORTCUTS = "Keyboard shortcuts"
    PALETTE = "Go to or do anything"
    ANYWHERE = "Anywhere"
    GO_TO = "Go to {place}"
    SINGLE_KEYS = "Use single keys as shortcuts"
    SINGLE_KEYS_HINT = "Switch off if you speak or press keys by accident. Kept in this browser."
    INBOX = "Inbox"
    MESSAGES = "Message history"
    CONTACTS = "Contacts"
    CALLS = "Calls"
    TICKETS = "Tickets"
    AGENTS = "Agents"
    ASSISTANT = "Assistant"
    KNOWLEDGE = "Knowledge"
    PHONE = "Phone"
    BATCHES = "Batches"
    ANALYTICS = "Analytics"
    APPS = "Apps"
    TEAM = "Team"
    SETTINGS = "Settings"
    OFFLINE = "You are offline. What you see may be old; sending waits until the connection is back."
    RECONNECTING = "Reconnecting… what you see may be a moment old."


class Time:
    """Relative times."""

    NOW = "now"
    JUST_NOW = "just now"
    AGO = "{time} ago"
    MINUTES = "m"
    HOURS = "h"


class Crash:
    """A page that broke in the browser."""

    TITLE = "This page stopped working"
    SAFE = "Your conversations and settings are stored and untouched."
    RELOAD = "Reload the page"


class NotFound:
    """The page for addresses that lead nowhere."""

    TITLE = "There is nothing at this address"
    BODY = "The link may be old, or the page may belong to another organization."
    HOME = "Go to the start page"


class Public:
    """The frame around pages for visitors."""

    SIGN_IN = "Sign in"
    SIGN_UP = "Create an account"
    TAGLINE = "Calls, texts, emails and chats, answered by your agents and watched by your people."


class PaletteWords:
    """The command palette, on every signed-in page."""

    TITLE = "Go to or do"
    HINT = "A page, a person, an agent, a word that was said"
    PAGES = "Pages"
    ACTIONS = "Actions"
    CONTACTS = "Contacts"
    AGENTS = "Agents"
    CONVERSATIONS = "Conversations"
    TICKETS = "Tickets"
    FOUND = "{n} found"
    NOTHING = "Nothing matches."
    UNREAD = "Show unread conversations"
    MINE = "Show my conversations"
    MENTIONS = "Show where I am mentioned"
    NEEDS_PERSON = "Show what needs a person"
    APPROVAL = "Show what waits for approval"
    UPSET = "Show who sounds upset"
    MY_TICKETS = "Show my tickets"
    SHORTCUTS = "Keyboard shortcuts"
