"""Every event handler that a client can reach serves those it is for, and shows and changes nothing for anyone else."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import reflex as rx

import state
from tests.tenancy.handlers import FRAMEWORK, GALLERIES, SOON, WIDGETS, Rule, Who
from tests.tenancy.routes import Call
from tests.tenancy.web import Tab, tab
from tests.tenancy.world import Business, leaks

WHAT_TO_DO = (
    "has no rule. Say in tests/tenancy/handlers.py who may call it and with what; call self._principal() first in it;"
    " and if it is no event, begin its name with an underscore: Reflex lets any client call it otherwise."
)
# What a person reads when our code broke, whoever they are.
BROKEN = ("tell support the reference", "An error occurred")
TO_SIGN_IN = '"path":"/login?next='
HYDRATE = "reflex___state____state.hydrate"
# Of another kind, beyond any bounds, or no text at all.
FORGED: tuple[Any, ...] = ("a\x00b", "\ud800", 10**30, -1, None, {}, ["a"], "a" * 20_000)
HIGHER = {Who.EDITOR, Who.OWNER}

# A page is loaded once for all its widgets: loading is what takes the time.
PAGES: dict[str, list[str]] = {}
for _name, _widget in WIDGETS.items():
    PAGES.setdefault(_widget.page, []).append(_name)

every_page = pytest.mark.parametrize("page", PAGES)


@cache
def _classes() -> dict[str, type[rx.State]]:
    """Return every state class of the application by module and name."""
    for module in pkgutil.walk_packages(state.__path__, "state."):
        importlib.import_module(module.name)
    importlib.import_module("magpipe.magpipe")

    def below(cls: type[Any]) -> Iterator[type[Any]]:
        yield cls
        for child in cls.get_substates():
            yield from below(child)

    return {f"{cls.__module__}.{cls.__name__}": cls for cls in below(rx.State)}


def _ours(classes: Mapping[str, type[rx.State]]) -> dict[str, dict[str, Any]]:
    """Return the handlers a client can call, by class."""
    found = {
        name: {handler: made for handler, made in cls.event_handlers.items() if handler not in FRAMEWORK}
        for name, cls in classes.items()
        if name not in GALLERIES
    }
    return {name: handlers for name, handlers in found.items() if handlers}


def test_every_handler_has_a_rule():
    for name, handlers in _ours(_classes()).items():
        rules = WIDGETS[name].handlers if name in WIDGETS else {}
        for handler in handlers:
            assert handler in rules, f"{name}.{handler} {WHAT_TO_DO}"


def test_every_rule_calls_a_handler_with_its_own_arguments():
    """A call with a wrong name or a missing argument would be refused for the wrong reason."""
    found = _ours(_classes())
    for name, widget in WIDGETS.items():
        for handler, rule in widget.handlers.items():
            assert handler in found.get(name, {}), f"{name}.{handler} is gone: take its rule out"
            wanted = list(inspect.signature(found[name][handler].fn).parameters)[1:]
            assert list(rule.payload) == wanted, f"{name}.{handler} takes {wanted}"


async def _call(tab: Tab, name: str, handler: str, rule: Rule, ids: Mapping[str, str]) -> str:
    """Call one handler of a widget with a business's ids, and return the answer; it must not be that we broke."""
    _, payload = Call("", rule.payload).filled(ids)
    said = await tab.call(f"{_classes()[name].get_full_name()}.{handler}", payload, rule.settle_s)
    for words in BROKEN:
        assert words not in said, f"{name}.{handler} broke"
    return said


def _at(page: str, business: Business) -> str:
    return page.format(**{key: value for key, value in business.ids.items() if "." not in key})


def _on(page: str, wanted: Callable[[Rule], bool] = lambda rule: True) -> list[tuple[str, Mapping[str, Rule]]]:
    """Return the widgets of a page of which any handler is wanted, each with its name and all its handlers."""
    widgets = [(name, WIDGETS[name].handlers) for name in PAGES[page]]
    return [(name, handlers) for name, handlers in widgets if any(wanted(rule) for rule in handlers.values())]


@every_page
async def test_nobody_is_shown_and_changes_nothing(world, site, page):
    before = await world.everything_now()
    numbers = str(world.ours.ids)
    async with tab() as stranger:
        assert leaks(await stranger.load(_at(page, world.ours))) == []
        for name, handlers in _on(page):
            for handler, rule in handlers.items():
                is_sent_away = rule.who != Who.ANYONE and not rule.is_quiet
                said = await _call(stranger, name, handler, rule.at_once if is_sent_away else rule, world.ours.ids)
                if is_sent_away and TO_SIGN_IN not in said:  # what works in the background answers from there
                    said += await stranger.heard(TO_SIGN_IN, f"{name}.{handler}: begin it with self._principal()")
                assert leaks(said, numbers) == [], f"{name}.{handler} shows nobody what is ours"
    assert await world.everything_now() == before


@every_page
@pytest.mark.parametrize("who", ["owner", "operator"])
async def test_another_organization_is_shown_and_changes_nothing_of_ours(world, site, page, who):
    """The owner of another business, and a support member there who is an operator of the platform besides."""
    person = world.operator if who == "operator" else world.theirs.owner
    before = await world.ours_now()
    numbers = str(world.ours.ids)
    async with tab(person.cookie) as theirs:
        for business, words in (
            (world.ours, "shows what is ours at our address"),
            (world.theirs, "shows what is ours"),
        ):
            said = await theirs.load(_at(page, business))
            assert leaks(said, numbers if business is world.theirs else "") == [], f"{theirs.address} {words}"
            assert business is world.ours or TO_SIGN_IN not in said, f"{theirs.address} was left signed out"
            for name, handlers in _on(page):
                for handler, rule in handlers.items():
                    waits = rule if who == "owner" and business is world.theirs else rule.at_once
                    said = await _call(theirs, name, handler, waits, world.ours.ids)
                    assert leaks(said, numbers) == [], f"{name}.{handler} {words}"
        longest = max(rule.settle_s for _, handlers in _on(page) for rule in handlers.values())
        if longest and who == "operator":
            assert leaks(await theirs.quiet(longest), numbers) == [], f"{page} {words}"
    assert await world.ours_now() == before


@pytest.mark.parametrize("page", [page for page in PAGES if _on(page, lambda rule: rule.who in HIGHER)])
async def test_a_lower_role_changes_nothing(world, site, page):
    before = await world.ours_now()
    async with tab(world.ours.support.cookie) as support, tab(world.ours.editor.cookie) as editor:
        for member, refused in ((support, {Who.EDITOR, Who.OWNER}), (editor, {Who.OWNER})):
            await member.load(_at(page, world.ours))
            for name, handlers in _on(page, lambda rule: rule.who in HIGHER):
                for handler, rule in handlers.items():
                    if rule.who in refused or rule.who == Who.SUPPORT:
                        await _call(member, name, handler, rule.at_once, world.ours.ids)
        await editor.quiet(SOON)
    assert await world.ours_now() == before


async def test_an_owner_is_no_operator(world, site):
    name = "state.operations.JobsState"
    before = await world.at_rest()
    async with tab(world.ours.owner.cookie) as owner:
        await owner.load(_at(WIDGETS[name].page, world.ours))
        for handler, rule in WIDGETS[name].handlers.items():
            said = await _call(owner, name, handler, rule, world.ours.ids)
            assert '"is_hidden_rx_state_":false' not in said
    assert await world.everything_now() == before


@pytest.mark.parametrize("page", [page for page in PAGES if _on(page, lambda rule: bool(rule.payload))])
async def test_a_forged_argument_breaks_nothing(world, site, page):
    """Neither our code, whose words would say so, nor the tab, which would fall silent."""
    async with tab(world.theirs.owner.cookie) as theirs:
        await theirs.load(_at(page, world.theirs))
        for name, handlers in _on(page, lambda rule: bool(rule.payload)):
            for handler, rule in handlers.items():
                _, payload = Call("", rule.payload).filled(world.theirs.ids)
                for forged in _forged(payload):
                    await theirs.send(f"{_classes()[name].get_full_name()}.{handler}", forged)
            said = await theirs.call(HYDRATE)
            for words in BROKEN:
                assert words not in said, f"{name} broke"


def _forged(payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the payload with one value forged at a time, those inside a form too."""
    for place, fair in payload.items():
        for value in FORGED:
            yield {**payload, place: value}
            yield from (
                {**payload, place: {**fair, field: value}} for field in (fair if isinstance(fair, dict) else ())
            )


async def test_what_is_no_event_cannot_be_called(world, site):
    """A name that begins with an underscore is out of reach, and Reflex's own setter finds nothing to set."""
    before = await world.at_rest()
    async with tab(world.ours.owner.cookie) as owner:
        await owner.load("/inbox")
        for name in ("state.session.SessionState", *WIDGETS):
            cls = _classes()[name]
            for method in [method for method in vars(cls) if method.startswith("_") and not method.startswith("__")]:
                await owner.send(f"{cls.get_full_name()}.{method}", {})
            for value in cls.base_vars:
                await owner.send(f"{cls.get_full_name()}.setvar", {"var_name": value, "value": "by-mallory"})
            said = await owner.done()
            assert leaks(said) == [], f"a method of {name} was called"
            assert "by-mallory" not in said, f"a value of {name} was set"
        # What was set without a word would be among all that the tab holds.
        assert "by-mallory" not in await owner.call(HYDRATE)
    assert await world.everything_now() == before


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("/inbox/{conversations}", "timeline_state"),
        ("/inbox/{conversations}", "contact_panel_state"),
        ("/agents", "agent_list_state"),
        ("/agents/{agent_configs}?tab=prompt", "prompt_state"),
        ("/agents/{agent_configs}?tab=knowledge", "knowledge_state"),
        ("/phone", "numbers_state"),
    ],
)
async def test_our_own_people_are_shown_what_is_ours(world, site, address, state):
    """The same pages as above are full for those they are for: no silence is an accident."""
    where = address.format(**{key: value for key, value in world.ours.ids.items() if "." not in key})
    async with tab(world.ours.support.cookie) as member:
        said = await member.load(where)
    assert any(state in message and leaks(message) for message in said.split("\n")[1:])
