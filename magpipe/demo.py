"""Make the demo workspace and keep its sign-in where the start can show it."""

import json

from backend.core.config import settings
from magpipe import seed


async def make() -> None:
    """Seed the demo workspace (a second run changes nothing) and note how to sign in."""
    demo = await seed.seed_demo()
    path = settings().data_dir / "demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(demo))
    path.chmod(0o600)
    print(f"Demo login: {demo['email']}")
