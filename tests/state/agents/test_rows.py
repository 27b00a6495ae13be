"""The list of agents: what fits the filters, in which order, and what a card says."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.models.agents import AgentConfig
from state.address import with_filters
from state.agents.rows import arrange, card, served_by

EARLY = datetime(2026, 11, 1, tzinfo=UTC)


def agent(number: int, name: str, agent_type: str = "text", *, is_active: bool = True, edited: int = 0) -> Any:
    return AgentConfig(
        id=UUID(int=number),
        org_id=UUID(int=0),
        name=name,
        agent_type=agent_type,
        is_active=is_active,
        created_at=EARLY + timedelta(days=number),
        updated_at=EARLY + timedelta(days=edited),
    )


CARDS = [
    card(agent(1, "front desk", edited=9)),
    card(agent(2, "Billing", "email", is_active=False, edited=1)),
    card(agent(3, "Night desk", "inbound_voice", edited=5)),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["Billing", "front desk", "Night desk"]),
        ({"q": "DESK"}, ["front desk", "Night desk"]),
        ({"q": "desk night"}, ["Night desk"]),
        ({"q": "nobody"}, []),
        ({"type": "email"}, ["Billing"]),
        ({"status": "off"}, ["Billing"]),
        ({"status": "active", "type": "text"}, ["front desk"]),
        ({"sort": "edited"}, ["front desk", "Night desk", "Billing"]),
        ({"sort": "newest"}, ["Night desk", "Billing", "front desk"]),
        ({"type": "'; drop table", "status": "maybe", "sort": "x"}, ["Billing", "front desk", "Night desk"]),
    ],
)
def test_list_shows_what_fits_the_address_in_its_order(wanted: dict[str, str], names: list[str]) -> None:
    assert [one["name"] for one in arrange(CARDS, wanted)] == names


def test_card_names_two_numbers_and_counts_the_others() -> None:
    assert card(agent(1, "A"), ["1", "2", "3", "4"])["numbers"] == "1, 2 +2"
    assert card(agent(1, "A"), ["1", "2"])["numbers"] == "1, 2"


def test_card_is_called_what_the_draft_calls_it() -> None:
    renamed = agent(1, "A")
    renamed.draft = {"name": "B"}
    assert (card(renamed)["name"], card(renamed)["has_draft"]) == ("B", True)


def test_card_tells_of_today_and_leaves_out_a_cost_below_a_cent() -> None:
    busy = card(agent(1, "A"), (), {"answered": 12, "handed_over": 2, "cost_micros": 31_000})
    assert (busy["answered"], busy["handed_over"], busy["cost"]) == (12, 2, "$0.03")
    assert card(agent(1, "A"), (), {"answered": 1, "handed_over": 0, "cost_micros": 400})["cost"] == ""


def test_email_agents_ask_for_no_number() -> None:
    assert not card(agent(1, "A", "email"))["takes_numbers"]
    assert card(agent(1, "A", "outbound_voice"))["takes_numbers"]


def test_number_counts_once_for_an_agent_in_two_of_its_slots() -> None:
    number: Any = {"display": "N", "text_agent_id": "a", "agent_id": "b", "outbound_agent_id": "a"}
    assert served_by([number]) == {"a": ["N"], "b": ["N"]}


def test_address_keeps_known_filters_and_drops_empty_ones() -> None:
    kept = {"q": "desk", "type": "", "evil": "1"}
    assert with_filters("/agents", kept, ("q", "type"), type="text") == "/agents?q=desk&type=text"
    assert with_filters("/agents", kept, ("q", "type"), q="") == "/agents"
