"""What an encoding is at a dimension, where its parameters have values: worked out once."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from spec.definitions import settings
from spec.definitions.blocks import Pairing
from spec.definitions.evaluation import Parameters, numbers
from spec.definitions.symbols import DIM

if TYPE_CHECKING:
    from spec.definitions.encoding import Encoding

Given = tuple[tuple[str, Any], ...]
"""Parameters by name, as they can be looked up."""


def plain(value: Any) -> Any:
    """A value of a parameter that can be looked up: several are a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else value


@lru_cache(maxsize=1024)
def coordinates(encoding: "Encoding", dim: int, given: Given, pairing: Pairing) -> np.ndarray:
    """The coordinates of each block, as pairs lie in a layout, shape (blocks, width)."""
    found = encoding.blocks.coordinates(dim, dict(given), encoding.width, pairing)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1024)
def axes(encoding: "Encoding", dim: int, given: Given) -> np.ndarray:
    """The axis of the grid that each block follows, shape (blocks,)."""
    blocks, axis = range(encoding.blocks_at(dim, dict(given))), encoding.blocks.axis
    found = np.array([axis(i, dim, dict(given)) if axis else 0 for i in blocks], dtype=int)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=4096)
def completed(encoding: "Encoding", dim: int, known: Given) -> Given:
    """The value of every parameter: the one that is known, or the default.

    Raises ValueError for what makes no sense.
    """
    encoding.expect_sizes(dict(known))
    values: dict[str, Any] = {}
    settings.refuse_nonsense(dict(known))
    for name, default in encoding.parameters.items():
        given = dict(known).get(name)
        values[name] = _default(default, dim, values) if given is None else given
    return tuple(values.items())


def _default(default: Any, dim: int, before: Parameters) -> Any:
    if callable(default):
        return default(dim)
    if isinstance(default, tuple | bool):
        return default
    value = sympy.sympify(default).subs({DIM: dim} | numbers(before))
    return int(value) if value.is_Integer else float(value)
