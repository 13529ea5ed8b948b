"""Write the trained tagger as package data: 8-bit ONNX, transitions.

python -m training.export build/tagger.pt [--out bot/extract/weights]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch

from training.network import network
from training.train import WEIGHTS


def export(weights: Path, out: Path) -> None:
    """Write `tagger.onnx` and `transitions.npy` into `out`."""
    trained = {name: value.numpy().astype(np.float32) for name, value in torch.load(weights).items()}
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "transitions.npy", trained.pop("transitions"))
    onnx.save(network(trained), out / "tagger.onnx")


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    a = parser.parse_args()
    export(a.weights, a.out)
    print(f"{a.out / 'tagger.onnx'}: {(a.out / 'tagger.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
