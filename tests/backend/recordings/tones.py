"""Write sound as a worker leaves it on disk."""

import av
import numpy as np

RATE = 8_000


def write(path, seconds=2.0):
    """Write sound as a worker does: the caller speaks in the first half, the agent in the second."""
    codec = av.CodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE, "stereo", "s16p", 32_000
    codec.options = {"joint_stereo": "0", "reservoir": "0"}
    codec.open()
    count = round(seconds * RATE)
    tone = (9000 * np.sin(np.arange(count) / 4)).astype(np.int16)
    sound = np.stack([tone, tone])
    sound[0, count // 2 :] = 0
    sound[1, : count // 2] = 0
    data = b""
    for at in range(0, count - codec.frame_size, codec.frame_size):
        part = np.ascontiguousarray(sound[:, at : at + codec.frame_size])
        frame = av.AudioFrame.from_ndarray(part, format="s16p", layout="stereo")
        frame.sample_rate, frame.pts = RATE, at
        data += b"".join(bytes(packet) for packet in codec.encode(frame))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return len(data)
