"""Name what stops an installation from starting, in one sentence that says what to do."""


class StartError(Exception):
    """The start cannot go on; the message is shown to the person as it is."""
