"""How logits are compared: as they are, or only as far as the softmax over the keys sees them."""

import numpy as np

from properties.checks.evidence import Evidence, agreement
from properties.subjects.subject import Subject

AXES = ("key", "query", "head", "batch")


def scores_agree(encoding: Subject, actual: np.ndarray, expected: np.ndarray, bound: np.ndarray) -> Evidence:
    """Two arrays of logits (..., queries, keys) agree; under `compare="softmax"` up to a constant in every row."""
    case = encoding.case
    at = {"query": case.positions, "key": case.others or case.positions}
    if encoding.implementation.compare == "softmax":
        actual, expected = _centred(actual), _centred(expected)
        bound = bound + bound.mean(-1, keepdims=True)
    return agreement(actual, expected, bound, axes=AXES, at=at)


def _centred(logits: np.ndarray) -> np.ndarray:
    return np.asarray(logits - logits.mean(-1, keepdims=True))
