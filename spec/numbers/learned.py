"""What training finds: which numbers of a definition are learned, and numbers that stand in for them."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from flint import arb
from sympy import Pow
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import HEAD, LEARNED
from spec.definitions.verdict import Witness
from spec.numbers.balls import ball

Rows = tuple[tuple[Any, ...], ...]


def learned(encoding: Encoding) -> dict[str, str]:
    """The axes of what training finds, by name: `r` for rows, `h` for heads, `d` for coordinates."""
    return {str(use.func): _axes(use) for use in _uses(encoding)}


def positive(encoding: Encoding) -> frozenset[str]:
    """Those that are positive."""
    return frozenset(str(use.func) for use in _uses(encoding) if use.is_positive)


def exponents(encoding: Encoding) -> frozenset[str]:
    """Those that stand in an exponent."""
    powers = (power for part in encoding.definition.parts for power in part.atoms(Pow))
    return frozenset(str(use.func) for power in powers for use in power.exp.atoms(AppliedUndef)) & {*LEARNED}


@lru_cache(maxsize=256)
def _uses(encoding: Encoding) -> tuple[AppliedUndef, ...]:
    uses = {use for part in encoding.definition.parts for use in part.atoms(AppliedUndef) if str(use.func) in LEARNED}
    return tuple(sorted(uses, key=str))


def _axes(use: AppliedUndef) -> str:
    *row, last = use.args
    return ("r" if row else "" if last == HEAD else "h") + ("h" if last == HEAD else "d")


def trained(row: int, column: int = 0, *, name: str = "table") -> arb:
    """Numbers that training may well find, below 7: of 101 rows no two are alike, nor lie rows in equal steps.

    Of what is called otherwise, each begins with another row.
    """
    return arb(((row + LEARNED.index(name)) ** 3 + 11 * column) % 101 + 1) / 16


STAND_INS: Mapping[str, Callable[..., arb]] = {name: partial(trained, name=name) for name in LEARNED}
"""Such numbers for everything that can be learned, where no others are given."""


def is_table(value: Any) -> bool:
    """Whether a value has rows, rather than being a number or a list of numbers."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def tables_of(witness: Witness) -> dict[str, Rows]:
    """The learned tables that a witness brings, by name."""
    return {name: value for name, value in witness.values.items() if is_table(value)}


def tables_at(encoding: Encoding, witness: Witness | None) -> dict[str, Any]:
    """The tables of a witness; without one what is told of all numbers is told of these: all 0, or 1 where positive."""
    alike = {name: ((int(name in positive(encoding)),),) for name in learned(encoding)}
    return alike if witness is None else tables_of(witness)


def looked_up(rows: Rows) -> Callable[..., arb]:
    """The numbers of a table by row and column, which are counted from any integer, round and round."""
    return lambda row, column=0: ball(rows[row % len(rows)][column % len(rows[0])])
