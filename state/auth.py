"""Help people at the door find their mail while no mail service is connected."""

import reflex as rx

from backend.core.config import settings


class DoorState(rx.State):
    """What the pages that take a code know before anybody is signed in."""

    local_mailbox: str = ""
    """Address of the local mailbox; empty where real mail is sent."""

    @rx.event
    async def load(self) -> None:
        """Look where mail goes."""
        ours = settings()
        self.local_mailbox = f"{ours.sandbox_url}/mailbox" if "Postmark" in ours.sandboxed_vendors else ""
