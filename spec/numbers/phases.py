"""What becomes of a content that turns by itself before its position turns it, in extended precision.

Sines, cosines and arctangents of the machine's extended precision are right to a few units of its last place; the tests
hold them against balls.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from spec.definitions.encoding import Encoding, Parameters
from spec.definitions.symbols import CONTENT, parameter
from spec.numbers.ranges import largest


def turned(encoding: Encoding, pairs: np.ndarray, parameters: Parameters) -> np.ndarray:
    """The contents of blocks (..., 2), each turned by its own angle; as they are where an encoding has no such turn."""
    if encoding.turn is None:
        return pairs
    numbers = _numbers(parameters)
    a, b = np.moveaxis(pairs.astype(np.longdouble), -1, 0)
    angle = _angle(encoding.turn, tuple(numbers))(a, b, *map(np.longdouble, numbers.values()))
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([a * c - b * s, b * c + a * s], axis=-1)


def size(encoding: Encoding, parameters: Parameters) -> float:
    """How large the angle of such a turn can be, in radians, each of its terms at its largest."""
    if encoding.turn is None:
        return 0.0
    return largest(encoding.turn.subs(_numbers(parameters)).replace(sympy.atan2, lambda y, x: sympy.pi))


@lru_cache(maxsize=64)
def _angle(turn: sympy.Expr, letters: tuple[sympy.Symbol, ...]) -> Callable[..., np.ndarray]:
    evaluate: Callable[..., np.ndarray] = sympy.lambdify([*CONTENT, *letters], turn, modules="numpy")
    return evaluate


def _numbers(parameters: Parameters) -> dict[sympy.Symbol, Any]:
    return {parameter(name): value for name, value in parameters.items() if not isinstance(value, tuple)}
