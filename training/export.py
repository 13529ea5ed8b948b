"""Write the trained tagger as package data: 8-bit ONNX, transitions; `--float` keeps 32 bits, for comparison.

python -m training.export build/tagger.pt [--out bot/extract/weights] [--float]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.corpus import TAGS
from training.model import Tagger
from training.train import WEIGHTS


def export(weights: Path, out: Path, *, eight_bits: bool, layers: int) -> None:
    """Write `tagger.onnx` and `transitions.npy` into `out`."""
    model = Tagger(len(TAGS), layers=layers)
    model.load_state_dict(torch.load(weights))
    model.eval()
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "transitions.npy", model.transitions.detach().numpy().astype(np.float32))
    with tempfile.TemporaryDirectory() as folder:
        whole, ready = Path(folder, "whole.onnx"), Path(folder, "ready.onnx")
        torch.onnx.export(
            model,
            (torch.ones(1, 16, dtype=torch.long), torch.zeros(1, 16, 3, dtype=torch.long)),
            str(whole),
            input_names=["pieces", "features"],
            output_names=["scores"],
            dynamic_axes={"pieces": {1: "length"}, "features": {1: "length"}, "scores": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        if not eight_bits:
            onnx.save(onnx.load(whole), out / "tagger.onnx")
            return
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        # One scale for each output of a layer; the head stays in 32 bits: it is small and decides.
        head = [node.name for node in onnx.load(ready).graph.node if node.op_type in ("MatMul", "Gemm")][-1:]
        quantize_dynamic(
            str(ready),
            str(out / "tagger.onnx"),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=False,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            nodes_to_exclude=head,
        )


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--float", action="store_true")
    parser.add_argument("--layers", type=int, default=6)
    a = parser.parse_args()
    export(a.weights, a.out, eight_bits=not a.float, layers=a.layers)
    print(f"{a.out / 'tagger.onnx'}: {(a.out / 'tagger.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
