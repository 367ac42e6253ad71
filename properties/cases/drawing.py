"""Numbers drawn from a name and a seed: the same on every machine, for they come from the generator of torch."""

import zlib
from functools import lru_cache
from math import prod
from typing import Literal, get_args

import numpy as np
import torch

from impls.door.tensors import rounded

Kind = Literal["gaussian", "one-hot", "alternating", "large", "small"]
"""How vectors lie in memory."""
KINDS: tuple[Kind, ...] = get_args(Kind)
LARGE = 2**14
"""Of tensors with more numbers than these, some megabytes each, the last few are kept, of smaller ones hundreds."""
_SCALE = {"large": 2.0**7, "small": 2.0**-7}


def vectors(kind: Kind, name: str, seed: int, shape: tuple[int, ...], dtypes: tuple[str, ...] = ()) -> np.ndarray:
    """Vectors along the last axis, float64, read-only: gaussian, as they are, large or small; signs; unit vectors.

    Such as these dtypes hold, one after the other.
    """
    return (_few if prod(shape) > LARGE else _many)(kind, name, seed, shape, dtypes)


def _drawn(kind: Kind, name: str, seed: int, shape: tuple[int, ...], dtypes: tuple[str, ...]) -> np.ndarray:
    generator = torch.Generator().manual_seed(zlib.crc32(f"{name} {seed}".encode()))
    if kind == "one-hot":
        index = torch.randint(shape[-1], shape[:-1], generator=generator)
        drawn = torch.nn.functional.one_hot(index, shape[-1]).double()
    elif kind == "alternating":
        drawn = (torch.randint(2, shape, generator=generator) * 2 - 1).double()
    else:
        drawn = torch.randn(shape, generator=generator, dtype=torch.float64) * _SCALE.get(kind, 1.0)
    numbers = rounded(drawn.numpy(), *dtypes)
    numbers.flags.writeable = False
    return numbers


_few, _many = lru_cache(maxsize=16)(_drawn), lru_cache(maxsize=256)(_drawn)
