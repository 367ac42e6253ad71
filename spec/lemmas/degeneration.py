"""RoPE on two axes, and what is left of it on text, where both coordinates are the same.

Every proof is at d = 8, with four frequencies left open. An axis map gives each pair of coordinates one axis; a split
gives the first half of the vector to the row, the second to the column, each a RoPE of its own in its layout.
"""

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement, pairwise, permutations, product

import sympy

from spec.definitions.placing import Places, rope_tie, unified_2d
from spec.definitions.rotations import rotation
from spec.lemmas.lemma import lemma
from spec.proving.vanishing import vanishes

Pair = tuple[int, int]
Axes = tuple[int, ...]

THETAS = sympy.symbols("theta:4", positive=True)
N, X, Y = sympy.symbols("n x y", real=True)
PAIRS: dict[str, list[Pair]] = {
    "interleaved": [(0, 1), (2, 3), (4, 5), (6, 7)],
    "half": [(0, 4), (1, 5), (2, 6), (3, 7)],
}
IN_EACH_HALF: dict[str, list[Pair]] = {
    "interleaved": [(0, 1), (2, 3), (4, 5), (6, 7)],
    "half": [(0, 2), (1, 3), (4, 6), (5, 7)],
}
AXIS_MAPS: list[Axes] = list(product((0, 1), repeat=4))


def turned(pairs: Sequence[Pair], angles: Sequence[sympy.Expr]) -> sympy.Matrix:
    """The matrix that turns each pair of coordinates by its angle."""
    matrix = sympy.zeros(2 * len(pairs))
    for (a, b), angle in zip(pairs, angles, strict=True):
        ((c, minus_s), (s, _)) = rotation(angle).tolist()
        matrix[a, a], matrix[a, b], matrix[b, a], matrix[b, b] = c, minus_s, s, c
    return matrix


def text(layout: str, n: sympy.Expr = N) -> sympy.Matrix:
    """RoPE of one dimension at position n."""
    return turned(PAIRS[layout], [n * theta for theta in THETAS])


def axis_map(
    axes: Axes, layout: str, place: Sequence[sympy.Expr], thetas: Sequence[sympy.Expr] = THETAS
) -> sympy.Matrix:
    """RoPE of two dimensions in place: pair i turns by theta_i times the coordinate of its axis."""
    return turned(PAIRS[layout], [place[axis] * theta for axis, theta in zip(axes, thetas, strict=True)])


def split(
    for_row: Sequence[sympy.Expr], for_column: Sequence[sympy.Expr], layout: str, place: Sequence[sympy.Expr]
) -> sympy.Matrix:
    """RoPE of two dimensions in two halves: one RoPE with the row and its frequencies, one with the column and its."""
    angles = [place[0] * theta for theta in for_row] + [place[1] * theta for theta in for_column]
    return turned(IN_EACH_HALF[layout], angles)


def same(one: sympy.Matrix, other: sympy.Matrix) -> bool:
    """Whether two matrices are equal, for all frequencies and positions."""
    return all(vanishes(entry) for entry in one - other)


def permuted(matrix: sympy.Matrix, order: Sequence[int]) -> sympy.Matrix:
    """The same map once coordinate i is called order[i]."""
    size = len(order)
    p = sympy.Matrix(size, size, lambda i, j: int(i == order[j]))
    return p * matrix * p.T


def same_spectrum(one: sympy.Matrix, other: sympy.Matrix) -> bool:
    """Whether two maps that turn pairs have the same angles: the trace, a sum of 2 cos(angle), tells.

    No change of basis, and so no permutation, makes maps with different traces equal.
    """
    return vanishes(one.trace() - other.trace())


@lemma("proof")
def axis_maps_degenerate() -> bool:
    """At (n, n), an axis map in place is RoPE at n, entry for entry: all 16 maps of four pairs, in both layouts."""
    return all(degenerates(THETAS, axes, layout) for axes in AXIS_MAPS for layout in PAIRS)


def degenerates(thetas: Sequence[sympy.Expr], axes: Axes, layout: str) -> bool:
    """Whether the axis map with these frequencies is RoPE on the diagonal."""
    return same(axis_map(axes, layout, (N, N), thetas), text(layout))


@lemma("proof")
def contiguous_split_degenerates() -> bool:
    """With interleaved pairs, a split that gives the row the faster and the column the slower half of the frequencies
    is RoPE at (n, n), entry for entry.
    """
    return same(split(THETAS[:2], THETAS[2:], "interleaved", (N, N)), text("interleaved"))


@lemma("exhaustive")
def alternating_split_needs_a_permutation() -> bool:
    """A split that deals out the frequencies in turn is RoPE at (n, n) after exactly one permutation of the pairs, and
    that is not the identity.
    """
    alternating = split(THETAS[::2], THETAS[1::2], "interleaved", (N, N))
    return carried_by(alternating, text("interleaved")) == [(0, 2, 1, 3)]


def carried_by(matrix: sympy.Matrix, wanted: sympy.Matrix) -> list[tuple[int, ...]]:
    """The permutations of four interleaved pairs that make the one map the other."""
    return [order for order in permutations(range(4)) if same(permuted(matrix, _of_pairs(order)), wanted)]


def _of_pairs(order: Sequence[int]) -> list[int]:
    return [2 * pair + side for pair in order for side in (0, 1)]


@lemma("exhaustive")
def half_split_needs_a_permutation() -> bool:
    """A split with the half layout in each half is RoPE in the half layout for no order of the frequencies, and is so
    after a permutation of the coordinates for every one.
    """
    return all(
        not same(halves, text("half")) and same(permuted(halves, _carrying(order)), text("half"))
        for order in permutations(range(4))
        for halves in [split([THETAS[i] for i in order[:2]], [THETAS[i] for i in order[2:]], "half", (N, N))]
    )


def _carrying(order: Sequence[int]) -> list[int]:
    """Where each coordinate of the split goes so that its pairs become those of the half layout."""
    there = {old: new for old, i in zip(IN_EACH_HALF["half"], order, strict=True) for new in [PAIRS["half"][i]]}
    moved = {a: b for old, new in there.items() for a, b in zip(old, new, strict=True)}
    return [moved[coordinate] for coordinate in range(8)]


@lemma("exhaustive")
def same_frequencies_never_degenerate() -> bool:
    """With the same frequencies on both axes, RoPE at (n, n) is no RoPE of one dimension in any basis: there every
    frequency occurs twice, here once. (At d = 8, any two of the four frequencies; any other has nothing to cancel it.)
    """
    return not any(
        same_spectrum(split(pair, pair, "interleaved", (N, N)), text("interleaved"))
        for pair in product(THETAS, repeat=2)
    )


@lemma("exhaustive")
def typesetting_never_degenerates() -> bool:
    """In rows and columns of typesetting, text keeps its row; every pair on the row axis stands still, and what is left
    is RoPE only for the map that knows no rows.
    """
    places = unified_2d([("text", 7)], start=1)
    along = {(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)}
    return along == {(0, 1)} and only_without(axis=0, step=(0, N))


def only_without(axis: int, step: tuple[sympy.Expr, sympy.Expr]) -> bool:
    """Whether an axis map has the angles of RoPE along the step exactly where no pair is on the axis."""
    return all(
        same_spectrum(axis_map(axes, layout, step), text(layout)) == (axis not in axes)
        for axes in AXIS_MAPS
        for layout in PAIRS
    )


@lemma("exhaustive")
def tie_puts_text_on_the_diagonal() -> bool:
    """RoPE-Tie puts text at (n, n), where axis maps degenerate, before images and behind them (all up to 6 x 6)."""
    return text_on_the_diagonal(rope_tie)


def text_on_the_diagonal(place: Places) -> bool:
    """Whether text alone is at (n, n), and text around an image on the diagonal."""
    alone = place([("text", 5)]) == [(n, n) for n in range(5)]
    mixed = [place([("text", 3), ("image", h, w), ("text", 2)]) for h, w in product(range(1, 7), repeat=2)]
    return alone and all(x == y for places in mixed for x, y in (*places[:3], *places[-2:]))


def isotropic(for_row: Sequence[sympy.Expr], for_column: Sequence[sympy.Expr]) -> bool:
    """Whether the kernel stays the same when row and column offsets change places.

    The kernel, the logit of equal unit contents, is the sum of cos(x theta) and of cos(y theta) over the two axes.
    """

    def kernel(x: sympy.Expr, y: sympy.Expr) -> sympy.Expr:
        return sum(sympy.cos(x * theta) for theta in for_row) + sum(sympy.cos(y * theta) for theta in for_column)

    return vanishes(kernel(X, Y) - kernel(Y, X))


@lemma("exhaustive")
def isotropy_is_equality_of_frequencies() -> bool:
    """Rows and columns are interchangeable if and only if both axes have the same frequencies, each as often (all
    choices of up to two out of three frequencies for either axis).
    """
    return isotropic_when(lambda one, other: sorted(one, key=str) == sorted(other, key=str))


def isotropic_when(condition: Callable[[Sequence[sympy.Expr], Sequence[sympy.Expr]], bool]) -> bool:
    """Whether isotropy is the same as the condition on the frequencies of the two axes."""
    choices = [choice for size in range(3) for choice in combinations_with_replacement(THETAS[:3], size)]
    return all(isotropic(*axes) == condition(*axes) for axes in combinations_with_replacement(choices, 2))


@lemma("exhaustive")
def isotropy_excludes_degeneration() -> bool:
    """From d = 4 on, no RoPE of two dimensions is both isotropic and, up to a permutation, RoPE on the diagonal.

    The second means that both axes together have the frequencies of RoPE, each once, which is an axis map; the first
    wants each of them on both axes (all maps at d = 4, 6 and 8).
    """
    return not any(some_map_is_isotropic(THETAS[:pairs]) for pairs in (2, 3, 4))


def some_map_is_isotropic(thetas: Sequence[sympy.Expr]) -> bool:
    """Whether these frequencies can be dealt out to two axes in an isotropic way."""
    return any(
        isotropic(*([t for t, axis in zip(thetas, axes, strict=True) if axis == wanted] for wanted in (0, 1)))
        for axes in product((0, 1), repeat=len(thetas))
    )
