"""Know which state stands behind each part of an agent's page."""

from state.agents.hours import HoursState
from state.agents.instructions import InstructionsState
from state.agents.knowledge import KnowledgeState
from state.agents.numbers import AgentNumbersState
from state.agents.playground import PlaygroundState
from state.agents.setup import SetupState

OF_TAB = {
    "setup": SetupState,
    "instructions": InstructionsState,
    "knowledge": KnowledgeState,
    "numbers": AgentNumbersState,
    "hours": HoursState,
    "test": PlaygroundState,
}
