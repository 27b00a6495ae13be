"""Show operators the work that gave up, and let them send it round again."""

from typing import Any

import reflex as rx

from backend.admin import service as admin
from backend.admin.schemas import DeadLetter
from backend.core.errors import NotAllowed, NotSignedIn
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from state.errors import answers
from state.session import SessionState

WHY = "an operator looks at failed jobs"


class JobsState(SessionState):
    """The table of `/admin/jobs`; for everyone but operators there is nothing at that address."""

    letters: list[DeadLetter] = []
    total: int = 0
    is_loaded: bool = False
    is_hidden: bool = True
    has_failed: bool = False
    reference: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the failed jobs to an operator, and nothing to anyone else."""
        self.letters, self.total, self.is_hidden, self.has_failed, self.reference = [], 0, True, False, ""
        try:
            await self._show(await self._principal())
            self.is_hidden = False
        except (NotAllowed, NotSignedIn):
            return
        except Exception:
            self.is_hidden, self.has_failed = False, True
            raise
        finally:
            self.is_loaded = True

    @rx.event
    @answers
    async def retry(self, job_id: int) -> None:
        """Send one job round again."""
        principal = await self._principal()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                await admin.retry(session, principal, job_id)
        await self._show(principal)

    @rx.event
    @answers
    async def retry_all(self) -> Any:
        """Send every failed job round again and say how many went."""
        principal = await self._principal()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                sent = await admin.retry_all(session, principal)
        await self._show(principal)
        return rx.toast(f"Sent round again: {sent}")

    async def _show(self, principal: Principal) -> None:
        with platform_scope(WHY):
            async with unit_of_work() as session:
                self.letters, self.total = await admin.dead_letters(session, principal)
