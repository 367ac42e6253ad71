"""Between tensors and arrays: the widest numbers that each can hold."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


def softmax(logits: np.ndarray) -> np.ndarray:
    """The weights of every row of logits."""
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def as_tensor(positions: Any) -> Tensor:
    """Positions as a tensor: int64 where all are integers, float64 otherwise."""
    if isinstance(positions, Tensor):
        return positions
    integral = all(float(p).is_integer() for p in np.ravel(positions))
    return torch.tensor(np.asarray(positions), dtype=torch.int64 if integral else torch.float64)


def wide(x: Tensor) -> np.ndarray:
    """The numbers of a tensor in float64."""
    return np.asarray(x.detach().double().numpy())


def extended(x: Any) -> np.ndarray:
    """Numbers in extended precision."""
    values = x.detach().double().numpy() if isinstance(x, Tensor) else x
    return np.asarray(values, dtype=np.longdouble)
