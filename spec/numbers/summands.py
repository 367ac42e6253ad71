"""The summands of a form, a bias or a factor, each taken apart: its coefficient, its waves, and what is learned."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

import sympy
from sympy.core.function import AppliedUndef

from spec.definitions.bias import Bias
from spec.definitions.definition import OnPairs
from spec.definitions.encoding import Encoding
from spec.definitions.symbols import HEAD, LEARNED
from spec.numbers.coefficients import grouped

WAVES = (sympy.cos, sympy.sin)


@dataclass(frozen=True)
class Summand:
    """A term as expressions: what it is for every setting."""

    row: int
    column: int
    coefficient: tuple[sympy.Expr, ...]
    amplitude: tuple[sympy.Expr, ...]
    powers: tuple[sympy.Expr, ...]
    logarithms: tuple[sympy.Expr, ...]
    waves: int
    learned: tuple[tuple[str, sympy.Expr | None, int | None], ...]


@lru_cache(maxsize=256)
def summands(encoding: Encoding) -> tuple[Summand, ...]:
    """All of an encoding that acts between a query and a key."""
    entries = cast(OnPairs, encoding.definition).entries
    added = ((*at, each) for at, entry in entries.items() for each in sympy.Add.make_args(sympy.expand(entry)))
    return tuple(_summand(row, column, each) for row, column, each in added if each != 0)


def _summand(row: int, column: int, product: sympy.Expr) -> Summand:
    factors = [base for f in sympy.Mul.make_args(product) for base in _repeated(f)]
    known = [f for f in factors if not (isinstance(f, AppliedUndef) and str(f.func) in LEARNED)]
    rest = [f for f in factors if f not in known]
    return Summand(
        row,
        column,
        coefficient=grouped(known),
        amplitude=grouped([f for f in known if not f.has(*WAVES)]),
        powers=grouped([f for f in known if isinstance(f, sympy.Pow | sympy.exp) and not f.exp.is_Integer]),
        logarithms=tuple(f for f in known if isinstance(f, sympy.log) and f.free_symbols),
        waves=sum(f.has(*WAVES) for f in known),
        learned=tuple((str(f.func), f.args[0] if len(f.args) == 2 else None, _column(f)) for f in rest),
    )


def _repeated(factor: sympy.Expr) -> list[sympy.Expr]:
    """A whole power as so many factors."""
    base, exponent = factor.as_base_exp()
    return [base] * int(exponent) if exponent.is_Integer and exponent > 0 else [factor]


def _column(use: AppliedUndef) -> int | None:
    return None if use.args[-1] == HEAD else int(use.args[-1])


@lru_cache(maxsize=256)
def inside(encoding: Encoding) -> frozenset[str]:
    """What is learned and no factor of its term: it stands in an exponent, or in a logarithm."""
    coefficients = {f for each in summands(encoding) for f in each.coefficient}
    return frozenset(str(use.func) for f in coefficients for use in f.atoms(AppliedUndef)) & {*LEARNED}


@lru_cache(maxsize=64)
def derivative(encoding: Encoding, name: str) -> Encoding:
    """The encoding whose bias is the derivative by a learned number of every head.

    The logarithm of the distance 0 counts as 0: it stands beside a power of that distance, with which it goes to 0.
    """
    bias = cast(Bias, encoding.definition)
    (use,) = (use for use in bias.entry.atoms(AppliedUndef) if str(use.func) == name)
    slope = sympy.diff(bias.entry, use).replace(sympy.log, lambda x: sympy.log(x + sympy.KroneckerDelta(x, 0)))
    return replace(encoding, definition=replace(bias, entry=slope), conventions={})
