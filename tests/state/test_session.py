"""A tab keeps the states it uses, and its browser is drawn with all of them."""

import reflex as rx

from state.inbox.thread import ThreadState
from state.session import SessionState
from state.tickets.listing import TicketsState
from tests.state.tab import Tab


def everyone(kind: type[rx.State]) -> set[str]:
    return {kind.get_full_name()}.union(*map(everyone, kind.get_substates()))


async def test_a_tab_makes_a_state_when_it_is_used_and_draws_the_others_as_they_begin() -> None:
    tab = Tab()
    thread = await tab.state(ThreadState)
    thread.stage = "ready"
    drawn = tab.root.dict()
    assert set(drawn) == everyone(rx.State)
    assert drawn[ThreadState.get_full_name()]["stage_rx_state_"] == "ready"
    assert drawn[TicketsState.get_full_name()]["is_loaded_rx_state_"] is False
    kept = tab.root.get_substate(SessionState.get_full_name().split(".")).substates
    assert list(kept) == [ThreadState.get_name()]
    (await tab.state(TicketsState)).is_loaded = True
    assert Tab().root.dict()[TicketsState.get_full_name()]["is_loaded_rx_state_"] is False
    assert tab.root.get_delta()[TicketsState.get_full_name()] == {"is_loaded_rx_state_": True}
