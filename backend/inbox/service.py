"""Keep what people need around their conversations: views, drafts, bulk work, translations.

Changes announce themselves: `views.changed` (with whose as `subject`, empty for all), `bulk.changed`
(with the token as `subject`), `teams.changed` when somebody goes away or comes back.
"""

from datetime import timedelta

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.inbox.bulk import ACTIONS, AT_ONCE, change_many, progress, run_step, undo_many, undo_step
from backend.inbox.drafts import drafts, forget_draft, save_draft
from backend.inbox.mentions import mail_unread
from backend.inbox.preferences import preferences, set_preference
from backend.inbox.translation import LANGUAGES, translate
from backend.inbox.views import change_view, delete_view, save_view, views
from backend.messaging import service as messaging
from backend.models.inbox import BulkAction

__all__ = [
    "ACTIONS",
    "AT_ONCE",
    "LANGUAGES",
    "change_many",
    "change_view",
    "delete_view",
    "drafts",
    "forget_draft",
    "mail_unread",
    "preferences",
    "progress",
    "run_step",
    "save_draft",
    "save_view",
    "set_preference",
    "sweep",
    "translate",
    "undo_many",
    "undo_step",
    "views",
]
# Long after the last moment to undo, so that work still being taken back is never swept.
KEPT = timedelta(days=1)


async def sweep(session: AsyncSession) -> None:
    """Forget bulk work that cannot be undone any more, and files nobody sent (platform scope)."""
    await session.exec(delete(BulkAction).where(col(BulkAction.created_at) < clock.now() - KEPT))
    await messaging.sweep_unsent(session)
