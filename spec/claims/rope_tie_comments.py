"""Claims of the comments below the article on mixed text and images, and of the replies to them."""

from collections.abc import Iterable
from itertools import pairwise, product

import sympy
from sympy import Matrix

from spec.claims.claim import conditional, false, true, undecidable
from spec.definitions.placing import Place, flatten, parallel, rope_tie
from spec.definitions.rotations import rotation
from spec.lemmas.blocks import (
    KEY,
    THETA,
    Q,
    blocks_may_be_moved_apart,
    blockwise_logit,
    blockwise_scores_are_no_positions,
)
from spec.lemmas.degeneration import same
from spec.lemmas.grids import Cell, in_line, offsets
from spec.lemmas.tie_room import gaps
from spec.proving.vanishing import vanishes
from spec.truth import holds

M, N = sympy.symbols("m n", real=True)

HILBERT = undecidable(
    "C091",
    "rope-tie",
    "comments",
    says="The Hilbert curve might be used for the positional encoding of images.",
    because="Whether that helps is an experiment. It does not escape what is true of every order: some neighbours are "
    "min(h, w) or more apart, and in squares of side 2, 4, ..., 32 the curve parts them farther than rows do.",
)


@true("C092", "rope-tie", "comments")
def text_is_as_sparse() -> bool:
    """Seen from two dimensions the positions of text all lie on the line y = x, which is very sparse as well: sparsity
    is relative.

    A text of w h tokens lies in a square of (w h)^2 cells; an image of as many patches under RoPE-Tie lies in a
    rectangle of (w h)^2 - (w - h)^2, and so is never the sparser of the two.
    """
    sizes = list(product(range(1, 9), repeat=2))
    images = {(h, w): _box(rope_tie([("image", h, w)])) for h, w in sizes}
    texts = {(h, w): rope_tie([("text", h * w)]) for h, w in sizes}
    on_the_line = all(x == y for places in texts.values() for x, y in places)
    return on_the_line and all(images[h, w] == _box(texts[h, w]) - (w - h) ** 2 for h, w in sizes)


def _box(places: list[Place]) -> int:
    """How many integer points the smallest rectangle around the places has."""
    sides = [max(axis) - min(axis) + 1 for axis in zip(*places, strict=True)]
    return int(sides[0] * sides[1])


@conditional("C093", "rope-tie", "comments")
def flattened_images_show_vertical_offsets() -> tuple[bool, bool]:
    """If the size of the images is fixed, a model can still learn vertical offsets after flattening.

    Straight down or up, an offset in the line belongs to one offset of the grid. Others share theirs: (0, w - 1) and
    (1, -1) become one, and no model tells them apart.
    """
    h, w = 4, 5
    vertical = [(x, 0) for x in range(1 - h, h)]
    return _told_apart(h, w, vertical), _told_apart(h, w, [(0, w - 1), (1, -1)])


def _told_apart(h: int, w: int, wanted: Iterable[Cell]) -> bool:
    """Whether each wanted offset becomes one offset in the line, and no other offset of the image becomes the same."""
    found = offsets(in_line(flatten, h, w))
    return all(
        len(found[offset]) == 1 and not any(found[offset] & found[other] for other in found if other != offset)
        for offset in wanted
    )


@false("C094", "rope-tie", "comments")
def nope_is_rope() -> bool:
    """With LQ and butterfly factors of W_Q and W_K, attention has RoPE built in: NoPE is in essence RoPE.

    However W_Q and W_K are factored, their product is one matrix for all positions, while RoPE needs another for every
    offset. Without positions, attention stays equivariant under permutations.
    """
    one_for_all_offsets = same(Matrix(rotation(N * THETA)), Matrix(rotation(0)))
    return one_for_all_offsets or holds("nope", "permutation-non-invariance")


@conditional("C096", "rope-tie", "comments")
def text_may_go_on_beside_the_diagonal() -> tuple[bool, bool]:
    """It is natural to put the first token behind an image at (L + h + 1, L + w + 1).

    The gaps are (1, 1) before and behind every image. But unless h = w the text leaves the diagonal, and to the text
    before the image it is no longer RoPE-1D.
    """
    sizes = list(product(range(1, 9), repeat=2))
    return all(_natural(h, w) for h, w in sizes if h == w), any(_natural(h, w) for h, w in sizes if h != w)


@true("C257", "rope-tie", "comments")
def the_text_then_runs_aslant() -> bool:
    """Then the text is set aslant: its last token meets the top left corner of the image, and the bottom right corner
    meets the first token of the next text. As a matrix that is nearly diagonal and very sparse.

    Each token is at (1, 1) from the one before, as are the corners; of the cells of the rectangle around w h tokens of
    text before and behind an image, 3 w h are taken.
    """
    return all(_aslant(h, w) for h, w in product(range(1, 7), repeat=2))


def _aslant(h: int, w: int) -> bool:
    places = parallel([("text", h * w), ("image", h, w), ("text", h * w)])
    text = [places[: h * w + 1], places[-h * w - 1 :]]
    steps = {(c - a, d - b) for each in text for (a, b), (c, d) in pairwise(each)}
    return steps == {(1, 1)} and _box(places) == (2 * h * w + h) * (2 * h * w + w) >= 3 * len(places)


def _natural(h: int, w: int) -> bool:
    """Whether the image has equal gaps, and the text behind it is on the diagonal again."""
    segments = [("text", 3), ("image", h, w), ("text", 2)]
    before, behind = gaps(parallel, segments)
    assert before == behind == (1, 1)
    return all(x == y for x, y in parallel(segments)[-2:])


@true("C097", "rope-tie", "comments")
def blocks_need_no_common_positions() -> bool:
    """RoPE inside each modality and plain products between them avoid the difficulty of positions across modalities.

    Nothing has to be said about where one block is from the other. These scores are no assignment of positions: none,
    with real numbers even, gives them.
    """
    return blocks_may_be_moved_apart() and blockwise_scores_are_no_positions()


@false("C098", "rope-tie", "comments")
def blocks_cannot_be_computed() -> bool:
    """It cannot be done with some products with positions and some without, as RoPE is applied to Q and K themselves.

    Even one product of longer vectors does it: query and key carry the turned and the plain content, each in the place
    of a block, so that only the turned ones of one block and the plain ones of different blocks meet.
    """
    return not all(
        vanishes(_query(a, M).dot(_key(b, N)) - blockwise_logit(Q, KEY, M, N, together=a == b))
        for a, b in product((0, 1), repeat=2)
    )


def _query(block: int, position: sympy.Expr) -> Matrix:
    """The turned query in its own block, the plain one in the other."""
    own, other = sympy.eye(2)[:, block], sympy.eye(2)[:, 1 - block]
    turned = Matrix(rotation(position * THETA) * Q)
    return Matrix.vstack(sympy.kronecker_product(own, turned), sympy.kronecker_product(other, Q))


def _key(block: int, position: sympy.Expr) -> Matrix:
    """The turned key and the plain key, both in its own block."""
    own = sympy.eye(2)[:, block]
    turned = Matrix(rotation(position * THETA) * KEY)
    return Matrix.vstack(sympy.kronecker_product(own, turned), sympy.kronecker_product(own, KEY))


COST = undecidable(
    "C099",
    "rope-tie",
    "comments",
    says="With a small change inside flash attention, scores with positions inside blocks and without between them "
    "cost no extra computation.",
    because="A matter of measurement on a kernel. What is computable: every pair of tokens needs one product, as "
    "before, but both the turned and the plain vectors have to be at hand.",
)


@conditional("C100", "rope-tie", "comments")
def attention_jumps_between_blocks() -> tuple[bool, bool]:
    """The sudden change from scores with positions to scores without may leave attention with a fault line.

    Scores between blocks are those of RoPE at offset 0, as if all tokens of the other block were in the query's own
    place. Against any other offset that is a jump; only where the offset is 0 is there none.
    """
    return _jumps(N), _jumps(sympy.Integer(0))


def _jumps(offset: sympy.Expr) -> bool:
    """Whether the logit at an offset changes when its key is moved into the other block."""
    inside, across = (blockwise_logit(Q, KEY, M, M + offset, together=together) for together in (True, False))
    return not vanishes(inside - across)


CROSS_ATTENTION = undecidable(
    "C101",
    "rope-tie",
    "comments",
    says="In my view cross-attention should carry no positional encoding, as the positions of its two inputs have no "
    "necessary connection; with inputs and outputs that correspond one to one it may indeed be better with it.",
    because="Two replies, each a view that depends on the task. What is computable: with shared indices the offset of "
    "corresponding items is 0, where RoPE is the plain product.",
)

SPARSITY = undecidable(
    "C102",
    "rope-tie",
    "comments",
    says="The coordinates of two dimensions are not too sparse.",
    because="Whether a model suffers is an experiment. What is computable: an image under RoPE-Tie is never sparser "
    "than a text of as many tokens, and the steps of 25 in a 24 x 24 image take the kernel of neighbours from 0.98 to "
    "0.80.",
)
