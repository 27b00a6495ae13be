"""Programs have texts translated, and keep the translations beside the messages and lines they are of."""

import pytest

from tests.backend.calls.test_summing_up import talked
from tests.backend.translation.test_translating import answered, asked, spoken, translations


async def test_texts_come_back_in_their_places(line, api, script):
    key = await api.key_of(line.org.owner)
    script.says(answered(script, _1="Hello", _2="Thanks"))
    body = {"texts": ["Hallo", "", "Danke"], "targetLang": "en"}
    answer = await api.call("translate-text", body, key=key)
    assert (answer.status_code, answer.json()["translations"]) == (200, ["Hello", "", "Thanks"])
    script.says(answered(script))
    assert (await api.call("translate-text", body, key=key)).json()["translations"] == ["Hallo", "", "Danke"]
    assert asked(script) == [["Hallo", "Danke"]] * 2


async def test_lines_of_calls_are_asked_for_once_and_kept_where_they_are_the_words(line, api, script):
    key = await api.key_of(line.org.owner)
    call = await talked(line, "Haben Sie offen?", "Ja.")
    ids = [one["id"] for one in (await spoken(line, call)).lines]
    script.says(answered(script, _1="Are you open?", _2="Something else"), answered(script, _1="Something else"))
    body = {"texts": ["Haben Sie offen?", "Nein."], "targetLang": "en", "cacheType": "call", "cacheIds": ids}
    wanted = ["Are you open?", "Something else"]
    for _ in range(2):
        assert (await api.call("translate-text", body, key=key)).json()["translations"] == wanted
    assert asked(script) == [["Haben Sie offen?", "Nein."], ["Nein."]]
    assert await translations(line, call) == [("Are you open?", "en"), ("", "")]


async def test_messages_of_others_are_not_found(desk, make_org, api, script):
    message = str(await desk.receive("Hallo"))
    body = {"texts": ["Hallo"], "targetLang": "en", "cacheType": "sms", "cacheIds": [message]}
    stranger = await api.key_of((await make_org("Elsewhere")).owner)
    assert (await api.call("translate-text", body, key=stranger)).status_code == 404
    script.says(answered(script, _1="Hello"))
    key = await api.key_of(desk.org.owner)
    for _ in range(2):
        assert (await api.call("translate-text", body, key=key)).json()["translations"] == ["Hello"]
    assert len(script.requests) == 1
    (item,) = await desk.timeline()
    assert item["data"]["translation"] == {"language": "en", "text": "Hello"}


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("texts", {"texts": []}),
        ("texts", {"texts": "Hallo"}),
        ("texts", {"texts": ["a"] * 21}),
        ("texts", {"texts": ["a" * 4001]}),
        ("texts", {"texts": ["a" * 3900] * 3}),
        ("texts", {"texts": ["\x00"]}),
        ("targetLang", {"targetLang": ""}),
        ("targetLang", {"targetLang": "tlh"}),
        ("cacheType", {"cacheType": "email", "cacheIds": ["0190a0f4-0000-7000-8000-000000000000"]}),
        ("cacheType", {"cacheIds": ["0190a0f4-0000-7000-8000-000000000000"]}),
        ("cacheIds", {"cacheType": "sms"}),
        ("cacheIds", {"cacheType": "sms", "cacheIds": ["1"]}),
        ("cacheIds", {"cacheType": "sms", "cacheIds": ["0190a0f4-0000-7000-8000-000000000000"] * 2}),
    ],
)
async def test_what_is_wrong_is_named(line, api, field, body):
    key = await api.key_of(line.org.owner)
    answer = await api.call("translate-text", {"texts": ["Hallo"], "targetLang": "en", **body}, key=key)
    assert (answer.status_code // 100, answer.json()["error"]["details"]["field"]) == (4, field)
