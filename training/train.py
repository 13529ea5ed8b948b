"""Train the tagger: PolNeAR's train split first, then that and this project's own conflict reports together.

    python -m training.train --minilm DIR --polnear polnear-train.jsonl --out build/tagger.pt --seed 7

DIR holds MiniLM's `model.safetensors`. Seeded and reproducible on one machine; two cores, about an hour.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from bot.extract.pieces import Vocabulary
from training.corpus import TAGS, Annotated, Example, contents, examples, polnear, varied
from training.model import Tagger, load_minilm, negative_log_likelihood

WEIGHTS = Path(__file__).resolve().parent.parent / "bot" / "extract" / "weights"
BATCH = 16
MASK = 103
"""The vocabulary's [MASK]: stands for a few pieces of each chunk, so that the tagger leans on more than names."""


def batches(found: list[Example], chance: random.Random) -> Iterator[list[Example]]:
    """Batches of chunks of like length, in random order."""
    ordered = sorted(found, key=lambda example: len(example.chunk.pieces) + chance.random() * 16)
    cut = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    chance.shuffle(cut)
    return iter(cut)


def tensors(
    batch: list[Example], chance: random.Random, masked: float
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Pieces, marks, attention bias, positions of first pieces, tags, and lengths in words."""
    longest = max(len(example.chunk.pieces) for example in batch)
    most = max(len(example.tags) for example in batch)
    pieces = torch.zeros(len(batch), longest, dtype=torch.long)
    marks = torch.zeros(len(batch), longest, dtype=torch.long)
    bias = torch.full((len(batch), 1, 1, longest), -1e4)
    first = torch.zeros(len(batch), most, dtype=torch.long)
    tags = torch.zeros(len(batch), most, dtype=torch.long)
    for i, (chunk, own) in enumerate(batch):
        size = len(chunk.pieces)
        seen = [MASK if chance.random() < masked and 0 < j < size - 1 else p for j, p in enumerate(chunk.pieces)]
        pieces[i, :size] = torch.tensor(seen)
        marks[i, :size] = torch.tensor(chunk.marks)
        bias[i, 0, 0, :size] = 0.0
        first[i, : len(own)] = torch.tensor(chunk.first)
        tags[i, : len(own)] = torch.tensor(own)
    return pieces, marks, bias, first, tags, torch.tensor([len(example.tags) for example in batch])


class Average:
    """A running average of the weights: steadier than the last step's."""

    def __init__(self, model: Tagger, keep: float) -> None:
        self.keep = keep
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    def add(self, model: Tagger, step: int) -> None:
        """Take in the weights after a step."""
        keep = min(self.keep, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            self.weights[name].mul_(keep).add_(value.detach(), alpha=1 - keep)


def train(
    model: Tagger, stages: list[tuple[list[Annotated], int]], *, seed: int, rate: float, note: Path | None
) -> Average:
    """Run the stages, each so many epochs over its documents; the learning rate falls to nought over all of them."""
    vocabulary = Vocabulary(WEIGHTS / "pieces.txt")
    chance = random.Random(seed)
    head = [
        p for n, p in model.named_parameters() if n.split(".")[0] in ("head", "transitions", "quote", "shape", "place")
    ]
    body = [
        p
        for n, p in model.named_parameters()
        if n.split(".")[0] not in ("head", "transitions", "quote", "shape", "place")
    ]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate, "top": rate}, {"params": head, "lr": 10 * rate, "top": 10 * rate}],
        weight_decay=0.01,
    )
    sizes = [sum(1 for d in documents for _ in examples(d, vocabulary)) // BATCH + 1 for documents, _ in stages]
    total = sum(size * epochs for size, (_, epochs) in zip(sizes, stages, strict=True))
    average = Average(model, 0.998)
    step, began, told = 0, time.monotonic(), 0.0
    for stage, (documents, epochs) in enumerate(stages):
        for epoch in range(epochs):
            found = [e for d in documents for e in examples(varied(d, chance), vocabulary) if e.tags]
            for batch in batches(found, chance):
                warm = min(1.0, (step + 1) / 200) * max(0.02, 1 - step / total)
                for group in optimiser.param_groups:
                    group["lr"] = group["top"] * warm
                pieces, marks, bias, first, tags, lengths = tensors(batch, chance, 0.03)
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    scores = model(pieces, marks, bias)
                seen = scores.float().gather(1, first.unsqueeze(2).expand(-1, -1, scores.shape[2]))
                loss = negative_log_likelihood(seen, tags, lengths, model.transitions).mean()
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                average.add(model, step)
                step += 1
                told = loss.item() if not told else 0.98 * told + 0.02 * loss.item()
                if step % 50 == 0:
                    spent = time.monotonic() - began
                    print(
                        f"stage {stage} epoch {epoch} step {step}/{total} loss {told:.2f} {spent:.0f} s, "
                        f"{spent / step * (total - step) / 60:.0f} min left",
                        flush=True,
                    )
            if note:
                torch.save(average.weights, note)
    return average


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minilm", type=Path, default=Path("build/minilm"))
    parser.add_argument("--polnear", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("build/tagger.pt"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--start", type=Path, help="weights to go on from, instead of MiniLM's")
    parser.add_argument("--conflict", type=Path, help="folder of our own reports, for the second stage")
    parser.add_argument("--conflict-epochs", type=int, default=2)
    parser.add_argument("--limit", type=int, help="only so many PolNeAR articles (for a trial)")
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    # Moments of rows that are never seen decay into denormal numbers, which a processor adds a hundred times slower.
    torch.set_flush_denormal(True)
    model = Tagger(len(TAGS), layers=a.layers)
    if a.start:
        model.load_state_dict(torch.load(a.start))
    else:
        load_minilm(model, a.minilm / "model.safetensors")
    articles = polnear(a.polnear)[: a.limit]
    stages = [(articles, a.epochs)] if a.epochs else []
    if a.conflict:
        from training.conflict_reports import read_folder

        own = [
            Annotated(report.text, report.claims)
            for pattern in ("reports_*.txt", "attributions_*.txt")
            for report in read_folder(a.conflict, pattern=pattern)
        ]
        own += [part for document in own for part in contents(document)]
        # The own reports are few: each is seen three times beside a third of the articles.
        stages += [
            ([*own * 3, *random.Random(a.seed + i).sample(articles, len(articles) // 3)], 1)
            for i in range(a.conflict_epochs)
        ]
    a.out.parent.mkdir(parents=True, exist_ok=True)
    average = train(model, stages, seed=a.seed, rate=a.rate, note=a.out)
    torch.save(average.weights, a.out)


if __name__ == "__main__":
    main()
