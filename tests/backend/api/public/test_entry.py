"""Signing up, in and out over HTTP: codes by mail, cookies, and nothing that tells a stranger who has an account."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.accounts import allowance
from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from tests.backend.api.conftest import PASSWORD, make_account


def form(address, **changes):
    return {"name": "Dana Ruiz", "email": address, "password": PASSWORD, "timezone": "America/Vancouver", **changes}


async def signed_up(browser, address):
    assert (await browser.post("/api/session/sign-up", form(address))).status_code == 200
    return await browser.code(address)


async def run(statement, **values):
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return await session.execute(text(statement), values)


async def test_sign_up_confirm_and_arrive(browser, address):
    answer = await browser.post("/api/session/sign-up", form(address.upper()))
    assert (answer.status_code, answer.json()) == (200, {"next": "/verify-email"})
    assert browser.token == ""
    code = await browser.code(address)
    done = await browser.post("/api/session/verify-email", {"code": f" {code[:3]} {code[3:]} "})
    assert (done.status_code, done.json()) == (200, {"next": "/welcome"})
    assert (await browser.open("/inbox")).status_code == 200
    row = (
        await run(
            "select o.country, o.timezone, m.role, u.name from users u"
            " join organizations o on o.id = u.current_organization_id"
            " join organization_members m on m.org_id = o.id and m.user_id = u.id where u.email = :e",
            e=address,
        )
    ).one()
    assert tuple(row) == ("CA", "America/Vancouver", "owner", "Dana Ruiz")


@pytest.mark.parametrize("name", ["W" * 120, "Ana " + "de Souza " * 12])
async def test_a_long_name_does_not_keep_anybody_out(browser, address, name):
    await browser.post("/api/session/sign-up", form(address, name=name))
    done = await browser.post("/api/session/verify-email", {"code": await browser.code(address)})
    assert (done.status_code, done.json()) == (200, {"next": "/welcome"})


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, address):
    code = await signed_up(browser, address)
    done = await browser.post("/api/session/verify-email", {"code": code})
    cookie = next(line for line in done.headers.get_list("set-cookie") if line.startswith("mp_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=2592000" in cookie
    assert "Path=/;" in cookie
    assert "Secure" not in cookie  # this installation is plain HTTP on loopback
    stored = (await run("select token_hash from user_sessions")).scalars().all()
    assert browser.token not in stored


async def test_a_known_address_signs_up_to_the_same_answer_and_a_different_mail(browsers, address):
    await make_account(address)
    known, fresh = browsers(), browsers()
    one = await known.post("/api/session/sign-up", form(address))
    two = await fresh.post("/api/session/sign-up", form("x" + address))
    assert (one.status_code, one.json()) == (two.status_code, two.json())
    assert [c.split("=")[0] for c in one.headers.get_list("set-cookie")] == [
        c.split("=")[0] for c in two.headers.get_list("set-cookie")
    ]
    [mail] = await known.mails(address)
    assert mail["codes"] == []
    assert "already" in mail["subject"]


async def test_signing_in_says_the_same_to_a_wrong_password_and_an_unknown_address(browsers, address):
    await make_account(address)
    wrong = await browsers().post("/api/session/sign-in", {"email": address, "password": "not the password"})
    unknown = await browsers().post("/api/session/sign-in", {"email": "x" + address, "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["error"] == unknown.json()["error"]
    assert wrong.json()["error"]["code"] == "sign_in_failed"


async def test_a_forgotten_password_says_the_same_to_everyone_and_mails_only_the_owner(browsers, address):
    await make_account(address)
    known, unknown = browsers(), browsers()
    one = await known.post("/api/session/forgot-password", {"email": address})
    two = await unknown.post("/api/session/forgot-password", {"email": "x" + address})
    assert (one.status_code, one.json()) == (two.status_code, two.json())
    assert len(await known.mails(address)) == 1
    assert await unknown.mails("x" + address) == []


async def test_a_new_password_ends_every_session_and_the_old_password(browsers, member, address):
    elsewhere, _ = member
    browser = browsers()
    await browser.post("/api/session/forgot-password", {"email": address})
    code = await browser.code(address)
    done = await browser.post("/api/session/reset-password", {"code": code, "password": "a new passphrase"})
    assert done.status_code == 200
    assert (await browser.open("/inbox")).status_code == 200
    assert (await elsewhere.open("/inbox")).status_code == 303
    old = await browsers().post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    new = await browsers().post("/api/session/sign-in", {"email": address, "password": "a new passphrase"})
    assert (old.status_code, new.status_code) == (401, 200)


async def test_a_bad_new_password_does_not_use_the_code(browser, address):
    await make_account(address)
    await browser.post("/api/session/forgot-password", {"email": address})
    code = await browser.code(address)
    short = await browser.post("/api/session/reset-password", {"code": code, "password": "short"})
    own = await browser.post("/api/session/reset-password", {"code": code, "password": address.upper()})
    assert [answer.json()["error"]["details"]["field"] for answer in (short, own)] == ["password", "password"]
    done = await browser.post("/api/session/reset-password", {"code": code, "password": "a new passphrase"})
    assert done.status_code == 200


async def test_a_code_takes_five_tries(browser, address):
    code = await signed_up(browser, address)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        answer = await browser.post("/api/session/verify-email", {"code": wrong})
        assert answer.json()["error"]["code"] == "code_wrong"
    late = await browser.post("/api/session/verify-email", {"code": code})
    assert (late.status_code, late.json()["error"]["code"]) == (422, "code_wrong")
    assert browser.token == ""


async def test_a_code_works_once(browser, address):
    await make_account(address)
    await browser.post("/api/session/forgot-password", {"email": address})
    body = {"code": await browser.code(address), "password": "a new passphrase"}
    pending = browser.client.cookies.get("mp_pending")
    assert (await browser.post("/api/session/reset-password", body)).status_code == 200
    browser.client.cookies.set("mp_pending", pending, domain="127.0.0.1", path="/api/session")
    again = await browser.post("/api/session/reset-password", {**body, "password": "another passphrase"})
    assert again.json()["error"]["code"] == "code_wrong"


async def test_of_two_uses_of_a_code_at_once_one_wins(browser, address):
    code = await signed_up(browser, address)
    answers = await asyncio.gather(*(browser.post("/api/session/verify-email", {"code": code}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    made = "select count(*) from organizations o join users u on u.id = o.owner_id where u.email = :e"
    assert (await run(made, e=address)).scalar_one() == 1


async def test_a_code_expires_after_ten_minutes(browser, address):
    code = await signed_up(browser, address)
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        late = await browser.post("/api/session/verify-email", {"code": code})
    assert late.json()["error"]["code"] == "code_wrong"


async def test_a_code_is_good_only_in_the_browser_that_asked(browsers, address):
    """A stranger who prepares an account for Dana's address gains nothing when Dana enters the code she was mailed."""
    stranger, dana = browsers(), browsers()
    prepared = await signed_up(stranger, address)
    own = await signed_up(dana, address)
    assert (await dana.post("/api/session/verify-email", {"code": prepared})).status_code == 422
    done = await dana.post("/api/session/verify-email", {"code": own})
    assert done.status_code == 200
    assert (await stranger.post("/api/session/verify-email", {"code": prepared})).status_code == 422


async def test_the_password_of_an_account_is_that_of_the_confirmed_sign_up(browsers, address):
    stranger, dana = browsers(), browsers()
    await stranger.post("/api/session/sign-up", form(address, password="the stranger's choice"))
    await stranger.mails(address)  # two mails on their way at once may arrive in either order
    await dana.post("/api/session/sign-up", form(address))
    assert (await dana.post("/api/session/verify-email", {"code": await dana.code(address)})).status_code == 200
    taken = await browsers().post("/api/session/sign-in", {"email": address, "password": "the stranger's choice"})
    own = await browsers().post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert (taken.status_code, own.status_code) == (401, 200)


async def test_another_code_replaces_the_first(browser, address):
    first = await signed_up(browser, address)
    assert (await browser.post("/api/session/resend-code")).status_code == 204
    second = await browser.code(address)
    if first != second:  # one time in a million they are equal
        assert (await browser.post("/api/session/verify-email", {"code": first})).status_code == 422
    assert (await browser.post("/api/session/verify-email", {"code": second})).status_code == 200


async def test_asking_again_without_a_first_code_answers_the_same_and_mails_nothing(browser, address):
    await make_account(address)
    await browser.post("/api/session/sign-up", form(address))
    before = len(await browser.mails(address))
    assert (await browser.post("/api/session/resend-code")).status_code == 204
    assert len(await browser.mails(address)) == before


async def test_an_unconfirmed_address_gets_its_code_at_sign_in(browsers, address):
    await signed_up(browsers(), address)
    later = browsers()
    answer = await later.post("/api/session/sign-in", {"email": address, "password": PASSWORD, "next": "/agents"})
    assert answer.json() == {"next": "/verify-email?next=%2Fagents"}
    assert later.token == ""
    done = await later.post("/api/session/verify-email", {"code": await later.code(address), "next": "/agents"})
    assert done.json() == {"next": "/agents"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "x" * 121),
        ("email", "dana"),
        ("email", "dana@example.com\r\nBcc: eve@example.com"),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "x" * 5000),
        ("email", ["dana@example.com"]),
    ],
)
async def test_a_bad_sign_up_names_the_field_and_stores_nothing(browser, address, field, value):
    before = (await run("select count(*) from users")).scalar_one()
    answer = await browser.post("/api/session/sign-up", form(address, **{field: value}))
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["field"] == field
    assert (await run("select count(*) from users")).scalar_one() == before


async def test_a_password_may_not_be_the_address(browser, address):
    answer = await browser.post("/api/session/sign-up", form(address, password=address))
    assert answer.json()["error"]["details"]["field"] == "password"


@pytest.mark.parametrize("value", ["suspended", "banned"])
async def test_a_suspended_account_cannot_sign_in_and_only_its_owner_learns_why(browsers, address, value):
    await make_account(address)
    await run("update users set account_status = :v where email = :e", v=value, e=address)
    wrong = await browsers().post("/api/session/sign-in", {"email": address, "password": "not the password"})
    right = await browsers().post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert wrong.json()["error"]["code"] == "sign_in_failed"
    assert (right.status_code, right.json()["error"]["code"]) == (403, "account_suspended")


async def test_signing_in_again_replaces_the_session_of_the_browser(member):
    """A session planted in a browser before its owner signs in is worth nothing afterwards."""
    browser, address = member
    planted = browser.token
    await browser.post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert browser.token != planted
    browser.client.cookies.clear()
    browser.client.cookies.set("mp_session", planted, domain="127.0.0.1", path="/")
    assert (await browser.open("/inbox")).status_code == 303


async def test_signing_out_ends_the_session_for_good(member):
    browser, _ = member
    token = browser.token
    answer = await browser.post("/api/session/sign-out")
    assert answer.json() == {"next": "/login"}
    assert browser.token == ""
    browser.client.cookies.set("mp_session", token, domain="127.0.0.1", path="/")
    assert (await browser.open("/inbox")).headers["location"] == "/login?next=%2Finbox"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
@pytest.mark.parametrize("path", ["sign-in", "sign-out", "sign-up", "switch-organization", "change-password"])
async def test_a_post_from_another_site_is_refused(member, origin, path):
    browser, _ = member
    answer = await browser.client.post(f"/api/session/{path}", json={}, headers={"Origin": origin} if origin else {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    assert (await browser.open("/inbox")).status_code == 200


async def test_sign_in_is_limited_per_account_and_address(browsers, address):
    await make_account(address)
    browser = browsers()
    with clock.at(clock.now()):  # attempts are counted in windows of time, and this must not fall into two
        for _ in range(10):
            await browser.post("/api/session/sign-in", {"email": address, "password": "not the password"})
        refused = await browser.post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "limit_reached")
    assert int(refused.headers["retry-after"]) > 0
    elsewhere = await browsers().post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert elsewhere.status_code == 200


async def test_codes_of_one_account_are_limited_without_a_word(browsers, address, monkeypatch):
    monkeypatch.setattr(allowance, "FROM_OTHER_NETWORKS", (3, 24))
    await make_account(address)
    with clock.at(clock.now()):  # mails are counted in windows of time, and this must not fall into two
        for _ in range(5):
            browser = browsers()
            answer = await browser.post("/api/session/forgot-password", {"email": address})
            assert answer.status_code == 200
    assert len(await browser.mails(address)) == 3


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/inbox/0190?tab=1", "/inbox/0190?tab=1"),
        ("//evil.example", "/inbox"),
        ("/\\evil.example", "/inbox"),
        ("https://evil.example", "/inbox"),
        ("javascript:alert(1)", "/inbox"),
        ("/api/docs", "/inbox"),
        ("/a\r\nSet-Cookie: x=y", "/inbox"),
    ],
)
async def test_after_signing_in_people_stay_on_this_site(browsers, address, wanted, goes_to):
    await make_account(address)
    answer = await browsers().post("/api/session/sign-in", {"email": address, "password": PASSWORD, "next": wanted})
    assert answer.json() == {"next": goes_to}
