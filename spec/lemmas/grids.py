"""A grid in one line: whatever the order, some neighbours come apart, and different offsets become one.

And what a vector needs in order to hold several axes: equal parts of whole pairs.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, pairwise, product

import sympy

from spec.definitions.placing import Places, flatten, flatten_with_separators, hilbert
from spec.definitions.rotations import rotation
from spec.lemmas.lemma import lemma
from spec.proving.vanishing import vanishes

Cell = tuple[int, int]
SEARCHED = [(h, w) for h, w in product(range(1, 6), repeat=2) if h * w > 1]


def cells(h: int, w: int) -> list[Cell]:
    """The cells of an image, row by row."""
    return list(product(range(h), range(w)))


def neighbours(h: int, w: int) -> Iterator[tuple[Cell, Cell]]:
    """All pairs of cells that share a side."""
    return (pair for pair in combinations(cells(h, w), 2) if sum(abs(a - b) for a, b in zip(*pair, strict=True)) == 1)


def in_line(assignment: Places, h: int, w: int) -> dict[Cell, int]:
    """The position of each cell of an image that an assignment puts in one line."""
    return {cell: int(place) for cell, (place,) in zip(cells(h, w), assignment([("image", h, w)]), strict=True)}


def bandwidth(line: dict[Cell, int], h: int, w: int) -> int:
    """How far apart the line puts neighbours at most."""
    return max(abs(line[a] - line[b]) for a, b in neighbours(h, w))


def offsets(line: dict[Cell, int]) -> dict[Cell, set[int]]:
    """For each offset on the grid, the offsets in the line that it becomes."""
    found: dict[Cell, set[int]] = {}
    for (a, m), (b, n) in product(line.items(), repeat=2):
        found.setdefault((b[0] - a[0], b[1] - a[1]), set()).add(n - m)
    return found


@cache
def orders_within(h: int, w: int, bound: int) -> bool:
    """Whether some order of the cells of a grid keeps all neighbours at most `bound` apart: an exhaustive search.

    Cells are put down one by one. The neighbours still missing of the cells at 0..i all have to come by i + bound.
    """
    beside: dict[Cell, set[Cell]] = {cell: set() for cell in cells(h, w)}
    for a, b in neighbours(h, w):
        beside[a].add(b)
        beside[b].add(a)

    def hopeless(order: tuple[Cell, ...]) -> bool:
        missing: set[Cell] = set()
        for i, cell in enumerate(order):
            missing |= beside[cell].difference(order)
            if missing and len(order) + len(missing) - 1 > i + bound:
                return True
        return False

    dead: set[tuple[frozenset[Cell], tuple[Cell, ...]]] = set()

    def finishes(order: tuple[Cell, ...]) -> bool:
        state = frozenset(order), order[-bound:]
        if state in dead or hopeless(order):
            return False
        if len(order) == h * w or any(finishes((*order, cell)) for cell in beside if cell not in order):
            return True
        dead.add(state)
        return False

    return finishes(())


def least_bandwidth_is(claimed: Callable[[int, int], int]) -> bool:
    """Whether on every searched grid some order reaches the claimed bandwidth and no order stays below it."""
    return all(orders_within(h, w, claimed(h, w)) and not orders_within(h, w, claimed(h, w) - 1) for h, w in SEARCHED)


@lemma("theorem", cites="Chvatalova, Optimal labelling of a product of two paths, Discrete Mathematics 11 (1975)")
def grid_bandwidth() -> bool:
    """Any order of an h x w grid puts some neighbours min(h, w) or more apart; row by row along the shorter side does
    no worse. (Searched: every grid up to 5 x 5.)
    """
    shorter_rows = all(bandwidth(in_line(flatten, h, w), h, w) == w for h, w in ((5, 1), (3, 2), (6, 4), (9, 8)))
    return least_bandwidth_is(min) and shorter_rows


@lemma("certified")
def hilbert_order_parts_neighbours() -> bool:
    """The Hilbert curve through a square of side 2, 4, ..., 32 goes from neighbour to neighbour, and yet puts some
    neighbours farther apart than row by row does.
    """
    return all(_walks(hilbert, side) and _parts(hilbert, side) > side for side in (2, 4, 8, 16, 32))


def _walks(assignment: Places, side: int) -> bool:
    """Whether successive places are neighbours, and every place is taken."""
    line = in_line(assignment, side, side)
    ordered = sorted(line, key=lambda cell: line[cell])
    steps = (abs(a - c) + abs(b - d) for (a, b), (c, d) in pairwise(ordered))
    return sorted(line.values()) == list(range(side**2)) and all(step == 1 for step in steps)


def _parts(assignment: Places, side: int) -> int:
    """How far apart neighbours come: the neighbours of a cell are found by their coordinates."""
    line = in_line(assignment, side, side)
    beside = (((x, y), (x + d, y + 1 - d)) for x, y in line for d in (0, 1))
    return max(abs(line[a] - line[b]) for a, b in beside if b in line)


@lemma("exhaustive")
def flattened_neighbours() -> bool:
    """Row by row, the neighbour below comes w later and the neighbour to the right 1 later; w + 1 and 1 with a
    separator behind every row (every image up to 8 x 8).
    """
    return flattened_steps(flatten, lambda w: w) and flattened_steps(flatten_with_separators, lambda w: w + 1)


def flattened_steps(assignment: Places, below: Callable[[int], int]) -> bool:
    """Whether the step down is what `below` says of the width, and the step to the right is 1."""
    found = {(h, w): offsets(in_line(assignment, h, w)) for h, w in product(range(2, 9), repeat=2)}
    return all(each[1, 0] == {below(w)} and each[0, 1] == {1} for (_, w), each in found.items())


@lemma("exhaustive")
def flattening_conflates_offsets() -> bool:
    """Row by row, the offsets (0, w - 1) and (1, -1) become one, and 2 (h - 1)(w - 1) of the (2h - 1)(2w - 1) offsets
    are lost (every image up to 8 x 8).
    """
    return offsets_lost(flatten, lambda h, w: 2 * (h - 1) * (w - 1)) and all(
        line[0, w - 1] == line[1, -1] == {w - 1}
        for h, w in product(range(2, 9), repeat=2)
        for line in [offsets(in_line(flatten, h, w))]
    )


def offsets_lost(assignment: Places, claimed: Callable[[int, int], int]) -> bool:
    """Whether as many offsets of the grid as claimed have no offset of the line to themselves."""
    found = {(h, w): offsets(in_line(assignment, h, w)) for h, w in product(range(1, 9), repeat=2)}
    return all(len(each) - len(set().union(*each.values())) == claimed(h, w) for (h, w), each in found.items())


@lemma("exhaustive")
def equal_parts_need_whole_pairs() -> bool:
    """d coordinates split into n equal parts of whole pairs if and only if 2n divides d (n = 2, 3, 4; d up to 512); so
    the usual head sizes 64 and 128 hold two or four axes, and never three.
    """
    return splits_when(lambda dim, axes: dim % (2 * axes) == 0) and not (splits(64, 3) or splits(128, 3))


def splits(dim: int, axes: int) -> bool:
    """Whether `dim` coordinates can be dealt out in equal parts, one an axis, each a number of whole pairs."""
    return any(2 * pairs * axes == dim for pairs in range(1, dim // 2 + 1))


def splits_when(condition: Callable[[int, int], bool]) -> bool:
    """Whether dimensions can be dealt out exactly under the condition."""
    return all(splits(dim, axes) == condition(dim, axes) for dim in range(1, 513) for axes in (2, 3, 4))


@lemma("proof")
def parts_are_relative_in_every_axis() -> bool:
    """With one part of the vector for each of n axes, n = 2, 3, 4, every axis with a frequency of its own, the logit
    depends on the positions through their difference along every axis only.
    """
    return all(relative_in_every_axis(axes) for axes in (2, 3, 4))


def relative_in_every_axis(axes: int, turn: Callable[[sympy.Expr], sympy.Matrix] = rotation) -> bool:
    """Whether R_m^T R_n - R_(n - m) vanishes, the positions m and n having `axes` coordinates."""
    thetas = sympy.symbols(f"theta:{axes}", positive=True)
    m, n = (sympy.symbols(f"{name}:{axes}", real=True) for name in "mn")

    def block(position: list[sympy.Expr]) -> sympy.Matrix:
        return sympy.diag(*(turn(x * theta) for x, theta in zip(position, thetas, strict=True)))

    here, there = block(list(m)), block(list(n))
    offset = block([b - a for a, b in zip(m, n, strict=True)])
    return all(vanishes(entry) for entry in here.T * there - offset)
