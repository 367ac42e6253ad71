"""Which sizes a parameter may have: what is none, or beyond reason, is refused before anything is computed with it."""

LARGEST = 2**16
"""The most cells along an axis of a grid, prefix tokens, and coordinates of a vector."""
SIDES = frozenset({"window_size", "grid_size", "new_size"})
"""The parameters that count the cells along each axis of a grid."""
COUNTS = frozenset({"num_prefix_tokens"})
"""Those that count what there may be none of."""


def unsound(name: str, given: object, axes: int) -> str | None:
    """Why this is no value of a parameter that is a size, on a grid of so many axes; None where it is one."""
    if name in SIDES:
        sides = given if isinstance(given, tuple | list) else ()
        if len(sides) != axes or not all(_is_whole(side, least=1) for side in sides):
            return f"{name} is {given!r}; expected {axes} integers from 1 to {LARGEST}: count the cells of each axis"
    if name in COUNTS and not _is_whole(given, least=0):
        return f"{name} is {given!r}; expected an integer from 0 to {LARGEST}: count the rows before the cells"
    return None


def _is_whole(given: object, least: int) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and least <= given <= LARGEST
