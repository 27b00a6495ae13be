"""Build the ONNX graph of the MiniLM sentence model from its published weights.

The weights are those of `all-MiniLM-L6-v2` (Apache-2.0): BERT with 6 layers, 12 heads, 384 dimensions, erf-GELU,
mean pooling over the mask and unit length, as its config.json and modules.json state.
"""

from pathlib import Path
from typing import Any

LAYERS = 6
HEADS = 12
WIDTH = 384
HEAD_WIDTH = WIDTH // HEADS
EPSILON = 1e-12
# Gelu is an operator of its own since opset 20; onnxruntime runs every opset up to 23.
OPSET = 20
IR_VERSION = 10


class _Graph:
    """Collects nodes and constants under names of their own."""

    def __init__(self, weights: dict[str, Any]) -> None:
        import numpy
        from onnx import helper, numpy_helper

        self._np, self._helper, self._arrays = numpy, helper, numpy_helper
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"v{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, values: Any, kind: str = "int64") -> str:
        if name not in self.constants:
            self.constants[name] = self._arrays.from_array(self._np.asarray(values, dtype=kind), name)
        return name

    def weight(self, name: str, *, transposed: bool = False) -> str:
        if name not in self.constants:
            array = self._weights[name]
            array = self._np.ascontiguousarray(array.T if transposed else array)
            self.constants[name] = self._arrays.from_array(array, name)
        return name

    def dense(self, value: str, name: str) -> str:
        product = self.node("MatMul", value, self.weight(f"{name}.weight", transposed=True))
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def layer_norm(self, value: str, name: str) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=EPSILON)

    def heads(self, value: str, order: list[int]) -> str:
        shape = self.constant("split_heads", [0, 0, HEADS, HEAD_WIDTH])
        return self.node("Transpose", self.node("Reshape", value, shape), perm=order)


def _layer(graph: _Graph, hidden: str, bias: str, index: int) -> str:
    name = f"encoder.layer.{index}"
    query = graph.heads(graph.dense(hidden, f"{name}.attention.self.query"), [0, 2, 1, 3])
    key = graph.heads(graph.dense(hidden, f"{name}.attention.self.key"), [0, 2, 3, 1])
    value = graph.heads(graph.dense(hidden, f"{name}.attention.self.value"), [0, 2, 1, 3])
    scale = graph.constant("head_scale", HEAD_WIDTH**-0.5, "float32")
    scores = graph.node("Add", graph.node("Mul", graph.node("MatMul", query, key), scale), bias)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    joined = graph.node(
        "Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), graph.constant("join_heads", [0, 0, WIDTH])
    )
    attended = graph.node("Add", hidden, graph.dense(joined, f"{name}.attention.output.dense"))
    attended = graph.layer_norm(attended, f"{name}.attention.output.LayerNorm")
    inner = graph.node("Gelu", graph.dense(attended, f"{name}.intermediate.dense"))
    output = graph.node("Add", attended, graph.dense(inner, f"{name}.output.dense"))
    return graph.layer_norm(output, f"{name}.output.LayerNorm")


def build(weights_file: Path, target: Path) -> None:
    """Write the graph to `target`: inputs `ids` and `mask` (int64 [batch, tokens]), output `vectors` [batch, 384]."""
    import numpy
    import onnx
    from onnx import TensorProto, helper
    from safetensors.numpy import load_file

    weights: dict[str, Any] = load_file(weights_file)
    graph = _Graph(weights)
    words = graph.node("Gather", graph.weight("embeddings.word_embeddings.weight"), "ids", axis=0)
    # Positions count from 0 in every row, and there is one segment only, so its embedding is a constant.
    length = graph.node("Gather", graph.node("Shape", "ids"), graph.constant("one", 1), axis=0)
    positions = graph.node("Range", graph.constant("zero", 0), length, graph.constant("step", 1))
    places = graph.node("Gather", graph.weight("embeddings.position_embeddings.weight"), positions, axis=0)
    segment = graph.constant("segment", weights["embeddings.token_type_embeddings.weight"][0], "float32")
    summed = graph.node("Add", graph.node("Add", words, places), segment)
    hidden = graph.layer_norm(summed, "embeddings.LayerNorm")

    mask = graph.node("Cast", "mask", to=TensorProto.FLOAT)
    absent = graph.node("Sub", graph.constant("kept", 1.0, "float32"), mask)
    blocked = graph.node("Mul", absent, graph.constant("far_below", float(numpy.finfo("float32").min), "float32"))
    bias = graph.node("Unsqueeze", blocked, graph.constant("head_axes", [1, 2]))
    for index in range(LAYERS):
        hidden = _layer(graph, hidden, bias, index)

    last = graph.constant("last_axis", [2])
    weighted = graph.node("Mul", hidden, graph.node("Unsqueeze", mask, last))
    total = graph.node("ReduceSum", weighted, graph.constant("token_axis", [1]), keepdims=0)
    unit = graph.node("LpNormalization", total, axis=-1, p=2)
    graph.nodes.append(helper.make_node("Identity", [unit], ["vectors"]))

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "minilm",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("ids", "mask")],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH])],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="magpipe",
    )
    onnx.save(model, str(target))
