"""The trained tagger as the network that the bot runs: ONNX, 8-bit weights, every operator chosen for its kernel.

An exporter's graph leaves the choice to the runtime's fusions; written down here, a layer is eight operators. One scale for each
output of a layer and one for the table of pieces; activations are quantised as they come, one scale for a chunk. The head stays
in 32 bits: it is small and decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.extract.pieces import CHUNK_PIECES

HEADS = 12
_RUNTIME = "com.microsoft"
_EPSILON = 1e-12

Weights = Mapping[str, npt.NDArray[np.float32]]


def eight_bits(weight: npt.NDArray[np.float32], axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """The weight as whole numbers of -127 to 127, and the scale that each slice along the axis has to be multiplied by."""
    largest = np.abs(weight).max(axis=axis, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def table_of_bytes(
    table: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """The table as bytes, with the one scale and the byte that means nought."""
    low, high = min(0.0, float(table.min())), max(0.0, float(table.max()))
    scale = np.float32((high - low) / 255)
    zero = np.rint(-low / scale)
    whole = np.clip(np.rint(table / scale) + zero, 0, 255)
    return whole.astype(np.uint8), np.array(scale), np.array(zero, np.uint8)


class Network:
    """The graph while it is written down; each method adds one part and returns the name of what it yields."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: npt.NDArray[np.generic] | None = None) -> str:
        """A constant of the graph: of that value, or the trained weight of that name."""
        if name not in self.constants:
            array = self.weights[name] if value is None else value
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, operator: str, inputs: list[str], *outputs: str, of: str = "", **attributes: object) -> str:
        """One operator, the standard's or (`of`) the runtime's own."""
        self.nodes.append(helper.make_node(operator, inputs, list(outputs), domain=of, **attributes))
        return outputs[0]

    def embedded(self) -> str:
        """Pieces, their positions and the marks of their words (quotation state, shape and place in one table), normalised."""
        whole, scale, zero = table_of_bytes(self.weights["piece.weight"])
        row = self.node("Gather", [self.constant("piece", whole), "pieces"], "piece_row")
        given = [row, self.constant("piece.scale", scale), self.constant("piece.zero", zero)]
        self.node("DequantizeLinear", given, "piece_state")
        marks = (
            self.weights["quote.weight"][:, None, None]
            + self.weights["shape.weight"][None, :, None]
            + self.weights["place.weight"][None, None, :]
        )
        self.node("Gather", [self.constant("mark", marks.reshape(-1, marks.shape[-1])), "marks"], "mark_state")
        self.node("Shape", ["pieces"], "length", start=1, end=2)
        start = self.constant("start", np.zeros(1, np.int64))
        position = self.constant("position", self.weights["position.weight"][: CHUNK_PIECES + 2])
        self.node("Slice", [position, start, "length", start], "position_state")
        self.node("Add", ["piece_state", "mark_state"], "marked")
        return self.normalised(self.node("Add", ["marked", "position_state"], "placed"), "norm")

    def normalised(self, state: str, name: str) -> str:
        """Layer normalisation. The runtime's fusion of the sum before it is six times slower than sum and norm."""
        given = [state, self.constant(f"{name}.weight"), self.constant(f"{name}.bias")]
        return self.node("LayerNormalization", given, f"{name}.out", axis=-1, epsilon=_EPSILON)

    def linear(self, state: str, name: str) -> str:
        """A linear layer in 8 bits: the state is quantised, multiplied and scaled back in one operator."""
        weight, scale = eight_bits(self.weights[f"{name}.weight"].T, axis=0)
        given = [
            state,
            self.constant(f"{name}.eight", weight),
            self.constant(f"{name}.scale", scale.ravel()),
            "",
            self.constant(f"{name}.bias"),
        ]
        return self.node("DynamicQuantizeMatMul", given, f"{name}.out", of=_RUNTIME)

    def attended(self, state: str, layer: str) -> str:
        """What each piece takes from the others: the three projections and attention in one operator."""
        parts = [f"{layer}.{part}" for part in ("query", "key", "value")]
        weight, scale = eight_bits(np.concatenate([self.weights[f"{part}.weight"].T for part in parts], 1), axis=0)
        bias = np.concatenate([self.weights[f"{part}.bias"] for part in parts])
        quantised = [f"{layer}.state{end}" for end in ("", ".scale", ".zero")]
        self.node("DynamicQuantizeLinear", [state], *quantised)
        given = [
            quantised[0],
            self.constant(f"{layer}.three", weight),
            self.constant(f"{layer}.three.bias", bias),
            quantised[1],
            self.constant(f"{layer}.three.scale", scale.ravel()),
            "",
            quantised[2],
            self.constant(f"{layer}.three.zero", np.zeros(weight.shape[1], np.int8)),
        ]
        return self.node("QAttention", given, f"{layer}.mixed", of=_RUNTIME, num_heads=HEADS)

    def layer(self, state: str, layer: str, *, last: bool) -> str:
        """One layer; the last one goes on with the first piece of each word alone, since only those are scored."""
        mixed = self.attended(state, layer)
        if last:
            mixed = self.node("Gather", [mixed, "first"], f"{layer}.mixed.first", axis=1)
            state = self.node("Gather", [state, "first"], f"{layer}.state.first", axis=1)
        taken = self.linear(mixed, f"{layer}.attended")
        state = self.normalised(self.node("Add", [state, taken], f"{layer}.sum"), f"{layer}.norm")
        wide = self.node("Gelu", [self.linear(state, f"{layer}.wide")], f"{layer}.bent", of=_RUNTIME)
        narrow = self.linear(wide, f"{layer}.narrow")
        return self.normalised(self.node("Add", [state, narrow], f"{layer}.last_sum"), f"{layer}.last_norm")


def network(weights: Weights) -> onnx.ModelProto:
    """The tagger's network: `pieces` and `marks` (1 × pieces) and `first` (words) to `scores` (1 × words × tags)."""
    made = Network(weights)
    layers = sorted({int(name.split(".")[1]) for name in weights if name.startswith("layers.")})
    state = made.embedded()
    for number in layers:
        state = made.layer(state, f"layers.{number}", last=number == layers[-1])
    head = made.constant("head", weights["head.weight"].T)
    made.node("Add", [made.node("MatMul", [state, head], "headed"), made.constant("head.bias")], "scores")
    tags = weights["head.bias"].shape[0]
    inputs = [("pieces", [1, "length"]), ("marks", [1, "length"]), ("first", ["words"])]
    graph = helper.make_graph(
        made.nodes,
        "tagger",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in inputs],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "words", tags])],
        list(made.constants.values()),
    )
    versions = [helper.make_opsetid("", 18), helper.make_opsetid(_RUNTIME, 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=9, producer_name="sitrep")
