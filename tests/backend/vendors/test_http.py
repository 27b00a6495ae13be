"""The guarded client: nothing private is asked, nothing is read without bound, credentials stay with their owner."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http
from tests.ports import free_port


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fc00::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses_in_every_disguise_are_private(address):
    assert not http.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert http.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/", "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/",
        "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "http://user:pw@example.com/", "http:///x",
        "http://127.0.0.1:99999/", "", "//example.com",
    ],
)  # fmt: skip
async def test_addresses_that_must_not_be_asked_are_refused(url):
    with pytest.raises(http.AddressRefused):
        await http.fetch(url, max_bytes=10)


class Handler(BaseHTTPRequestHandler):
    """A small web server with every kind of answer."""

    seen: list[tuple[str, str]] = []

    def do_GET(self):
        self.seen.append((self.path, self.headers.get("authorization", "")))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("location", f"http://localhost:{self.server.server_port}/plain")
            self.end_headers()
            return
        if self.path == "/nowhere":
            self.send_response(302)
            self.send_header("location", "http://[bad")
            self.end_headers()
            return
        if self.path == "/round":
            self.send_response(302)
            self.send_header("location", "/round")
            self.end_headers()
            return
        self.send_response(503 if self.path == "/down" else 404 if self.path == "/gone" else 200)
        self.send_header("content-type", "Text/Plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"x" * 1000)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


async def test_a_trusted_vendor_is_asked_with_credentials_wherever_it_lives(origin):
    Handler.seen.clear()
    got = await http.fetch(f"{origin}/plain", max_bytes=1000, trusted_origin=origin, auth=("a", "b"))
    assert (len(got.content), got.content_type) == (1000, "text/plain")
    assert Handler.seen == [("/plain", "Basic " + base64.b64encode(b"a:b").decode())]


async def test_a_redirect_to_a_private_place_is_refused_and_gets_no_credentials(origin):
    Handler.seen.clear()
    with pytest.raises(http.AddressRefused):
        await http.fetch(f"{origin}/elsewhere", max_bytes=1000, trusted_origin=origin, auth=("a", "b"))
    assert [path for path, _ in Handler.seen] == ["/elsewhere"]


async def test_size_and_redirects_are_bounded(origin):
    with pytest.raises(http.TooLarge):
        await http.fetch(f"{origin}/plain", max_bytes=999, trusted_origin=origin)
    with pytest.raises(http.AddressRefused):
        await http.fetch(f"{origin}/round", max_bytes=10, trusted_origin=origin)


async def test_a_redirect_to_what_is_no_address_is_refused(origin):
    with pytest.raises(http.AddressRefused, match="no web address"):
        await http.fetch(f"{origin}/nowhere", max_bytes=10, trusted_origin=origin)


async def test_what_somebody_else_shall_ask_for_us_is_checked_like_what_we_ask(origin):
    with pytest.raises(http.AddressRefused, match="private network"):
        await http.require_public(f"{origin}/plain")


def test_a_host_in_any_script_is_known_by_its_name_in_ascii():
    assert http.checked_origin("https://Müller.de:8443/Öl") == "https://xn--mller-kva.de:8443"
    with pytest.raises(http.AddressRefused):
        http.checked_origin("https://ü\u2024\u2024x.de/")


@pytest.mark.parametrize(("path", "is_retryable"), [("/down", True), ("/gone", False)])
async def test_a_passing_fault_is_told_from_a_final_one(origin, path, is_retryable):
    with pytest.raises(http.VendorError) as failed:
        await http.fetch(origin + path, max_bytes=10, trusted_origin=origin)
    assert failed.value.is_retryable == is_retryable


async def test_a_request_with_secrets_is_sent_to_no_private_address_and_follows_no_redirect(origin, monkeypatch):
    with pytest.raises(http.AddressRefused):
        await http.send("POST", f"{origin}/elsewhere", headers={"authorization": "secret"}, max_bytes=10)
    monkeypatch.setattr(settings(), "private_origins", f"http://crm.internal:8080, {origin}/")
    answer = await http.send("GET", f"{origin}/elsewhere", headers={}, max_bytes=10)
    assert answer.status == 302


async def test_a_request_tells_whether_it_may_have_arrived(monkeypatch):
    nobody = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setattr(settings(), "private_origins", nobody)
    with pytest.raises(VendorError) as refused:
        await http.send("POST", nobody, headers={}, max_bytes=10)
    assert (refused.value.is_retryable, refused.value.may_have_happened) == (True, False)


async def test_a_visitors_headers_go_to_their_own_origin_alone_and_named_origins_may_be_private(origin, monkeypatch):
    visitor = http.Visitor("MagpipeBot", origin, {"authorization": "Bearer s3cret"})
    elsewhere = origin.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(settings(), "private_origins", f"{origin},{elsewhere}")
    fetched = await http.fetch(f"{origin}/plain", max_bytes=1000, visitor=visitor)
    assert (fetched.charset, fetched.url) == ("utf-8", f"{origin}/plain")
    assert Handler.seen[-1] == ("/plain", "Bearer s3cret")
    await http.fetch(f"{origin}/elsewhere", max_bytes=1000, visitor=visitor)
    assert Handler.seen[-1] == ("/plain", "")
    monkeypatch.setattr(settings(), "private_origins", origin)
    with pytest.raises(http.AddressRefused):
        await http.fetch(f"{origin}/elsewhere", max_bytes=1000, visitor=visitor)
