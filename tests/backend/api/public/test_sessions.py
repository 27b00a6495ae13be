"""Sessions over HTTP: who may see which page, what ends them, and what a person may change about their own."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.sessions import service as sessions
from tests.backend.api.conftest import PASSWORD, make_account


async def run(statement, **values):
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return await session.execute(text(statement), values)


async def sign_in(browser, address, password=PASSWORD):
    answer = await browser.post("/api/session/sign-in", {"email": address, "password": password})
    assert answer.status_code == 200, answer.text
    return await sessions.find(browser.token)


async def test_a_private_page_sends_strangers_to_sign_in_and_back(browser):
    answer = await browser.open("/inbox/0190?view=mine")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Finbox%2F0190%3Fview%3Dmine"


@pytest.mark.parametrize("path", ["/signup", "/login", "/forgot-password", "/reset-password", "/verify-email", "/"])
async def test_the_doors_are_open_to_strangers(browser, path):
    assert (await browser.open(path)).status_code == 200


@pytest.mark.parametrize("path", ["/login", "/signup", "/"])
async def test_who_is_signed_in_passes_the_doors(member, path):
    browser, _ = member
    assert (await browser.open(path)).headers["location"] == "/inbox"
    assert (await browser.open(f"{path}?next=/agents")).headers["location"] == "/agents"
    assert (await browser.open(f"{path}?next=//evil.example")).headers["location"] == "/inbox"


async def test_files_and_probes_need_no_session(browser):
    assert (await browser.client.get("/styles.css", headers={"Accept": "*/*"})).status_code == 200
    assert (await browser.client.get("/sw.js")).headers["cache-control"] == "no-cache"


async def test_pages_are_asked_for_anew_because_they_depend_on_the_cookie(member):
    browser, _ = member
    answer = await browser.open("/inbox")
    assert answer.headers["cache-control"] == "no-cache"
    assert "Cookie" in answer.headers["vary"]
    assert "mp_session=" in answer.headers["set-cookie"]


async def test_no_page_learns_a_session_from_the_outside(browser):
    answer = await browser.client.get("/styles.css", headers={"X-Mp-Session": "0190f0f0-0000-7000-8000-000000000000"})
    assert "x-mp-session" not in answer.text


async def test_a_session_lasts_thirty_days_from_its_last_use(member):
    browser, _ = member
    with clock.at(clock.now() + timedelta(days=20)):
        sessions.forget_all()
        assert (await browser.open("/inbox")).status_code == 200
    with clock.at(clock.now() + timedelta(days=40)):
        sessions.forget_all()
        assert (await browser.open("/inbox")).status_code == 200
    with clock.at(clock.now() + timedelta(days=71)):
        sessions.forget_all()
        assert (await browser.open("/inbox")).status_code == 303


async def test_a_session_survives_a_restart_of_the_process(member):
    browser, _ = member
    sessions.forget_all()  # all a process knows by heart
    assert (await browser.open("/inbox")).status_code == 200


async def test_a_suspended_account_loses_its_sessions_at_once(browsers, member, address):
    browser, _ = member
    operator = await make_account(f"op.{address}")
    from backend.accounts import service as accounts
    from backend.core.principal import Principal
    from backend.vocab import AccountStatus, PlatformRole

    admin = Principal(operator.user_id, operator.org_id, "Op", "op@x.yz", operator.member_role, PlatformRole.ADMIN)
    person = await sessions.find(browser.token)
    with platform_scope("suspend in a test"):
        async with unit_of_work() as session:
            await accounts.set_status(session, admin, person.user_id, AccountStatus.SUSPENDED, "spam")
    assert (await browser.open("/inbox")).status_code == 303
    assert (await run("select count(*) from audit_log where action = 'admin:account:suspended'")).scalar_one() >= 1


async def test_a_changed_password_keeps_this_device_and_ends_the_others(browsers, member):
    browser, address = member
    other = browsers()
    await sign_in(other, address)
    wrong = await browser.post("/api/session/change-password", {"current": "no", "password": "a new passphrase"})
    assert wrong.json()["error"]["details"]["field"] == "current"
    done = await browser.post("/api/session/change-password", {"current": PASSWORD, "password": "a new passphrase"})
    assert done.status_code == 204
    assert (await browser.open("/inbox")).status_code == 200
    assert (await other.open("/inbox")).status_code == 303
    await sign_in(browsers(), address, "a new passphrase")
    [notice] = await browser.mails(address)
    assert "password was changed" in notice["subject"]


async def test_an_address_changes_by_a_code_to_the_new_one_and_a_notice_to_the_old(browsers, member):
    browser, old = member
    new, other = f"new.{old}", browsers()
    await sign_in(other, old)
    asked = await browser.post("/api/session/change-email", {"email": new, "password": PASSWORD})
    assert asked.status_code == 204
    assert (await other.post("/api/session/confirm-email", {"code": await browser.code(new)})).status_code == 422
    done = await browser.post("/api/session/confirm-email", {"code": await browser.code(new)})
    assert done.status_code == 204
    assert (await browser.open("/inbox")).status_code == 200
    assert (await other.open("/inbox")).status_code == 303
    assert "was changed" in (await browser.mails(old))[0]["subject"]
    await sign_in(browsers(), new)
    emails = await run("select email from organization_members where email in (:o, :n)", o=old, n=new)
    assert emails.scalars().all() == [new]


async def test_a_change_to_a_taken_address_says_the_same_and_changes_nothing(browsers, member):
    browser, old = member
    taken = f"taken.{old}"
    await make_account(taken)
    asked = await browser.post("/api/session/change-email", {"email": taken, "password": PASSWORD})
    assert asked.status_code == 204
    [mail] = await browser.mails(taken)
    assert mail["codes"] == []
    confirmed = await browser.post("/api/session/confirm-email", {"code": "123456"})
    assert confirmed.json()["error"]["code"] == "code_wrong"


@pytest.mark.parametrize("path", ["change-password", "change-email", "confirm-email", "switch-organization"])
async def test_strangers_change_nothing(browser, path):
    answer = await browser.post(f"/api/session/{path}", {"code": "123456"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


async def test_a_person_ends_only_their_own_sessions(browsers, member, address):
    browser, _ = member
    stranger = browsers()
    await make_account(f"x{address}")
    theirs = await sign_in(stranger, f"x{address}")
    mine = await sessions.find(browser.token)
    with platform_scope("end a session in a test"):
        with pytest.raises(Exception, match="does not exist"):
            async with unit_of_work() as session:
                await sessions.revoke(session, mine, theirs.session_id)
        async with unit_of_work() as session:
            [row] = await sessions.list_for(session, mine)
    assert row["is_current"]
    assert (await stranger.open("/inbox")).status_code == 200


async def test_switching_to_a_strangers_organization_finds_nothing(browsers, member, address):
    browser, _ = member
    stranger = await make_account(f"x{address}")
    answer = await browser.post("/api/session/switch-organization", {"organization": str(stranger.org_id)})
    nowhere = await browser.post(
        "/api/session/switch-organization", {"organization": "0190f0f0-0000-7000-8000-000000000000"}
    )
    assert answer.status_code == nowhere.status_code == 404
    assert answer.json()["error"] == nowhere.json()["error"]
    assert (await sessions.find(browser.token)).org_id != stranger.org_id


async def test_a_second_organization_is_made_entered_and_left_again(member):
    browser, _ = member
    first = (await sessions.find(browser.token)).org_id
    made = await browser.post(
        "/api/session/create-organization", {"name": " South  Dental ", "timezone": "Europe/Rome"}
    )
    assert made.json() == {"next": "/welcome"}
    second = (await sessions.find(browser.token)).org_id
    facts = (await run("select name, country, timezone from organizations where id = :i", i=second)).one()
    assert tuple(facts) == ("South Dental", "IT", "Europe/Rome")
    back = await browser.post("/api/session/switch-organization", {"organization": str(first)})
    assert back.json() == {"next": "/inbox"}
    assert (await sessions.find(browser.token)).org_id == first


async def test_the_address_behind_trusted_proxies_is_believed_and_no_other(browsers, address, monkeypatch):
    from backend.core.config import settings

    await make_account(address)
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}

    async def seen(browser):
        await browser.post("/api/session/sign-in", {"email": address, "password": PASSWORD}, **headers)
        person = await sessions.find(browser.token)
        row = await run("select address from user_sessions where id = :i", i=person.session_id)
        return row.scalar_one()

    assert await seen(browsers("10.0.0.7")) == "10.0.0.7"
    monkeypatch.setattr(settings(), "trusted_proxies", 1)
    assert await seen(browsers("10.0.0.7")) == "203.0.113.9"
