"""Take the noise of a street or a kitchen out of what a caller says, on this machine, before anybody listens."""

from livekit import rtc
from livekit.agents.utils.audio import AudioByteStream
from livekit.agents.voice import io

# WebRTC's processing works on so much at a time.
_STEP_S = 0.01
# An agent's levels: rumble alone; noise as well; noise twice, which also takes some of the voice.
_PASSES = {"low": 0, "medium": 1, "high": 2}


def quieted(ear: io.AudioInput, level: str) -> io.AudioInput:
    """Return what is heard of an ear at a level; the ear itself where nothing is to be taken out."""
    return _Quieted(ear, _PASSES[level]) if level in _PASSES else ear


class _Quieted(io.AudioInput):
    def __init__(self, ear: io.AudioInput, passes: int) -> None:
        super().__init__(label="quieted", source=ear)
        self._ear = ear
        rumble = rtc.AudioProcessingModule(high_pass_filter=True)
        self._processing = [rumble, *(rtc.AudioProcessingModule(noise_suppression=True) for _ in range(passes))]
        self._steps: AudioByteStream | None = None

    async def __anext__(self) -> rtc.AudioFrame:
        done = bytearray()
        while not done:
            frame = await anext(self._ear)
            if self._steps is None:
                step = round(frame.sample_rate * _STEP_S)
                self._steps = AudioByteStream(frame.sample_rate, frame.num_channels, step)
            for part in self._steps.push(bytes(frame.data)):
                for one in self._processing:
                    one.process_stream(part)
                done += bytes(part.data)
        return rtc.AudioFrame(bytes(done), frame.sample_rate, frame.num_channels, len(done) // 2 // frame.num_channels)
