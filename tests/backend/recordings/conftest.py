"""Give a test a business whose calls are recorded, and the API its recordings are served by."""

from tests.backend.calls.conftest import api, jobs_waiting, line  # noqa: F401 - the same business and API
