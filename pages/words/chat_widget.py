"""Words of a chat widget's settings."""


class ChatWidget:
    """The settings of one chat widget."""

    TITLE = "Chat widget"
    BACK = "Back to the agent"
    MISSING = "This chat widget does not exist"
    MISSING_SAFE = "It may have been deleted, or belong to another organization."
    FAILED = "The chat widget could not be shown"
    FAILED_SAFE = "It keeps working on your site."
    READ_ONLY = "You can look at these settings. Changing them needs the editor role."
    ACTIVE = "Active"
    ACTIVE_HINT = "Visitors of your site see the chat."
    INACTIVE = "Off"
    DELETE = "Delete widget"
    DELETE_TITLE = "Delete this chat widget?"
    DELETE_LOSS = "It vanishes from your site and its visitors cannot go on. What was said stays in the inbox."

    EMBED = "Put it on your site"
    EMBED_LEAD = "Paste this line before the end of your pages’ body. It needs nothing else."
    COPY_CODE = "Copy the code"
    TRY = "Try it on a demo site"

    BASICS = "Basics"
    BASICS_LEAD = "Who visitors talk with."
    NAME = "Widget name"
    NAME_HINT = "For your team only."
    AGENT = "Agent"
    AGENT_NAME = "Name visitors see"
    AGENT_NAME_HINT = "Empty shows the agent’s own name."
    SUPPORT = "Support agent"
    SUPPORT_HINT = "Answers as somebody who knows your product inside out."

    LOOK = "Appearance"
    LOOK_LEAD = "The preview shows every change as you make it."
    COLOR = "Colour"
    COLOR_HINT = "Text on it turns black or white, whichever can be read."
    COLOR_PICK = "Pick a colour"
    THEME = "Theme"
    THEMES = (("auto", "As the visitor’s device"), ("light", "Light"), ("dark", "Dark"))
    POSITION = "Position"
    POSITIONS = (
        ("bottom-right", "Bottom right"),
        ("bottom-left", "Bottom left"),
        ("top-right", "Top right"),
        ("top-left", "Top left"),
    )
    OFFSET_X = "Distance from the side"
    OFFSET_Y = "Distance from the edge"
    OFFSET_HINT = "0 to 200 pixels."

    MESSAGES = "Messages"
    MESSAGES_LEAD = "What visitors read before anybody has answered."
    AI_GREETING = "Let the agent write the greeting"
    AI_GREETING_HINT = "Written once each time the agent is published, from its instructions."
    WELCOME = "Greeting"
    WELCOME_HINT = "Shown when the chat opens."
    OFFLINE = "Offline message"
    OFFLINE_HINT = "Shown outside the agent’s hours and when no agent is switched on."
    OFFLINE_EXAMPLE = "We are closed right now. Leave a message and we will get back to you."

    DATA = "Before the chat"
    DATA_LEAD = "What visitors are asked, and what they may send."
    ASK_NAME = "Ask for a name"
    ASK_EMAIL = "Ask for an email"
    ASK_EMAIL_HINT = "What they write then joins the contact with that address in your inbox."
    IDENTITY = "Take what your site knows of its signed-in users"
    IDENTITY_HINT = "Through setVisitor, on every page."
    FILES = "Take files"
    FILES_HINT = "Pictures, PDF, MP4 and MP3 of up to 10 MB."

    SECURITY = "Security"
    SECURITY_LEAD = "Where the chat may stand, and how your site proves who is signed in."
    DOMAINS = "Allowed sites"
    DOMAINS_HINT = "One per line, such as shop.example or *.shop.example. Empty allows every site."
    SIGNING = "Identity secret"
    SIGNING_HINT = (
        "Your server signs a user’s email with it (HMAC-SHA256). Only then does the agent know what that contact "
        "said before. Keep it out of pages."
    )
    SIGNING_SHOW = "Show secret"
    SIGNING_COPY = "Copy the secret"
    SIGNING_RENEW = "Renew secret"
    SIGNING_RENEW_TITLE = "Renew the identity secret?"
    SIGNING_RENEW_LOSS = "What your server signs with the old one counts no more until you replace it there."

    PORTAL = "Your own team’s pages"
    PORTAL_LEAD = "Show the chat to members of this organization, inside this product."
    PORTAL_ON = "Show on signed-in pages"
    PORTAL_HINT = "One widget at a time."
    HIDDEN = "Not on"
    PAGES = (
        ("/inbox", "Inbox"),
        ("/contacts", "Contacts"),
        ("/agents", "Agents"),
        ("/knowledge", "Knowledge"),
        ("/phone", "Phone"),
        ("/analytics", "Analytics"),
        ("/apps", "Apps"),
        ("/team", "Team"),
        ("/settings", "Settings"),
    )

    PREVIEW = "Preview"
    PREVIEW_FRAME = "Preview of the chat widget"
