"""Give the pages of calls a business with a number that a voice agent answers."""

from tests.backend.calls.conftest import line  # noqa: F401
