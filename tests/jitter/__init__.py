"""Run tests with everything now and then late: `JITTER=1 python -m pytest -p tests.jitter tests/backend/chat`.

What may arrive in two orders arrives in both sooner or later; a test that passes alone and fails here has found a race
in the product or leans on speed itself. Statements, notifications and requests wait at random before and after they
happen, and the loop stands still at times, in this process and in every one it starts; pages of a browser think slowly.
`JITTER` is the seed.
"""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

# How likely each wait is: a short one, one as long as a busy machine takes, and the whole process standing still.
SHORT, LONG, STILL = 0.12, 0.03, 0.005
SHORT_S, LONG_S, STILL_S = 0.02, 0.25, 0.15


# How many times slower the processor of a page is, at the most.
SLOWEST = 6.0
IS_ON = "JITTER" in os.environ


def late(function: Callable[..., Awaitable[Any]], chance: random.Random) -> Callable[..., Awaitable[Any]]:
    """Return the function with a wait before and after it, now and then."""

    async def wait() -> None:
        drawn = chance.random()
        if drawn < STILL:
            time.sleep(chance.uniform(0, STILL_S))  # noqa: ASYNC251 - the loop shall stand still
        elif drawn < STILL + LONG:
            await asyncio.sleep(chance.uniform(0, LONG_S))
        elif drawn < STILL + LONG + SHORT:
            await asyncio.sleep(chance.uniform(0, SHORT_S))

    @wraps(function)
    async def lately(*args: Any, **kwargs: Any) -> Any:
        await wait()
        result = await function(*args, **kwargs)
        await wait()
        return result

    return lately


def apply() -> None:
    """Make this process's statements and requests late, with a chance of its own."""
    import httpx
    import psycopg

    chance = random.Random(f"{os.environ.get('JITTER', '1')}-{os.getpid()}")
    psycopg.AsyncConnection.wait = late(psycopg.AsyncConnection.wait, chance)  # type: ignore[method-assign]
    transport = httpx.AsyncHTTPTransport
    transport.handle_async_request = late(transport.handle_async_request, chance)  # type: ignore[method-assign]


def slow_down(page: Any) -> None:
    """Make a page of a browser think more slowly than it does, each by a chance of its own."""
    rate = random.Random(f"{os.environ['JITTER']}-{time.monotonic()}").uniform(1.0, SLOWEST)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})


def pytest_configure() -> None:
    """Begin, here and in the processes that tests start (Python runs `sitecustomize` of the search path first)."""
    here = Path(__file__).parent
    paths = [str(here), str(here.parent.parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    os.environ.setdefault("JITTER", "1")
    apply()
