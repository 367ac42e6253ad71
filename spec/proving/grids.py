"""What remains of a grid: on its diagonal, where text lies, and when row and column are exchanged.

Two blocks agree at every position exactly when their frequencies do, and sums of cosines of different positive
frequencies are linearly independent. So both questions are about lists of frequencies, compared as expressions.
"""

from collections import Counter
from functools import lru_cache

import sympy
from flint import arb

from spec.definitions.encoding import Encoding
from spec.definitions.evaluation import elements
from spec.definitions.symbols import DIM, INDEX
from spec.definitions.verdict import Witness
from spec.definitions.words import Layout
from spec.encodings.rope import ENCODING as ROPE
from spec.numbers.balls import ball, exact_ratios
from spec.numbers.exact import at_position, frequencies, scales

LARGEST_DIM = 128


def is_rope_on_the_diagonal(encoding: Encoding, case: Witness | None) -> bool:
    """Whether at (p, p, ...) every pair turns as in RoPE at p: the same coordinates, by the same angle, in each layout.

    For every base, in all dimensions up to 128; at a witness, in its `pair` of the smallest dimension from 8 on.
    """
    if case is None:
        return all(_agrees(encoding, dim, pair) for dim in _sizes(encoding) for pair in range(dim // 2))
    return _agrees(encoding, encoding.dimension(8), case.get("pair", 0))


def _agrees(encoding: Encoding, dim: int, pair: int) -> bool:
    return encoding.definition.parts == ROPE.definition.parts and all(
        _turned(encoding, dim, layout)[pair : pair + 1] == _turned(ROPE, dim, layout)[pair : pair + 1]
        for layout in encoding.layouts
    )


@lru_cache(maxsize=2048)
def _turned(encoding: Encoding, dim: int, layout: Layout) -> list[tuple[list[int], sympy.Expr]]:
    """The coordinates and the frequency of each block."""
    coordinates = encoding.coordinates(dim, encoding.configured(dim, {}), layout).tolist()
    return list(zip(coordinates, _frequencies(encoding, dim), strict=True))


def tells_no_axis_apart(encoding: Encoding, case: Witness | None) -> bool | None:
    """Whether rows and columns have the same frequencies, in all dimensions up to 128.

    At a witness, whether the kernel at `m` rows and `n` columns is that at `n` rows and `m` columns; None where the
    balls meet, so that they may differ by less than can be told.
    """
    if case is None:
        return all(_same_on_both(encoding, dim) for dim in _sizes(encoding))
    here, exchanged = (_kernel(encoding, *offset) for offset in ((case["m"], case["n"]), (case["n"], case["m"])))
    return False if here != exchanged else True if case["m"] == case["n"] else None


def _same_on_both(encoding: Encoding, dim: int) -> bool:
    axes = encoding.axes_of(dim, encoding.configured(dim, {}))
    found = list(zip(axes.tolist(), _frequencies(encoding, dim), strict=True))
    rows, columns = (Counter(theta for axis, theta in found if axis == encoding.grid.axes - 2 + i) for i in (0, 1))
    return rows == columns


def _kernel(encoding: Encoding, rows: float, columns: float) -> arb:
    """The logit of equal contents (1, 0) in every block, the key so many rows and columns before the query."""
    dim = encoding.dimension(8)
    parameters = encoding.configured(dim, {})
    place = (*[0] * (encoding.grid.axes - 2), rows, columns)
    polar = zip(frequencies(encoding, dim, parameters), scales(encoding, dim, parameters), strict=True)
    blocks = zip(encoding.axes_of(dim, parameters), polar, strict=True)
    return sum((at_position(encoding, place[axis], *each)[0] for axis, each in blocks), ball(0))


def _sizes(encoding: Encoding) -> range:
    return range(encoding.multiple, LARGEST_DIM + 1, encoding.multiple)


@lru_cache(maxsize=2048)
def _frequencies(encoding: Encoding, dim: int) -> tuple[sympy.Expr, ...]:
    """theta_i of every block as an expression in the parameters."""
    parameters = encoding.configured(dim, {})
    frequency = exact_ratios(encoding.blocks.frequency.subs(elements(parameters)))
    letters = sorted(frequency.free_symbols - {INDEX, DIM}, key=str)
    evaluate = sympy.lambdify([INDEX, DIM, *letters], frequency, modules=[{"ratio": sympy.Rational}, "sympy"])
    blocks = range(encoding.blocks_at(dim, parameters))
    return tuple(evaluate(sympy.Integer(i), sympy.Integer(dim), *letters) for i in blocks)
