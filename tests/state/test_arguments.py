"""What a client sends to a handler is taken as the handler's annotations say, or refused in words."""

from typing import Any

import pytest

from backend.core.errors import Invalid
from state import arguments


async def handler(self: Any, text: str, flag: bool, place: int, form: dict[str, Any], rest: list[str]) -> None:
    """Stand for an event handler."""


KINDS = arguments.kinds(handler)


def take(**values: Any) -> dict[str, Any]:
    return arguments.taken(KINDS, (), values)[1]


def test_the_state_itself_is_no_argument():
    assert list(KINDS) == ["text", "flag", "place", "form", "rest"]


def test_what_fits_is_taken_as_it_is():
    fair = {"text": "héllo 👩", "flag": True, "place": 7, "form": {"a": ["b", 1, None]}, "rest": ["a"]}
    assert take(**fair) == fair


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", True),
        ("text", ["a"]),
        ("text", {}),
        ("flag", "true"),
        ("flag", 1),
        ("flag", None),
        ("place", "7"),
        ("place", 7.0),
        ("place", True),
        ("place", None),
        ("place", 2**53),
        ("place", -(2**53)),
        ("form", "a=b"),
        ("form", None),
        ("form", ["a"]),
    ],
)
def test_a_value_of_another_kind_is_refused_in_words(name, value):
    with pytest.raises(Invalid, match="Reload"):
        take(**{name: value})


@pytest.mark.parametrize(("value", "text"), [(None, ""), (7, "7"), (0.5, "0.5")])
def test_an_emptied_field_and_a_field_of_digits_are_text(value, text):
    assert take(text=value) == {"text": text}


@pytest.mark.parametrize(
    ("sent", "kept"), [("a\x00b", "ab"), ("a\ud800b", "a\ufffdb"), ("\udc00", "\ufffd"), ("\ud83d\udc69", "👩")]
)
def test_text_loses_what_cannot_be_stored(sent, kept):
    assert take(text=sent, form={sent: [sent, {"deep": sent}]}) == {
        "text": kept,
        "form": {kept: [kept, {"deep": kept}]},
    }


def test_arguments_by_place_are_checked_too():
    assert arguments.taken(KINDS, ("a\x00", True), {})[0] == ["a", True]
    with pytest.raises(Invalid):
        arguments.taken(KINDS, ("a", "true"), {})


@pytest.mark.parametrize("sent", ["text", 5, {"0": "a"}, None, True])
def test_a_list_is_a_list_or_refused(sent):
    with pytest.raises(Invalid):
        arguments.taken({"ids": list}, [sent], {})
    assert arguments.taken({"ids": list}, [["a\x00"]], {}) == ([["a"]], {})
