"""Choose the widget that stands on the product's own pages, and vouch for the member who looks at them."""

from backend.chat import queries, tickets
from backend.chat.schemas import OwnPages
from backend.core.config import settings
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.chat import ChatWidget

# There it would cover what people write with.
ALWAYS_HIDDEN = ("/inbox", "/chat-widget")


async def own_pages(member: Principal | None) -> OwnPages | None:
    """Return the widget for a member, or for a visitor of the public pages; None when there is none.

    An organization's own comes first, then the operator's (`SUPPORT_WIDGET_KEY`).
    """
    widget = await _of_organization(member) if member is not None else None
    widget = widget or await _of_operator()
    if widget is None:
        return None
    visitor = None
    if member is not None and widget.takes_identity:
        seal = tickets.identity_seal(widget.identity_secret, member.email)
        visitor = {"email": member.email, "name": member.name, "hash": seal}
    return OwnPages(
        key=widget.widget_key, hidden=list(dict.fromkeys([*ALWAYS_HIDDEN, *widget.hidden_paths])), visitor=visitor
    )


async def _of_organization(member: Principal) -> ChatWidget | None:
    with org_scope(member.org_id):
        async with unit_of_work() as session:
            return await queries.portal_widget(session, member.org_id)


async def _of_operator() -> ChatWidget | None:
    key = settings().support_widget_key
    if not key:
        return None
    with platform_scope("find the operator's chat widget"):
        async with unit_of_work() as session:
            found = await queries.widget_of_key(session, key)
    if found is None or not found.is_active:
        log.warning("chat.no_support_widget")
        return None
    return found
