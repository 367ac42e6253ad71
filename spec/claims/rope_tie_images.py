"""Claims of the article on RoPE-Tie about images between texts."""

from itertools import product

from spec.claims.claim import conditional, false, true
from spec.definitions.placing import simple
from spec.lemmas.blocks import neighbour_similarity
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


@true("C084", "rope-tie", "two in one")
def the_simplest_solution() -> bool:
    """As h and w are arbitrary, the simplest solution in integers is s = w + 1, t = h + 1, with K = L + (w + 1)(h + 1).

    As a formula: every solution that is polynomial in h and w is a multiple of it.
    """
    return simplest_polynomial_solution() and stands_for("rope-tie", lambda h, w: (w + 1) * (h + 1) - 1)


@false("C085", "rope-tie", "further thoughts")
def nothing_simpler_keeps_integers() -> bool:
    """It is the simplest solution that keeps all position ids integers.

    For given sizes the steps can be divided by gcd(h + 1, w + 1): an image of 24 x 24 takes K - L = 25, not 625.
    """
    return least_integers("rope-tie")


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


@conditional("C088", "rope-tie", "two in one")
def scaling_loses_nothing() -> tuple[bool, bool]:
    """As long as s and t are not 0, scaling loses nothing of the positions.

    No two patches come together. What attention sees does change: the kernel of neighbours in a 24 x 24 image falls
    from 0.98 of its maximum to 0.80 (d = 64), and fractions make shifts inexact in floats.
    """
    plain, scaled = neighbour_similarity((1, 1)), neighbour_similarity((25, 25))
    return patches_lie_between_the_texts(), all(a.overlaps(b) for a, b in zip(plain, scaled, strict=True))


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
