"""Hold why an agent said a line that was only tried: what it read, what it used, what it cost."""

from typing import TypedDict

import reflex as rx

from backend.agents.schemas import TurnView
from backend.knowledge.schemas import PATH_MARK


class SourceRead(TypedDict):
    """A passage that went into the prompt."""

    title: str
    quote: str


class ToolUse(TypedDict):
    """A tool the agent used."""

    name: str
    arguments: str
    result: str


class Why(TypedDict):
    """What went into an answer; numbers are ready to read."""

    model: str
    milliseconds: str
    tokens: str
    cost: str
    prompt: str
    reason: str
    is_unanswered: bool


NO_WHY = Why(model="", milliseconds="", tokens="", cost="", prompt="", reason="", is_unanswered=False)


class Explaining(rx.State, mixin=True):
    """The explanation of one answer; its model is empty when there is none."""

    why: Why = NO_WHY
    sources: list[SourceRead] = []
    tools: list[ToolUse] = []

    def _explain(self, turn: TurnView) -> None:
        self.why = Why(
            model=turn["model"],
            milliseconds=f"{turn['total_ms']:,} ms",
            tokens=f"{turn['tokens_in']:,} in, {turn['tokens_out']:,} out",
            cost=dollars(turn["cost_micros"]),
            prompt=turn["prompt"],
            reason=turn["reason"],
            is_unanswered=turn["is_unanswered"],
        )
        self.sources = [
            SourceRead(title=_place(source["title"], source["path"]), quote=source["quote"])
            for source in turn["sources"]
        ]
        self.tools = [
            ToolUse(
                name=tool["name"].replace("_", " "),
                arguments=", ".join(f"{name}: {value}" for name, value in tool["arguments"].items()),
                result=tool["result"],
            )
            for tool in turn["tools"]
        ]

    def _forget(self) -> None:
        self.why, self.sources, self.tools = NO_WHY, [], []


def dollars(micros: int) -> str:
    """Return what something cost, to the hundredth of a cent; nothing when it cost nothing."""
    return f"${micros / 1_000_000:.4f}" if micros else ""


def _place(title: str, path: str) -> str:
    """Return where a passage stands: its source's title and the headings over it, the title said once."""
    headings = [heading for heading in path.split(PATH_MARK) if heading]
    return PATH_MARK.join(headings if headings[:1] == [title] else [title, *headings])
