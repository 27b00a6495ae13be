"""Words of knowledge: what agents answer from."""


class Knowledge:
    """The list of sources, one source, trying a question, and what could not be answered."""

    TITLE = "Knowledge"
    TABS = "Parts of knowledge"
    SOURCES = "Sources"
    TRY = "Try a question"
    GAPS = "Unanswered"
    LEAD = "Agents answer from these sources and say so when they do not tell."
    ADD = "Add knowledge"
    EMPTY_TITLE = "Your agents know nothing about your business yet"
    EMPTY_BODY = "Give them your website, a price list, or the questions you hear every week."
    FAILED = "The sources could not be loaded"
    FAILED_SAFE = "Nothing was changed, and agents go on answering."
    EVERY_AGENT = "All agents"
    WAITING = "Waiting"
    READING = "Reading"
    READY = "Ready"
    PAUSED = "Paused"
    BROKEN = "Could not be read"
    PASSAGE = "passage"
    PASSAGES = "passages"
    PAGES_READ = "Pages read"
    READ_AT = "Read"
    MORE = "More for this source"
    OPEN = "Open"
    EDIT = "Edit"
    SYNC = "Sync now"
    RETRY = "Try again"
    PAUSE = "Pause"
    RESUME = "Go on"
    REMOVE = "Remove…"
    REMOVE_TITLE = "Remove this source?"
    REMOVE_VERB = "Remove"
    REMOVE_LOSS = "Agents stop answering from it now. It cannot be brought back."

    # The dialog
    ADD_TITLE = "Add knowledge"
    EDIT_TITLE = "Edit source"
    ADD_VERB = "Add"
    KIND = "What to add"
    ADDRESS = "Website"
    TEXT = "Text"
    PAIRS = "Questions"
    FILE = "File"
    URL = "Address"
    URL_PLACEHOLDER = "https://your-business.com"
    WHICH = "Which pages"
    PAGE = "This page"
    SITE = "Whole site"
    SITEMAP = "Sitemap"
    WHICH_HINTS = {
        "page": "Only the page at this address.",
        "site": "The page and those it links to on the same site.",
        "sitemap": "The pages the site’s sitemap lists. Give the site or the sitemap itself.",
    }
    SYNC_PERIOD = "Read it again"
    PERIODS = [
        ("never", "Never"),
        ("hourly", "Every hour"),
        ("daily", "Every day"),
        ("weekly", "Every week"),
        ("monthly", "Every month"),
        ("quarterly", "Every three months"),
    ]
    MORE_OPTIONS = "More options"
    MAX_PAGES = "At most so many pages"
    DEPTH = "Steps from the first page"
    INCLUDE = "Only these paths"
    INCLUDE_HINT = "One a line, such as /help/*. Empty: all."
    EXCLUDE = "Not these paths"
    ROBOTS = "Keep to the site’s rules for readers"
    ROBOTS_HINT = "Off only for a site of your own that shuts robots out."
    HEADERS = "Login headers"
    HEADERS_HINT = (
        "For pages behind a login: one a line, as “Name: value”. Kept encrypted, sent to this site alone, and never "
        "shown again."
    )
    HEADERS_PLACEHOLDER = "Authorization: Bearer …"
    HEADERS_KEPT = "Kept:"
    HEADERS_FORGET = "Forget the login headers"
    NAME = "Title"
    NAME_HINT = "Empty: the address."
    NAME_PLACEHOLDER = "Opening hours and address"
    CONTENT = "Text"
    CONTENT_HINT = "Headings and lists help: each part is found on its own."
    QUESTION = "Question"
    ANSWER = "Answer"
    PAIRS_TITLE_PLACEHOLDER = "Questions we hear every week"
    PAIRS_HINT = "Empty both fields of a question to take it out."
    ADD_PAIR = "Add a question"
    FOR = "Who answers from it"

    # One source
    BACK = "All sources"
    GONE_TITLE = "This source does not exist"
    GONE_BODY = "It was removed, or the address is wrong."
    SOURCE_FAILED = "This source could not be loaded"
    PAGES = "Pages"
    PAGES_EMPTY = "No page is known yet."
    PAGE_STATES = {
        "waiting": "Waiting",
        "read": "Read",
        "skipped": "Left out",
        "kept": "Kept from before",
        "gone": "Not there",
        "failed": "Failed",
    }
    PAGE_RETRY = "Read this page again"
    PAGE_CHUNKS = "Show its passages"
    CHUNKS = "Passages"
    CHUNKS_OF = "Passages of"
    CHUNKS_ALL = "Show all"
    CHUNKS_EMPTY = "There are no passages yet."
    CHUNK_TOKENS = "about {count} tokens"
    NEXT = "Next"
    PREVIOUS = "Previous"
    SCHEDULE = "Read again"
    NEXT_SYNC = "Next time"
    LAST_SYNC = "Last read"

    # Trying
    TRY_LEAD = "See which passages an agent finds, best first, and why each stands where it stands."
    TRY_LABEL = "Question"
    TRY_PLACEHOLDER = "Are you open on Sunday?"
    TRY_VERB = "Find"
    TRY_AS = "As agent"
    TRY_NOTHING = "Nothing found. The agent would say that it does not know."
    TRY_EMPTY = "Ask as a customer would."
    MEANING = "Meaning"
    WORDS = "Words"
    READER = "Second reading"
    NOT_FOUND_BY = "not found"
    PLACE = "place"
    ALIKE = "alike"
    SCORE = "Score"
    TRY_HOW = "Words and meaning are searched apart. A passage that stands high in both comes first."

    # What could not be answered
    GAPS_LEAD = "Questions of the last 90 days that agents could not answer; those that ask the same stand together."
    GAPS_EMPTY_TITLE = "Every question was answered"
    GAPS_EMPTY_BODY = "What an agent cannot answer comes here within a minute, so that you can write the answer once."
    GAPS_FAILED = "The questions could not be loaded"
    GAP_ASKED = "asked"
    GAP_TIMES = "times"
    GAP_ONCE = "once"
    GAP_LAST = "last"
    GAP_ANSWER = "Write the answer"
    GAP_DISMISS = "Put away"
    GAP_DISMISSED = "Put away. What asks the same stays away too."
    GAP_TITLE = "Write the answer"
    GAP_HINT = "Say it as a customer should read it."
    GAP_SAVE = "Teach it"
    GAP_FOR_ALL = "All agents learn it"
    GAP_FOR_ONE = "Off: only"


class KnowledgeFiles:
    """The field that takes a file."""

    CHOOSE = "Choose a file"
    DROP = "or drop it here: PDF, Word, HTML, Markdown, CSV or text, at most 20 MB."
    READING = "Reading the file"
    TOO_LARGE = "A file has at most 20 MB."
    NOT_SENT = "The file did not arrive. Try again."
