"""What the agents' pages offer is what the product knows: types, parts, variables, days and limits."""

from backend.agents import fields, portable, schedule
from backend.agents.variables import BUILT_IN
from backend.vocab import AgentType
from pages.agents import configure, detail, field_words, importing, prompt, types
from pages.words import AgentConfigure, AgentSchedule
from state.agents import open_agent, parts
from state.agents import schedule as schedule_state
from state.onboarding import STEPS


def test_every_type_has_icon_hue_name_and_line() -> None:
    for table in (types.ICONS, types.HUES, types.NAMES, types.LINES):
        assert set(table) == set(AgentType)
    assert [value for value, *_ in types.type_options()] == [
        "text", "inbound_voice", "outbound_voice", "email", "chat_widget"
    ]  # fmt: skip


def test_every_part_is_drawn_and_fed() -> None:
    assert tuple(detail.PARTS) == open_agent.TABS
    assert (*open_agent.TABS, open_agent.HISTORY) == tuple(parts.OF_TAB)


def test_chips_insert_every_variable_that_is_filled_in() -> None:
    assert {chip["name"] for chip in prompt.VARIABLES} == set(BUILT_IN)


def test_editor_and_file_dialog_know_the_limits_of_the_service() -> None:
    assert prompt.LIMIT == fields.PROMPT_LIMIT
    assert importing.LIMIT == portable.SIZE_LIMIT


def test_week_of_the_page_is_the_week_of_the_schedule() -> None:
    assert schedule_state.DAYS == schedule.DAYS
    assert schedule_state.MOST_RANGES == schedule.MOST_RANGES
    assert len(AgentSchedule.DAYS) == len(schedule.DAYS)


def test_every_field_has_a_name_and_every_choice_its_words() -> None:
    assert set(AgentConfigure.LABELS) == set(fields.BY_NAME)
    assert set(AgentConfigure.HINTS) <= set(fields.BY_NAME)
    for field in fields.ALL:
        if field.kind == "choice":
            assert set(field_words.CHOICES[field.name]) == set(field.options), field.name


def test_every_field_of_the_form_stands_in_a_group() -> None:
    drawn = {key for key, *_ in configure.GROUPS}
    assert {field.group for field in fields.ALL} - drawn == {"prompt", "functions", "memory", "schedule"}


def test_every_type_has_the_hours_of_its_channels() -> None:
    assert set(schedule_state.CHANNELS) == set(AgentType)


def test_three_steps_lead_to_an_answer() -> None:
    assert STEPS == ("business", "number", "test")
