"""Exact logits: what a form in query and key, a bias or a factor is between every query and every key.

Each entry of a form is a sum of terms: a coefficient that the definition fixes, times numbers that are learned.
Coefficients are evaluated as balls at every pair of positions, block and head; learned numbers are looked up where the
definition says. A `score` has its bias, and a weight its factor, once; of a `content-score` every block adds its share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx
from sympy.core.function import AppliedUndef

from spec import bounds
from spec.encoding import Encoding
from spec.exact import PRECISION, ball, compiled, element, extended, frequencies, frequency_roundings, scales
from spec.symbols import DIM, HEAD, HEADS, INDEX, KEY, LEARNED, LENGTH, QUERY, SCALE, THETA, parameter

KINDS = ("score", "content-score", "weights")
PLACED = (*QUERY, *KEY, THETA, SCALE, INDEX, HEAD)
WAVES = (sympy.cos, sympy.sin)
Place = tuple[float, ...]


@dataclass(frozen=True)
class Setting:
    """A definition with its sizes and parameters; `length` is one more than the largest position."""

    encoding: Encoding
    dim: int
    parameters: tuple[tuple[str, Any], ...]
    heads: int
    length: int = 1

    @property
    def by_block(self) -> bool:
        """Whether every block of coordinates adds its share."""
        return self.encoding.acts_on == "content-score"


@dataclass(frozen=True, eq=False)
class Number:
    """A number of the definition as a function of QUERY, KEY, THETA, SCALE, INDEX and HEAD."""

    evaluate: Callable[..., Any]
    by_offset: bool
    blocks: int
    heads: int

    def over(self, queries: Sequence[Place], keys: Sequence[Place]) -> np.ndarray:
        """Its values in extended precision, shape (heads or 1, nq, nk, blocks or 1)."""
        places = [self._between(m, n) for m, n in product(queries, keys)]
        values = [[[_value(self, h, *p, i) for i in range(self.blocks)] for p in places] for h in range(self.heads)]
        return np.array(values, dtype=np.longdouble).reshape(self.heads, len(queries), len(keys), self.blocks)

    def _between(self, m: Place, n: Place) -> tuple[Place, Place]:
        """Both places; where only the offset counts, the key at the origin."""
        return (tuple(a - b for a, b in zip(m, n, strict=True)), (0,) * len(n)) if self.by_offset else (m, n)


@dataclass(frozen=True)
class Term:
    """A summand of one entry: it multiplies coordinate `row` of a query's block and `column` of a key's; the last is 1.

    `amplitude` is the coefficient without its waves, of which it has so many; `powers` are those with a broken exponent.
    `learned` are the numbers looked up: the name, the row, and the coordinate inside the block, None for the head.
    """

    row: int
    column: int
    coefficient: Number
    amplitude: Number
    powers: Number | None
    waves: int
    learned: tuple[tuple[str, Number, int | None], ...]


@dataclass(frozen=True)
class Part:
    """A term between given queries and keys: its value, and by how much the code's may differ from it.

    Shapes (heads or 1, nq, nk, blocks or 1).
    """

    row: int
    column: int
    value: np.ndarray
    off: np.ndarray


@dataclass(frozen=True)
class Precision:
    """Units of angles and powers (`angle`) and of results (`work`); `shared`: between two results of one code."""

    dtype: str
    angle: float
    shared: bool = False

    @property
    def work(self) -> float:
        """The unit of the dtype of the result."""
        return bounds.UNIT[self.dtype]


def learned(encoding: Encoding) -> dict[str, int]:
    """The numbers of the definition that training finds, by name: 2 for a table, 1 for a vector."""
    parts = [part for part in (encoding.block, encoding.score, encoding.factor) if part is not None]
    found = {use for part in parts for use in part.atoms(AppliedUndef) if str(use.func) in LEARNED}
    return {str(use.func): len(use.args) for use in sorted(found, key=str)}


def parts(
    setting: Setting,
    queries: Sequence[Place],
    keys: Sequence[Place],
    tables: Mapping[str, np.ndarray],
    pairs: np.ndarray,
    precision: Precision,
) -> list[Part]:
    """Every term between these places. `tables` are (entries, dim or heads), vectors (heads, dim), `pairs` (blocks, width).

    Raises ValueError where the definition says nothing: between the integers, or beyond the end of a table.
    """
    ctx.prec = PRECISION
    return [_part(term, setting, queries, keys, tables, pairs, precision) for term in _terms(setting)]


def total(found: Sequence[Part], q: np.ndarray, k: np.ndarray, what: Callable[[Part], np.ndarray]) -> np.ndarray:
    """The sum of `what` every part has, times the contents (..., n, blocks, width + 1): (..., nq, nk).

    The last entry of a content is the 1 that stands for the missing content.
    """
    shares = [
        q[..., :, None, :, part.row] * what(part) * k[..., None, :, :, part.column] for part in found
    ]
    return np.asarray(sum(share.sum(-1) for share in shares))


def bias(found: Sequence[Part], what: Callable[[Part], np.ndarray]) -> np.ndarray:
    """The sum of `what` every part has where no content is met, (heads or 1, nq, nk)."""
    return np.asarray(sum(what(part)[..., 0] for part in found))


def _part(
    term: Term,
    setting: Setting,
    queries: Sequence[Place],
    keys: Sequence[Place],
    tables: Mapping[str, np.ndarray],
    pairs: np.ndarray,
    precision: Precision,
) -> Part:
    found = np.ones((1, 1, 1, 1), dtype=np.longdouble)
    for name, row, column in term.learned:
        rows = row.over(queries, keys)[0, :, :, 0].astype(int)
        found = found * _looked_up(name, tables[name], rows, column, pairs)
    relative = setting.encoding.roundings * precision.work
    coefficient = term.coefficient.over(queries, keys)
    if term.powers is not None:
        logs = np.abs(np.log(np.abs(term.powers.over(queries, keys).astype(np.float64))))
        relative = relative + (0.0 if precision.shared else bounds.power(logs, 2 * setting.heads, precision.angle))
    off = np.abs(coefficient).astype(np.float64) * relative
    if term.waves:
        waves = term.waves * _waves(setting, queries, keys, precision)
        off = off + np.abs(term.amplitude.over(queries, keys)).astype(np.float64) * waves
    return Part(term.row, term.column, coefficient * found, off * np.abs(found).astype(np.float64))


def _looked_up(name: str, table: np.ndarray, rows: np.ndarray, column: int | None, pairs: np.ndarray) -> np.ndarray:
    if name != "table":
        return table[:, None, None, pairs[:, rows[0, 0]]]
    if rows.min() < 0 or rows.max() >= len(table):
        raise ValueError(f"row {rows.min() if rows.min() < 0 else rows.max()} of a table with {len(table)} rows")
    if column is None:
        return np.moveaxis(table[rows], -1, 0)[..., None]
    return table[rows][..., pairs[:, column]][None]


def _waves(setting: Setting, queries: Sequence[Place], keys: Sequence[Place], precision: Precision) -> np.ndarray:
    """The largest error of a sine or cosine of an angle between two places, (1, nq, nk, blocks)."""
    axes = setting.encoding.axes_of(setting.dim, dict(setting.parameters))
    thetas = np.array([float(theta) for theta, _ in _blocks(setting)])
    further = frequency_roundings(setting.encoding, setting.dim, dict(setting.parameters), setting.length)
    off = [
        bounds.table(np.array(places, dtype=float)[:, axes], thetas, precision.dtype, precision.angle,
                     shared=precision.shared, further=further)
        for places in (queries, keys)
    ]  # fmt: skip
    return bounds.between(off[0][:, None, :], off[1][None, :, :])[None]


@lru_cache(maxsize=512)
def _blocks(setting: Setting) -> list[tuple[arb, arb]]:
    sizes = (setting.encoding, setting.dim, dict(setting.parameters), setting.length)
    return list(zip(frequencies(*sizes), scales(*sizes), strict=True)) if setting.by_block else [(arb(1), arb(1))]


@lru_cache(maxsize=512)
def _terms(setting: Setting) -> tuple[Term, ...]:
    encoding = setting.encoding
    corner = encoding.width if encoding.score is not None else 0
    form = sympy.Matrix([encoding.factor]) if encoding.score is None else encoding.score
    entries = product(range(corner + 1), repeat=2) if setting.by_block else [(corner, corner)]
    found = []
    for row, column in entries:
        for summand in sympy.Add.make_args(sympy.expand(form[row, column])):
            if summand != 0:
                found.append(_term(setting, row, column, summand))
    return tuple(found)


def _term(setting: Setting, row: int, column: int, summand: sympy.Expr) -> Term:
    factors = [base for f in sympy.Mul.make_args(summand) for base in _repeated(f)]
    known = [f for f in factors if not (isinstance(f, AppliedUndef) and str(f.func) in LEARNED)]
    powers = [f for f in known if isinstance(f, sympy.Pow | sympy.exp) and not f.exp.is_Integer]
    rest = [f for f in factors if f not in known]
    return Term(
        row,
        column,
        coefficient=_number(setting, sympy.Mul(*known)),
        amplitude=_number(setting, sympy.Mul(*(f for f in known if not f.has(*WAVES)))),
        powers=_number(setting, sympy.Mul(*powers)) if powers else None,
        waves=sum(f.has(*WAVES) for f in known),
        learned=tuple((str(f.func), _number(setting, f.args[0]), _column(f)) for f in rest),
    )


def _repeated(factor: sympy.Expr) -> list[sympy.Expr]:
    """A whole power as so many factors."""
    base, exponent = factor.as_base_exp()
    return [base] * int(exponent) if exponent.is_Integer and exponent > 0 else [factor]


def _column(use: AppliedUndef) -> int | None:
    return None if len(use.args) == 1 or use.args[1] == HEAD else int(use.args[1])


def _number(setting: Setting, expression: sympy.Expr) -> Number:
    encoding, given = setting.encoding, dict(setting.parameters)
    numbers = {parameter(name): ball(value) for name, value in given.items() if not isinstance(value, tuple)}
    sequences = {name: partial(element, value) for name, value in given.items() if isinstance(value, tuple)}
    known = {DIM: arb(setting.dim), LENGTH: arb(setting.length), HEADS: arb(setting.heads), **numbers}
    moved = expression.subs({m: m + n for m, n in zip(QUERY, KEY, strict=True)}, simultaneous=True).expand()
    evaluate = compiled([*PLACED, *known], expression, {**encoding.functions, **sequences})
    letters, blocks = expression.free_symbols, _blocks(setting)

    def at(head: int, m: Place, n: Place, block: int) -> arb:
        missing = [0] * (len(QUERY) - len(m))
        places = [ball(p) for p in (*m, *missing, *n, *missing)]
        return arb(evaluate(*places, *blocks[block], arb(block), arb(head), *known.values()))

    return Number(
        evaluate=at,
        by_offset=not moved.free_symbols & set(KEY),
        blocks=len(blocks) if letters & {THETA, SCALE, INDEX} else 1,
        heads=setting.heads if HEAD in letters else 1,
    )


@lru_cache(maxsize=2**18)
def _value(number: Number, head: int, m: Place, n: Place, block: int) -> np.longdouble:
    return extended(number.evaluate(head, m, n, block))
