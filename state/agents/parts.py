"""Know which state stands behind each part of an agent's page."""

from state.agents.alerts import AlertsState
from state.agents.analytics import AnalyticsState
from state.agents.configure import ConfigureState
from state.agents.deployment import DeploymentState
from state.agents.details import DetailsState
from state.agents.functions import FunctionsState
from state.agents.history import HistoryState
from state.agents.memory import AgentMemoryState
from state.agents.notifications import AgentNotificationsState
from state.agents.playground import PlaygroundState
from state.agents.policies import PoliciesState
from state.agents.prompt import PromptState
from state.agents.proving import ProvingState
from state.agents.schedule import ScheduleState
from state.agents.skills import SkillsState
from state.agents.tools import AgentToolsState
from state.knowledge.listing import KnowledgeState

OF_TAB = {
    "configure": ConfigureState,
    "prompt": PromptState,
    "knowledge": KnowledgeState,
    "memory": AgentMemoryState,
    "functions": FunctionsState,
    "skills": SkillsState,
    "alerts": AlertsState,
    "deployment": DeploymentState,
    "schedule": ScheduleState,
    "notifications": AgentNotificationsState,
    "test": PlaygroundState,
    "tests": ProvingState,
    "analytics": AnalyticsState,
    "versions": HistoryState,
}
# What else of a part shows fields of the draft.
BESIDE = {"functions": (DetailsState, PoliciesState, AgentToolsState)}
