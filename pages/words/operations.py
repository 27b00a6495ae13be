"""Words of the operators’ pages."""


class Operations:
    """Work of the platform that gave up, for operators."""

    TITLE = "Failed jobs"
    LEAD = "Work that was tried several times and put aside. Nothing here is lost."
    TASK = "Work"
    ATTEMPTS = "Attempts"
    ABOUT = "About"
    AGE = "Since"
    OF = "of"
    RETRY = "Try again"
    RETRY_ALL = "Try all again"
    RETRY_ALL_TITLE = "Try all failed jobs again?"
    RETRY_ALL_LOSS = "Each runs once more, at once. What already took effect is not repeated."
    FAILED = "The failed jobs could not be shown"
    FAILED_SAFE = "They are kept until someone tries them again."
    EMPTY_TITLE = "No failed jobs"
    EMPTY_BODY = "Everything that was asked for has been done or is under way."
