"""Turn what goes wrong in an event handler into something its person can act on.

`@answers` stands under `@rx.event`. An expected error (`MagpipeError`) becomes words at its field, when the state has
an `errors` var that knows the field, else a toast. Who is not signed in goes to the sign-in page and back. Anything
else is a bug: it is logged once, with a reference that the person sees too: in a toast, or on the page when the state
has `has_failed` set, for which it keeps the reference in `reference`. What the client sent is checked against
the handler's annotations first (`arguments`).
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

import reflex as rx

from backend.core.errors import MagpipeError, NotSignedIn
from backend.core.ids import new_id
from backend.core.logging import log
from state import arguments


def answers(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return the handler with its errors answered; works for coroutines and for async generators."""
    if inspect.isasyncgenfunction(handler):
        return _answering_generator(handler)
    if inspect.iscoroutinefunction(handler):
        return _answering_coroutine(handler)
    raise TypeError(f"{handler.__qualname__} must be async: a blocking handler stops every tab of the process")


def _answering_coroutine(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    wanted = arguments.kinds(handler)

    @wraps(handler)
    async def answered(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            args_taken, kwargs_taken = arguments.taken(wanted, args, kwargs)
            return await handler(self, *args_taken, **kwargs_taken)
        except Exception as error:
            return _answer(self, error, handler.__qualname__)

    return answered


def _answering_generator(handler: Callable[..., AsyncIterator[Any]]) -> Callable[..., Any]:
    wanted = arguments.kinds(handler)

    @wraps(handler)
    async def answered(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            args_taken, kwargs_taken = arguments.taken(wanted, args, kwargs)
            async for event in handler(self, *args_taken, **kwargs_taken):
                yield event
        except Exception as error:
            yield _answer(self, error, handler.__qualname__)

    return answered


def _answer(state: Any, error: Exception, handler: str) -> Any:
    if isinstance(error, NotSignedIn):
        return _to_sign_in(state)
    if isinstance(error, MagpipeError):
        if error.code == "no_organization":
            return rx.redirect("/organization/new")
        errors = getattr(state, "errors", None)
        if error.field and errors is not None and error.field in errors:
            state.errors = {**errors, error.field: error.message}
            return None
        return rx.toast.error(error.message)
    reference = new_id().hex[-12:]
    log.error("ui.handler_failed", handler=handler, reference=reference, exc_info=error)
    if getattr(state, "has_failed", False) and hasattr(state, "reference"):
        # The page itself says what failed, and quotes the reference there.
        state.reference = reference
        return None
    return rx.toast.error(
        "This did not work. Nothing else was changed.",
        description=f"Try again; if it happens again, tell support the reference {reference}.",
    )


def _to_sign_in(state: Any) -> Any:
    """Leave for the sign-in page by a full load, because the tab's socket keeps the identity it began with."""
    here = state.router.url.path or "/inbox"
    query = state.router.url.query
    wanted = f"{here}?{query}" if query else here
    return rx.redirect(f"/login?next={quote(wanted, safe='')}")
