"""Change sound between samples and PCMU (G.711 µ-law), the telephone's, by two tables."""

from typing import Any

import numpy as np

RATE = 8_000
# 20 ms, as telephones send it.
FRAME_S = 0.02
FRAME = round(RATE * FRAME_S)
SILENCE = b"\xff" * FRAME


def _decoding() -> Any:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _encoding() -> Any:
    """Return the byte of every sample (ITU-T G.711 §3.2: sign, segment, step, all bits turned round)."""
    sample = np.arange(-32768, 32768, dtype=np.int32) >> 2
    size = np.minimum(np.abs(sample), 8158) + 33
    segment = np.floor(np.log2(size)).astype(np.int32) - 5
    step = (size >> (segment + 1)) & 0x0F
    return (~(np.where(sample < 0, 0x80, 0) | (segment << 4) | step) & 0xFF).astype(np.uint8)


_DECODED, _ENCODED = _decoding(), _encoding()


def decode(data: bytes) -> bytes:
    """Return int16 samples, as bytes, of µ-law."""
    samples: bytes = _DECODED[np.frombuffer(data, np.uint8)].tobytes()
    return samples


def encode(samples: bytes) -> bytes:
    """Return µ-law of int16 samples, as bytes; half a sample at the end is left out."""
    whole = np.frombuffer(samples[: len(samples) // 2 * 2], np.int16)
    data: bytes = _ENCODED[whole.astype(np.int32) + 32768].tobytes()
    return data
