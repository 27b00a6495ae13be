"""The outer door for tabs: a tab's state belongs to its session and organization, and dies with them."""

import asyncio

import pytest

from backend.api.session import SessionMiddleware, bind, sockets
from backend.core.tenancy import platform_scope, unit_of_work
from backend.sessions import service as sessions
from tests.backend.api.conftest import PASSWORD, make_account
from tests.conftest import PATIENT_S


class Tab:
    """One socket through the middleware to an application that only notes what reaches it."""

    def __init__(self, cookie="", token="tab-1", headers=()):
        self.inbox: asyncio.Queue = asyncio.Queue()
        self.sent: list[dict] = []
        self.reached: dict = {}
        self.is_open = asyncio.Event()
        self.scope = {
            "type": "websocket",
            "path": "/_event/",
            "query_string": f"EIO=4&token={token}&transport=websocket".encode(),
            "headers": [(b"cookie", f"mp_session={cookie}; theme=dark".encode()), *headers],
        }
        self.task = asyncio.create_task(SessionMiddleware(self.app)(self.scope, self.inbox.get, self.send))

    async def app(self, scope, receive, send):
        self.reached = scope
        self.is_open.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def send(self, message):
        self.sent.append(message)

    async def opened(self):
        self.inbox.put_nowait({"type": "websocket.connect"})
        await asyncio.wait_for(self.is_open.wait(), PATIENT_S)
        self.inbox.put_nowait({"type": "websocket.receive", "text": "2"})
        await asyncio.sleep(0.02)
        return self

    @property
    def state_key(self):
        query = self.reached["query_string"].decode()
        return dict(pair.split("=") for pair in query.split("&"))["token"]

    def headers(self, name):
        return [value for key, value in self.reached["headers"] if key == name]

    async def is_closed(self):
        await asyncio.wait({self.task}, timeout=PATIENT_S)
        return self.task.done() and self.sent[-1:] == [
            {"type": "websocket.close", "code": 1008, "reason": "session ended"}
        ]

    async def leave(self):
        self.inbox.put_nowait({"type": "websocket.disconnect"})
        await self.task


async def test_the_interface_learns_the_session_but_never_the_cookie(member):
    browser, _ = member
    forged = [(b"x-mp-session", b"someone"), (b"authorization", b"Bearer mgp_x")]
    tab = await Tab(browser.token, headers=forged).opened()
    person = await sessions.find(browser.token)
    assert tab.headers(b"x-mp-session") == [str(person.session_id).encode()]
    assert tab.headers(b"cookie") == tab.headers(b"authorization") == []
    await tab.leave()


async def test_a_stranger_cannot_claim_a_session(committed):
    tab = await Tab("made-up", headers=[(b"x-mp-session", b"someone")]).opened()
    assert tab.headers(b"x-mp-session") == []
    await tab.leave()


async def test_the_same_tab_token_without_the_cookie_is_another_state(member):
    browser, _ = member
    mine, theirs = await Tab(browser.token).opened(), await Tab("").opened()
    again = await Tab(browser.token).opened()
    assert mine.state_key == again.state_key
    assert len({mine.state_key, theirs.state_key, "tab-1"}) == 3
    for tab in (mine, theirs, again):
        await tab.leave()


async def test_another_organization_is_another_state(member):
    browser, _ = member
    before = await sessions.find(browser.token)
    await browser.post("/api/session/create-organization", {"name": "Second"})
    after = await sessions.find(browser.token)
    assert bind("tab-1", before) != bind("tab-1", after)


async def test_signing_out_closes_the_sockets_of_that_session_alone(browsers, member):
    browser, address = member
    other = browsers()
    await other.post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    ending, staying = await Tab(browser.token).opened(), await Tab(other.token).opened()
    await browser.post("/api/session/sign-out")
    assert await ending.is_closed()
    assert not staying.task.done()
    await staying.leave()


async def test_switching_organization_closes_every_socket_of_the_person(browsers, member):
    browser, address = member
    other = browsers()
    await other.post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    tabs = [await Tab(browser.token).opened(), await Tab(other.token).opened()]
    await browser.post("/api/session/create-organization", {"name": "Second"})
    assert [await tab.is_closed() for tab in tabs] == [True, True]


async def test_an_end_told_by_another_process_closes_sockets_here(member):
    from backend.core.realtime import Change

    browser, _ = member
    person = await sessions.find(browser.token)
    tab = await Tab(browser.token).opened()
    await sessions.hear(Change("", "session.revoked", subject=str(person.session_id)))
    assert await tab.is_closed()


async def test_a_rolled_back_end_closes_nothing(member):
    browser, _ = member
    person = await sessions.find(browser.token)
    tab = await Tab(browser.token).opened()
    with platform_scope("roll back in a test"), pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await sessions.revoke(session, person, person.session_id)
            raise ZeroDivisionError
    await asyncio.sleep(0.05)
    assert not tab.task.done()
    assert await sessions.find(browser.token)
    await tab.leave()


async def test_what_ended_unheard_is_found_by_the_watch(member):
    from sqlalchemy import text

    browser, _ = member
    person = await sessions.find(browser.token)
    tab = await Tab(browser.token).opened()
    with platform_scope("end a session behind everybody's back"):
        async with unit_of_work() as session:
            await session.execute(
                text("update user_sessions set revoked_at = now() where id = :i"), {"i": person.session_id}
            )
    sessions.forget_all()
    await sockets.check()
    assert await tab.is_closed()


async def test_a_member_who_is_removed_loses_the_open_tabs(member, make_org, address):
    from backend.core.tenancy import org_scope
    from backend.models.organizations import OrganizationMember
    from backend.organizations import service as organizations
    from backend.vocab import MemberRole

    browser, _ = member
    team = await make_org()
    person = await sessions.find(browser.token)
    with platform_scope("put somebody on a team in a test"):
        async with unit_of_work() as session:
            row = OrganizationMember(
                org_id=team.org_id, user_id=person.user_id, email=address, full_name="Dana", role=MemberRole.SUPPORT
            )
            session.add(row)
            await session.flush()
            await organizations.switch(session, person.user_id, team.org_id)
    assert (await sessions.find(browser.token)).org_id == team.org_id
    tab = await Tab(browser.token).opened()
    with org_scope(team.org_id):
        async with unit_of_work() as session:
            await organizations.remove(session, team.owner, row.id)
    assert await tab.is_closed()
    assert (await sessions.find(browser.token)).org_id == person.org_id


async def test_files_are_taken_from_signed_in_people_alone(browser, member):
    signed_in, _ = member
    refused = await browser.client.post("/_upload", content=b"x")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
    headers = {"Reflex-Client-Token": "tab-1"}
    assert (await signed_in.client.post("/_upload", content=b"x", headers=headers)).status_code == 200


async def test_the_event_address_speaks_websocket_only(browser):
    answer = await browser.client.get("/_event/?EIO=4&transport=polling&token=tab-1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "websocket_only")


async def test_two_people_with_one_tab_token_have_two_states(browsers, address):
    tabs = []
    for n in range(2):
        browser = browsers()
        await make_account(f"{n}{address}")
        await browser.post("/api/session/sign-in", {"email": f"{n}{address}", "password": PASSWORD})
        tabs.append(await Tab(browser.token).opened())
    assert tabs[0].state_key != tabs[1].state_key
    for tab in tabs:
        await tab.leave()
