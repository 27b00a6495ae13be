"""Give browser tests one running installation, a real Chromium, signed-in people and customers with phones.

A page that logs an error, throws, or is answered with a server error fails its test, unless the test said it would
(`problems.expect`). A failed test leaves a picture of every page in the run's temporary folder, and a trace of all its
steps with `BROWSER_TRACES=1`.
"""

import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.carrier import Carrier
from tests.browser.people import Person, sign_in, sign_up
from tests.browser.window import PATIENT_MS, Contexts, Problems, Window
from tests.chromium import find
from tests.installation import STARTS_WITHIN_S, Installation, installation

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A microphone that beeps, and that nobody has to allow.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
FAILED = pytest.StashKey[bool]()
# The five seconds it waits otherwise are too few for a page on a machine that does ten other things.
expect.set_options(timeout=PATIENT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the first browser test the time a build of the front end takes."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    if ours:
        ours[0].add_marker(pytest.mark.timeout(540))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember whether the test itself failed, for the fixtures that end after it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


# Of this package, not of the session: Playwright holds the thread's event loop while it runs, and the
# asynchronous tests of other packages need it.
@pytest.fixture(scope="package")
def up() -> Iterator[Installation]:
    """Return an installation as `make up` starts it, with its demo workspace."""
    with installation(holds_calls=True) as running:
        yield running


@pytest.fixture(scope="package")
def voice(up: Installation) -> None:
    """Wait until the voice process takes calls: it is the last to be there."""
    last = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{up.voice_port}/voice/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        assert time.monotonic() < last, "the voice process never took calls"
        time.sleep(0.1)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Return the driver of browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return one Chromium for all tests; each test opens windows of its own in it."""
    chromium = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
    yield chromium
    chromium.close()


@pytest.fixture(scope="package")
def contexts(browser: Browser, up: Installation) -> Contexts:
    """Return the contexts of that Chromium."""
    return Contexts(browser, up.url)


@pytest.fixture(scope="package")
def carrier(up: Installation) -> Iterator[Carrier]:
    """Return the stand-in of the telephone network, its phones and its mailbox."""
    with httpx.Client(base_url=up.sandbox_url, timeout=60) as client:
        yield Carrier(client, up.demo["number"])


@pytest.fixture(scope="package")
def ana(up: Installation) -> Person:
    """Return the owner of the demo workspace, signed in."""
    return sign_in(up.url, up.demo["email"], up.demo["password"], "Ana Silva")


@pytest.fixture(scope="package")
def leo(up: Installation) -> Person:
    """Return Ana's colleague, who has the support role, signed in."""
    return sign_in(up.url, "leo@harbor-dental.example", up.demo["password"], "Leo Park")


@pytest.fixture(scope="package")
def stranger(up: Installation, carrier: Carrier) -> Person:
    """Return the owner of another, empty workspace, signed in."""
    return sign_up(up.url, carrier, "Sam Stone", f"sam-{secrets.token_hex(4)}@stone.example")


# Random, so that no two runs on one installation meet the same customer.
_customers = itertools.count(secrets.randbelow(8_000_000) + 2_000_000)


@pytest.fixture
def new_customer() -> Callable[[], str]:
    """Return a maker of customers: each call returns a mobile number nobody has texted from."""
    return lambda: f"+1415{next(_customers):07d}"


@pytest.fixture
def problems() -> Problems:
    """Return what the pages of this test complained about; `expect` what the test provokes."""
    return Problems()


@pytest.fixture
def window(
    request: pytest.FixtureRequest, contexts: Contexts, problems: Problems, tmp_path: Path
) -> Iterator[Callable[..., Window]]:
    """Return an opener of windows: each is a browser of its own (cookies, storage), signed in as `person` if given."""
    opened: list[Window] = []

    def open_window(person: Person | None = None, **looks: object) -> Window:
        made = Window(contexts, problems, person, **looks)  # type: ignore[arg-type]
        opened.append(made)
        return made

    yield open_window
    has_failed = request.node.stash.get(FAILED, False)
    for place, each in enumerate(opened):
        each.close(keep_in=tmp_path / f"window-{place}" if has_failed or problems.unexpected() else None)
    if not has_failed:
        assert not problems.unexpected(), f"{problems.report()}\nPictures: {tmp_path}"
