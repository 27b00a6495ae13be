"""What agents remember: an agent's part, a contact's card, the inbox's panel."""


class Memory:
    """Everything said about memory, wherever it is shown."""

    TITLE = "Memory"
    # The agent's part.
    GENERAL = "What it remembers"
    GENERAL_LEAD = (
        "After each conversation the agent keeps what will matter next time: facts, each with the sentence that proves"
        " it, a summary and topics."
    )
    SWITCH = "Remember customers"
    SWITCH_HINT = "Off, it starts every conversation knowing only the last messages."
    NEEDS_STORAGE = "Personal data is not stored for this agent (Configure, Privacy), so it remembers nobody."
    HISTORY = "Earlier conversations it looks back on"
    HISTORY_OPTIONS = (("3", "3"), ("5", "5"), ("10", "10"))
    RETENTION = "Kept for"
    RETENTION_OPTIONS = (
        ("30", "30 days"),
        ("90", "90 days"),
        ("365", "A year"),
        ("730", "Two years"),
        ("0", "Until somebody forgets it"),
    )
    ROOM = "Room in each answer"
    ROOM_HINT = "More costs more with every message. What fits the question best goes in first."
    ROOM_OPTIONS = (("200", "Small, 200 tokens"), ("400", "Medium, 400 tokens"), ("800", "Large, 800 tokens"))
    SUMMARIES = "Summaries"
    TOPICS = "Topics"
    PREFERENCES = "Preferences"
    SIMILAR = "Similar conversations"
    SIMILAR_LEAD = "Recall what was said before about the same thing."
    SIMILAR_SWITCH = "Recall similar conversations"
    SIMILAR_HINT = "Of the same customer, with what was said and when."
    RESULTS = "At most"
    RESULTS_OPTIONS = (("2", "2 conversations"), ("3", "3 conversations"), ("5", "5 conversations"))
    LIKENESS = "How similar"
    LIKENESS_OPTIONS = (("0.6", "Loosely, 60 %"), ("0.75", "Closely, 75 %"), ("0.85", "Nearly the same, 85 %"))
    OTHERS = "Also what other customers had in common"
    OTHERS_HINT = "Never who they are or what they wrote: only topics that several of them share."
    PEOPLE = "Shared by at least"
    PEOPLE_OPTIONS = (("2", "2 people"), ("3", "3 people"), ("5", "5 people"), ("10", "10 people"))
    SHARED = "Shared memory"
    SHARED_LEAD = "What these agents remember of a customer, this one knows too."
    SHARED_NONE = "There is no other agent to share with."
    LIST = "Who it remembers"
    SEARCH = "Search memories"
    SEARCH_HINT = "A name, a number, or what it was about"
    COUNT = "remembered"
    EMPTY_TITLE = "Nobody is remembered yet"
    EMPTY_BODY = "A few minutes after a conversation ends, what matters of it stands here."
    EMPTY_OFF = "Switch memory on and publish, and it begins with the next conversation."
    NONE_FOUND_TITLE = "No memory fits"
    NONE_FOUND_BODY = "Look for another word, or for what the conversation was about."
    FAILED = "The memories could not be shown"
    FAILED_SAFE = "They are stored and in use."
    MORE_ROWS = "Show more"
    CLEAR = "Forget everybody"
    CLEAR_TITLE = "Forget everybody?"
    CLEAR_VERB = "Forget all memories of this agent"
    CLEAR_LOSS = "Every fact, summary and topic this agent keeps goes. The conversations stay. This cannot be undone."
    LIKE = "similar"
    # One memory, on the agent's part, a contact's page and in the inbox.
    CARD = "What agents remember"
    CARD_EMPTY = "Nothing is remembered about this person yet."
    VISITOR = "Visitor"
    UNKNOWN = "Unknown"
    FROM_CHAT = "A visitor of your site who did not say who they are"
    CONTACT = "Open the contact"
    FACTS = "Facts"
    NO_FACTS = "No facts yet."
    EARLIER = "Conversations"
    ONE_TALK = "1 conversation"
    TALKS = "{n} conversations"
    NONE = "No facts"
    ONE_FACT = "1 fact"
    MANY_FACTS = "{n} facts"
    UPDATED = "Updated"
    PROOF = "They wrote"
    PLACE = "Show in the conversation"
    BY_TEAM = "Written by {name}"
    CORRECTED = "Corrected by the customer"
    SURE = "{n} % sure"
    UNTIL = "until {day}"
    NEED = "Need"
    PREFERENCE = "Preference"
    DETAIL = "Detail"
    PLAN = "Plan"
    CORRECT = "Correct"
    CORRECT_LABEL = "Correct “{fact}”"
    SAVE = "Save"
    CANCEL = "Cancel"
    STRIKE = "Strike"
    STRIKE_LABEL = "Strike “{fact}”"
    STRIKE_ASK = "Strike it for good? It will not come back, however they say it again."
    KEEP = "Keep"
    SHOW_ALL = "Show all {n} facts"
    FORGET = "Forget"
    FORGET_TITLE = "Forget this memory?"
    FORGET_VERB = "Forget everything in it"
    FORGET_LOSS = "Its facts, summary and topics go. The conversations stay. This cannot be undone."
