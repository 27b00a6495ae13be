"""Read what a page or section shows when it opens, and say on it when that failed."""

from collections.abc import Awaitable

import reflex as rx


class Loading(rx.State, mixin=True):
    """What marks whether there is something to show."""

    is_loaded: bool = False
    has_failed: bool = False
    reference: str = ""
    """What a person quotes of a failure; `state.errors` sets it."""

    async def _load(self, work: Awaitable[None]) -> None:
        """Do what shows it, which sets `is_loaded`. What was shown before stays when that fails, under a toast."""
        self.has_failed, self.reference = False, ""
        try:
            await work
        except Exception:
            self.has_failed = not self.is_loaded
            raise
