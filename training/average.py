"""The mean of the weights of several runs that set out from the same ones: as steady as their ensemble, at the cost of one.

python -m training.average one.pt two.pt --out build/tagger.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor


def mean(files: list[Path]) -> dict[str, Tensor]:
    """The mean of each weight over the files."""
    every = [torch.load(file) for file in files]
    return {name: torch.stack([weights[name] for weights in every]).mean(0) for name in every[0]}


def main() -> None:
    """Parse the command line, average, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("build/tagger.pt"))
    a = parser.parse_args()
    a.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(mean(a.weights), a.out)


if __name__ == "__main__":
    main()
