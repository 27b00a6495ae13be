"""Words of the pages in front of the door: the start page, signing up and in, joining a team."""


class Forms:
    """Forms that sign people in and change what they sign in with."""

    OFFLINE = "The server cannot be reached. Check your connection and try again."
    RESEND = "Send another code"
    RESEND_IN = "Send another code in"
    RESENT = "A new code is on its way."
    EMAIL = "Email"
    PASSWORD = "Password"  # noqa: S105 - a label
    NEW_PASSWORD = "New password"  # noqa: S105 - a label
    PASSWORD_HINT = "At least 8 characters. A short sentence works well."  # noqa: S105 - a hint
    NAME = "Your name"
    CODE = "Six-digit code"


class SignUp:
    """/signup"""

    TITLE = "Create an account"
    DESCRIPTION = "Create an account on Magpipe: your first AI agent answers your customers' texts in a few minutes."
    LEAD = "Your first agent answers a text in a few minutes."
    SUBMIT = "Create account"
    HAVE_ACCOUNT = "Already have an account?"
    SIGN_IN = "Sign in"


class VerifyEmail:
    """/verify-email"""

    TITLE = "Check your email"
    SENT_TO = "We sent a code to"
    SENT = "We sent you a code by email."
    SUBMIT = "Confirm"
    SANDBOX = "No email service is connected here."
    SANDBOX_LINK = "Open the local mailbox"
    OTHER = "Wrong address?"
    OTHER_LINK = "Start again"


class SignIn:
    """/login"""

    TITLE = "Sign in"
    DESCRIPTION = "Sign in to Magpipe to watch your AI agents answer customers, take over, and hand back."
    SUBMIT = "Sign in"
    FORGOT = "Forgot your password?"
    NO_ACCOUNT = "New here?"
    SIGN_UP = "Create an account"


class ForgotPassword:
    """/forgot-password"""

    TITLE = "Set a new password"
    DESCRIPTION = "Forgot your Magpipe password? Set a new one with a code sent to your email."
    LEAD = "We email you a code if this address has an account."
    SUBMIT = "Email me a code"
    BACK = "Back to sign in"


class ResetPassword:
    """/reset-password"""

    TITLE = "Choose a new password"
    SENT_TO = "If there is an account, a code is on its way to"
    SENT = "If there is an account, a code is on its way to you."
    SUBMIT = "Set password and sign in"
    NOTE = "All your devices are signed out."


class Invitations:
    """/invitation"""

    TITLE = "Join a team"
    LOADING = "Looking for your invitation…"
    INVITES = "invites you to"
    AS = "as"
    ACCEPT = "Join"
    GONE_TITLE = "There is no open invitation here"
    GONE = "It may be used, withdrawn, or meant for another email address. You are signed in as"
    EXPIRED_TITLE = "This invitation has expired"
    EXPIRED = "Ask for a new one:"
    OWN = "Make your own organization"
    SIGN_OUT = "Sign in with another address"


class NewOrganization:
    """/organization/new"""

    TITLE = "New organization"
    LEAD = "Its agents, numbers and conversations are its own. You can switch at any time."
    NAME = "Name"
    SUBMIT = "Create organization"
    BACK = "Back to the inbox"


class Landing:
    """The start page for visitors."""

    PAGE_TITLE = "Magpipe: agents that answer your texts, watched by your people"
    DESCRIPTION = (
        "Open, self-hosted platform for AI agents that answer customers by text from what your business told them, "
        "while your team watches, takes over and hands back in one live inbox."
    )
    TITLE = ("Your customers get an answer.", "Your team keeps the last word.")
    LEAD = (
        "Give Magpipe a phone number and tell it about your business. An agent answers texts from what you told it, "
        "and everyone on your team can watch, take over and hand back in one live inbox."
    )
    TRY = "Create an account"
    SIGN_IN = "Sign in"
    HOSTED = "Open source, on your own machine. Runs without a single key."
    WHAT = "What it does"
    ANSWERS_TITLE = "Answers from what you know"
    ANSWERS = "Hours, prices, policies: the agent answers from your own words, and says so when it does not know."
    WATCH_TITLE = "You see why"
    WATCH = "Every answer shows its sources, the tools it used, how long it took and what it cost."
    TAKE_TITLE = "People first"
    TAKE = "Write in a conversation and the agent steps back. Hand it over again when you are done."
    STOP_TITLE = "Polite by design"
    STOP = "STOP, START and HELP are honoured before any agent reads a word. Quiet means quiet."
    DEMO_LABEL = "A conversation as your team sees it"
    DEMO_CONTACT = "Dana Ruiz"
    DEMO_QUESTION = "Are you open on Saturday?"
    DEMO_ANSWER = "Yes, on Saturday from 9:00 am to 1:00 pm, for emergencies and cleanings."
    DEMO_SOURCE = "From “Hours and location”"
    DEMO_PERSON = "I kept 11:00 free for you, Dana. See you then."
    DEMO_AGENT = "Front desk"
    DEMO_AUTHOR = "Leo"
    DEMO_EVENT = "Leo took over"
