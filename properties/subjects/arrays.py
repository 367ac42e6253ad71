"""Arithmetic on arrays of numbers, in float64 and wider."""

from math import prod
from typing import Any

import numpy as np

MANY = 2**14
"""Of more numbers than these, those that are in float64 stay what they are where they are compared."""


def softmax(logits: np.ndarray) -> np.ndarray:
    """The weights of every row of logits."""
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def extended(x: Any) -> np.ndarray:
    """Numbers in extended precision."""
    return np.asarray(x, dtype=np.longdouble)


def transposed(x: np.ndarray) -> np.ndarray:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def whole_or_not(positions: Any) -> np.ndarray:
    """Positions as an array: int64 where all are integers, float64 otherwise."""
    numbers = np.asarray(positions)
    if np.issubdtype(numbers.dtype, np.integer):
        return numbers.astype(np.int64)
    with np.errstate(invalid="ignore"):
        integral = bool((numbers.astype(np.float64) % 1 == 0).all())
    return numbers.astype(np.int64 if integral else np.float64)


def cells_of(sides: tuple[int, ...], most: int) -> np.ndarray:
    """Cells of a grid, row by row, (cells, axes): so many from the first to the last, or all, and its corners."""
    number = np.arange(prod(sides)).reshape(sides)
    evenly = np.linspace(0, number.size - 1, min(most, number.size)).astype(int)
    chosen = np.union1d(evenly, number[np.ix_(*([0, -1] for _ in sides))])
    return np.stack(np.unravel_index(chosen, sides), axis=-1)
