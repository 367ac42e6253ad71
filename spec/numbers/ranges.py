"""How large a definition can become over all positions: an upper bound, read off its expression."""

import math
from collections.abc import Mapping
from functools import lru_cache
from math import inf, prod

import sympy
from sympy.core.function import AppliedUndef
from sympy.simplify.fu import TR5

from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import Parameters
from spec.definitions.symbols import KEY, LENGTH, POSITION, QUERY, SCALE, THETA, parameter
from spec.definitions.verdict import Witness
from spec.numbers.exact import effects, scales

SHARE = sympy.Symbol("share", nonnegative=True)
"""A position over the length of its sequence, below 1, or over its largest position, at most 1."""
WITHIN_ONE = (sympy.sin, sympy.cos, sympy.Heaviside, sympy.KroneckerDelta, AppliedUndef)
PLACES = {POSITION, *QUERY, *KEY, LENGTH}


def largest(expression: sympy.Expr) -> float:
    """An upper bound of the absolute value, over all positions; infinite where none can be read off."""
    if expression.is_number:
        return abs(float(expression))
    if isinstance(expression, WITHIN_ONE) or expression in (SHARE, THETA):
        return 1.0
    if isinstance(expression, sympy.Mod):
        return largest(expression.args[1]) - (1 if expression.args[0].is_integer else 0)
    if isinstance(expression, sympy.Add):
        return sum(map(largest, expression.args))
    if isinstance(expression, sympy.Mul):
        return prod(map(largest, expression.args))
    if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
        return largest(expression.base) ** int(expression.exp)
    return inf if expression.free_symbols & PLACES else 1.0


def ceiling(encoding: Encoding, dim: int, parameters: Parameters, scale: float = 1.0) -> float:
    """By how much the content of a block can grow at most, and how large an entry of a table can be.

    A free table counts as one with entries up to 1. Infinite where something grows with the position.
    """
    numbers = {parameter(name): value for name, value in parameters.items() if not isinstance(value, tuple)}
    parts = encoding.definition.parts
    if encoding.definition.maps:
        return max(_stretch(part, {**numbers, SCALE: scale}) for part in parts)
    known = [part.subs({**numbers, SCALE: scale}) for part in parts]
    entries = [entry for part in known for entry in (part if isinstance(part, sympy.MatrixBase) else [part])]
    return max(min(map(largest, _in_shares(encoding, entry))) for entry in entries)


def _stretch(block: sympy.ImmutableMatrix, settled: Mapping[sympy.Symbol, float]) -> float:
    """The norm of a block, where it is a multiple of a rotation, else at most the largest sum over a row."""
    gram = _gram(block).subs(settled)
    if gram.free_symbols:
        return float(max(sum(largest(entry.subs(settled)) for entry in block.row(row)) for row in range(block.rows)))
    return math.sqrt(max(map(float, gram.diagonal())))


@lru_cache(maxsize=256)
def _gram(block: sympy.ImmutableMatrix) -> sympy.ImmutableMatrix:
    """Where sin^2 + cos^2 = 1 leaves no angle it is simple; where it does not, all that is known is tried."""
    gram = block.T * block
    known = gram.applyfunc(lambda entry: sympy.factor(TR5(entry)))
    return sympy.simplify(gram) if known.free_symbols & {POSITION, THETA} else known


def _in_shares(encoding: Encoding, entry: sympy.Expr) -> list[sympy.Expr]:
    """Where the frequency follows the length, positions as shares of it, and of the largest position."""
    if not encoding.blocks.follows_length:
        return [entry]
    known = entry.subs(THETA, encoding.blocks.frequency)
    return [sympy.simplify(known.subs(POSITION, SHARE * whole)) for whole in (LENGTH, sympy.Max(LENGTH - 1, 1))]


def stays_bounded(encoding: Encoding, case: Witness | None) -> bool:
    """Whether a bound can be read off the definition; at a witness, whether no entry exceeds 1 there."""
    if case is None:
        dim = encoding.dimension(8)
        parameters = encoding.configured(dim, {})
        stretched = max(map(float, scales(encoding, dim, parameters, dim)), default=1.0)
        return ceiling(encoding, dim, parameters, stretched) < inf
    return all(bool(abs(entry) <= 1) for entry in effects(encoding, case["m"], case.get("n", 0)))
