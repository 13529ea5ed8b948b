"""MiniLM with a tag layer and a CRF: the network as trained; the bot runs its exported form."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import torch
from torch import Tensor, nn

from bot.extract.pieces import PLACES, QUOTE_STATES, SHAPES

WIDTH, HEADS, INNER, POSITIONS, PIECES = 384, 12, 1536, 512, 30522


class Layer(nn.Module):
    """One transformer layer, normalised after each part as BERT does."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """`x`: batch × pieces × width; `bias`: batch × 1 × 1 × pieces, very negative where there is padding."""
        batch, length, _ = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5
        if bias is not None:
            scores = scores + bias
        mixed = self.drop(scores.softmax(-1)) @ value
        x = self.norm(x + self.drop(self.attended(mixed.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.last_norm(x + self.drop(self.narrow(nn.functional.gelu(self.wide(x)))))


class Tagger(nn.Module):
    """Scores of the tags for each piece; only those of a word's first piece are used."""

    def __init__(self, tags: int, *, layers: int = 6, dropout: float = 0.1) -> None:
        super().__init__()
        self.piece = nn.Embedding(PIECES, WIDTH, padding_idx=0)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.quote = nn.Embedding(QUOTE_STATES, WIDTH)
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.place = nn.Embedding(PLACES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, tags)
        self.transitions = nn.Parameter(torch.zeros(tags + 1, tags))  # the last row: from the chunk's start
        for extra in (self.quote, self.shape, self.place):
            nn.init.normal_(extra.weight, std=0.01)

    def forward(self, pieces: Tensor, marks: Tensor, bias: Tensor | None = None) -> Tensor:
        """`pieces`, `marks` (`mark_of`): batch × length; returns batch × length × tags."""
        positions = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.piece(pieces) + self.position(positions)
        states, shapes, places = marks // (SHAPES * PLACES), marks // PLACES % SHAPES, marks % PLACES
        x = x + self.quote(states) + self.shape(shapes) + self.place(places)
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, bias)
        return self.head(self.drop(x))


def load_minilm(model: Tagger, file: Path) -> None:
    """Copy MiniLM's weights (`model.safetensors`) into the network; the token type's is added to the position's."""
    given = _safetensors(file)
    own = {
        "piece.weight": given["embeddings.word_embeddings.weight"],
        "position.weight": given["embeddings.position_embeddings.weight"]
        + given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "attended": "attention.output.dense",
        "norm": "attention.output.LayerNorm",
        "wide": "intermediate.dense",
        "narrow": "output.dense",
        "last_norm": "output.LayerNorm",
    }
    for number in range(len(model.layers)):
        for ours, theirs in names.items():
            for part in ("weight", "bias"):
                own[f"layers.{number}.{ours}.{part}"] = given[f"encoder.layer.{number}.{theirs}.{part}"]
    missing = model.load_state_dict(own, strict=False)
    assert not missing.unexpected_keys, missing.unexpected_keys


def _safetensors(file: Path) -> dict[str, Tensor]:
    """The float32 tensors of a safetensors file: a length, a JSON header, the bytes."""
    raw = file.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    body = bytearray(raw[8 + size :])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            tensors[name] = torch.frombuffer(body[start:end], dtype=torch.float32).view(entry["shape"]).clone()
    return tensors


def negative_log_likelihood(scores: Tensor, tags: Tensor, lengths: Tensor, transitions: Tensor) -> Tensor:
    """Of the CRF, per chunk.

    `scores`: batch × words × tags (float32); `tags`: batch × words; `lengths`: words of each chunk (≥ 1).
    """
    _, longest, count = scores.shape
    alpha = scores[:, 0] + transitions[count]
    gold = alpha.gather(1, tags[:, :1]).squeeze(1)
    for i in range(1, longest):
        live = (lengths > i).unsqueeze(1)
        step = torch.logsumexp(alpha.unsqueeze(2) + transitions[:count], 1) + scores[:, i]
        alpha = torch.where(live, step, alpha)
        move = transitions[tags[:, i - 1], tags[:, i]] + scores[:, i].gather(1, tags[:, i : i + 1]).squeeze(1)
        gold = gold + move * live.squeeze(1)
    return torch.logsumexp(alpha, 1) - gold
