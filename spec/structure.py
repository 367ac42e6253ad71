"""What can be read off a definition without computing: which letters occur in it, and how far it reaches."""

from spec.encoding import Encoding
from spec.symbols import DIM, INDEX, POSITION, THETA, parameter
from spec.verdict import Witness


def definition_is_closed(encoding: Encoding, case: Witness | None) -> bool:
    """Whether nothing but the position, the pair index, the dimension and the parameters enters the definition.

    Then the result at a position depends on the content and the position of that row alone: not on other rows, other
    heads, other batch entries, earlier calls, the length of the sequence or the order of the positions.
    """
    known = {INDEX, DIM, *(parameter(name) for name in encoding.parameters)}
    frequencies = [encoding.frequency, *encoding.conventions.values()]
    return encoding.block.free_symbols <= {POSITION, THETA} and all(f.free_symbols <= known for f in frequencies)


def rest_is_not_covered(encoding: Encoding, case: Witness | None) -> bool:
    """Whether the blocks cover some coordinates and stop short of the last, at every even size up to 128."""
    sizes = [(dim, encoding.covered(dim, encoding.configured(dim, {}))) for dim in range(4, 130, 2)]
    return all(0 < covered < dim for dim, covered in sizes)
