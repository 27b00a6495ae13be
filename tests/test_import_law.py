"""Hold every module to the import law: who may import whom, and what to do instead."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TREES = ("backend", "magpipe", "pages", "state", "voice_agent")
# What vendors publish to reach them; each is imported by its one module under backend/vendors, inside a function.
SDKS = {
    "openai", "signalwire", "stripe", "elevenlabs", "deepgram", "slack_sdk", "googleapiclient", "hubspot",
    "firecrawl", "mcp", "postmarker", "twilio",
}  # fmt: skip
DATA = {"sqlalchemy", "sqlmodel", "psycopg", "psycopg_pool", "asyncpg", "alembic"}
# Packages of backend/ that are not domains.
LAYERS = {"core", "models", "api", "mcp", "vendors", "sandbox", "vocab", "worker"}
# Values without data or effects, which every domain may use.
PURE = {
    "backend.numbers.e164",
    "backend.numbers.senders",
    "backend.conversations.search",
    "backend.calendars.definitions",
    "backend.mcp_servers.definitions",
    "backend.functions.definitions",
    "backend.details.definitions",
    "backend.templates.filling",
    "backend.agents.schedule",
    "backend.memory.proof",
    "backend.memory.rules",
}
# What an edge needs to know who asks, open the unit of work, and hear of changes.
EDGE_CORE = {"errors", "principal", "tenancy", "realtime", "clock", "ids", "logging", "telemetry", "config"}


@dataclass(frozen=True)
class Import:
    """One import: who, whom (dotted), where, and whether it stands inside a function."""

    module: str
    target: str
    place: str
    is_lazy: bool

    @property
    def to(self) -> list[str]:
        """The parts of what is imported."""
        return self.target.split(".")


def modules() -> Iterator[tuple[str, Path]]:
    for tree in TREES:
        for path in sorted((ROOT / tree).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def exists(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def statements(inside: ast.AST, is_lazy: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield every statement, and whether it stands inside a function; expressions, most of a tree, hold none."""
    for node in ast.iter_child_nodes(inside):
        if isinstance(node, ast.stmt):
            yield node, is_lazy
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from statements(node, is_lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(name: str, path: Path) -> Iterator[Import]:
    shown = path.relative_to(ROOT)
    for node, is_lazy in statements(ast.parse(path.read_text())):
        place = f"{shown}:{node.lineno}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, place, is_lazy)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, base]).rstrip(".")
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                is_module = exists(whole) or (ROOT.joinpath(*base.split(".")).is_dir() and alias.name.islower())
                yield Import(name, whole if is_module else base, place, is_lazy)


def law(i: Import) -> str | None:
    """Return what to do instead of an import that breaks the law, or None when it is lawful."""
    of, to = i.module.split("."), i.to
    top, inside = to[0], to[1] if len(to) > 1 else ""
    is_sandbox = of[:2] == ["backend", "sandbox"]

    if top == "magpipe" and of[0] != "magpipe":
        return "magpipe composes the rest and nobody imports it: move what is shared below, or pass it in"
    if to[:2] == ["backend", "sandbox"] and not is_sandbox and of[0] != "magpipe":
        return "the sandbox speaks to us over the network alone: reach it by its vendor's address"
    if is_sandbox and (top in TREES and to[:2] != ["backend", "sandbox"]):
        return "the sandbox knows vendors' protocols, not us: copy no product code into it, and import none"
    if is_sandbox or of[0] == "magpipe":
        return None
    if top in SDKS and not (of[:2] == ["backend", "vendors"] and i.is_lazy):
        return "a vendor's SDK is imported by its module in backend/vendors, inside the function that needs it"
    return {"pages": _pages, "state": _state, "backend": _backend, "voice_agent": _voice}[of[0]](of, to, top, inside)


def _pages(of: list[str], to: list[str], top: str, inside: str) -> str | None:
    if top == "backend" and inside != "vocab":
        return "a page draws what a state holds: ask the state, which asks the service (backend.vocab is free)"
    return _no_data(top)


def _state(of: list[str], to: list[str], top: str, inside: str) -> str | None:
    if top == "pages":
        return "a state does not know how it is drawn: move the shared value to state or backend.vocab"
    if top == "backend":
        is_edge_core = inside == "core" and len(to) > 2 and to[2] in EDGE_CORE
        if not (inside == "vocab" or is_edge_core or to[-1] in ("service", "schemas") or is_pure(to)):
            return "a state calls services: import backend.<domain>.service or .schemas"
    return _no_data(top)


def _no_data(top: str) -> str | None:
    if top in DATA or top in SDKS:
        return "SQL and vendors live behind services: add a service function for it"
    return None


def _voice(of: list[str], to: list[str], top: str, inside: str) -> str | None:
    if top == "backend" and of[-1] != "gateway":
        return "the worker reaches the product through voice_agent/gateway.py alone: add a function there"
    return None


def _backend(of: list[str], to: list[str], top: str, inside: str) -> str | None:
    if top in ("reflex", "livekit", "pages", "state", "voice_agent"):
        return "backend runs without the interface and without media: turn the dependency round"
    if top != "backend" or len(to) < 2 or inside == "vocab" or to[:2] == of[:2]:
        return None if of[1:2] != ["vocab"] or top not in TREES else "the vocabulary imports nothing of ours"
    layer = of[1] if len(of) > 1 else ""
    rules: dict[str, tuple[Callable[[], bool], str]] = {
        "core": (lambda: False, "core imports nothing of ours: move it up, or pass it in"),
        "vocab": (lambda: False, "the vocabulary imports nothing of ours"),
        "models": (lambda: inside == "core", "models import core alone"),
        "vendors": (lambda: inside == "core", "a vendor's module imports core and its SDK: pass in what it needs"),
        "api": (lambda: _is_edge_target(to), "an endpoint calls services: import backend.<domain>.service or .schemas"),
        "mcp": (lambda: _is_edge_target(to), "a tool calls services: import backend.<domain>.service or .schemas"),
        "worker": (lambda: inside == "core" or to[-1] == "jobs", "the worker imports core and the domains' jobs"),
    }
    if layer in rules:
        is_lawful, instead = rules[layer]
        return None if is_lawful() else instead
    if of[-1] == "queries":
        return None if inside in ("core", "models") else "queries import models and core: pass in what else they need"
    if inside in ("core", "models", "vendors"):
        if of[-1] == "jobs" and inside == "vendors":
            return "a job calls its domain's service, which knows the vendor"
        return None
    if inside in LAYERS:
        return "a domain does not know its edges (api, mcp): turn the dependency round"
    if to[-1] in ("service", "schemas") or len(to) == 2 or is_pure(to):
        return None
    return f"another domain is reached through its service: import backend.{inside}.service"


def _is_edge_target(to: list[str]) -> bool:
    return to[1] == "core" or to[-1] in ("service", "schemas") or is_pure(to)


def is_pure(to: list[str]) -> bool:
    return ".".join(to) in PURE


def all_imports() -> list[Import]:
    return [found for name, path in modules() for found in imports(name, path)]


def test_every_import_is_lawful():
    broken = [f"{i.place}: {i.module} imports {i.target}; {instead}" for i in all_imports() if (instead := law(i))]
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("module", "target", "is_lazy", "is_lawful"),
    [
        ("pages.inbox", "backend.vocab", False, True),
        ("pages.inbox", "backend.conversations.service", False, False),
        ("state.inbox", "backend.conversations.service", False, True),
        ("state.inbox", "backend.core.tenancy", False, True),
        ("state.inbox", "backend.conversations.queries", False, False),
        ("state.inbox", "backend.models.contacts", False, False),
        ("state.inbox", "sqlalchemy", False, False),
        ("state.inbox", "pages.inbox", False, False),
        ("backend.core.db", "backend.contacts.service", False, False),
        ("backend.models.contacts", "backend.core.ids", False, True),
        ("backend.models.contacts", "backend.contacts.service", False, False),
        ("backend.contacts.queries", "backend.models.contacts", False, True),
        ("backend.contacts.queries", "backend.messaging.service", False, False),
        ("backend.contacts.service", "backend.contacts.queries", False, True),
        ("backend.contacts.service", "backend.messaging.service", False, True),
        ("backend.contacts.service", "backend.messaging.queries", False, False),
        ("backend.contacts.service", "backend.vendors.signalwire", False, True),
        ("backend.contacts.service", "backend.api.app", False, False),
        ("backend.contacts.service", "reflex", False, False),
        ("backend.contacts.service", "openai", True, False),
        ("backend.vendors.openai", "openai", True, True),
        ("backend.vendors.openai", "openai", False, False),
        ("backend.api.functions.texts", "backend.messaging.service", False, True),
        ("backend.api.functions.texts", "backend.messaging.queries", False, False),
        ("backend.messaging.jobs", "backend.vendors.signalwire", False, False),
        ("backend.sandbox.app", "backend.core.config", False, False),
        ("backend.contacts.service", "backend.sandbox.app", False, False),
        ("backend.contacts.service", "magpipe.up", False, False),
        ("magpipe.cli", "backend.sandbox.serve", False, True),
        ("voice_agent.legs", "backend.calls.service", False, False),
        ("voice_agent.gateway", "backend.calls.service", False, True),
    ],
)
def test_the_law_itself(module, target, is_lazy, is_lawful):
    assert (law(Import(module, target, "here", is_lazy)) is None) == is_lawful


def test_backend_loads_neither_interface_nor_media():
    """The whole product, imported in a fresh process, must not drag in Reflex, LiveKit or a vendor's SDK."""
    program = (
        "import importlib, pkgutil, sys\n"
        "import backend\n"
        "for found in pkgutil.walk_packages(backend.__path__, 'backend.'):\n"
        "    if not found.name.startswith('backend.sandbox'): importlib.import_module(found.name)\n"
        f"unwanted = {sorted(SDKS | {'reflex', 'livekit', 'torch'})!r}\n"
        "print([name for name in unwanted if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
