"""What goes wrong in an event handler becomes words at its field, a toast, or the way to the right page."""

import pytest

from backend.core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from state.errors import answers


class Page:
    """As much of a state as the decorator touches."""

    class router:
        class url:
            path = "/inbox/0190"
            query = "view=mine"

    def __init__(self):
        self.errors = {"name": ""}

    @answers
    async def fail(self, error):
        if error:
            raise error
        return "done"

    @answers
    async def stream(self, error):
        yield "one"
        raise error


async def answer_to(error):
    page = Page()
    return page, await page.fail(error)


def sent(event):
    """Return an event's name and arguments as they travel to the browser."""
    return f"{event.handler.fn.__qualname__} {[str(value) for _, value in event.args]}"


async def test_a_handler_that_works_is_left_alone():
    assert await Page().fail(None) == "done"


async def test_an_error_of_a_field_stands_at_the_field():
    page, event = await answer_to(Invalid("Give it a name.", field="name"))
    assert event is None
    assert page.errors == {"name": "Give it a name."}


@pytest.mark.parametrize("error", [Invalid("No.", field="elsewhere"), NotFound("It is gone."), NotAllowed("Not you.")])
async def test_an_error_without_a_field_here_is_a_toast(error):
    page, event = await answer_to(error)
    assert page.errors == {"name": ""}
    assert error.message in sent(event)


async def test_who_is_not_signed_in_goes_to_sign_in_and_back():
    _, event = await answer_to(NotSignedIn("Sign in."))
    assert "/login?next=%2Finbox%2F0190%3Fview%3Dmine" in sent(event)


async def test_who_belongs_nowhere_is_led_to_make_an_organization():
    _, event = await answer_to(NotAllowed("None.", code="no_organization"))
    assert "/organization/new" in sent(event)


async def test_a_bug_shows_a_reference_and_not_itself():
    _, event = await answer_to(ZeroDivisionError("the secret ingredient"))
    assert "reference" in sent(event)
    assert "secret" not in sent(event)


async def test_a_bug_on_a_page_that_tells_of_it_has_its_reference_there_and_no_toast():
    page = Page()
    page.has_failed, page.reference = True, ""
    assert await page.fail(ZeroDivisionError()) is None
    assert page.reference


async def test_a_bug_on_a_page_that_still_shows_its_content_is_a_toast():
    page = Page()
    page.has_failed, page.reference = False, ""
    assert "reference" in sent(await page.fail(ZeroDivisionError()))
    assert not page.reference


async def test_a_generator_keeps_what_it_sent_before_it_failed():
    events = [event async for event in Page().stream(NotFound("It is gone."))]
    assert events[0] == "one"
    assert "It is gone." in sent(events[1])


def test_a_handler_that_would_block_the_process_is_refused():
    with pytest.raises(TypeError, match="async"):

        @answers
        def fail(self):
            pass
