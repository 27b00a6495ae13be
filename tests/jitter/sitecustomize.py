"""Begin the lateness in a process that a test started; Python runs this first because of the search path."""

from tests.jitter import apply

apply()
