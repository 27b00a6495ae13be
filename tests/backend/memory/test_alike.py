"""Rewordings of one fact are one; two facts of one kind are two."""

import pytest

from backend.memory import alike
from backend.vendors import local_embeddings

KEY = "org"


async def prints(*texts):
    vectors = await local_embeddings.embed(texts)
    return [alike.print_of(text, KEY, tuple(vector)) for text, vector in zip(texts, vectors, strict=True)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Allergic to penicillin", "Has a penicillin allergy"),
        ("Allergic to penicillin", "Is allergic to penicillin!"),
        ("Prefers morning appointments", "Prefers appointments in the morning"),
        ("Does not eat meat", "Eats no meat"),
        ("Has two dogs", "Owns two dogs"),
        ("Uses a wheelchair", "Is in a wheelchair"),
    ],
)
async def test_a_rewording_is_the_same(one, other):
    first, second = await prints(one, other)
    assert alike.is_same(first, second, KEY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Allergic to penicillin", "Allergic to peanuts"),
        ("Prefers mornings", "Prefers evenings"),
        ("Eats meat", "Does not eat meat"),
        ("Lives at 12 Elm Street", "Lives at 14 Elm Street"),
        ("Has two dogs", "Has two children"),
        ("Works as a teacher", "Lives in Hamburg"),
        ("Lives in Hamburg", "Works in Hamburg"),
        ("Their dog is called Biscuit", "Their dog is called Rex"),
        ("Prefers morning appointments", "Prefers evening appointments"),
        ("Going to Spain in June", "Going to Italy in June"),
    ],
)
async def test_another_fact_is_another(one, other):
    first, second = await prints(one, other)
    assert not alike.is_same(first, second, KEY)


@pytest.mark.parametrize(
    ("struck", "again"),
    [
        ("Allergic to penicillin", "Has a penicillin allergy"),
        ("Allergic to penicillin", "Reacts badly to penicillin"),
        ("Allergic to penicillin", "Cannot take penicillin"),
        ("Prefers mornings", "Mornings suit best"),
        ("Lives in Hamburg", "Their home is in Hamburg"),
        ("Their dog is called Biscuit", "Has a dog named Biscuit"),
    ],
)
async def test_what_was_struck_is_known_in_other_words(struck, again):
    first, second = await prints(struck, again)
    assert alike.is_struck(first, second, KEY)


@pytest.mark.parametrize(
    ("struck", "new"),
    [
        ("Allergic to penicillin", "Allergic to peanuts"),
        ("Lives in Hamburg", "Lives in Bremen"),
        ("Eats meat", "Does not eat meat"),
        ("Prefers morning appointments", "Prefers evening appointments"),
        ("Has two dogs", "Has two children"),
    ],
)
async def test_striking_one_fact_keeps_no_other_away(struck, new):
    first, second = await prints(struck, new)
    assert not alike.is_struck(first, second, KEY)
