"""The locks pin every package by content, and name no host to fetch it from: that is each machine's own choice."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FRONT_END = ROOT / "reflex.lock"


def npm_packages() -> dict[str, dict[str, Any]]:
    content = json.loads((FRONT_END / "package-lock.json").read_text())
    return {path: package for path, package in content["packages"].items() if path}


def addresses(value: Any, inside: str = "") -> Iterator[tuple[str, str]]:
    """Yield every web address below a value with the name of the field it stands in."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from addresses(each, inside if inside == "funding" else name)
    elif isinstance(value, list):
        for each in value:
            yield from addresses(each, inside)
    elif isinstance(value, str) and "://" in value:
        yield inside, value


def test_python_lock_pins_hashes_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pins = re.findall(r"^\S+==\S+(?: ;.*)? \\\n {4}--hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\w\S*==", lock, re.MULTILINE)) > 100


def test_npm_lock_pins_contents_and_names_no_host():
    packages = npm_packages()
    assert len(packages) > 100
    for path, package in packages.items():
        assert "resolved" not in package, path
        assert package["version"], path
        assert package["integrity"].startswith("sha512-"), path
        # Where a package's authors take donations: npm writes it, nothing is fetched from there.
        assert {field for field, _ in addresses(package)} <= {"funding"}, path


def test_npm_lock_is_that_of_the_packages_asked_for():
    asked = json.loads((FRONT_END / "package.json").read_text())
    locked = json.loads((FRONT_END / "package-lock.json").read_text())["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert asked[kind] == locked[kind]
        for name, version in asked[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+\S*", version), name
            assert npm_packages()[f"node_modules/{name}"]["version"] == version


def test_npm_lock_serves_other_systems_than_the_one_it_was_made_on():
    bindings = {path.rpartition("/")[2] for path in npm_packages() if "@rolldown/binding-" in path}
    assert {"binding-darwin-arm64", "binding-linux-arm64-gnu", "binding-linux-x64-gnu"} <= bindings
