"""Ask before something goes: what a person was asked about, and that it stays when they leave the question."""

import reflex as rx

from state.errors import answers


class Removal(rx.State, mixin=True):
    """The question over a list whether one of its rows shall go; the list's own handlers ask it and carry it out."""

    doomed_id: str = ""
    doomed_name: str = ""

    @rx.event
    @answers
    async def keep(self, is_open: bool) -> None:
        """Leave it where it is."""
        await self._principal()
        if not is_open:
            self.doomed_id = ""

    def _doomed(self) -> str:
        """Return the id of what shall go, and close the question."""
        doomed, self.doomed_id = self.doomed_id, ""
        return doomed
