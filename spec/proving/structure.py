"""What can be read off a definition without computing: which letters occur in it, and how far it reaches."""

from typing import Any

from sympy import Heaviside, KroneckerDelta, Mod, floor
from sympy.core.function import AppliedUndef

from spec.definitions.encoding import Encoding
from spec.definitions.runs import nothing_but_segments
from spec.definitions.symbols import (
    CONTENT,
    DIM,
    HEAD,
    HEADS,
    INDEX,
    KEY,
    LEARNED,
    LENGTH,
    POSITION,
    QUERY,
    SCALE,
    THETA,
    parameter,
)
from spec.definitions.verdict import Witness

PLACES = {POSITION, *QUERY, *KEY}


def definition_is_closed(encoding: Encoding, case: Witness | None) -> bool:
    """Whether nothing but positions, the pair, the head, the sizes and the parameters enters the definition.

    And nothing but segments and parameters that of an assignment.
    Then the result at a position depends on the content and the position of that row alone, and on how far the sequence
    reaches: not on other rows, other heads, other batch entries, earlier calls or the order of the positions.
    """
    return all(_closed(version) for version in (encoding, *map(encoding.under, encoding.conventions)))


def _closed(encoding: Encoding) -> bool:
    if encoding.places is not None:
        return nothing_but_segments(encoding)
    known = {INDEX, DIM, HEAD, HEADS, *(parameter(name) for name in encoding.parameters)}
    functions = {*encoding.parameters, *encoding.functions, *LEARNED}
    parts = [*_parts(encoding), encoding.frequency, encoding.scale]
    used = _functions(parts)
    per_block = encoding.frequency.free_symbols | encoding.scale.free_symbols
    if encoding.turn is not None and not encoding.turn.free_symbols <= {*CONTENT, *known}:
        return False
    return encoding.letters <= {*PLACES, THETA, SCALE, *known} and per_block <= {LENGTH, *known} and used <= functions


def definition_is_local(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is closed and does not depend on how far the sequence reaches either."""
    return definition_is_closed(encoding, None) and not encoding.follows_length


def changes_continuously(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is defined between the integers, and no part of it jumps: no digit, no step, no row of a table.

    A function of integers may meet a further axis, which then is no place but a label, as the number of a block is.
    """
    parts = [part for part in _parts(encoding) if part is not None]
    jumps = any(part.has(floor, Mod, Heaviside, KroneckerDelta) for part in parts)
    looked_up = {letter for part in parts for looked in part.atoms(AppliedUndef) for letter in looked.free_symbols}
    return encoding.positions == "any" and not jumps and not looked_up & {POSITION, QUERY[0], KEY[0]}


def learns(encoding: Encoding) -> bool:
    """Whether some of its numbers are found by training: a table, or vectors."""
    return encoding.table is not None or bool(_functions(_parts(encoding)) & LEARNED)


def _functions(parts: list[Any]) -> set[str]:
    return {str(f.func) for part in parts if part is not None for f in part.atoms(AppliedUndef)}


def _parts(encoding: Encoding) -> list[Any]:
    return [encoding.block, encoding.key_block, encoding.score, encoding.factor]


def reaches_everywhere(encoding: Encoding, case: Witness | None) -> bool:
    """Whether no position is too large for it."""
    return encoding.largest is None


def shows_on_constant_input(encoding: Encoding, case: Witness | None) -> bool:
    """Whether positions reach the values, or the rows of weights need not sum to 1.

    Where neither is so, the output of attention is an average of equal values: that value, at every position.
    """
    return encoding.acts_on == "input" or (encoding.acts_on == "weights" and not encoding.renormalised)


def rest_is_not_covered(encoding: Encoding, case: Witness | None) -> bool:
    """Whether the blocks cover some coordinates and stop short of the last, at every even size up to 128."""
    sizes = [(dim, encoding.covered(dim, encoding.configured(dim, {}))) for dim in range(4, 130, 2)]
    return all(0 < covered < dim for dim, covered in sizes)
