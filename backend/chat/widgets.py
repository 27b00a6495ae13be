"""Keep an organization's chat widgets: make, change, delete, and find the one a page asks for by its key.

Changing a widget needs the editor role, is written to the audit log and tells open screens (`widgets.changed`).
"""

import secrets
import string
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.chat import appearance, domains, queries, words
from backend.chat.files import ACCEPTED, MAX_BYTES
from backend.chat.limits import LONGEST_MESSAGE
from backend.chat.schemas import Caller, WidgetConfig, WidgetView
from backend.core import audit, clock, crypto, jobs, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.chat import ChatWidget
from backend.vocab import AgentType, Channel, MemberRole

MOST_WIDGETS = 50
# The documented form of a key: `wgt_` and 24 of [a-z0-9], which is 124 bits.
_KEY_LETTERS, _KEY_LENGTH = string.ascii_lowercase + string.digits, 24
LONGEST_KEY = 40


async def create(session: AsyncSession, principal: Principal, agent_id: UUID, **fields: Any) -> ChatWidget:
    """Make a widget that an agent answers. Raises `NotFound` (`invalid_agent`), `Invalid`, `Conflict`."""
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    given = {"hidden_paths": ["/inbox", "/agents"], **appearance.checked(fields)}
    await _require_agent(session, agent_id)
    if len(await queries.widgets(session, org_id)) >= MOST_WIDGETS:
        raise Conflict(f"There are {MOST_WIDGETS} chat widgets already. Delete one first.", code="too_many_widgets")
    key = "wgt_" + "".join(secrets.choice(_KEY_LETTERS) for _ in range(_KEY_LENGTH))
    made = ChatWidget(
        org_id=org_id,
        agent_id=agent_id,
        widget_key=key,
        identity_secret=crypto.new_token(),
        **given,
    )
    await _make_room(session, made, given)
    session.add(made)
    await session.flush()
    await _settle(session, principal, made, "created", {"name": made.name})
    return made


async def update(session: AsyncSession, principal: Principal, widget_id: UUID, **changes: Any) -> ChatWidget:
    """Change settings of a widget, also `agent_id`. Raises `NotFound`, and `Invalid` that names the field."""
    principal.require(MemberRole.EDITOR)
    found = await _locked(session, widget_id)
    agent_id = changes.pop("agent_id", None)
    given = appearance.checked(changes)
    if agent_id is not None:
        await _require_agent(session, agent_id)
        given["agent_id"] = agent_id
    await _make_room(session, found, given)
    for name, value in given.items():
        setattr(found, name, value)
    found.updated_at = clock.now()
    session.add(found)
    await session.flush()
    await _settle(session, principal, found, "updated", {"fields": sorted(given)})
    return found


async def delete(session: AsyncSession, principal: Principal, widget_id: UUID) -> None:
    """Delete a widget and its visitors' sessions; the conversations keep what was said. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    doomed = await _locked(session, widget_id)
    await session.delete(doomed)
    await session.flush()
    await audit.record(session, principal, _action(principal, "deleted"), widget_id, {"name": doomed.name})
    await _announce(session, widget_id)


async def get(session: AsyncSession, widget_id: UUID) -> ChatWidget:
    """Return one widget. Raises `NotFound`."""
    found = await queries.widget(session, org_id_of(session), widget_id)
    if found is None:
        raise NotFound("This chat widget does not exist.")
    return found


async def list_all(session: AsyncSession, agent_id: UUID | None = None) -> list[ChatWidget]:
    """Return every widget, or those one agent answers, oldest first."""
    return await queries.widgets(session, org_id_of(session), agent_id)


async def portal(session: AsyncSession) -> ChatWidget | None:
    """Return the widget on the organization's own signed-in pages, or None."""
    return await queries.portal_widget(session, org_id_of(session))


async def identity_secret(session: AsyncSession, principal: Principal, widget_id: UUID) -> str:
    """Return the secret with which a site vouches for its users. Raises `NotAllowed` below editor, `NotFound`."""
    principal.require(MemberRole.EDITOR)
    return (await get(session, widget_id)).identity_secret


async def renew_identity_secret(session: AsyncSession, principal: Principal, widget_id: UUID) -> str:
    """Replace the secret; what the old one signed counts no more. Raises `NotAllowed` below editor, `NotFound`."""
    principal.require(MemberRole.EDITOR)
    found = await _locked(session, widget_id)
    found.identity_secret = crypto.new_token()
    session.add(found)
    await session.flush()
    await audit.record(session, principal, _action(principal, "secret_renewed"), found.id)
    return found.identity_secret


def view(widget: ChatWidget) -> WidgetView:
    """Return a widget in plain JSON."""
    return WidgetView(
        id=str(widget.id),
        agent_id=str(widget.agent_id or ""),
        agent_name=widget.agent_name,
        widget_key=widget.widget_key,
        name=widget.name,
        is_active=widget.is_active,
        is_support_agent=widget.is_support_agent,
        primary_color=widget.primary_color,
        theme=widget.theme,
        position=widget.position,
        offset_x=widget.offset_x,
        offset_y=widget.offset_y,
        has_ai_greeting=widget.has_ai_greeting,
        welcome_message=widget.welcome_message,
        offline_message=widget.offline_message,
        takes_identity=widget.takes_identity,
        collect_visitor_name=widget.collect_visitor_name,
        collect_visitor_email=widget.collect_visitor_email,
        takes_files=widget.takes_files,
        allowed_domains=list(widget.allowed_domains),
        is_portal_widget=widget.is_portal_widget,
        hidden_paths=list(widget.hidden_paths),
        created_at=widget.created_at.isoformat(),
        updated_at=widget.updated_at.isoformat(),
    )


def embed_code(widget: ChatWidget) -> str:
    """Return the one line a site puts before the end of its body."""
    address = f"{settings().public_url}/widget.js"
    return f'<script src="{address}" data-widget-key="{widget.widget_key}" async></script>'


async def of_key(key: str, origin: str) -> ChatWidget:
    """Return the widget a page asks for. Raises `NotFound` (`widget_not_found`), `NotAllowed` for its site."""
    found = None
    if key.startswith("wgt_") and len(key) <= LONGEST_KEY:
        with platform_scope("find a chat widget by its key"):
            async with unit_of_work() as session:
                found = await queries.widget_of_key(session, key)
    if found is None:
        raise NotFound("This chat does not exist or is switched off.", code="widget_not_found")
    require_open(found, origin)
    return found


def require_open(widget: ChatWidget, origin: str) -> None:
    """Refuse a page that a widget does not serve. Raises `NotFound` (`widget_not_found`), `NotAllowed`."""
    if not widget.is_active:
        raise NotFound("This chat does not exist or is switched off.", code="widget_not_found")
    domains.require(origin, widget.allowed_domains)


async def widget_for(key: str, agent_id: UUID | None, owner_org: UUID | None, origin: str) -> ChatWidget:
    """Return the widget with a key, else an agent's oldest active one.

    For the owner's own server, which has a key of that organization, no page is asked for; else the widget's list of
    sites decides. Raises `NotFound` (`widget_not_found`), also for another organization's, and `NotAllowed`.
    """
    if owner_org is None and key:
        return await of_key(key, origin)
    with platform_scope("find a chat widget for the API"):
        async with unit_of_work() as session:
            if key:
                found = await queries.widget_of_key(session, key) if len(key) <= LONGEST_KEY else None
            else:
                found = await queries.oldest_active(session, agent_id, owner_org) if agent_id else None
    if found is None or not found.is_active or (owner_org is not None and found.org_id != owner_org):
        raise NotFound("This chat does not exist or is switched off.", code="widget_not_found")
    if owner_org is None:
        domains.require(origin, found.allowed_domains)
    return found


async def config(key: str, caller: Caller, language: str = "") -> WidgetConfig:
    """Return what a page needs to draw a widget. Raises `NotFound`, and `NotAllowed` on a site not listed."""
    widget = await of_key(key, caller.origin)
    with org_scope(widget.org_id):
        async with unit_of_work() as session:
            agent = await answering_agent(session, widget)
            await refresh_greeting(session, widget, agent)
    return drawn(widget, agent, language)


async def refresh_greeting(session: AsyncSession, widget: ChatWidget, agent: AgentConfig | None) -> None:
    """Have the agent write the greeting anew, in the background, when it was published since it last did."""
    if agent is None or not widget.has_ai_greeting or widget.greeting_version == agent.version:
        return
    await jobs.defer(
        session,
        "agents.write_greeting",
        queueing_lock=f"greeting:{widget.id}",
        org_id=str(widget.org_id),
        widget_id=str(widget.id),
    )


def drawn(widget: ChatWidget, agent: AgentConfig | None, language: str = "") -> WidgetConfig:
    """Return a widget as a page draws it."""
    lang, spoken = words.of(agent.language if agent else "", language)
    asks = [
        field
        for field, is_asked in (("name", widget.collect_visitor_name), ("email", widget.collect_visitor_email))
        if is_asked
    ]
    greeting = widget.welcome_message
    if widget.has_ai_greeting and agent is not None and widget.greeting_version == agent.version:
        greeting = widget.greeting_text or greeting
    color, ink = appearance.readable(widget.primary_color)
    return WidgetConfig(
        key=widget.widget_key,
        name=widget.agent_name or (agent.name if agent else "") or widget.name,
        color=color,
        ink=ink,
        theme=widget.theme,
        position=widget.position,
        offset_x=widget.offset_x,
        offset_y=widget.offset_y,
        greeting=greeting,
        offline=widget.offline_message or spoken["closed"],
        is_open=agent is not None and agents.hours_now(agent, Channel.CHAT).is_open,
        asks=asks,
        takes_files=widget.takes_files,
        takes_identity=widget.takes_identity,
        file_types=ACCEPTED,
        max_file_mb=MAX_BYTES // 1_000_000,
        max_length=LONGEST_MESSAGE,
        lang=lang,
        words=spoken,
    )


async def answering_agent(session: AsyncSession, widget: ChatWidget) -> AgentConfig | None:
    """Return the agent that answers a widget, or None when it has none or it is switched off."""
    if widget.agent_id is None:
        return None
    try:
        agent = await agents.get(session, widget.agent_id)
    except NotFound:
        return None
    return agent if agent.is_active else None


async def _locked(session: AsyncSession, widget_id: UUID) -> ChatWidget:
    found = await queries.widget(session, org_id_of(session), widget_id, for_update=True)
    if found is None:
        raise NotFound("This chat widget does not exist.")
    return found


async def _require_agent(session: AsyncSession, agent_id: UUID) -> None:
    try:
        agent = await agents.get(session, agent_id)
    except NotFound:
        raise NotFound("This agent does not exist.", code="invalid_agent", field="agent_id") from None
    if agent.agent_type not in (AgentType.CHAT_WIDGET, AgentType.TEXT):
        raise Invalid("Choose an agent for web chat or for texts.", field="agent_id")


async def _make_room(session: AsyncSession, widget: ChatWidget, given: dict[str, Any]) -> None:
    """Take another widget off the signed-in pages when this one is to stand there: one at a time."""
    if given.get("is_portal_widget"):
        await queries.clear_portal(session, widget.org_id, widget.id)


async def _settle(
    session: AsyncSession, principal: Principal, widget: ChatWidget, verb: str, details: dict[str, Any]
) -> None:
    await audit.record(session, principal, _action(principal, verb), widget.id, details)
    await _announce(session, widget.id)


def _action(principal: Principal, verb: str) -> str:
    return f"{'api' if principal.is_key else 'ui'}:widget:{verb}"


async def _announce(session: AsyncSession, widget_id: UUID) -> None:
    await realtime.announce(session, org_id_of(session), "widgets.changed", subject=str(widget_id))
