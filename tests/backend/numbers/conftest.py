"""Give number tests the same business as the tests of texts."""

from tests.backend.messaging.conftest import *  # noqa: F403
