"""Numbers drawn from a name and a seed: the same on every machine, for they come from one generator."""

import zlib
from functools import lru_cache
from math import prod
from typing import Literal, get_args

import numpy as np
from numpy.random import PCG64, Generator

from impls.door.dtypes import rounded

Kind = Literal["gaussian", "one-hot", "alternating", "large", "small"]
"""How vectors are drawn."""
KINDS: tuple[Kind, ...] = get_args(Kind)
LARGE = 2**14
"""Of tensors with more numbers than these, some megabytes each, the last few are kept, of smaller ones hundreds."""
_SCALE = {"large": 2.0**7, "small": 2.0**-7}


def vectors(kind: Kind, name: str, seed: int, shape: tuple[int, ...], dtypes: tuple[str, ...] = ()) -> np.ndarray:
    """Vectors along the last axis, float64, read-only: gaussian, as they are, large or small; signs; unit vectors.

    Such as these dtypes hold, one after the other.
    """
    return (_few if prod(shape) > LARGE else _many)(kind, name, seed, shape, dtypes)


def _held(kind: Kind, name: str, seed: int, shape: tuple[int, ...], dtypes: tuple[str, ...]) -> np.ndarray:
    numbers = rounded((_drawn if prod(shape) > LARGE else _once)(kind, name, seed, shape), *dtypes)
    numbers.flags.writeable = False
    return numbers


def _drawn(kind: Kind, name: str, seed: int, shape: tuple[int, ...]) -> np.ndarray:
    own = Generator(PCG64(zlib.crc32(f"{name} {seed}".encode())))
    if kind == "one-hot":
        return np.asarray(np.eye(shape[-1])[own.integers(shape[-1], size=shape[:-1])])
    if kind == "alternating":
        return 2.0 * own.integers(2, size=shape) - 1
    return own.standard_normal(shape) * _SCALE.get(kind, 1.0)


_few, _many = lru_cache(maxsize=16)(_held), lru_cache(maxsize=256)(_held)
_once = lru_cache(maxsize=256)(_drawn)
"""What is small is drawn once for all dtypes."""
