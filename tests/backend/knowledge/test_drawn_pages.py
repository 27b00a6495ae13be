"""A page that scripts draw is read as a browser shows it, and its scripts come nowhere that we would not."""

from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from backend.core.config import settings
from backend.knowledge import extraction, fetching
from backend.vendors import browser, http
from tests.backend.knowledge.site import Page, html, serving
from tests.chromium import ensure

FRAME = "<!doctype html><title>Prices</title><div id=app>Loading</div><noscript>Scripts are needed.</noscript>"
SCRIPT = """
const reach = (url, options) => fetch(url, options).then((found) => found.text()).catch(() => "nothing");
(async () => {
  const prices = JSON.parse(await reach("/prices.json"));
  const inside = await reach("INSIDE/secret");
  await reach("/write", { method: "POST", body: "x" });
  new WebSocket("ws://INSIDE_HOST/socket").onerror = () => {};
  new Image().src = "INSIDE/pixel.png";
  document.getElementById("app").innerHTML =
    `<main><h1>Prices</h1><p>A new string costs ${prices.string} dollars. Inside there is ${inside}.</p></main>`;
})();
"""


@pytest.fixture
def sites(monkeypatch):
    with ExitStack() as stack:
        inside = stack.enter_context(serving({"/secret": Page("the secret", content_type="text/plain")}))
        script = SCRIPT.replace("INSIDE_HOST", inside.host).replace("INSIDE", inside.url("").rstrip("/"))
        shop = stack.enter_context(
            serving(
                {
                    "/": Page(f"{FRAME}<script src=/app.js></script>"),
                    "/app.js": Page(script, content_type="text/javascript"),
                    "/prices.json": Page('{"string": 40}', content_type="application/json"),
                }
            )
        )
        monkeypatch.setattr(settings(), "private_origins", shop.url("").rstrip("/"))
        monkeypatch.setattr(settings(), "render_pages", "on")
        monkeypatch.setattr(browser, "WITHIN_S", 120.0)
        monkeypatch.setenv("CHROMIUM", ensure())
        assert browser.is_available()
        yield shop, inside


async def test_scripts_draw_the_page_and_reach_nothing_of_ours(sites):
    shop, inside = sites
    site = fetching.Site(shop.url())
    plain = await fetching.page(site, shop.url())
    assert extraction.is_drawn_by_script(plain.content, plain.content_type, plain.charset)
    drawn = await browser.rendered(plain, site.visitor())
    text = extraction.read_page(drawn.content, drawn.content_type, drawn.charset, drawn.url).text
    assert "A new string costs 40 dollars. Inside there is nothing." in text
    assert inside.seen == []
    assert sorted(shop.paths()) == ["/", "/app.js", "/prices.json"]
    assert all("MagpipeBot" in headers["user-agent"] for _, headers in shop.seen)


async def test_a_page_whose_scripts_are_slow_to_begin_is_waited_for(sites):
    late = "setTimeout(() => { app.innerHTML = `<p>${'We tune pianos. '.repeat(5)}</p>` }, 1500)"
    slow = f"{FRAME}<script>{late}</script>".encode()
    drawn = await browser.rendered(http.Fetched(slow, "text/html", "utf-8", "http://slow.example/"), http.Visitor())
    assert b"We tune pianos." in drawn.content.partition(b"<script>")[0]


async def test_a_page_that_keeps_its_browser_busy_ends_in_words(sites, monkeypatch):
    monkeypatch.setattr(browser, "WITHIN_S", 3.0)
    busy = http.Fetched(b"<script>for (;;) {}</script>", "text/html", "utf-8", "http://busy.example/")
    with pytest.raises(browser.VendorError, match="too long"):
        await browser.rendered(busy, http.Visitor())


async def test_a_page_that_draws_itself_endless_is_refused(sites, monkeypatch):
    monkeypatch.setattr(browser, "MOST_BYTES_EACH", 100_000)
    endless = "<div id=app></div><script>document.getElementById('app').textContent = 'x'.repeat(200000)</script>"
    grown = http.Fetched(endless.encode(), "text/html", "utf-8", "http://grown.example/")
    with pytest.raises(browser.VendorError, match="too long to be read"):
        await browser.rendered(grown, http.Visitor())


@pytest.mark.parametrize(
    ("page", "is_drawn"),
    [
        (f"{FRAME}<script></script>", True),
        (FRAME, False),
        (html("Hours", "<p>We open at nine and close at five.</p>" * 10) + "<script>track()</script>", False),
        ("", False),
    ],
)
def test_only_frames_without_words_need_a_browser(page, is_drawn):
    assert extraction.is_drawn_by_script(page.encode(), "text/html", "utf-8") == is_drawn


def test_a_browser_is_used_only_where_it_can_be_confined(monkeypatch):
    monkeypatch.setattr(browser, "_program", lambda: "/usr/bin/chromium")
    for wanted, user, is_available in (("auto", 0, False), ("auto", 1000, True), ("on", 0, True), ("off", 1000, False)):
        monkeypatch.setattr(settings(), "render_pages", wanted)
        monkeypatch.setattr(browser.os, "geteuid", lambda user=user: user)
        assert browser.is_available() == is_available


class Route:
    """A request of a page as Playwright hands it over, and what became of it."""

    def __init__(self, kind: str, url: str) -> None:
        self.request = SimpleNamespace(method="GET", resource_type=kind, url=url)
        self.became = ""

    async def abort(self) -> None:
        self.became = "nothing"

    async def fulfill(self, *, body, headers) -> None:
        self.became = body.decode()


async def test_documents_of_other_sites_are_neither_framed_nor_shown_in_the_pages_place(monkeypatch):
    with ExitStack() as stack:
        strange = stack.enter_context(serving({"/": Page("strange")}))
        there = strange.url().replace("127.0.0.1", "localhost")
        shop = stack.enter_context(serving({"/more": Page("more"), "/away": Page(status=302, location=there)}))
        here = shop.url()
        monkeypatch.setattr(settings(), "private_origins", f"{here},{there}")
        door = browser._Door(http.Fetched(b"page", "text/html", "utf-8", here), http.Visitor())
        routes = [Route("document", url) for url in (here, f"{here}more", f"{here}away", there)]
        routes.append(Route("fetch", there))
        for route in routes:
            await door.open(route)
    assert [route.became for route in routes] == ["page", "more", "nothing", "nothing", "strange"]
