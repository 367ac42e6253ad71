"""The numbers that a definition fixes between a query and a key, evaluated as balls, each once.

What depends on the offset alone is evaluated for every offset, what depends on the head for every head, and so on: a
number is an array over heads, queries, keys and blocks, of length 1 along what it does not depend on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import sympy
from flint import arb
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import DIM, HEAD, HEADS, INDEX, KEY, LENGTH, QUERY, SCALE, THETA, parameter
from spec.numbers.balls import ball, compiled, extended
from spec.numbers.exact import frequencies, scales, sequences

PLACED = (*QUERY, *KEY, THETA, SCALE, INDEX, HEAD)
Place = tuple[float, ...]
Items = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Setting:
    """A definition with its sizes and parameters; `length` is one more than the largest position."""

    encoding: Encoding
    dim: int
    parameters: Items
    heads: int
    length: int = 1


@dataclass(frozen=True, eq=False)
class Number:
    """A number of the definition as a function of positions, block and head, with how many of these it knows."""

    evaluate: Callable[[int, Place, Place, int], arb]
    by_query: bool
    by_key: bool
    by_offset: bool
    blocks: int
    heads: int

    def over(self, queries: Sequence[Place], keys: Sequence[Place]) -> np.ndarray:
        """Its values in extended precision, shape (heads or 1, nq or 1, nk or 1, blocks or 1)."""
        seen = zip((self.by_query, self.by_key), (queries, keys), strict=True)
        return _over(self, *(tuple(places if counts else places[:1]) for counts, places in seen))

    def between(self, m: Place, n: Place) -> tuple[Place, Place]:
        """Both places; where only the offset counts, the key at the origin."""
        return (tuple(map(_minus, m, n)), (0,) * len(n)) if self.by_offset else (m, n)


def _minus(one: float, other: float) -> Any:
    whole = isinstance(one, int) and isinstance(other, int)
    return one - other if whole else Fraction(one) - Fraction(other)


@lru_cache(maxsize=512)
def blocks_of(setting: Setting) -> tuple[tuple[arb, arb], ...]:
    """Frequency and scale of every block."""
    sizes = (setting.encoding, setting.dim, dict(setting.parameters), setting.length)
    return tuple(zip(frequencies(*sizes), scales(*sizes), strict=True))


def grouped(factors: Sequence[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """The product of these factors, as one expression for every kind of dependence."""
    kinds: dict[tuple[bool, ...], list[sympy.Expr]] = {}
    for factor in factors:
        kinds.setdefault(_depends(factor), []).append(factor)
    return tuple(sympy.Mul(*those) for those in kinds.values())


def numbers(setting: Setting, factors: Sequence[sympy.Expr]) -> tuple[Number, ...]:
    """Each of these factors as a number."""
    return tuple(number(setting, factor) for factor in factors)


@lru_cache(maxsize=4096)
def _depends(expression: sympy.Expr) -> tuple[bool, ...]:
    letters = expression.free_symbols
    return tuple(bool(letters & kind) for kind in ({*QUERY}, {*KEY}, {HEAD}, {THETA, SCALE, INDEX}))


def number(setting: Setting, expression: sympy.Expr) -> Number:
    """An expression as a number; the same one for every setting that does not change it."""
    names = _names(expression)
    sizes = {str(DIM): setting.dim, str(LENGTH): setting.length, str(HEADS): setting.heads}
    used = tuple((name, value) for name, value in {**sizes, **dict(setting.parameters)}.items() if name in names)
    _, _, by_head, by_block = _depends(expression)
    return _number(setting.encoding, expression, used, setting if by_block else None, setting.heads if by_head else 1)


@lru_cache(maxsize=4096)
def _names(expression: sympy.Expr) -> frozenset[str]:
    """Its letters and functions."""
    return frozenset(map(str, expression.free_symbols)) | {str(use.func) for use in expression.atoms(AppliedUndef)}


@lru_cache(maxsize=4096)
def _number(encoding: Encoding, expression: sympy.Expr, used: Items, of: Setting | None, heads: int) -> Number:
    known = {name: ball(value) for name, value in used if not isinstance(value, tuple)}
    several = tuple(item for item in used if isinstance(item[1], tuple))
    evaluate = _evaluator(encoding, expression, tuple(known), several)
    blocks, (by_query, by_key, *_) = blocks_of(of) if of else ((arb(1), arb(1)),), _depends(expression)

    def at(head: int, m: Place, n: Place, block: int) -> arb:
        missing = [0] * (len(QUERY) - len(m))
        places = [ball(p) for p in (*m, *missing, *n, *missing)]
        return arb(evaluate(*places, *blocks[block], arb(block), arb(head), *known.values()))

    return Number(
        evaluate=at,
        by_query=by_query,
        by_key=by_key,
        by_offset=_by_offset(expression),
        blocks=len(blocks),
        heads=heads,
    )


@lru_cache(maxsize=1024)
def _evaluator(
    encoding: Encoding, expression: sympy.Expr, names: tuple[str, ...], several: Items
) -> Callable[..., Any]:
    """The expression as a function of places, a block, a head, and what else has these names."""
    symbols = {str(symbol): symbol for symbol in (DIM, LENGTH, HEADS)}
    letters = [symbols.get(name, parameter(name)) for name in names]
    return compiled([*PLACED, *letters], expression, {**encoding.functions, **sequences(several)})


@lru_cache(maxsize=4096)
def _by_offset(expression: sympy.Expr) -> bool:
    """Whether only the offset between query and key counts."""
    moved = expression.subs({m: m + n for m, n in zip(QUERY, KEY, strict=True)}, simultaneous=True).expand()
    return not moved.free_symbols & set(KEY)


@lru_cache(maxsize=256)
def _over(number: Number, queries: tuple[Place, ...], keys: tuple[Place, ...]) -> np.ndarray:
    places, which = _distinct(number, queries, keys)
    values = [[[_value(number, h, *p, i) for i in range(number.blocks)] for p in places] for h in range(number.heads)]
    found = np.array(values, dtype=np.longdouble)[:, which]
    shaped = found.reshape(number.heads, len(queries), len(keys), number.blocks)
    shaped.flags.writeable = False
    return shaped


def _distinct(
    number: Number, queries: tuple[Place, ...], keys: tuple[Place, ...]
) -> tuple[list[tuple[Place, Place]], np.ndarray]:
    """The pairs of places between which the number may differ, and which of them each query and key are."""
    m, n = np.array(queries), np.array(keys)
    if not (number.by_offset and number.by_query and m.dtype == n.dtype == np.int64):
        pairs = list(product(queries, keys))
        return [number.between(*pair) for pair in pairs], np.arange(len(pairs))
    apart = (m[:, None] - n[None, :]).reshape(-1, m.shape[-1])
    offsets, which = np.unique(apart, axis=0, return_inverse=True)
    return [(tuple(offset), (0,) * len(offset)) for offset in offsets.tolist()], which.ravel()


@lru_cache(maxsize=2**18)
def _value(number: Number, head: int, m: Place, n: Place, block: int) -> np.longdouble:
    return extended(number.evaluate(head, m, n, block))
