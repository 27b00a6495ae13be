"""Every handler of these pages asks who is there before it does anything: any client may call any of them."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import pytest

from state import agents, numbers, onboarding, operations
from state.session import SessionState
from tests.state.tab import Tab

MODULES: list[ModuleType] = [
    numbers,
    onboarding,
    operations,
    *(importlib.import_module(f"{agents.__name__}.{found.name}") for found in pkgutil.iter_modules(agents.__path__)),
]
STATES = [
    found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, SessionState) and found.__module__ == module.__name__
]
# `setvar` is Reflex's own, on every state: it reaches a method named `set_…` alone, and those are handlers that ask.
FRAMEWORK = {"setvar"}
HANDLERS = [
    pytest.param(handler, id=f"{state.__name__}.{name}")
    for state in STATES
    for name, handler in state.event_handlers.items()
    if name in vars(state) and name not in FRAMEWORK
]
ARGUMENTS = {
    "is_on": True,
    "number": 1,
    "form": {},
    "turn": {},
    "is_open": True,
    "is_shared": True,
    "is_active": True,
    "is_for_all": True,
    "is_enabled": True,
    "kind_id": 1,
    "place": 0,
    "job_id": 1,
}


@pytest.mark.parametrize("handler", HANDLERS)
async def test_handler_sends_nobody_to_sign_in_or_shows_nothing(db: None, handler: Any) -> None:
    page = Tab()
    before = {state: (await page.state(state)).dict() for state in STATES}
    wrapped = handler.fn.__wrapped__
    names = wrapped.__code__.co_varnames[1 : wrapped.__code__.co_argcount]
    answer = await page.call(handler, *(ARGUMENTS.get(name, "00000000-0000-0000-0000-000000000000") for name in names))
    assert "/login" in str(answer) or handler is operations.JobsState.load
    if handler is not operations.JobsState.load:
        assert {state: (await page.state(state)).dict() for state in STATES} == before


def test_every_method_a_client_could_call_is_a_handler_that_answers() -> None:
    for state in STATES:
        for name, handler in state.event_handlers.items():
            if name in vars(state) and name not in FRAMEWORK:
                assert hasattr(handler.fn, "__wrapped__"), f"{state.__name__}.{name} lacks @answers"
