"""What can be read off a definition without computing: which letters occur in it, and how far it reaches."""

import sympy
from sympy import Heaviside, KroneckerDelta, Mod, floor
from sympy.core.function import AppliedUndef

from spec.definitions.definition import functions, letters
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
from spec.numbers.learned import learned

PLACES = {POSITION, *QUERY, *KEY}


def definition_is_closed(encoding: Encoding, case: Witness | None) -> bool:
    """Whether nothing but positions, the pair, the head, the sizes and the parameters enters the definition.

    And nothing but segments and parameters that of an assignment.
    Then the result at a position depends on the content and the position of that row alone, and on how far the sequence
    reaches: not on other rows, other heads, other batch entries, earlier calls or the order of the positions.
    """
    return all(_closed(version) for version in (encoding, *map(encoding.under, encoding.conventions)))


def _closed(encoding: Encoding) -> bool:
    definition, blocks = encoding.definition, encoding.blocks
    if not definition.attends:
        return nothing_but_segments(encoding)
    known = {INDEX, DIM, HEAD, HEADS, *(parameter(name) for name in encoding.parameters)}
    per_block = [sympy.sympify(each) for each in (blocks.frequency, blocks.frequency_roundings, blocks.scale)]
    used = functions(definition) | {str(use.func) for each in per_block for use in each.atoms(AppliedUndef)}
    own = definition.turn.free_symbols if definition.turn is not None else set()
    return (
        own <= {*CONTENT, *known}
        and letters(definition) <= {*PLACES, THETA, SCALE, *known}
        and all(each.free_symbols <= {LENGTH, *known} for each in per_block)
        and used <= {*encoding.parameters, *encoding.functions, *LEARNED}
    )


def definition_is_local(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is closed and does not depend on how far the sequence reaches either."""
    return definition_is_closed(encoding, None) and not encoding.blocks.follows_length


def treats_heads_alike(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is closed, and no head has a number or a vector of its own."""
    versions = (encoding, *map(encoding.under, encoding.conventions))
    own = (letters(each.definition) & {HEAD, HEADS} or "h" in "".join(learned(each).values()) for each in versions)
    return definition_is_closed(encoding, None) and not any(own)


def changes_continuously(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is defined between the integers, and no part of it jumps: no digit, no step, no row of a table.

    These may meet a further axis, which then is no place but a label, as the number of a block is.
    """
    steps = (floor, Mod, Heaviside, KroneckerDelta)
    jumps = [jump for part in encoding.definition.parts for jump in part.atoms(*steps, AppliedUndef)]
    by_length = sympy.sympify(encoding.blocks.frequency).atoms(*steps)
    met = {letter for jump in (*jumps, *by_length) for letter in jump.free_symbols}
    return encoding.domain.positions == "any" and not met & {POSITION, QUERY[0], KEY[0], LENGTH}


def learns(encoding: Encoding) -> bool:
    """Whether some of its numbers are found by training: a table, or vectors."""
    return encoding.definition.rows is not None or bool(functions(encoding.definition) & {*LEARNED})


def reaches_everywhere(encoding: Encoding, case: Witness | None) -> bool:
    """Whether no position is too large for it."""
    return encoding.domain.largest is None


def shows_on_constant_input(encoding: Encoding, case: Witness | None) -> bool:
    """Whether positions reach the values, or the rows of weights need not sum to 1.

    Where neither is so, the output of attention is an average of equal values: that value, at every position.
    """
    content = sympy.Matrix(CONTENT[: encoding.width])
    return encoding.definition.value(content, KEY[0]) != content or not encoding.definition.averages


def rest_is_not_covered(encoding: Encoding, case: Witness | None) -> bool:
    """Whether there is a rest: blocks cover some coordinates and not all of them, at some even size up to 128."""
    sizes = [(dim, encoding.blocks_at(dim, encoding.configured(dim, {}))) for dim in range(4, 130, 2)]
    return any(0 < blocks * encoding.width < dim for dim, blocks in sizes)
