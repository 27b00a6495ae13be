"""The sandbox knows vendors' protocols and nothing of the product."""

import ast
from pathlib import Path

import backend.sandbox

ROOT = Path(backend.sandbox.__file__).parent
OURS = ("backend", "magpipe", "pages", "state", "voice_agent", "tests")


def imported(path: Path) -> list[str]:
    """Return every module a file imports, by its full name."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


def test_sandbox_imports_no_product_code() -> None:
    files = list(ROOT.rglob("*.py"))
    assert len(files) > 20
    strangers = [
        (path.name, module)
        for path in files
        for module in imported(path)
        if module.split(".")[0] in OURS and not module.startswith("backend.sandbox")
    ]
    assert strangers == []


def test_sandbox_files_are_small() -> None:
    long = {path.name: lines for path in ROOT.rglob("*.py") if (lines := len(path.read_text().splitlines())) > 400}
    assert long == {}
