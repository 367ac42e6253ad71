"""Scaled positions, and attention whose positions stop at the border between texts and images."""

from collections.abc import Callable, Sequence

import sympy
from flint import arb
from sympy import Matrix

from spec.definitions.rotations import rotation
from spec.lemmas.degeneration import AXIS_MAPS, THETAS, axis_map, same
from spec.lemmas.lemma import lemma
from spec.numbers.balls import precise
from spec.proving.vanishing import vanishes

LAMBDA, P = sympy.symbols("lambda p", real=True)
X, Y, S, T, A, B, C, D, THETA = sympy.symbols("x y s t a b c d theta", real=True)
Q, KEY = (Matrix(sympy.symbols(f"{name}:2", real=True)) for name in "qk")


@lemma("proof")
def scaled_positions_are_scaled_frequencies() -> bool:
    """RoPE at lambda p is RoPE at p with all frequencies times lambda; on two axes, steps s and t multiply the
    frequencies of their own axis.
    """
    return scales_by(LAMBDA, LAMBDA) and all(
        same(
            axis_map(axes, "half", (X * S, Y * T)),
            axis_map(axes, "half", (X, Y), [(S, T)[axis] * theta for axis, theta in zip(axes, THETAS, strict=True)]),
        )
        for axes in AXIS_MAPS
    )


def scales_by(positions: sympy.Expr, frequencies: sympy.Expr) -> bool:
    """Whether multiplying the positions is multiplying the frequencies."""
    return same(Matrix(rotation((positions * P) * THETA)), Matrix(rotation(P * (frequencies * THETA))))


@precise
def neighbour_similarity(steps: Sequence[int], dim: int = 64, base: int = 10000) -> list[arb]:
    """The kernel of two neighbouring patches over that of a patch with itself, one for each axis, as balls.

    Pairs turn with the axes in turn: pair 0 with the first. A neighbour along an axis is one of its steps away.
    """
    pairs, axes = dim // 2, len(steps)
    thetas = [arb(base) ** (arb(-2 * i) / dim) for i in range(pairs)]
    lost = [sum((1 - (step * theta).cos() for theta in thetas[axis::axes]), arb(0)) for axis, step in enumerate(steps)]
    return [1 - each / pairs for each in lost]


def rounds_to(values: Sequence[arb], *thousandths: int) -> bool:
    """Whether the balls lie within half a thousandth of the given numbers of thousandths."""
    return all(abs(1000 * value - n) < 0.5 for value, n in zip(values, thousandths, strict=True))


@lemma("certified")
def steps_part_neighbours() -> bool:
    """In an image of 24 x 24 patches, d = 64, the kernel of neighbours is 0.979 (below) and 0.988 (right) of its
    maximum with steps of 1, 0.802 and 0.827 with RoPE-Tie's steps of 25, and in one line 0.616 and 0.966.
    """
    line = [neighbour_similarity([step])[0] for step in (24, 1)]
    return (
        rounds_to(neighbour_similarity((1, 1)), 979, 988)
        and rounds_to(neighbour_similarity((25, 25)), 802, 827)
        and rounds_to(line, 616, 966)
    )


@lemma("proof")
def blockwise_scores_are_no_positions() -> bool:
    """RoPE inside each block and plain products between blocks are the scores of no assignment of positions, not even
    of real ones, once a block has two tokens: let these be at a and b, and a token of the other block at c.

    Plain products need R_(c - a) and R_(c - b) to be the identity; then so is R_(c - a) R_(c - b)^T = R_(b - a), which
    inside the block is R_1, and cos 1 < 1.
    """
    return contradict(lambda one, other: one * other.T, apart=1)


def contradict(combined: Callable[[Matrix, Matrix], Matrix], apart: int) -> bool:
    """Whether R_(b - a) is made up of the rotations between blocks, while tokens so far apart turn pair 0."""
    between = combined(Matrix(rotation(C - A)), Matrix(rotation(C - B)))
    return same(between, Matrix(rotation(B - A))) and bool(arb(apart).cos() < 1)


def blockwise_logit(q: Matrix, k: Matrix, m: sympy.Expr, n: sympy.Expr, *, together: bool) -> sympy.Expr:
    """The logit of a pair of coordinates: of RoPE inside a block, the plain product between blocks."""
    offset = n - m if together else 0
    return (q.T * rotation(offset * THETA) * k)[0]


@lemma("proof")
def blocks_may_be_moved_apart() -> bool:
    """Blockwise scores stay as they are when either block moves as a whole: nothing has to be said about the distance
    from text to image.
    """
    return unmoved(together=True, first=A, second=A) and unmoved(together=False, first=A, second=B)


def unmoved(*, together: bool, first: sympy.Expr, second: sympy.Expr) -> bool:
    """Whether the logit stays the same when the query moves by `first` and the key by `second`."""
    here = blockwise_logit(Q, KEY, C, D, together=together)
    return vanishes(blockwise_logit(Q, KEY, C + first, D + second, together=together) - here)
