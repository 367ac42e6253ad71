"""What training finds: which numbers of a definition are learned, and numbers that stand in for them."""

from functools import lru_cache, partial

from flint import arb
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.symbols import HEAD, LEARNED


def learned(encoding: Encoding) -> dict[str, str]:
    """The axes of what training finds, by name: `r` for rows, `h` for heads, `d` for coordinates."""
    return {str(use.func): _axes(use) for use in _uses(encoding)}


def positive(encoding: Encoding) -> frozenset[str]:
    """Those that are positive."""
    return frozenset(str(use.func) for use in _uses(encoding) if use.is_positive)


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


STAND_INS = {name: partial(trained, name=name) for name in LEARNED}
"""Such numbers for everything that can be learned."""
