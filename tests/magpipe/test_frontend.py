"""The front end is built when, and only when, something it is made of has changed."""

import pytest

from magpipe import frontend
from magpipe.errors import StartError

SETTINGS = {"ENVIRONMENT": "development", "PUBLIC_URL": "http://127.0.0.1:3000"}


@pytest.fixture
def tree(tmp_path):
    files = {
        "pages/inbox.py": "from backend.vocab import Channel\nfrom state.inbox import InboxState\n",
        "state/inbox.py": "from backend.contacts import service\nfrom backend.contacts.schemas import Row\n",
        "assets/styles.css": "a{}",
        "backend/vocab.py": "Channel = 1\n",
        "backend/contacts/service.py": "x = 1\n",
        "backend/contacts/schemas.py": "Row = 1\n",
        "magpipe/magpipe.py": "app = 1\n",
        "magpipe/cli.py": "cli = 1\n",
        "rxconfig.py": "config = 1\n",
        "requirements.lock": "a==1\n",
        "reflex.lock/package-lock.json": "{}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "pages/inbox.py",
        "state/inbox.py",
        "assets/styles.css",
        "backend/vocab.py",
        "backend/contacts/schemas.py",
        "magpipe/magpipe.py",
        "rxconfig.py",
        "requirements.lock",
        "reflex.lock/package-lock.json",
    ],
)
def test_changed_source_makes_the_build_stale(tree, name):
    before = frontend.fingerprint(tree, SETTINGS)
    with open(tree / name, "a") as file:
        file.write("# changed\n")
    assert frontend.fingerprint(tree, SETTINGS) != before


@pytest.mark.parametrize("name", ["backend/contacts/service.py", "magpipe/cli.py", "pages/__pycache__/inbox.pyc"])
def test_code_that_runs_on_the_server_alone_needs_no_build(tree, name):
    before = frontend.fingerprint(tree, SETTINGS)
    (tree / name).parent.mkdir(exist_ok=True)
    with open(tree / name, "a") as file:
        file.write("# changed\n")
    assert frontend.fingerprint(tree, SETTINGS) == before


def test_renamed_page_makes_the_build_stale(tree):
    before = frontend.fingerprint(tree, SETTINGS)
    (tree / "pages/inbox.py").rename(tree / "pages/mail.py")
    assert frontend.fingerprint(tree, SETTINGS) != before


def test_another_public_address_makes_the_build_stale_and_another_port_does_not(tree):
    here = frontend.fingerprint(tree, SETTINGS)
    assert frontend.fingerprint(tree, SETTINGS | {"PUBLIC_URL": "http://localhost:4000"}) == here
    assert frontend.fingerprint(tree, SETTINGS | {"PUBLIC_URL": "https://app.example.com"}) != here


FAKE_REFLEX = """
import pathlib
client = pathlib.Path(".web/build/client")
(client / "assets").mkdir(parents=True)
(client / "index.html").write_text("<html>")
(client / "assets/env-1.js").write_text(
    "var e={EVENT:`ws://localhost:3000/_event`,ALL_ROUTES:`http://localhost:3000/_all_routes`,TRANSPORT:`websocket`}"
)
(client / "assets/env-1.js.gz").write_text("packed")
(client / "assets/page.js").write_text("var u=`http://localhost:3000/docs`")
"""


async def test_built_pages_ask_the_address_they_came_from(tree):
    (tree / "reflex.py").write_text(FAKE_REFLEX)
    await frontend.build(tree, SETTINGS, {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tree)}, lambda _line: None)
    assets = tree / ".web/build/client/assets"
    assert (assets / "env-1.js").read_text() == (
        'var e={EVENT:location.origin.replace("http","ws")+`/_event`,'
        "ALL_ROUTES:location.origin+`/_all_routes`,TRANSPORT:`websocket`}"
    )
    assert not (assets / "env-1.js.gz").exists()
    assert "localhost" in (assets / "page.js").read_text()
    assert frontend.is_current(tree, SETTINGS)


def test_without_a_finished_build_nothing_is_current(tree):
    assert not frontend.is_current(tree, SETTINGS)
    (tree / ".web").mkdir()
    (tree / ".web" / frontend.STAMP).write_text(frontend.fingerprint(tree, SETTINGS))
    assert not frontend.is_current(tree, SETTINGS)
    (tree / ".web/build/client").mkdir(parents=True)
    (tree / ".web/build/client/index.html").write_text("<html>")
    assert frontend.is_current(tree, SETTINGS)


async def test_broken_build_shows_its_last_lines_and_leaves_no_stamp(tree):
    fake = tree / "reflex.py"
    fake.write_text("print('SyntaxError in pages/inbox.py'); raise SystemExit(1)")
    (tree / ".web").mkdir()
    (tree / ".web" / frontend.STAMP).write_text("old")
    said: list[str] = []
    with pytest.raises(StartError, match=r"(?s)could not be built.*SyntaxError in pages/inbox\.py"):
        await frontend.build(tree, SETTINGS, {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tree)}, said.append)
    assert said == ["SyntaxError in pages/inbox.py"]
    assert not (tree / ".web" / frontend.STAMP).exists()
