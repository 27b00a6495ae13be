"""Words of figures and charts."""


class Charts:
    """What every chart says beside its own name; the keys are the component's."""

    ALL = {
        "as_table": "Show as a table",
        "as_chart": "Show as a chart",
        "whole": "Whole period",
        "values": "Values",
        "when": "When",
        "none": "none",
        "keys": "Arrow keys read the values",
    }


class AgentAnalytics:
    """What an agent did."""

    PERIOD = "Period"
    PERIODS = {"1": "Today", "7": "7 days", "30": "30 days", "90": "90 days"}
    CHANNEL = "Channel"
    CHANNELS = {"": "All channels", "sms": "Texts", "chat": "Chat", "email": "Email", "call": "Calls"}
    EXPORT = "Export"
    FIGURES = "Figures"
    NAMES = {
        "answers": "Answers",
        "conversations": "Conversations",
        "resolved": "Resolved alone",
        "handed_over": "Handed to people",
        "unanswered": "Questions not answered",
        "negative": "Sounded unhappy",
        "cost": "Spent on the model",
        "time": "Usual time to answer",
    }
    CALLS = "Calls"
    CALL_NAMES = {
        "calls": "Calls",
        "answered": "Answered",
        "minutes": "Minutes on the telephone",
        "lasted": "Average length",
    }
    HINTS = {
        "resolved": "Of conversations: nothing handed over, nothing left unanswered.",
        "handed_over": "Of conversations.",
        "negative": "Of messages that could be read for a mood.",
    }
    MORE = "more than in the period before"
    LESS = "less than in the period before"
    POINTS_MORE = "points more than in the period before"
    POINTS_LESS = "points less than in the period before"
    SAME = "As in the period before"
    NEW = "Nothing to compare with"
    GAPS = "Answer them"
    VOLUME = "Answers"
    VOLUME_LEAD = "Messages it answered, also those it handed over."
    OUTCOMES = "How conversations ended"
    OUTCOMES_LEAD = "By day; one that went on for days counts on each."
    REST = "Left a question open"
    MOOD = "How customers sounded"
    MOOD_LEAD = "By the words of their messages."
    POSITIVE = "Pleased"
    NEUTRAL = "Neutral"
    NEGATIVE = "Unhappy"
    COST = "Spent on the model"
    COST_LEAD = "At the list price of the model, tries that failed included."
    TIMES = "Time to answer"
    TIMES_LEAD = "From reading the message to the whole answer."
    USUAL = "Half took at most"
    SLOW = "95 of 100 took at most"
    EMPTY_TITLE = "Nothing answered yet"
    EMPTY_BODY = "Once the agent answers in this period, its figures stand here. Try a longer one, or all channels."
    FAILED = "The figures could not be read"
    FAILED_SAFE = "The agent itself goes on as before."
