"""The assistant works without any vendor's key: the sandbox's stand-in model drives it from request to confirmation."""


async def test_a_request_in_plain_words_becomes_a_text(office, sandbox):
    await office.meet("Dana Ruiz", "+14155550188")
    answer = await office.ask("Text Dana Ruiz that we open at nine")
    (shown,) = answer["proposals"]
    assert (shown["to_number"], shown["body"]) == ("(415) 555-0188", "we open at nine")
    await office.confirm(shown["id"])
    assert [text.content for text in await office.texts()] == ["we open at nine"]


async def test_a_choice_among_namesakes_goes_on_with_the_request(office, sandbox):
    await office.meet("Dana Ruiz", "+14155550188")
    await office.meet("Dana Wolf", "+14155550189")
    answer = await office.ask("Text Dana: See you at ten")
    assert answer["proposals"] == []
    (shown,) = (await office.ask(answer["choices"][1]["say"]))["proposals"]
    assert (shown["to_name"], shown["body"], shown["is_unnamed"]) == ("Dana Wolf", "See you at ten", False)


async def test_questions_are_answered_from_what_is_there(office, sandbox):
    await office.meet("Dana Ruiz", "+14155550188")
    assert "(415) 555-0188" in (await office.ask("Who is Dana Ruiz?"))["body"]
    assert "Ava answers texts, on" in (await office.ask("Which agents are on?"))["body"]
