"""What training finds: which numbers of a definition are learned, and numbers that stand in for them."""

from flint import arb
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import LEARNED


def learned(encoding: Encoding) -> dict[str, int]:
    """The numbers of the definition that training finds, by name: 2 for a table, 1 for a vector."""
    uses = {use for part in encoding.definition.parts for use in part.atoms(AppliedUndef) if str(use.func) in LEARNED}
    return {str(use.func): len(use.args) for use in sorted(uses, key=str)}


def trained(row: int, column: int = 0) -> arb:
    """Numbers that training may well find, below 7: of 101 rows no two are alike, nor lie rows in equal steps."""
    return arb((row**3 + 11 * column) % 101 + 1) / 16
