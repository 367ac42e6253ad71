"""What training finds: which numbers of a definition are learned, and numbers that stand in for them."""

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import LEARNED
from spec.definitions.verdict import Witness
from spec.numbers.balls import ball

Rows = tuple[tuple[Any, ...], ...]


def learned(encoding: Encoding) -> dict[str, int]:
    """The numbers of the definition that training finds, by name: 2 for a table, 1 for a vector."""
    uses = {use for part in encoding.definition.parts for use in part.atoms(AppliedUndef) if str(use.func) in LEARNED}
    return {str(use.func): len(use.args) for use in sorted(uses, key=str)}


def trained(row: int, column: int = 0) -> arb:
    """Numbers that training may well find, below 7: of 101 rows no two are alike, nor lie rows in equal steps."""
    return arb((row**3 + 11 * column) % 101 + 1) / 16


def is_table(value: Any) -> bool:
    """Whether a value has rows, rather than being a number or a list of numbers."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def tables_of(witness: Witness) -> dict[str, Rows]:
    """The learned tables that a witness brings, by name."""
    return {name: value for name, value in witness.values.items() if is_table(value)}


def tables_at(encoding: Encoding, witness: Witness | None) -> dict[str, Any]:
    """The tables of a witness; without one numbers that are all 1: what is told of all tables is told of these."""
    return dict.fromkeys(learned(encoding), ((1,),)) if witness is None else tables_of(witness)


def looked_up(rows: Rows) -> Callable[..., arb]:
    """The numbers of a table by row and column, which are counted from any integer, round and round."""
    return lambda row, column=0: ball(rows[row % len(rows)][column % len(rows[0])])


STANDING_IN: Mapping[str, Callable[..., arb]] = dict.fromkeys(LEARNED, trained)
"""The numbers of what no table is given for."""
