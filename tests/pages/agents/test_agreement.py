"""What the agents' pages offer is what the product knows: types, parts, variables, days and limits."""

from backend.agents import schedule, validation
from backend.agents.variables import BUILT_IN
from backend.vocab import AgentType
from pages.agents import detail, instructions, setup, types
from pages.words import AgentHours
from state.agents import hours, open_agent, parts
from state.onboarding import STEPS


def test_every_type_has_icon_hue_name_and_line() -> None:
    for table in (types.ICONS, types.HUES, types.NAMES, types.LINES):
        assert set(table) == set(AgentType)
    assert [value for value, *_ in types.type_options()] == [
        "text", "inbound_voice", "outbound_voice", "email", "chat_widget"
    ]  # fmt: skip


def test_every_type_that_waits_for_its_channel_says_so() -> None:
    assert set(detail.WAITS) == set(AgentType) - {AgentType.TEXT}


def test_every_part_is_drawn_and_fed() -> None:
    assert tuple(detail.PARTS) == open_agent.TABS == tuple(parts.OF_TAB)


def test_chips_insert_variables_that_are_filled_in() -> None:
    assert {chip["name"] for chip in instructions.VARIABLES} <= set(BUILT_IN)


def test_editor_counts_to_the_limit_of_the_service() -> None:
    assert instructions.LIMIT == validation.PROMPT_LIMIT


def test_week_of_the_page_is_the_week_of_the_schedule() -> None:
    assert hours.DAYS == schedule.DAYS
    assert hours.MOST_RANGES == schedule.MOST_RANGES
    assert len(AgentHours.DAYS) == len(hours.DAYS)


def test_languages_offered_are_accepted() -> None:
    for value, _ in setup.LANGUAGES:
        assert validation.checked({"language": value}) == {"language": value}


def test_three_steps_lead_to_an_answer() -> None:
    assert STEPS == ("business", "number", "test")
