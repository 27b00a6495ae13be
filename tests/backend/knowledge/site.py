"""A web site on loopback with everything that goes wrong on the web, and what asked for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def html(title: str, body: str, *links: str) -> str:
    """Return a page of a business with a navigation, as sites have it."""
    anchors = "".join(f'<a href="{link}">{link}</a> ' for link in links)
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav>{anchors}</nav>"
        f"<main><h1>{title}</h1>{body}</main><footer>All rights reserved</footer></body></html>"
    )


@dataclass
class Page:
    """What a path answers."""

    body: bytes | str = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    location: str = ""
    needs: tuple[str, str] | None = None


@dataclass
class Site:
    """The site: change `pages` at any time; `seen` holds each request's path and headers."""

    pages: dict[str, Page]
    port: int = 0
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        """The paths asked for, without robots rules."""
        return [path for path, _ in self.seen if path != "/robots.txt"]


@contextmanager
def serving(pages: dict[str, Page]) -> Iterator[Site]:
    """Serve a site until the block ends."""
    site = Site(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = site.pages.get(self.path, Page(html("Not here", "<p>Nothing.</p>"), 404))
            if page.needs and self.headers.get(page.needs[0]) != page.needs[1]:
                page = Page("No.", 401)
            body = page.body.encode() if isinstance(page.body, str) else page.body
            self.send_response(page.status)
            self.send_header("content-type", page.content_type)
            if page.location:
                self.send_header("location", page.location)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
