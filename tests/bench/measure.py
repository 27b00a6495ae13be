"""Time things and say what was seen: percentiles, and one row per path beside its floor."""

import os
import platform
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Row:
    """One line of the report: a path, its target, what was measured, and the floor measured in the same run."""

    path: str
    target: str
    measured: str
    floor: str
    note: str = ""


def percentile(samples: list[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the samples lie (nearest rank)."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def ms(samples: list[float], *shares: float) -> str:
    """Return percentiles of samples in seconds as words in milliseconds."""
    return ", ".join(f"p{share * 100:g} {percentile(samples, share) * 1000:.1f} ms" for share in shares)


async def timed(work: Callable[[], Awaitable[object]], times: int, warm_up: int = 3) -> list[float]:
    """Run `work` one call at a time and return each call's seconds, the warm-up left out."""
    for _ in range(warm_up):
        await work()
    samples = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        samples.append(time.perf_counter() - start)
    return samples


def machine() -> str:
    """Say what the figures were measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"
    )


def commit() -> str:
    """Return the short id of the commit measured, marked when the tree has changes."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
