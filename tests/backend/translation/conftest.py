"""What the tests of translating need: the same business as those of calls and of agents."""

from tests.backend.agents.conftest import desk, make_desk, script, script_server  # noqa: F401 - texts and a scripted model
from tests.backend.calls.conftest import api, jobs_waiting, line  # noqa: F401 - the same business and API
