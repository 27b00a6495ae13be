"""A tab belongs to one session: nobody else gets at what it holds, and it ends when the session does."""

import json
import re
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
import websockets
from sqlalchemy import text

from backend.conversations import service as conversations
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.organizations import service as organizations
from tests.tenancy.people import sign_in, sign_out
from tests.tenancy.web import tab
from tests.tenancy.world import MARK, leaks

HYDRATE = "reflex___state____state.hydrate"
FRAME = "reflex___state____state.state___session____session_state.state___frame____frame_state"


@pytest.fixture
async def left_tab(world, site):
    """Our owner's inbox, just closed: its token in the browser, and the key under which the server still keeps it."""
    token = new_id().hex
    async with tab(world.ours.owner.cookie, token=token) as ours:
        said = await ours.load(f"/inbox/{world.ours.ids['conversations']}")
        (key,) = set(re.findall(r'"client_token":"([^"]+)"', said))
    async with tab(world.ours.owner.cookie, token=token) as again:
        assert leaks(await again.call(HYDRATE)), "nothing is kept, so nothing could be stolen"
    return token, key


@pytest.mark.parametrize("who", ["nobody", "another business", "a teammate", "the same person, signed in again"])
async def test_the_token_of_a_tab_opens_nothing_for_another_session(world, left_tab, who):
    token, key = left_tab
    cookies = {
        "nobody": "",
        "another business": world.theirs.owner.cookie,
        "a teammate": world.ours.support.cookie,
        "the same person, signed in again": await sign_in(world.ours.owner.who),
    }
    rest = {"EIO": "4", "transport": "websocket"}
    # The key travels to the browser, so somebody may have read it; and a name can be written in several ways.
    for query in (
        urlencode({"token": token, **rest}),
        urlencode({"token": key, **rest}),
        f"%74oken={key}&{urlencode(rest)}",
        f"%74oken={key}&token={token}&{urlencode(rest)}",
        f"token={token}&%74%6f%6B%65n={key}&{urlencode(rest)}",
    ):
        async with tab(cookies[who], query=query) as other:
            # What the tab holds, without asking the server to load anything for whoever this is.
            assert leaks(await other.call(HYDRATE)) == [], query


async def test_a_socket_without_a_token_is_answered_nothing(world, left_tab):
    _, key = left_tab
    rest = urlencode({"EIO": "4", "transport": "websocket"})
    for query in (rest, f"Token={key}&{rest}", f"+token={key}&;token={key}&{rest}"):
        async with tab(world.ours.owner.cookie, query=query) as other:
            await other.send(HYDRATE, {})
            assert await other.quiet(0.3) == ""


async def test_a_client_cannot_say_which_session_it_is(world, site):
    async with tab(world.ours.owner.cookie) as ours:
        said = await ours.load("/inbox")
    (session_id,) = set(re.findall(r'"x-mp-session":"([^"]+)"', said))
    for name in ("x-mp-session", "X-MP-Session", "x_mp_session", "X-Mp_Session"):
        async with tab(**{name: session_id}) as stranger:
            said = await stranger.load(f"/inbox/{world.ours.ids['conversations']}")
            assert leaks(said) == [], name
            assert "/login?next=" in said


async def test_the_secret_of_the_cookie_never_reaches_scripts(world, site):
    async with tab(world.ours.owner.cookie) as ours:
        said = await ours.load("/inbox")
    assert leaks(said)
    assert world.ours.owner.cookie not in said


async def test_another_site_cannot_open_a_socket_with_a_persons_cookie(world, site):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with tab(world.ours.owner.cookie, Origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_the_socket_is_not_served_over_plain_requests(world, site):
    """The older transport would carry no binding of the tab to its session."""
    cookie = {"Cookie": f"mp_session={world.ours.owner.cookie}"}
    async with httpx.AsyncClient(base_url=site, headers=cookie) as client:
        for method in ("GET", "POST"):
            query = {"EIO": "4", "transport": "polling", "token": "a"}
            assert (await client.request(method, "/_event/", params=query)).status_code == 400


@pytest.mark.parametrize("size", [10, 2_000_000])
async def test_nobody_may_send_files(world, site, size):
    async with httpx.AsyncClient(base_url=site) as client:
        file = {"files": ("a.txt", b"a" * size)}
        answer = await client.post("/_upload", files=file, headers={"reflex-client-token": "a", "Origin": site})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("path", ["/functions/v1/webhook-inbound-sms", "/api/session/sign-in", "/login"])
async def test_who_sends_too_much_is_told_so_and_not_just_cut_off(site, path):
    async with httpx.AsyncClient(base_url=site, headers={"Origin": site}) as client:
        answer = await client.post(path, content=b"a" * 2_000_000)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


async def test_signing_out_closes_the_tab_and_the_cookie_is_nobody(world, site):
    cookie = await sign_in(world.ours.owner.who)
    async with tab(cookie) as ours:
        assert leaks(await ours.load("/inbox"))
        async with httpx.AsyncClient(base_url=site, headers={"Origin": site}) as client:
            await client.post("/api/session/sign-out", json={}, headers={"Cookie": f"mp_session={cookie}"})
        assert await ours.is_closed()
    async with tab(cookie) as after:
        said = await after.load("/inbox")
        assert leaks(said) == []
        assert "/login?next=" in said


async def test_a_session_ended_elsewhere_closes_the_tab(world, site):
    """Another process ends it; this one hears of it."""
    cookie = await sign_in(world.ours.owner.who)
    async with tab(cookie) as ours:
        assert leaks(await ours.load("/inbox"))
        await sign_out(cookie)
        assert await ours.is_closed()


async def test_an_event_that_overtakes_the_end_of_its_session_is_refused(world, site, eventually):
    """The row alone is changed, so nobody is told: ten seconds at most the session is remembered, then it is over."""
    cookie = await sign_in(world.ours.owner.who)
    async with tab(cookie) as ours:
        assert leaks(await ours.load("/inbox"))
        with platform_scope("end a session silently in a test"):
            async with unit_of_work() as session:
                await session.execute(
                    text(
                        "update user_sessions set revoked_at = now() where user_id = :user and revoked_at is null"
                        " and created_at = (select max(created_at) from user_sessions where user_id = :user)"
                    ),
                    {"user": world.ours.owner.who.user_id},
                )
                # Any news of a session makes every process forget whom it remembered.
                await session.execute(
                    text("select pg_notify('magpipe_changes', :news)"),
                    {
                        "news": json.dumps(
                            {
                                "org": str(UUID(int=0)),
                                "kind": "account.renamed",
                                "subject": str(world.ours.owner.who.user_id),
                            }
                        )
                    },
                )

        async def is_refused():
            # The news travels beside the event, and may come after it.
            return "/login?next=" in await ours.call(f"{FRAME}.load")

        await eventually(is_refused)


async def test_a_member_who_is_suspended_loses_the_tab_and_the_key(world, site):
    member = world.ours.editor
    async with tab(member.cookie) as ours:
        assert leaks(await ours.load("/inbox"))
        with org_scope(world.ours.org_id):
            async with unit_of_work() as session:
                row = await session.execute(
                    text("select id from organization_members where user_id = :user"), {"user": member.who.user_id}
                )
                member_id = row.scalar_one()
                await organizations.suspend(session, world.ours.owner.who, member_id)
        assert await ours.is_closed()
    async with tab(member.cookie) as after:
        assert leaks(await after.load(f"/inbox/{world.ours.ids['conversations']}"), member.who.email) == []
    async with httpx.AsyncClient(base_url=site) as client:
        key = {"Authorization": f"Bearer {member.key}"}
        assert (await client.post("/functions/v1/list-agents", json={}, headers=key)).status_code == 401


async def test_news_reaches_the_tabs_of_its_own_organization_alone(world, site):
    address = f"/inbox/{world.ours.ids['conversations']}"
    async with tab(world.ours.owner.cookie) as ours, tab(world.theirs.owner.cookie) as theirs, tab() as nobody:
        for each in (ours, theirs, nobody):
            await each.load(address)
        with org_scope(world.ours.org_id):
            async with unit_of_work() as session:
                conversation = await conversations.get(session, UUID(world.ours.ids["conversations"]))
                await conversations.note_event(session, conversation, f"{MARK} happened just now")
        await ours.heard(f"{MARK} happened just now", "Its own organization must hear of it.")
        assert leaks(await theirs.quiet(0.3)) == []
        assert leaks(await nobody.quiet(0.3)) == []
