"""Train a tagger of fewer layers to say what one of six says: the teacher's scores beside the annotations.

    python -m training.distil --teacher build/teacher.pt --keep 0,1,3,5 --polnear polnear-train.jsonl --conflict training/conflict

The pupil starts as the teacher with the layers of `--keep` alone. Each chunk's loss is the CRF's, the divergence of the tags'
probabilities from the teacher's, and the distance of the last layer's states; texts without annotations (`--more`) teach by
the last two. Seeded; two cores, an hour at most (`--minutes`).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from bot.extract.pieces import Vocabulary
from training.conflict_reports import read_folder
from training.corpus import TAGS, Annotated, Example, contents, examples, polnear, varied
from training.model import Tagger, negative_log_likelihood
from training.train import MASK, WEIGHTS, Average, batches, tensors

MASKED = 0.03
_STATES = 60.0
"""What a unit of mean squared distance between the last states weighs beside the divergence of one word."""


def pupil_of(teacher: dict[str, Tensor], keep: list[int]) -> dict[str, Tensor]:
    """The teacher's weights with some of its layers alone, numbered anew."""
    place = {f"layers.{old}.": f"layers.{new}." for new, old in enumerate(keep)}
    kept = {}
    for name, weight in teacher.items():
        if not name.startswith("layers."):
            kept[name] = weight.clone()
        elif (head := ".".join(name.split(".")[:2]) + ".") in place:
            kept[place[head] + name.removeprefix(head)] = weight.clone()
    return kept


def read(model: Tagger, pieces: Tensor, marks: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """The last states and the tags' scores of each piece, in 32 bits."""
    states: list[Tensor] = []
    hook = model.layers[-1].register_forward_hook(lambda _, __, out: states.append(out))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(pieces, marks, bias)
    hook.remove()
    return states[0].float(), scores.float()


class Lesson:
    """What a pupil loses on a batch."""

    def __init__(self, teacher: Tagger, pupil: Tagger, chance: random.Random) -> None:
        self.teacher, self.pupil, self.chance = teacher, pupil, chance

    def loss(self, batch: list[Example], *, annotated: bool) -> Tensor:
        """Mean over the chunks; the pupil does not see the few pieces that are masked, the teacher does."""
        pieces, marks, bias, first, tags, lengths = tensors(batch, self.chance, 0.0)
        with torch.no_grad():
            states, scores = read(self.teacher, pieces, marks, bias)
        hidden = (torch.rand(pieces.shape) < MASKED) & (pieces > MASK)
        own_states, own_scores = read(self.pupil, pieces.masked_fill(hidden, MASK), marks, bias)
        real = (pieces != 0).unsqueeze(2)
        far = ((own_states - states).pow(2) * real).sum() / (real.sum() * states.shape[2])
        at = first.unsqueeze(2).expand(-1, -1, scores.shape[2])
        seen, given = own_scores.gather(1, at), scores.gather(1, at)
        live = (torch.arange(first.shape[1])[None] < lengths[:, None]).unsqueeze(2)
        apart = nn.functional.kl_div(seen.log_softmax(-1), given.log_softmax(-1), reduction="none", log_target=True)
        loss = 2 * (apart * live).sum() / len(batch) + _STATES * far
        if annotated:
            loss = loss + negative_log_likelihood(seen, tags, lengths, self.pupil.transitions).mean()
        return loss


def taught(
    lesson: Lesson, documents: list[Annotated], more: list[Annotated], *, minutes: float, rate: float, note: Path
) -> Average:
    """Epochs over all documents until the time is up; the rate falls with the time that has passed."""
    vocabulary, chance = Vocabulary(WEIGHTS / "pieces.txt"), lesson.chance
    optimiser = torch.optim.AdamW(lesson.pupil.parameters(), lr=rate, weight_decay=0.01)
    average = Average(lesson.pupil, 0.998)
    began, step, told = time.monotonic(), 0, 0.0
    while True:
        turns = [
            (batch, kind)
            for kind, texts in ((True, documents), (False, more))
            for batch in batches([e for d in texts for e in examples(varied(d, chance), vocabulary) if e.tags], chance)
        ]
        chance.shuffle(turns)
        for batch, annotated in turns:
            passed = (time.monotonic() - began) / 60 / minutes
            if passed >= 1:
                return average
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 100) * max(0.02, 1 - passed)
            loss = lesson.loss(batch, annotated=annotated)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(lesson.pupil.parameters(), 1.0)
            optimiser.step()
            average.add(lesson.pupil, step)
            step += 1
            told = loss.item() if not told else 0.98 * told + 0.02 * loss.item()
            if step % 50 == 0:
                print(f"step {step} of {len(turns)} an epoch, loss {told:.2f}, {100 * passed:.0f} %", flush=True)
            if step % 500 == 0:
                torch.save(average.weights, note)


def main() -> None:
    """Parse the command line and teach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--keep", type=lambda told: [int(n) for n in told.split(",")], default=[0, 1, 3, 5])
    parser.add_argument("--polnear", type=Path, required=True)
    parser.add_argument("--conflict", type=Path, required=True)
    parser.add_argument("--more", type=Path, help="reports without annotations, one a line")
    parser.add_argument("--out", type=Path, default=Path("build/tagger.pt"))
    parser.add_argument("--start", type=Path, help="a pupil to go on with")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=7)
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    torch.set_flush_denormal(True)
    weights = torch.load(a.teacher)
    teacher, pupil = Tagger(len(TAGS)), Tagger(len(TAGS), layers=len(a.keep))
    teacher.load_state_dict(weights)
    teacher.eval()
    pupil.load_state_dict(torch.load(a.start) if a.start else pupil_of(weights, a.keep))
    own = [
        Annotated(report.text, report.claims)
        for pattern in ("reports_*.txt", "attributions_*.txt")
        for report in read_folder(a.conflict, pattern=pattern)
    ]
    own += [part for document in own for part in contents(document)]
    more = [Annotated(json.loads(line)["text"], []) for line in a.more.open(encoding="utf-8")] if a.more else []
    a.out.parent.mkdir(parents=True, exist_ok=True)
    lesson = Lesson(teacher, pupil, random.Random(a.seed))
    # Our own reports are few: each is seen twice in an epoch.
    average = taught(lesson, [*polnear(a.polnear), *own * 2], more, minutes=a.minutes, rate=a.rate, note=a.out)
    torch.save(average.weights, a.out)


if __name__ == "__main__":
    main()
