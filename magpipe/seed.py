"""Fill the demo workspace of a first start: a dental practice with agents, a number, a mailbox and patients.

Nothing in it is staged: the customers' texts are sent through the carrier stand-in and answered by the agent once the
processes are up.
"""

import secrets
from datetime import timedelta
from uuid import UUID

import httpx
from sqlmodel import select

from backend import worker
from backend.agents import service as agents
from backend.chat import service as chat
from backend.contacts import service as contacts
from backend.core import clock, crypto, jobs
from backend.core.config import settings
from backend.core.errors import MagpipeError
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.mailboxes import service as mailboxes
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.numbers import service as numbers
from backend.organizations import service as organizations
from backend.support import service as support
from backend.vocab import AgentType, MemberRole, PlatformRole, TicketPriority
from magpipe.seed_contacts import seed_contacts

OWNER_EMAIL = "ana@harbor-dental.example"
COLLEAGUE_EMAIL = "leo@harbor-dental.example"
PUBLIC_EMAIL = "hello@harbor-dental.example"
BUSINESS = "Harbor Dental"
GREETING = "Harbor Dental, how can I help?"

KNOWLEDGE = {
    "Hours and location": """# Opening hours
Monday to Thursday: 8:00 am to 6:00 pm.
Friday: 8:00 am to 3:00 pm.
Saturday: 9:00 am to 1:00 pm, for emergencies and cleanings only.
Sunday: closed.

# Where we are
Harbor Dental is at 410 Pier Street, second floor, two minutes on foot from Ferry Station.
There is free parking for patients behind the building; take the entrance on Dock Lane.
The building has a lift and is accessible by wheelchair.""",
    "Prices": """# Prices
- A check-up with X-rays costs $95.
- A cleaning costs $120 and takes 45 minutes.
- A white filling costs $180 to $260, depending on its size.
- Teeth whitening costs $350 and takes two visits.
- An emergency visit costs $140; the treatment itself is charged on top.
New patients pay $60 for their first check-up.
We take cards, cash and payment plans over three months without interest.""",
    "Policies": """# Insurance
We accept Delta Dental, Cigna and MetLife. We send the claim for you.

# Cancelling
You can cancel or move an appointment free of charge until 24 hours before it. Later than that we charge $40.

# Emergencies
For a knocked-out tooth, keep it in milk and come at once. Outside opening hours the emergency line is 555-0142.

# Children
We treat children from the age of three. The first visit for a child is free and lasts 20 minutes.""",
}

# What three customers write before anybody has signed in; the last one asks for something only people can do.
TEXTS = [
    ("+14155550171", "Hi! Are you open on Saturday?"),
    ("+14155550172", "How much is a cleaning, and do you take Delta Dental?"),
    ("+14155550173", "Can I talk to a person please? My crown came off"),
]


async def seed_demo() -> dict[str, str]:
    """Make the demo workspace unless it exists and return how to sign in, its number, widget key and mailbox.

    A second run finds the workspace, gives the owner a new password and changes nothing else.
    """
    password = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    with platform_scope("seed the demo workspace"):
        async with unit_of_work() as session:
            owner = await _person(session, OWNER_EMAIL, "Ana Silva", password)
            is_new = owner.current_organization_id is None
            if is_new:
                owner.platform_role = PlatformRole.GOD
                organization = await organizations.create(session, owner, BUSINESS, timezone="America/Los_Angeles")
                colleague = await _person(session, COLLEAGUE_EMAIL, "Leo Park", password)
                session.add(
                    OrganizationMember(
                        org_id=organization.id,
                        user_id=colleague.id,
                        email=colleague.email,
                        full_name=colleague.name,
                        role=MemberRole.SUPPORT,
                        approved_at=clock.now(),
                    )
                )
                colleague.current_organization_id = organization.id
            org_id = owner.current_organization_id
    if org_id is None:
        raise RuntimeError("the demo owner has no organization")
    principal = Principal(owner.id, org_id, owner.name, owner.email, MemberRole.OWNER, PlatformRole.GOD)
    with org_scope(org_id):
        if is_new:
            await _teach(principal)
            await seed_contacts(principal)
            await _promise(principal, colleague.id)
        number = await _number(principal)
        is_voice_new = await _calls(principal)
        widget, is_chat_new = await _chat(principal)
        mailbox = await _mailbox(principal)
    if is_new or is_chat_new or is_voice_new:
        await _finish_jobs()
    if is_new and number and settings().sandboxed_vendors:
        await _let_customers_write(number)
    return {"email": owner.email, "password": password, "number": number, "widget": widget, "mailbox": mailbox}


async def _person(session, email: str, name: str, password: str) -> User:  # type: ignore[no-untyped-def]
    user = (await session.exec(select(User).where(User.email == email))).first()
    if user is None:
        user = User(email=email, name=name, password_hash="", email_verified_at=clock.now())
    user.password_hash = crypto.hash_password(password)
    session.add(user)
    await session.flush()
    return user


async def _teach(principal: Principal) -> None:
    async with unit_of_work() as session:
        agent = await agents.create(session, principal, AgentType.TEXT, "Front desk")
        await agents.update(
            session,
            principal,
            agent.id,
            organization_name=BUSINESS,
            agent_role=f"the receptionist of {BUSINESS}, a dental practice",
        )
        for title, content in KNOWLEDGE.items():
            await knowledge.add_text(session, principal, title, content, agent_id=agent.id)


async def _promise(principal: Principal, colleague_id: UUID) -> None:
    """Open a ticket that Ana's colleague looks after, for somebody who writes soon after."""
    async with unit_of_work() as session:
        contact = await contacts.ensure_by_phone(session, TEXTS[1][0])
        await support.open_by_person(
            session,
            principal,
            {
                "subject": "Send last year’s claim form",
                "description": "Their insurer wants it again. Promised at the front desk.",
                "priority": TicketPriority.HIGH,
                "assigned_to": str(colleague_id),
                "due_date": (clock.now() + timedelta(days=2)).date().isoformat(),
            },
            contact_id=contact.id,
        )


async def _chat(principal: Principal) -> tuple[str, bool]:
    """Give the practice a chat for its website unless it has one; return its key and whether it is new."""
    async with unit_of_work() as session:
        if known := await chat.list_all(session):
            return known[0].widget_key, False
        agent = await agents.create(session, principal, AgentType.CHAT_WIDGET, "Website assistant")
        await agents.update(session, principal, agent.id, organization_name=BUSINESS)
        widget = await chat.create(
            session, principal, agent.id, name="Harbor Dental website", welcome_message="Hi! Ask me anything about us."
        )
        for title, content in KNOWLEDGE.items():
            await knowledge.add_text(session, principal, title, content, agent_id=agent.id)
        return widget.widget_key, True


async def _calls(principal: Principal) -> bool:
    """Give the practice an agent that answers its calls, unless it has one; tell whether it is new."""
    async with unit_of_work() as session:
        owned = await numbers.list_all(session)
        known = await agents.list_all(session)
        if not owned or any(agent.agent_type == AgentType.INBOUND_VOICE for agent in known):
            return False
        agent = await agents.create(session, principal, AgentType.INBOUND_VOICE, "Phone desk")
        await agents.update(session, principal, agent.id, organization_name=BUSINESS, greeting=GREETING)
        for title, content in KNOWLEDGE.items():
            await knowledge.add_text(session, principal, title, content, agent_id=agent.id)
        await numbers.assign(session, principal, UUID(owned[0]["id"]), agent.id, "voice")
        return True


async def _mailbox(principal: Principal) -> str:
    """Give the practice an agent that drafts answers to its mail, unless it has one; return where to write to it.

    Without a mail domain of the installation there is nowhere yet.
    """
    if not settings().inbound_email_domain:
        return ""
    async with unit_of_work() as session:
        if known := await mailboxes.list_all(session):
            return known[0].public_address or known[0].address
        agent = await agents.create(session, principal, AgentType.EMAIL, "Mail desk")
        await agents.update(session, principal, agent.id, organization_name=BUSINESS)
        mailbox = await mailboxes.connect(session, principal, agent.id)
        await mailboxes.change(session, principal, mailbox.id, public_address=PUBLIC_EMAIL)
        for title, content in KNOWLEDGE.items():
            await knowledge.add_text(session, principal, title, content, agent_id=agent.id)
    if "Postmark" in settings().sandboxed_vendors:
        async with httpx.AsyncClient(base_url=settings().sandbox_url, timeout=10) as mail_service:
            given = {"to": mailbox.address}
            (await mail_service.put(f"/sandbox/forwarding/{PUBLIC_EMAIL}", json=given)).raise_for_status()
    return PUBLIC_EMAIL


async def _number(principal: Principal) -> str:
    """Give the agent a number of the carrier's inventory; without a carrier the workspace simply has none yet."""
    async with unit_of_work() as session:
        owned = await numbers.list_all(session)
    if owned:
        return owned[0]["phone_number"]
    try:
        async with unit_of_work() as session:
            free = await numbers.available(session, principal)
        if not free:
            return ""
        async with unit_of_work() as session:
            number = await numbers.buy(session, principal, free[0]["phone_number"])
            [agent] = [agent for agent in await agents.list_all(session) if agent.agent_type == AgentType.TEXT][:1]
            await numbers.assign(session, principal, number.id, agent.id, "text")
            return number.phone_number
    except MagpipeError as error:
        print(f"No number yet: {error.message}")
        return ""


async def _finish_jobs() -> None:
    """Index what was taught before anybody asks; no other process works through the queue yet."""
    worker.load_tasks()
    async with jobs.queue.open_async():
        await jobs.queue.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")


async def _let_customers_write(number: str) -> None:
    async with httpx.AsyncClient(base_url=settings().sandbox_url, timeout=10) as carrier:
        for customer, body in TEXTS:
            reply = await carrier.post("/sandbox/texts", json={"from": customer, "to": number, "body": body})
            if reply.is_error:
                print(f"The carrier stand-in refused a demo text: {reply.text[:200]}")
