"""Claims of the article on RoPE-Tie about images between texts."""

from itertools import product

from sympy import Matrix

from spec.claims.claim import conditional, true
from spec.definitions.placing import simple
from spec.lemmas.tie import (
    four_symmetries_are_one,
    patches_lie_between_the_texts,
    simplest_polynomial_solution,
    ties_are_symmetric,
    unscaled_images_are_symmetric_only_if_square,
)
from spec.lemmas.tie_room import gaps, least_integers, markers_make_images_symmetric, stands_for


@true("C082", "rope-tie", "two in one")
def unscaled_images_are_lopsided() -> bool:
    """With patches at (L + i, L + j) and w != h, no K makes (K, K) differ from the last patch by (1, 1).

    A K exists if and only if h = w.
    """
    return unscaled_images_are_symmetric_only_if_square()


@true("C083", "rope-tie", "two in one")
def equal_gaps_are_the_balance() -> bool:
    """Equal gaps before and behind the image mean (h + 1) s = (w + 1) t.

    The gaps are (s, t) and (K - L - h s, K - L - w t); text that returns to the diagonal has one K for both axes.
    """
    return four_symmetries_are_one()


@conditional("C084", "rope-tie", "two in one and further thoughts")
def the_simplest_solution() -> tuple[bool, bool]:
    """As h and w are arbitrary, the simplest solution that keeps all position ids integers is s = w + 1, t = h + 1,
    with K = L + (w + 1)(h + 1).

    As a formula: every solution that is polynomial in h and w is a multiple of it. For given sizes the steps can be
    divided by gcd(h + 1, w + 1): an image of 24 x 24 takes K - L = 25, not 625.
    """
    room = stands_for("rope-tie", lambda h, w: (w + 1) * (h + 1) - 1)
    return simplest_polynomial_solution() and room, least_integers("rope-tie")


@conditional("C085", "rope-tie", "further thoughts")
def integers_do_not_give_as_many_as_patches() -> tuple[bool, bool]:
    """(w + 1)(h + 1) - 1 looks unnatural, and w h seems perfect; but integers cannot give it, only fractions can.

    True of images of two rows and two columns or more: w h + 1 is no multiple of both h + 1 and w + 1. One row or one
    column of an odd number of patches has integer steps that give it.
    """
    sides = range(1, 65)
    whole = {(h, w) for h, w in product(sides, sides) if all((w * h + 1) % (side + 1) == 0 for side in (h, w))}
    return all(1 in size for size in whole), not whole


@true("C086", "rope-tie", "further thoughts")
def an_image_stands_for_a_text() -> bool:
    """For the sentences around it, an image of w x h is like a sentence of (w + 1)(h + 1) - 1 tokens.

    That many numbers lie strictly between the last token before the image and the first behind it.
    """
    return stands_for("rope-tie", lambda h, w: (w + 1) * (h + 1) - 1)


@true("C087", "rope-tie", "further thoughts")
def fractions_make_it_as_many_as_patches() -> bool:
    """Without integers, s = (w h + 1) / (h + 1) and t = (w h + 1) / (w + 1) make the image like exactly w h tokens.

    Both products (h + 1) s and (w + 1) t are w h + 1, so that w h positions lie between the texts.
    """
    return ties_are_symmetric() and stands_for("rope-tie-fractional", lambda h, w: w * h)


@true("C088", "rope-tie", "two in one")
def scaling_loses_nothing() -> bool:
    """As long as s and t are not 0, scaling loses nothing of the positions.

    No two patches come together, and they do where s or t is 0. What attention sees changes all the same: the kernel of
    neighbours in a 24 x 24 image falls from 0.98 of its maximum to 0.80 (d = 64).
    """
    patches = list(product(range(1, 4), range(1, 6)))

    def places(s: int, t: int) -> int:
        """How many places 3 x 5 patches have, scaled so."""
        return len({(x * s, y * t) for x, y in patches})

    kept = {(s, t): places(s, t) == len(patches) for s, t in product(range(-25, 26), repeat=2)}
    return all(kept[s, t] == (s * t != 0) for s, t in kept) and patches_lie_between_the_texts()


@true("C089", "rope-tie", "further thoughts")
def markers_part_images() -> bool:
    """With a token [IMG] before and [/IMG] behind every image, placed as text, no two images are adjacent, and the
    symmetric scheme works for images of different sizes too.

    Each image then lies between two tokens of text, its own markers, and is placed as if it were alone.
    """
    return markers_make_images_symmetric()


@true("C090", "rope-tie", "two in one")
def the_first_patch_follows_the_text() -> bool:
    """Without scaling, the first patch is at (1, 1) from the last token of the sentence before it.

    Rows and columns are counted from 1, on from the last token.
    """
    images = (("image", h, w) for h, w in product(range(1, 9), repeat=2))
    return all(gaps(simple, [("text", 4), image]) == [(1, 1)] for image in images)


@true("C221", "rope-tie", "comments")
def shuffled_patches_need_not_fit_in_one_way() -> bool:
    """Without positions a model can only put shuffled patches together by their borders, and there are images for which
    that does not do.

    Two patches with the same border and another inside fit equally well in either order.
    """
    one, other = (Matrix(3, 3, lambda i, j, inside=inside: inside if i == j == 1 else 0) for inside in (1, 2))

    def seams(left: Matrix, right: Matrix) -> tuple[Matrix, Matrix]:
        return left[:, 2] - right[:, 0], left[:, 0] - right[:, 2]

    return seams(one, other) == seams(other, one) and Matrix.hstack(one, other) != Matrix.hstack(other, one)
