"""What can be read off a definition without computing: which letters occur in it, and how far it reaches."""

from sympy import Heaviside, KroneckerDelta, Mod, floor
from sympy.core.function import AppliedUndef

from spec.encoding import Encoding
from spec.symbols import DIM, HEAD, HEADS, INDEX, KEY, LENGTH, POSITION, QUERY, SCALE, THETA, parameter
from spec.verdict import Witness

PLACES = {POSITION, *QUERY, *KEY}
LEARNED = {"table", "content_bias", "position_bias"}


def definition_is_closed(encoding: Encoding, case: Witness | None) -> bool:
    """Whether nothing but positions, the pair, the head, the sizes and the parameters enters the definition.

    Then the result at a position depends on the content and the position of that row alone, and on how far the sequence
    reaches: not on other rows, other heads, other batch entries, earlier calls or the order of the positions.
    """
    known = {INDEX, DIM, HEAD, HEADS, *(parameter(name) for name in encoding.parameters)}
    versions = [encoding, *map(encoding.under, encoding.conventions)]
    return all(_closed(version, known) for version in versions)


def _closed(encoding: Encoding, known: set[object]) -> bool:
    functions = {*encoding.parameters, *encoding.functions, *LEARNED}
    parts = [encoding.block, encoding.key_block, encoding.score, encoding.factor, encoding.frequency, encoding.scale]
    used = {str(f.func) for part in parts if part is not None for f in part.atoms(AppliedUndef)}
    per_block = encoding.frequency.free_symbols | encoding.scale.free_symbols
    return encoding.letters <= {*PLACES, THETA, SCALE, *known} and per_block <= {LENGTH, *known} and used <= functions


def definition_is_local(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is closed and does not depend on how far the sequence reaches either."""
    return definition_is_closed(encoding, None) and not encoding.follows_length


def changes_continuously(encoding: Encoding, case: Witness | None) -> bool:
    """Whether it is defined between the integers, and no part of it jumps: no table, no digit, no step."""
    parts = [encoding.block, encoding.key_block, encoding.score, encoding.factor]
    jumps = any(part.has(AppliedUndef, floor, Mod, Heaviside, KroneckerDelta) for part in parts if part is not None)
    return encoding.positions == "any" and not jumps


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
