"""The equations that define an encoding, as they are shown."""

from typing import Any

import sympy

from spec import Encoding
from spec.definitions.definition import letters
from spec.definitions.symbols import SCALE, THETA


def definition(encoding: Encoding) -> list[Any]:
    """Equations, in the order in which they are read; none for what is defined by a rule in words."""
    turn = encoding.definition.turn
    own = [] if turn is None else [_equal("phase", sympy.Symbol("phase") + turn)]
    return [*own, *(_equal(*sides) for sides in encoding.definition.equations), *_per_block(encoding)]


def _per_block(encoding: Encoding) -> list[Any]:
    parts = ((THETA, "theta_i", encoding.blocks.frequency), (SCALE, "s_i", encoding.blocks.scale))
    return [_equal(name, value) for letter, name, value in parts if letter in letters(encoding.definition)]


def _equal(left: str, right: Any) -> sympy.Eq:
    return sympy.Eq(sympy.Symbol(left), right, evaluate=False)
