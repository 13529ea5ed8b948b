"""A logistic regression over named signs, with a ridge, by Newton's steps: the same examples give the same weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_STEPS = 30


def fitted(found: Sequence[tuple[Mapping[str, float], bool]], *, ridge: float) -> dict[str, float]:
    """The weight of each sign, in log odds, from examples: their signs with their strength, and whether they are right."""
    names = sorted({sign for signs, _ in found for sign in signs})
    seen: npt.NDArray[np.float64] = np.array([[signs.get(name, 0.0) for name in names] for signs, _ in found])
    right = np.array([float(told) for _, told in found])
    weights = np.zeros(len(names))
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-seen @ weights))
        slope = seen.T @ (likely - right) + ridge * weights
        curve = (seen * (likely * (1 - likely))[:, None]).T @ seen + ridge * np.eye(len(names))
        weights -= np.linalg.solve(curve, slope)
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
