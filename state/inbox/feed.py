"""Number the patches a widget sends, so that the browser applies each once and in order."""

from typing import Any, TypedDict

import reflex as rx

from backend.core.ids import new_id


class Patches(TypedDict):
    """The last two batches of patches, numbered within an epoch; an epoch begins whenever the widget loads anew."""

    epoch: str
    batch: list[dict[str, Any]]


class Feed(rx.State, mixin=True):
    """A widget whose list travels whole once, and as patches from then on."""

    feed: Patches = {"epoch": "", "batch": []}
    _last_batch: list[dict[str, Any]] = []
    _patch_number: int = 0

    def _begin(self) -> None:
        """Start an epoch: what the list holds now is complete, earlier patches are void."""
        self._last_batch = []
        self.feed = {"epoch": new_id().hex, "batch": []}

    def _push(self, patches: list[dict[str, Any]]) -> None:
        """Send patches. The batch before goes along, because the browser may skip one of two quick values."""
        if not patches:
            return
        fresh = []
        for patch in patches:
            self._patch_number += 1
            fresh.append({"n": self._patch_number, **patch})
        self.feed = {"epoch": self.feed["epoch"], "batch": [*self._last_batch, *fresh]}
        self._last_batch = fresh
