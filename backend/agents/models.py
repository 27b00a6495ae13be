"""List the language models an agent may use, with what they cost."""

from dataclasses import dataclass

from backend.core.config import settings


@dataclass(frozen=True)
class Model:
    """A model and its list price, in micro-dollars for a million tokens read and written."""

    name: str
    label: str
    micros_in: int
    micros_out: int
    latency: str = "fast"


# OpenAI's price list for the API's standard tier. https://platform.openai.com/docs/pricing
_LISTED = (
    Model("gpt-4.1-mini", "GPT-4.1 mini: quick and good (recommended)", 400_000, 1_600_000),
    Model("gpt-4.1", "GPT-4.1: best at long instructions", 2_000_000, 8_000_000, "medium"),
    Model("gpt-4.1-nano", "GPT-4.1 nano: quickest and cheapest", 100_000, 400_000),
    Model("gpt-4o", "GPT-4o", 2_500_000, 10_000_000, "medium"),
    Model("gpt-4o-mini", "GPT-4o mini", 150_000, 600_000),
)


def models() -> tuple[Model, ...]:
    """Return the models on offer: this installation's own choices first, then the listed ones."""
    listed = {model.name: model for model in _LISTED}
    # A model of the operator's own server has no list price.
    own = dict.fromkeys(name for name in (settings().chat_model, settings().fallback_chat_model) if name not in listed)
    return (*(Model(name, name, 0, 0) for name in own), *_LISTED)


def is_offered(name: str) -> bool:
    """Tell whether an agent may be set to this model."""
    return any(model.name == name for model in models())


def priced(name: str) -> Model | None:
    """Return the model with this name or dated name (gpt-4.1-mini-2025-04-14), or None for one without a list price."""
    for model in models():
        if name == model.name or (name.startswith(f"{model.name}-") and name[len(model.name) + 1 :][:4].isdigit()):
            return model
    return None


def cost_micros(name: str, tokens_in: int, tokens_out: int) -> int:
    """Return the list price of a call in micro-dollars, rounded up; nothing for a model without a price."""
    model = priced(name)
    if model is None:
        return 0
    return -(-(tokens_in * model.micros_in + tokens_out * model.micros_out) // 1_000_000)
