"""Claims of the article on RoPE in two dimensions and on mixed text and images (RoPE-Tie)."""

import math
from itertools import product

import numpy as np
import sympy

from spec.claims.claim import conditional, true
from spec.definitions.placing import flatten, flatten_with_separators, unified_2d
from spec.definitions.rotations import rotation
from spec.lemmas.attention import causal_attention_is_not_equivariant
from spec.lemmas.degeneration import (
    THETAS,
    axis_maps_degenerate,
    contiguous_split_degenerates,
    isotropic,
    same,
    tie_puts_text_on_the_diagonal,
    turned,
    typesetting_never_degenerates,
)
from spec.lemmas.grids import (
    cells,
    flattened_neighbours,
    grid_bandwidth,
    orders_within,
    parts_are_relative_in_every_axis,
    relative_in_every_axis,
    splits,
)
from spec.lemmas.tie_room import distinct
from spec.truth import holds

M, N = sympy.symbols("m n", real=True)
Q, KEY = (sympy.Matrix(sympy.symbols(f"{name}:2", real=True)) for name in "qk")
HALF_AN_ULP = 2.0**-11
"""Of a float32 angle between 8192 and 16384 radians; smaller angles are rounded less."""


@true("C070", "rope-tie", "rotary positions")
def the_transpose_turns_back() -> bool:
    """R_m^T R_n = R_(n - m).

    Rotations of the plane add their angles, and the transpose turns back.
    """
    return same(sympy.Matrix(rotation(M).T * rotation(N)), sympy.Matrix(rotation(N - M)))


@true("C071", "rope-tie", "rotary positions")
def the_logit_knows_the_offset_only() -> bool:
    """(R_m q)^T (R_n k) = q^T R_(n - m) k: absolute in form, relative in effect.

    The two rotations meet in the product and become one, by the offset of key and query.
    """
    absolute, relative = (rotation(M) * Q).T * (rotation(N) * KEY), Q.T * rotation(N - M) * KEY
    return same(absolute, relative) and holds("rope", "relative-position-invariance")


@true("C072", "rope-tie", "rotary positions")
def a_constant_added_to_all_positions_is_not_seen() -> bool:
    """Adding one constant to all positions does not change the result of attention in theory; limited precision may
    leave slight errors.

    Both halves are right. float32 angles below 16384 radians are off by up to 2^-11, and the kernel of two neighbours
    does change when they move there, by more than where they are small.
    """
    return holds("rope", "translation-invariance") and 0 < _moved_by(10) < _moved_by(10_000) < 4 * HALF_AN_ULP


def _moved_by(shift: int) -> float:
    """How much the kernel of positions 0 and 1 changes in float32 angles when both move: pair 1 of d = 128."""
    theta = np.float32(10000.0 ** (-2 / 128))
    one, other = (float(np.float32(position) * theta) for position in (shift, shift + 1))
    return abs(math.cos(other - one) - math.cos(float(theta)))


@true("C073", "rope-tie", "rotary positions")
def blocks_make_any_even_dimension() -> bool:
    """For even d, d/2 rotations with different theta on the diagonal make a d x d matrix for which the same is true.

    Blocks act on separate coordinates, so that each obeys its own law of rotations.
    """
    return all(_blocks_are_relative(dim) for dim in (2, 4, 6, 8))


def _blocks_are_relative(dim: int) -> bool:
    pairs = [(i, i + 1) for i in range(0, dim, 2)]
    here, there, offset = (turned(pairs, [p * t for t in THETAS[: dim // 2]]) for p in (M, N, N - M))
    return same(here.T * there, offset)


@conditional("C074", "rope-tie", "positions in two dimensions")
def one_equal_part_for_each_axis() -> tuple[bool, bool]:
    """RoPE in two dimensions is block diagonal, and so on: cut the vector in two halves, for 3D in three equal parts,
    for 4D in four, and turn each part with its own coordinate.

    True if 2n divides d, for n axes. The usual head sizes 64 and 128 have no three equal parts of whole pairs.
    """
    multiples = all(splits(2 * axes * pairs, axes) for axes in (2, 3, 4) for pairs in range(1, 65))
    usual = all(splits(dim, axes) for dim in (64, 128) for axes in (2, 3, 4))
    return multiples and parts_are_relative_in_every_axis(), usual


@true("C075", "rope-tie", "positions in two dimensions")
def axes_may_have_different_frequencies() -> bool:
    """The same theta for x and y is in principle not necessary; they may be given slightly different ones.

    The logit depends on the two differences alone, whatever the frequencies of the axes.
    """
    return relative_in_every_axis(2)


@conditional("C076", "rope-tie", "positions in two dimensions")
def symmetry_asks_for_the_same_frequencies() -> tuple[bool, bool]:
    """For the sake of symmetry and simplicity, x and y use the same theta.

    Rows and columns are interchangeable with the same frequencies, and with no others. But the same frequencies on both
    axes never become RoPE-1D on text, which is what the article wants in the end.
    """
    return isotropic(THETAS[:2], THETAS[:2]), isotropic(THETAS[:2], THETAS[2:])


@true("C077", "rope-tie", "forced down to one dimension")
def decoders_know_an_order() -> bool:
    """A decoder-only model is not permutation invariant even without positional encoding: the order of its inputs has
    to be chosen.

    Two tokens under a causal mask suffice.
    """
    return causal_attention_is_not_equivariant()


@true("C216", "rope-tie", "forced down to one dimension")
def flattened_text_is_text() -> bool:
    """In one line, pure text is what it is to an ordinary language model, which can therefore be trained on.

    n tokens of text are at 0, 1, ..., n - 1, with separators behind the rows of images and without.
    """
    lines = (flatten, flatten_with_separators)
    return all(line([("text", n)]) == [(p,) for p in range(n)] for line in lines for n in range(1, 65))


@true("C078", "rope-tie", "forced down to one dimension")
def flattening_stretches_columns() -> bool:
    """Flattened row by row, (x, y) becomes x w + y: the neighbour below is w away, which depends on the image, and the
    neighbour to the right is always 1 away.

    Both distances are read off x w + y.
    """
    return flattened_neighbours()


@true("C079", "rope-tie", "forced down to one dimension")
def no_order_keeps_all_neighbours_near() -> bool:
    """Whatever the order, one dimension cannot keep all neighbouring positions near.

    For images of two rows and two columns or more: the best that any order reaches is a distance of min(h, w).
    """
    near = [orders_within(h, w, 1) for h, w in product(range(2, 6), repeat=2)]
    return grid_bandwidth() and not any(near)


@true("C080", "rope-tie", "raised to two dimensions")
def typeset_text_is_not_one_dimensional() -> bool:
    """With rows and columns of typesetting for all inputs, pure text does not degenerate to RoPE-1D: x is always 1.

    The pairs of the row axis stand still; only a map without them would degenerate.
    """
    return typesetting_never_degenerates()


@true("C220", "rope-tie", "raised to two dimensions")
def typesetting_gives_every_token_a_place_and_keeps_images() -> bool:
    """As in typesetting, every token and every patch has a row and a place in it, and images stay in two dimensions.

    No two share a place, and patches are as many rows and columns apart as they are in the image.
    """
    return distinct(unified_2d) and all(
        [(x - row, y - column) for x, y in patches] == cells(h, w)
        for h, w in product(range(1, 9), repeat=2)
        for (row, column), *rest in [unified_2d([("text", 3), ("image", h, w)])[3:]]
        for patches in [[(row, column), *rest]]
    )


@true("C081", "rope-tie", "two in one")
def the_diagonal_is_one_dimensional() -> bool:
    """If x and y are given different theta out of those of RoPE-1D, R_(n,n) is RoPE-1D; so text should sit at (n, n).

    Each axis map in place does, in both layouts, and the split into a faster and a slower half for interleaved pairs.
    """
    return axis_maps_degenerate() and contiguous_split_degenerates() and tie_puts_text_on_the_diagonal()
