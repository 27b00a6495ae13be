"""API keys: made once, shown once, as strong as their holder is now, and dead when revoked."""

import asyncio
import re

import pytest
from sqlalchemy import text

from backend.accounts import service as accounts
from backend.core.errors import NotAllowed
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.organizations import service as organizations
from backend.sessions import service as sessions
from tests.backend.api.conftest import PASSWORD, make_account

PATH = "/functions/v1/manage-api-keys"


async def run(statement, **values):
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return await session.execute(text(statement), values)


async def new_key(browser, name="Website"):
    answer = await browser.post(PATH, {"action": "generate", "name": name})
    assert answer.status_code == 200, answer.text
    return answer.json()


def as_key(browser, key, **body):
    return browser.client.post(PATH, json=body, headers={"Authorization": f"Bearer {key}"})


async def test_a_key_is_shown_once_and_kept_as_a_hash(member):
    browser, _ = member
    made = await new_key(browser)
    assert re.fullmatch(r"mgp_[0-9a-f]{40}", made["key"])
    assert made["key_prefix"] == made["key"][:8]
    listed = (await browser.post(PATH, {"action": "list"})).json()["keys"]
    assert [row["name"] for row in listed] == ["Website"]
    assert made["key"] not in str(listed)
    assert (await run("select count(*) from api_keys where key_hash like :k", k=f"%{made['key']}%")).scalar_one() == 0


async def test_a_key_acts_for_its_holder_until_it_is_revoked(member):
    browser, _ = member
    made = await new_key(browser)
    assert (await as_key(browser, made["key"], action="list")).json()["keys"][0]["id"] == made["id"]
    assert (await browser.post(PATH, {"action": "revoke", "key_id": made["id"]})).json() == {"success": True}
    assert (await as_key(browser, made["key"], action="list")).status_code == 401


async def test_a_key_cannot_make_or_revoke_keys(member):
    """A key that leaked must end when it is revoked, and must not shut other programs out."""
    browser, _ = member
    made, other = await new_key(browser), await new_key(browser, "Another")
    answers = [
        await as_key(browser, made["key"], action="generate", name="heir"),
        await as_key(browser, made["key"], action="revoke", key_id=other["id"]),
    ]
    assert [(a.status_code, a.json()["error"]["code"]) for a in answers] == [(403, "person_needed")] * 2
    assert (await as_key(browser, other["key"], action="list")).status_code == 200
    assert len((await browser.post(PATH, {"action": "list"})).json()["keys"]) == 2


async def test_a_key_cannot_touch_the_team_or_the_organization(member):
    browser, address = member
    who = await accounts.key_holder((await new_key(browser))["key"])
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            me = (await organizations.members(session, who))[0]["id"]
            for work in (
                organizations.invite(session, who, f"x{address}", "owner"),
                organizations.send_again(session, who, me),
                organizations.change_role(session, who, me, "support"),
                organizations.suspend(session, who, me),
                organizations.reactivate(session, who, me),
                organizations.remove(session, who, me),
                organizations.update(session, who, name="Ours now"),
            ):
                with pytest.raises(NotAllowed) as refused:
                    await work
                assert refused.value.code == "person_needed"


async def test_a_key_of_an_operator_has_no_power_over_the_platform(member):
    browser, address = member
    made = await new_key(browser)
    await run("update users set platform_role = 'god' where email = :e", e=address)
    try:
        assert (await accounts.key_holder(made["key"])).platform_role == "user"
    finally:
        await run("update users set platform_role = 'user' where email = :e", e=address)


@pytest.mark.parametrize(
    "header",
    ["Bearer mgp_", "Bearer " + "mgp_" + "0" * 40, "Bearer x", "Basic eDp5", "mgp_" + "0" * 40, "Bearer mgp_\xe9"],
)
async def test_what_is_no_key_is_refused(browser, header):
    answer = await browser.client.post(
        PATH, json={"action": "list"}, headers=[(b"Authorization", header.encode("latin-1"))]
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


async def test_ten_keys_are_enough_even_when_asked_for_at_once(member):
    browser, _ = member
    answers = await asyncio.gather(*(browser.post(PATH, {"action": "generate", "name": f"Key {n}"}) for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [422] * 2
    listed = (await browser.post(PATH, {"action": "list"})).json()["keys"]
    await browser.post(PATH, {"action": "revoke", "key_id": listed[0]["id"]})
    assert (await browser.post(PATH, {"action": "generate", "name": "again"})).status_code == 200


async def test_another_organization_cannot_see_or_revoke_a_key(browsers, member, address):
    browser, _ = member
    made = await new_key(browser)
    stranger = browsers()
    await make_account(f"x{address}")
    await stranger.post("/api/session/sign-in", {"email": f"x{address}", "password": PASSWORD})
    assert (await stranger.post(PATH, {"action": "list"})).json() == {"keys": []}
    refused = await stranger.post(PATH, {"action": "revoke", "key_id": made["id"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
    assert (await as_key(browser, made["key"], action="list")).status_code == 200


async def test_a_key_loses_its_power_with_its_holders_place_in_the_team(member):
    browser, address = member
    made = await new_key(browser)
    await run("update organization_members set role = 'support' where email = :e", e=address)
    assert (await accounts.key_holder(made["key"])).member_role == "support"
    await run("update organization_members set status = 'suspended' where email = :e", e=address)
    assert (await as_key(browser, made["key"], action="list")).status_code == 401


async def test_a_key_dies_with_the_account(member):
    browser, address = member
    made = await new_key(browser)
    await run("update users set account_status = 'banned' where email = :e", e=address)
    assert (await as_key(browser, made["key"], action="list")).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "update"}, "action"),
        ({"action": "generate"}, "name"),
        ({"action": "generate", "name": "   "}, "name"),
        ({"action": "generate", "name": "x" * 65}, "name"),
        ({"action": "generate", "name": ["x"]}, "name"),
        ({"action": "revoke"}, "key_id"),
        ({"action": "revoke", "key_id": "1' or '1'='1"}, "key_id"),
    ],
)
async def test_a_bad_request_names_its_field(member, body, field):
    browser, _ = member
    answer = await browser.post(PATH, body)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, field)


async def test_a_name_with_markup_is_kept_as_text(member):
    browser, _ = member
    await new_key(browser, "<b onload=x>'; drop table api_keys; --")
    listed = (await browser.post(PATH, {"action": "list"})).json()["keys"]
    assert listed[0]["name"] == "<b onload=x>'; drop table api_keys; --"


async def test_another_site_cannot_make_a_key_with_the_cookie(member):
    browser, _ = member
    assert await sessions.find(browser.token)
    body = {"action": "generate", "name": "theirs"}
    answer = await browser.client.post(PATH, json=body, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
