"""Take up what LiveKit's egress service recorded of a call in a room, out of the folder that it and we share.

It writes the agent on the left and everybody else on the right (`AudioMixing.DUAL_CHANNEL_AGENT`); here the caller is
on the left, as in every recording.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.config import settings
from backend.models.recordings import CallRecording

LIVEKIT = "livekit"
# It tells when a file is whole. Where that got lost, the file is looked for as long as a call may last.
_WAITED_FOR = timedelta(hours=5)
_BIT_RATE = 64_000


def path_of(call_id: UUID, recording_id: UUID) -> Path | None:
    """Return where the egress service writes a recording; None where it has no folder."""
    folder = settings().livekit_egress_dir
    return Path(folder) / f"call-{call_id}_{recording_id}.mp3" if folder else None


def forget(recording_id: UUID) -> None:
    """Remove the file of a recording that nobody wants any more."""
    if folder := settings().livekit_egress_dir:
        for given in Path(folder).glob(f"call-*_{recording_id}.mp3"):
            given.unlink(missing_ok=True)


async def take_up(row: CallRecording, path: Path) -> bool:
    """Bring the file of a recording to `path`; False while it is not there yet. Of what is no sound nothing is left."""
    given = path_of(row.call_id, row.id)
    if given is None or not given.is_file():
        return row.started_at < clock.now() - _WAITED_FOR
    await asyncio.to_thread(_turn, given, path)
    given.unlink(missing_ok=True)
    return True


def _turn(given: Path, path: Path) -> None:
    """Write a recording anew with its sides changed; it is there whole, or not at all."""
    import av
    import numpy as np

    partial = path.with_name(f".{path.name}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial.touch(mode=0o600)
    with partial.open("wb") as file:
        try:
            with av.open(str(given), metadata_errors="ignore") as container:
                stream = container.streams.audio[0]
                codec: Any = av.CodecContext.create("libmp3lame", "w")
                codec.sample_rate, codec.layout, codec.format = stream.rate, "stereo", "s16p"
                codec.bit_rate, codec.options = _BIT_RATE, {"compression_level": "7", "joint_stereo": "0"}
                codec.open()
                even = av.AudioResampler("s16p", "stereo", stream.rate, frame_size=codec.frame_size)
                for frame in (*container.decode(stream), None):
                    for part in even.resample(frame):
                        turned = av.AudioFrame.from_ndarray(
                            np.ascontiguousarray(part.to_ndarray()[::-1]), format="s16p", layout="stereo"
                        )
                        turned.sample_rate, turned.pts = stream.rate, part.pts
                        file.writelines(bytes(packet) for packet in codec.encode(turned))
                file.writelines(bytes(packet) for packet in codec.encode(None))
        except (av.error.FFmpegError, IndexError, OSError):
            # Of a file that broke off, what could be read is its sound.
            pass
    partial.replace(path)
