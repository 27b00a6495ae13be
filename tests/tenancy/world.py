"""Build two businesses that know nothing of each other, each with a row of everything and a team.

Every text of ours holds `MARK` and our phone numbers are in `MARKS`, so that a single look at an answer tells whether
something of ours is in it.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel

from backend.core import clock
from backend.core.config import settings
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.details import definitions as details
from backend.evals import definitions as evals
from backend.functions import definitions
from backend.mcp_servers import definitions as mcp_tools
from backend.sessions import service as sessions
from backend.vendors import calcom
from backend.vocab import MemberRole, PlatformRole
from tests.tenancy.people import make_key, make_owner, make_teammate, revoke_key, sign_in, sign_out
from tests.tenancy.rows import Rows
from tests.tenancy.witness import Witness

MARK = "canary-ours"
OUR_NUMBER, OUR_CUSTOMER = "+14155559001", "+14155559002"
MARKS = (MARK, OUR_NUMBER[2:], OUR_CUSTOMER[2:], "(415) 555-9001", "(415) 555-9002")


# What a page does in the background takes some hundredths of a second of the stand-ins' time.
AT_REST_S = 1.0


@dataclass
class Person:
    """Somebody of a team, with a live session and a live key (support members may have no key)."""

    who: Principal
    cookie: str
    key: str = ""


@dataclass
class Business:
    """One organization: its people by role, and the id of one row of each table."""

    org_id: UUID
    owner: Person
    editor: Person
    support: Person
    ids: dict[str, str]
    ended_cookie: str = ""
    revoked_key: str = ""

    def by(self, role: MemberRole) -> Person:
        """Return the person of a role."""
        return {MemberRole.OWNER: self.owner, MemberRole.EDITOR: self.editor, MemberRole.SUPPORT: self.support}[role]


@dataclass
class World:
    """Our business, theirs, and an operator of the platform who belongs to theirs."""

    ours: Business
    theirs: Business
    operator: Person
    witness: Witness = field(default_factory=Witness)

    async def ours_now(self) -> dict[str, str]:
        """Return the state of every row of ours, so that a change of any of them shows."""
        people = "select user_id from organization_members where org_id = :org and user_id is not null"
        queries = {
            name: f"select * from {name} where {'id' if name == 'organizations' else 'org_id'} = :org"
            for name, table in SQLModel.metadata.tables.items()
            if "org_id" in table.columns or name == "organizations"
        }
        # When a session or a key was last used is no change that anybody made.
        queries["api_keys"] = "select id, org_id, user_id, name, key_hash, is_active from api_keys where org_id = :org"
        queries["users"] = f"select * from users where id in ({people})"
        queries["user_sessions"] = f"select id, revoked_at from user_sessions where user_id in ({people})"
        queries["one_time_codes"] = f"select * from one_time_codes where user_id in ({people})"
        return await self.witness.look(queries, {"org": self.ours.org_id})

    async def everything_now(self) -> dict[str, str]:
        """Return the state of every row of everybody, but for counters of attempts and moments of last use."""
        queries = {name: f"select * from {name}" for name in SQLModel.metadata.tables if name != "rate_counters"}
        queries["api_keys"] = "select id, name, is_active from api_keys"
        queries["user_sessions"] = "select id, revoked_at from user_sessions"
        queries["procrastinate_jobs"] = "select id, status from procrastinate_jobs"
        return await self.witness.look(queries, {"org": self.ours.org_id})

    async def at_rest(self) -> dict[str, str]:
        """Return `everything_now` once nothing changes: what tests before began in the background may go on a while."""
        last = await self.everything_now()
        while True:
            await asyncio.sleep(AT_REST_S)
            now = await self.everything_now()
            if now == last:
                return now
            last = now

    async def operators_now(self) -> set[str]:
        """Return the addresses of everybody who is more than a user of the platform."""
        with platform_scope("see who runs the platform in a test"):
            async with unit_of_work() as session:
                return set(
                    (await session.execute(text("select email from users where platform_role <> 'user'"))).scalars()
                )


def leaks(answer: str, sent: str = "") -> list[str]:
    """Return what of ours stands in an answer, except the number the caller named itself."""
    said, known = answer.casefold(), _digits(sent)
    return [mark for mark in MARKS if mark in said and not (_digits(mark) and _digits(mark) in known)]


def _digits(words: str) -> str:
    return "".join(letter for letter in words if letter.isdigit())


async def build() -> World:
    """Make both businesses and commit them."""
    sessions.forget_all()
    ours = await _business(MARK, OUR_NUMBER, OUR_CUSTOMER)
    theirs = await _business("stranger", "+14155559011", "+14155559012")
    operator = await make_teammate(
        theirs.org_id, "operator@tenancy.example", "An operator", MemberRole.SUPPORT, PlatformRole.ADMIN
    )
    made = World(ours, theirs, Person(operator, await sign_in(operator)))
    await made.witness.start()
    return made


async def take_away(world: World) -> None:
    """Delete everything that was made."""
    await world.witness.stop()
    with platform_scope("take a test's organizations away"):
        async with unit_of_work() as session:
            for statement in (
                "update users set current_organization_id = null where email like '%tenancy.example'",
                "delete from organizations where owner_id in"
                " (select id from users where email like '%tenancy.example')",
                "delete from users where email like '%tenancy.example'",
            ):
                await session.execute(text(statement))
    for business in (world.ours, world.theirs):
        with contextlib.suppress(FileNotFoundError):
            (settings().media_dir / business.ids["media_path"]).unlink()
    sessions.forget_all()


async def _business(mark: str, number: str, customer: str) -> Business:
    owner = await make_owner(f"{mark}.owner@tenancy.example", f"{mark} Dental", f"{mark} owner")
    editor = await make_teammate(owner.org_id, f"{mark}.editor@tenancy.example", f"{mark} editor", MemberRole.EDITOR)
    support = await make_teammate(
        owner.org_id, f"{mark}.support@tenancy.example", f"{mark} support", MemberRole.SUPPORT
    )
    ids = await _rows(owner, support, mark, number, customer)
    people = {who: Person(who, await sign_in(who)) for who in (owner, editor, support)}
    people[owner].key, ids["owner_key"] = await make_key(owner, f"{mark} owner key")
    people[editor].key, _ = await make_key(editor, f"{mark} editor key")
    ids |= {"editor": str(editor.user_id), "support": str(support.user_id), "owner": str(owner.user_id)}
    ids["owner_email"] = owner.email
    made = Business(owner.org_id, people[owner], people[editor], people[support], ids)
    made.ended_cookie = await sign_in(owner)
    await sign_out(made.ended_cookie)
    made.revoked_key, key_id = await make_key(owner, f"{mark} revoked key")
    await revoke_key(owner, key_id)
    with platform_scope("find what a test made"):
        async with unit_of_work() as session:
            found = await session.execute(
                text("select user_id, id from organization_members where org_id = :org and user_id is not null"),
                {"org": owner.org_id},
            )
            members = {str(user_id): str(id) for user_id, id in found.all()}
            found = await session.execute(
                text("select id from user_sessions where user_id = :user and revoked_at is null"),
                {"user": owner.user_id},
            )
            ids["user_sessions"] = str(found.scalar_one())
    ids |= {"members.support": members[ids["support"]], "members.owner": members[ids["owner"]]}
    return made


async def _rows(owner: Principal, support: Principal, mark: str, number: str, customer: str) -> dict[str, str]:
    """Make the records of a business as its services would, and return their ids."""
    with platform_scope("fill a business for a test"):
        async with unit_of_work() as session:
            rows = Rows(session, owner.org_id, owner.user_id, mark)
            own, every = _function(mark, "own"), _function(mark, "every")
            await rows.make("shared_functions", definition=every)
            detail, shared_detail = (
                details.definition({"name": name, "description": mark}) for name in ("own_detail", "every_detail")
            )
            await rows.make("shared_details", definition=shared_detail)
            await rows.make(
                "agent_configs",
                agent_type="text",
                language="en-US",
                llm_model="",
                max_tokens=300,
                texts_schedule={},
                schedule_timezone="",
                after_hours_sms_forwarding="",
                variables={"secret": mark},
                settings={"custom_functions": [own], "dynamic_variables": [detail]},
                draft={},
                draft_marks={},
                released={},
                deleted_at=None,
            )
            await rows.make("service_numbers", phone_number=number, country="US", outbound_agent_id=None, agent_id=None)
            await rows.make(
                "contacts",
                phone_number=customer,
                email=f"{mark}.customer@tenancy.example",
                is_visitor=False,
                deleted_at=None,
                blocked_at=None,
                merged_into_id=None,
                custom_fields={},
            )
            await rows.make(
                "conversations",
                status="open",
                answer_mode="ai",
                paused_until=None,
                snoozed_until=None,
                last_channel="sms",
                last_direction="inbound",
                last_author_kind="contact",
                last_status="received",
                last_seq=3,
            )
            await rows.make("conversation_details", content={"value": mark})
            await rows.make(
                "conversation_items",
                seq=3,
                kind="draft",
                channel="sms",
                direction="outbound",
                author_kind="agent",
                author_id=rows.made["agent_configs"]["id"],
                status="",
                record_id=None,
                data={"number_id": str(rows.made["service_numbers"]["id"]), "note": mark},
            )
            await rows.make(
                "sms_messages",
                direction="outbound",
                sender_number=number,
                recipient_number=customer,
                status="failed",
                encoding="GSM-7",
                error_code="30003",
                message_sid="",
                attempted_at=None,
                sent_at=None,
                delivered_at=None,
            )
            later = Rows(session, owner.org_id, owner.user_id, mark)
            later.made |= {name: row for name, row in rows.made.items() if name != "sms_messages"}
            planned = await later.make(
                "sms_messages",
                direction="outbound",
                sender_number=number,
                recipient_number=customer,
                status="scheduled",
                encoding="GSM-7",
                message_sid="",
                attempted_at=None,
                sent_at=None,
                delivered_at=None,
            )
            at = clock.now() + timedelta(days=30)
            await rows.make(
                "scheduled_actions",
                action_type="send_sms",
                scheduled_at=at,
                status="pending",
                executed_at=None,
                parameters={
                    "message_id": str(planned["id"]),
                    "sender_number": number,
                    "recipient_phone": customer,
                    "message": mark,
                    "purpose": "service",
                },
            )
            media = await rows.make("message_media", position=0, content_type="image/png", path="", error="")
            path = f"{owner.org_id}/{media['id']}"
            await session.execute(
                text("update message_media set path = :path where id = :id"), {"path": path, "id": media["id"]}
            )
            _keep_file(settings().media_dir / path, mark)
            await rows.make("sms_opt_outs", service_number=number, phone_number=customer, is_opted_out=False)
            await rows.make(
                "agent_turns", status="answered", sources=[], tools=[], memory=[], attempts=[], reply_message_id=None
            )
            await rows.make("conversation_contexts", told_in="", key_topics=[mark], preferences={"seat": mark})
            await rows.make("memory_facts", kind="need", origin="said", marks=[], expires_at=None)
            await rows.make("memory_strikes", told_in="", marks=[])
            await rows.make("memory_stretches", items=[], topics=[mark])
            await rows.make(
                "tool_calls",
                kind="function",
                status="waiting",
                authority="",
                arguments={},
                request={},
                told={},
                offer={},
                function_id=None,
                decided_at=None,
                finished_at=None,
                expires_at=clock.now() + timedelta(days=30),
            )
            address = {"kind": "site", "url": f"https://{mark}.example/", "sync_period": "never", "login_headers": None}
            lists = {"pairs": [], "include_paths": [], "exclude_paths": []}
            await rows.make("knowledge_sources", sync_status="ready", **address, **lists)
            await rows.make("knowledge_crawls", status="failed", is_live=False, robots="")
            await rows.make("knowledge_pages", status="failed")
            gap = await rows.make("knowledge_gaps", status="open")
            await rows.make("knowledge_chunks", content=f"{mark} whitening costs ninety dollars")
            await rows.make(
                "organization_members",
                status="pending",
                role="editor",
                email=f"{mark}.invited@tenancy.example",
                invited_by=mark,
                approved_at=None,
            )
            await rows.make("api_keys", user_id=support.user_id)
            await rows.make("agent_skills", **_skill(mark))
            await rows.make("skill_runs", status="running", is_dry_run=False, result={}, error_message="")
            await rows.make(
                "skill_deliveries", outcome="waiting", is_dry_run=False, channel="sms", recipient=customer, context={}
            )
            await rows.make("conversation_unreads")
            await rows.make("audit_log")
            await rows.make("idempotency_keys")
            await rows.make(
                "chat_widgets",
                widget_key=f"wgt_{mark}",
                primary_color="#4f46e5",
                is_portal_widget=False,
                allowed_domains=[],
                hidden_paths=[],
            )
            await rows.make("chat_sessions", status="active", visitor_email=f"{mark}.visitor@tenancy.example")
            await rows.make("chat_messages", role="visitor", seq=1)
            await rows.make("chat_files", content_type="image/png")
            await rows.make(
                "calendar_connections",
                api_key="cal_sandbox",
                timezone="America/New_York",
                event_types=[{"id": 101, "title": f"{mark} check-up", "minutes": 30}],
                last_error="",
            )
            booking = await rows.make(
                "bookings", uid=await _booked(), told_in="", status="accepted", timezone="UTC", meeting_url=""
            )
            tool = mcp_tools.tool({"name": "look_up_stock", "description": mark, "schema": {}, "reads": True})
            await rows.make(
                "mcp_servers",
                url=f"https://{mark}.invalid/mcp",
                header_name="Authorization",
                tools=[tool],
                last_error="",
            )
            await rows.make("support_tickets", priority="high", status="open", call_id=None, told_in="")
            await rows.make("call_records", direction="outbound", status="completed", vendor_call_id="")
            await rows.make("call_recordings", status="ready", path=path, content_type="audio/mpeg", peaks=[[1], [2]])
            await rows.make("voice_copies", status="failed", vendor_voice_id="")
            await rows.make("call_waits", team_id=None, taken_by_user_id=None, declined_by=[], outcome="")
            await rows.make("webhook_events", event="call.completed")
            await rows.make("call_whitelist", caller_number=customer, forward_to=number)
            await rows.make("tags", colour="blue")
            await rows.make("contact_tags")
            await rows.make("contact_fields", kind="text", choices=[])
            await rows.make("contact_imports", status="uploaded", mapping=["name"], tag_ids=[], finished_at=None)
            await rows.make("contact_import_rows", row_number=2, cells=[mark])
            await rows.make("consents", address=customer, channel="call", evidence={})
            await rows.make("erasures", status="done", counts={}, pending_files=[])
            await rows.make("teams")
            await rows.make("saved_views", user_id=support.user_id)
            await rows.make(
                "message_templates", user_id=support.user_id, is_shared=False, is_default=False, kind="message"
            )
            await rows.make(
                "semantic_match_actions",
                template_id=None,
                threshold=0.5,
                channels=[],
                examples=[mark],
                vectors=[],
                is_active=False,
                action_type="email",
                action_config={"email_address": f"{mark}@tenancy.example", "subject": ""},
                cooldown_minutes=60,
                secret="",
                words="",
            )
            await rows.make("agent_email_configs", address=f"{mark}@in.tenancy.example", mode="draft")
            await rows.make("semantic_matches", status="failed", channel="sms")
            await rows.make("message_drafts", user_id=owner.user_id, mode="reply")
            await rows.make(
                "bulk_actions",
                user_id=support.user_id,
                action="close",
                status="done",
                undo_until=at,
                parameters={"value": "", "filter": {}},
            )
            await rows.make("assistant_conversations", user_id=owner.user_id)
            await rows.make("assistant_messages", seq=2, role="assistant", status="failed", tools=[], choices=[])
            await rows.make(
                "assistant_proposals",
                user_id=owner.user_id,
                kind="send_text",
                status="pending",
                effect={"to": customer, "from": number, "body": mark},
                shown={"body": mark},
                expires_at=at,
            )
            case = evals.checked({"opening": [mark], "checks": [{"kind": "said", "text": mark}]})
            await rows.make("test_suites", is_gathered=False)
            await rows.make("test_cases", definition=case)
            await rows.make("test_rounds", kind="tests", status="running", version=0, snapshot={})
            line = {"who": "customer", "text": mark, "is_scripted": True}
            check = {"kind": "said", "title": mark, "verdict": "fail", "evidence": mark, "line": 1}
            await rows.make("test_runs", status="running", definition=case, state={}, lines=[line], checks=[check])
            await rows.make("replayed_turns", changes=[])
            await rows.make("outgoing_files", user_id=support.user_id, content_type="image/png", path=path)
            ids = {name: str(row["id"]) for name, row in rows.made.items() if "id" in row}
            return {
                **ids,
                "custom_functions": own["id"],
                "dynamic_variables": detail["id"],
                "shared_detail": shared_detail["id"],
                "shared_function": every["id"],
                "planned": str(planned["id"]),
                "booking": str(booking["uid"]),
                "gap": str(gap["group_id"]),
                "number": number,
                "customer": customer,
                "media_path": path,
            }


def _function(mark: str, name: str) -> dict[str, Any]:
    return definitions.definition(
        {
            "name": f"look_up_{name}",
            "description": mark,
            "http_method": "GET",
            "endpoint_url": f"https://{mark}.example/",
        }
    )


def _skill(mark: str) -> dict[str, Any]:
    """Return a skill that is switched on."""
    return {
        "skill": "review_request",
        "config": {
            "message_template": mark,
            "review_url": f"https://{mark}.example/",
            "lookback_days": 7,
            "min_days_since_last_request": 30,
            "only_opted_in": False,
            "consent_confirmed": True,
        },
        "audience": {},
        "sending_window": {},
        "trigger_type": "on_demand",
        "schedule_config": {},
        "delivery_channels": ["sms"],
        "recipients": [],
        "memory": {},
        "next_look_at": None,
    }


def _keep_file(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


async def _booked() -> str:
    """Return the uid of an appointment that the calendar knows."""
    soon = clock.now() + timedelta(days=1)
    free = await calcom.slots("cal_sandbox", 101, soon, soon + timedelta(days=7), "UTC")
    wanted = calcom.Wanted(101, free[0], "UTC", "Mallory", "m@tenancy.example")
    return (await calcom.book("cal_sandbox", wanted)).uid
