"""The front end is built when, and only when, something it is made of has changed."""

import pytest

from magpipe import frontend
from magpipe.errors import StartError

SETTINGS = {"ENVIRONMENT": "development", "PORT": "3000", "PUBLIC_URL": "http://127.0.0.1:3000"}


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


def test_another_port_makes_the_build_stale(tree):
    assert frontend.fingerprint(tree, SETTINGS) != frontend.fingerprint(tree, SETTINGS | {"PORT": "4000"})


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
