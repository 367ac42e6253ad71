"""What becomes of a content that turns by itself before its position turns it, in extended precision.

Sines, cosines and arctangents of the machine's extended precision are right to a few units of its last place; the tests
hold them against balls.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import sympy

from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters, numbers
from spec.definitions.symbols import CONTENT
from spec.numbers.ranges import largest


def turned(encoding: Encoding, pairs: np.ndarray, parameters: Parameters) -> np.ndarray:
    """The contents of blocks (..., 2), each turned by its own angle; as they are where an encoding has no such turn."""
    if encoding.definition.turn is None:
        return pairs
    known = numbers(parameters)
    a, b = np.moveaxis(pairs.astype(np.longdouble), -1, 0)
    angle = _angle(encoding.definition.turn, tuple(known))(a, b, *map(np.longdouble, known.values()))
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([a * c - b * s, b * c + a * s], axis=-1)


def rotations(angles: np.ndarray) -> np.ndarray:
    """The rotations by angles as they are, (..., 2, 2)."""
    c, s = np.cos(angles.astype(np.longdouble)), np.sin(angles.astype(np.longdouble))
    return np.stack([np.stack([c, -s], axis=-1), np.stack([s, c], axis=-1)], axis=-2)


def size(encoding: Encoding, parameters: Parameters) -> float:
    """How large the angle of such a turn can be, in radians, each of its terms at its largest."""
    if encoding.definition.turn is None:
        return 0.0
    return largest(encoding.definition.turn.subs(numbers(parameters)).replace(sympy.atan2, lambda y, x: sympy.pi))


@lru_cache(maxsize=64)
def _angle(turn: sympy.Expr, letters: tuple[sympy.Symbol, ...]) -> Callable[..., np.ndarray]:
    evaluate: Callable[..., np.ndarray] = sympy.lambdify([*CONTENT, *letters], turn, modules="numpy")
    return evaluate
