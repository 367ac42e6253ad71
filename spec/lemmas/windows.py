"""In a window of patches, one number for each offset: a row offset and a column offset in mixed radix.

With h rows and w columns, row offsets run from -(h - 1) to h - 1 and column offsets from -(w - 1) to w - 1.
"""

from collections.abc import Callable, Iterable
from itertools import product

from spec.lemmas.lemma import lemma

Size = tuple[int, int]
SIZES: list[Size] = [(h, w) for h in range(1, 9) for w in range(1, 9)]
"""All windows of up to 8 by 8 patches, (h, w)."""
Recipe = Callable[[int, int, int, int], int]
"""The index of an offset in a window: `recipe(rows, columns, h, w)`."""


def offsets(h: int, w: int) -> set[tuple[int, int]]:
    """All offsets (rows, columns) of one patch from another."""
    patches = list(product(range(h), range(w)))
    return {(a - c, b - d) for (a, b), (c, d) in product(patches, patches)}


def indices(recipe: Recipe, h: int, w: int) -> list[int]:
    """The index that a recipe gives to every offset of a window."""
    return [recipe(rows, columns, h, w) for rows, columns in offsets(h, w)]


def numbers_all(recipe: Recipe, size: Size) -> bool:
    """Whether a recipe gives every offset a number of its own, from 0 on without a gap."""
    h, w = size
    return sorted(indices(recipe, h, w)) == list(range((2 * h - 1) * (2 * w - 1)))


def mixed_radix(rows: int, columns: int, h: int, w: int) -> int:
    """(rows + h - 1) (2w - 1) + columns + w - 1: the factor is the number of column offsets."""
    return (rows + h - 1) * (2 * w - 1) + columns + w - 1


def exchanged(rows: int, columns: int, h: int, w: int) -> int:
    """The same with h and w exchanged, though the first axis still counts rows."""
    return (rows + w - 1) * (2 * h - 1) + columns + h - 1


def _collides(recipe: Recipe, size: Size) -> bool:
    found = indices(recipe, *size)
    return len(set(found)) < len(found)


def _leaves(recipe: Recipe, size: Size) -> bool:
    h, w = size
    return not set(indices(recipe, h, w)) <= set(range((2 * h - 1) * (2 * w - 1)))


@lemma("exhaustive")
def mixed_radix_numbers_the_offsets() -> bool:
    """In every window of up to 8 by 8 patches, offsets are numbered from 0 to (2h - 1)(2w - 1) - 1, each once."""
    return all(numbers_all(mixed_radix, size) for size in SIZES)


def _fails_exactly(recipe: Recipe, collides: Iterable[Size], leaves: Iterable[Size]) -> bool:
    """Whether a recipe gives two offsets one number, and numbers out of range, in exactly these windows."""
    found = [{size for size in SIZES if fails(recipe, size)} for fails in (_collides, _leaves)]
    return found == [set(collides), set(leaves)]


@lemma("exhaustive")
def exchanged_sides_need_square_windows() -> bool:
    """With h and w exchanged, offsets collide in exactly the windows 2 <= h < w, and leave the range where h > w."""
    return _fails_exactly(
        exchanged,
        collides=[(h, w) for h, w in SIZES if 2 <= h < w],
        leaves=[(h, w) for h, w in SIZES if h > w],
    )
