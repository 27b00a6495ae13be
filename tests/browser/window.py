"""A browser window of a test: its size and looks, who is signed in, and what its pages complain about."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests import jitter
from tests.browser.people import Person

# Chromium reports every refused address as an error of the console. Whether a refusal is right is for the test that
# asks for it; what the server breaks on (500 and above) is never right. A page that is being left has closed its
# socket, and Chromium reports what it still says.
HARMLESS = re.compile(
    r"Failed to load resource: the server responded with a status of 4\d\d"
    r"|WebSocket is already in CLOSING or CLOSED state"
)

# A trace tells what stood on the page at each step, and takes as much work again as the test itself.
TRACES = os.environ.get("BROWSER_TRACES") == "1"


# How long a test waits at most for what must come.
PATIENT_MS = 60_000


# A page is drawn before its scripts run: until React has taken it over, what is pressed or typed is lost.
AWAKE = "() => !window.__reactRouterContext || Object.keys(document).some((key) => key.startsWith('__reactContainer'))"


class Problems:
    """What the pages of a test complained about."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._expected: list[str] = []

    def add(self, words: str) -> None:
        """Note a complaint."""
        self._seen.append(words)

    def expect(self, *patterns: str) -> None:
        """Let complaints that match one of these expressions pass: the test provokes them."""
        self._expected.extend(patterns)

    def unexpected(self) -> list[str]:
        """Return the complaints nobody expected."""
        return [words for words in self._seen if not any(re.search(pattern, words) for pattern in self._expected)]

    def report(self) -> str:
        """Return them as text, each once."""
        return "\n".join(dict.fromkeys(self.unexpected()))


class Contexts:
    """Lends a browser's contexts. What a person used before is lent to the same person again, where it looks the same.

    Half of the work of opening a page is reading its scripts: a context keeps them as the browser has compiled them.
    Nothing else stays: pages, cookies, what pages stored, and what they were allowed are gone.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._free: dict[tuple[object, ...], list[Page]] = {}
        self._lent: dict[BrowserContext, tuple[object, ...]] = {}

    def lend(self, person: Person | None, **looks: Any) -> BrowserContext:
        """Return a context with one empty page, and with the person's cookies."""
        key = (person and person.email, *sorted(looks.items(), key=lambda look: look[0]))
        free = self._free.get(key)
        if free:
            context = free.pop().context
        else:
            width, height = looks.pop("size")
            context = self._browser.new_context(
                base_url=self._url,
                viewport={"width": width, "height": height},
                locale="en-US",
                timezone_id="America/Los_Angeles",
                **looks,
            )
            context.set_default_timeout(PATIENT_MS)
            context.new_page()
        if person is not None:
            context.add_cookies(list(person.cookies))  # type: ignore[arg-type]
            self._lent[context] = key
        return context

    def take_back(self, context: BrowserContext, *, is_spent: bool) -> None:
        """Empty a context for who comes next; close it when it is spent, or was nobody's."""
        key = self._lent.pop(context, None)
        if key is None or is_spent:
            context.close()
            return
        for page in context.pages:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": "all"})
        devtools.detach()
        self._free.setdefault(key, []).append(page)


class Window:
    """One browser context. `page` is its first tab; `tab()` opens another of the same person."""

    def __init__(
        self,
        contexts: Contexts,
        problems: Problems,
        person: Person | None = None,
        *,
        width: int = 1440,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        touch: bool = False,
        motion: Literal["reduce", "no-preference"] = "reduce",
    ) -> None:
        self._contexts, self._problems = contexts, problems
        self._is_spent = TRACES
        self.context = contexts.lend(
            person, size=(width, height), color_scheme=scheme, reduced_motion=motion, has_touch=touch, is_mobile=touch
        )
        if TRACES:
            self.context.tracing.start(snapshots=True, screenshots=False)
        self.context.on("page", self._watch)
        self.page = self.context.pages[0]
        self._watch(self.page)

    def before_each_page(self, script: str) -> None:
        """Run a script in every page of this window before the page's own."""
        self._is_spent = True
        self.context.add_init_script(script)

    def tab(self) -> Page:
        """Open another tab."""
        return self.context.new_page()

    def close(self, keep_in: Path | None = None) -> None:
        """Close the window; with a folder, leave a picture of every tab there, and the trace if there is one."""
        if keep_in is not None:
            keep_in.mkdir(parents=True, exist_ok=True)
            for place, page in enumerate(self.context.pages):
                page.screenshot(path=keep_in / f"tab-{place}.png")
            if TRACES:
                self.context.tracing.stop(path=keep_in / "trace.zip")
        self.context.remove_listener("page", self._watch)
        self._contexts.take_back(self.context, is_spent=self._is_spent or keep_in is not None)

    def _watch(self, page: Page) -> None:
        _wait_until_awake(page)
        if jitter.IS_ON:
            jitter.slow_down(page)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._problems.add(f"a page threw: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not HARMLESS.search(message.text):
            self._problems.add(f"console: {message.text} ({_place(message)})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._problems.add(f"{response.status} from {response.url}")


def _wait_until_awake(page: Page) -> None:
    """Have a page that is opened or loaded again stand still until it takes what is pressed and typed."""

    def awake(load: Callable[..., Any]) -> Callable[..., Any]:
        def lately(*args: Any, **kwargs: Any) -> Any:
            answer = load(*args, **kwargs)
            page.wait_for_function(AWAKE)
            return answer

        return lately

    page.goto, page.reload = awake(page.goto), awake(page.reload)  # type: ignore[method-assign]


def _place(message: ConsoleMessage) -> str:
    place: Any = message.location
    return f"{place.get('url', '')}:{place.get('lineNumber', '')}"
