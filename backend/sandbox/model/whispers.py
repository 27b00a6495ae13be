"""Follow what a person of the team tells the agent while it speaks with a customer."""

import re

_TOLD_NOW = re.compile(r"tells you now, unheard by the customer: “([^”]+)”")


def followed(system: str, said: str) -> str:
    """Return an answer with what the prompt says was whispered just now; a stand-in says it word by word."""
    told = [one.strip().rstrip(".") + "." for one in _TOLD_NOW.findall(system)]
    return " ".join([*told, said]) if said else said
