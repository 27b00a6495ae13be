"""A test made of a real conversation names nobody and reaches nobody."""

from backend.evals.disguises import Disguise


def test_names_numbers_and_addresses_are_replaced_the_same_everywhere():
    disguise = Disguise(["Dana Ruiz"])
    first = disguise.text("I'm Dana Ruiz, dana.ruiz@mail.com or +1 (604) 555-0142, order 883112.")
    for mark in ("Dana", "Ruiz", "mail.com", "604", "0142", "883112"):
        assert mark not in first
    assert first.startswith("I'm Alex Morgan, customer@example.com or +14155550100, order ")
    order = first.split()[-1].rstrip(".")
    assert len(order) == 6
    assert disguise.text("DANA again: 883112 and 604.555.0142 ok, 16045550142 too").split()[0] == "Alex"
    assert order in disguise.text("Where is 883112?")
    assert disguise.value({"number": 883112, "mail": ["Dana.Ruiz@mail.com"]}) == {
        "number": int(order),
        "mail": ["customer@example.com"],
    }


def test_days_prices_and_times_stay():
    said = "On 2026-11-27 at 18:30 for 4 people, $1,200.50 or 90 dollars, size 4512"
    assert Disguise(["Dana Ruiz"]).text(said) == said


def test_a_name_inside_another_word_stays():
    assert Disguise(["Al Ray"]).text("Also the array, Ray.") == "Also the array, Morgan."
