"""Read a file of sound: how long it is, how many channels it has, and how loud each is along its length."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# One bar for each two pixels of the widest player.
BARS = 480
# Peaks are kept so often while a file is read, and brought to the bars afterwards: an hour is 36,000 numbers.
_PER_SECOND = 10


@dataclass(frozen=True)
class Sound:
    """What a file holds. `peaks` has for each channel how loud it is, from 0 to 100, at most `BARS` numbers."""

    duration_ms: int
    channels: int
    peaks: list[list[int]]


def size(path: Path) -> int:
    """Return how many bytes a file has; 0 when there is none."""
    return path.stat().st_size if path.is_file() else 0


async def read(path: Path) -> Sound | None:
    """Return what a file holds, or None when it holds no sound; what was cut off in the middle ends there."""
    return await asyncio.to_thread(_read, path)


def _read(path: Path) -> Sound | None:
    import av
    import numpy as np

    found: list[Any] = []
    left: Any = None
    samples, rate, channels = 0, 0, 0
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                return None
            for frame in container.decode(audio=0):
                if not rate:
                    rate, channels = frame.sample_rate, len(frame.layout.channels)
                sound = _samples(frame, channels)
                samples += sound.shape[1]
                left = sound if left is None else np.concatenate([left, sound], axis=1)
                size = max(1, rate // _PER_SECOND)
                whole = left.shape[1] // size * size
                if whole:
                    found.append(left[:, :whole].reshape(channels, -1, size).max(axis=2))
                    left = left[:, whole:]
    except (av.error.FFmpegError, OSError):
        # What could be read of a file that broke off is its sound.
        if not samples:
            return None
    if not samples:
        return None
    if left is not None and left.shape[1]:
        found.append(left.max(axis=1, keepdims=True))
    return Sound(round(samples * 1000 / rate), channels, _bars(np.concatenate(found, axis=1)))


def _samples(frame: Any, channels: int) -> Any:
    """Return how far each sample is from silence, by channel, from 0 to 1."""
    import numpy as np

    found = frame.to_ndarray()
    if not frame.format.is_planar:
        found = found.reshape(-1, channels).T
    if found.dtype.kind == "i":
        return np.abs(found.astype(np.float32)) / float(np.iinfo(found.dtype).max)
    return np.abs(found.astype(np.float32))


def _bars(peaks: Any) -> list[list[int]]:
    """Return at most `BARS` peaks of each channel, each the loudest of those it stands for."""
    import numpy as np

    count = min(BARS, peaks.shape[1])
    edges = np.linspace(0, peaks.shape[1], count + 1).astype(int)[:-1]
    loudest = np.maximum.reduceat(peaks, edges, axis=1)
    # Speech is mostly soft: by its root it is seen as it is heard.
    return [[round(100 * min(1.0, float(value)) ** 0.5) for value in one] for one in loudest]
