"""How much room an image takes between two texts, in which numbers, and what becomes of two images side by side."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise, product
from math import lcm, prod
from types import MappingProxyType

import numpy as np
import sympy

from spec.definitions.placing import FRAMES, VARIANTS, Place, Places, Segment, marked, rope_tie
from spec.lemmas.lemma import lemma
from spec.lemmas.tie import H, S, T, W
from spec.numbers.frames import SIDE, measured
from spec.proving.vanishing import vanishes

Sizes = Callable[[int, int], int]
ROOM: Mapping[str, Sizes] = MappingProxyType(
    {
        "flatten": lambda h, w: h * w,
        "flatten-with-separators": lambda h, w: h * (w + 1),
        "hilbert": lambda h, w: h * w,
        "simple": max,
        "rope-tie": lambda h, w: (w + 1) * (h + 1) - 1,
        "rope-tie-minimal": lambda h, w: lcm(w + 1, h + 1) - 1,
        "rope-tie-fractional": lambda h, w: h * w,
    }
)
"""How many tokens of text an image stands for, to the texts around it."""
EXAMPLES: tuple[Segment, ...] = (("text", 2), ("image", 1, 1), ("image", 2, 3), ("image", 3, 1), ("image", 4, 4))
SEQUENCES = [list(each) for length in (1, 2, 3) for each in product(EXAMPLES, repeat=length)]


@lemma("exhaustive")
def images_stand_for_text() -> bool:
    """To the texts around it an image is like so many tokens of text: h w in one line and with fractional steps,
    h (w + 1) with separators, (w + 1)(h + 1) - 1 with RoPE-Tie's integers, lcm(w + 1, h + 1) - 1 with the least, and
    max(h, w) unscaled (every image up to 8 x 8, placed; the frames up to 64 x 64).
    """
    return all(stands_for(variant, room) for variant, room in ROOM.items())


def stands_for(variant: str, room: Sizes) -> bool:
    """Whether text behind an image is where it would be behind `room` tokens of text instead of the image."""
    place = VARIANTS[variant]
    placed = all(
        place([("text", 3), ("image", h, w), ("text", 2)])[-2:] == place([("text", 3 + room(h, w)), ("text", 2)])[-2:]
        for h, w in product(range(1, 9), repeat=2)
    )
    return placed and (variant not in FRAMES or _reaches(variant, room))


def _reaches(variant: str, room: Sizes) -> bool:
    sides = range(1, SIDE + 1)
    return all(FRAMES[variant](h, w).reach == (room(h, w) + 1,) * 2 for h, w in product(sides, repeat=2))


def least_integers(variant: str) -> bool:
    """Whether the steps of a variant are the least positive integers that balance, for every image up to 64 x 64.

    The least step s is found by trying 1, 2, ...; at w + 1 the other step is an integer at the latest.
    """
    h, w = np.mgrid[1 : SIDE + 1, 1 : SIDE + 1]
    tried = np.arange(1, SIDE + 2)
    least = tried[((h + 1)[..., None] * tried % (w + 1)[..., None] == 0).argmax(axis=2)]
    m = measured(variant)
    return bool((m["s"] == least * m["unit"]).all() and (m["t"] * (w + 1) == least * m["unit"] * (h + 1)).all())


@lemma("exhaustive")
def least_integer_solution() -> bool:
    """The least integer steps are (w + 1) / g and (h + 1) / g, g = gcd(h + 1, w + 1), for every image up to 64 x 64."""
    return least_integers("rope-tie-minimal")


@lemma("exhaustive")
def fractional_steps_are_seldom_integers() -> bool:
    """With steps (w h + 1) / (h + 1) and (w h + 1) / (w + 1) all positions are integers if and only if the image is one
    row or one column of an odd number of patches (every image up to 64 x 64).

    For h + 1 divides w h + 1 = w (h + 1) + (1 - w) only if it divides w - 1, and w + 1 only if it divides h - 1.
    """
    rests = vanishes(W * H + 1 - W * (H + 1) - (1 - W)) and vanishes(W * H + 1 - H * (W + 1) - (1 - H))
    return rests and integers_when(lambda h, w: (np.minimum(h, w) == 1) & (np.maximum(h, w) % 2 == 1))


def integers_when(condition: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
    """Whether exactly the images under the condition have fractional steps that make every position an integer."""
    m = measured("rope-tie-fractional")
    whole = [(m[places] % m["unit"][..., None] == 0).all(axis=2) for places in ("rows", "columns")]
    return bool(((whole[0] & whole[1]) == condition(m["h"], m["w"])).all())


def like_one_token(variant: str) -> bool:
    """Whether an image of a single patch is placed like one token of text."""
    place = VARIANTS[variant]
    return place([("text", 3), ("image", 1, 1), ("text", 2)]) == place([("text", 6)])


@lemma("exhaustive")
def single_patch() -> bool:
    """An image of one patch is placed like one token of text by every variant but two: RoPE-Tie with its simplest
    steps, where K = L + 4, and separators.
    """
    return {variant for variant in ROOM if not like_one_token(variant)} == {"rope-tie", "flatten-with-separators"}


def gaps(place: Places, segments: Sequence[Segment]) -> list[Place]:
    """From each segment to the next: the place of the first token there less that of the last one here."""
    places = place(segments)
    ends = list(accumulate(prod(sizes) for _, *sizes in segments))
    return [tuple(b - a for a, b in zip(places[end - 1], places[end], strict=True)) for end in ends[:-1]]


@lemma("exhaustive")
def adjacent_images_have_no_common_gap() -> bool:
    """Steps that balance two images at once exist only if (h + 1)(w' + 1) = (h' + 1)(w + 1). Where
    two images follow each other, RoPE-Tie gives neither of them the same gap before and behind (all up to 4 x 4).
    """
    other_h, other_w = sympy.symbols("h' w'", integer=True, positive=True)
    equations = [(H + 1) * S - (W + 1) * T, (other_h + 1) * S - (other_w + 1) * T]
    singular = sympy.Matrix(equations).jacobian([S, T]).det()
    proportional = (other_h + 1) * (W + 1) - (H + 1) * (other_w + 1)
    return vanishes(singular - proportional) and not any(symmetric(i, pair) for pair in _pairs() for i in (1, 2))


@lemma("exhaustive")
def markers_make_images_symmetric() -> bool:
    """With a marker, placed as text, before and behind every image, no two images are adjacent and every image has the
    same gap before and behind (all pairs of images up to 4 x 4).
    """
    sequences = [marked(pair) for pair in _pairs()]
    images = [[i for i, (kind, *_) in enumerate(sequence) if kind == "image"] for sequence in sequences]
    return all(i > 1 + j for each in images for j, i in pairwise(each)) and all(
        symmetric(i, sequence) for sequence, each in zip(sequences, images, strict=True) for i in each
    )


def _pairs() -> list[list[Segment]]:
    images: list[Segment] = [("image", h, w) for h, w in product(range(1, 5), repeat=2)]
    return [[("text", 2), *pair, ("text", 2)] for pair in product(images, repeat=2)]


def symmetric(i: int, segments: Sequence[Segment], place: Places = rope_tie) -> bool:
    """Whether segment i, an image, has the same gap before its first and behind its last patch."""
    between = gaps(place, segments)
    return between[i - 1] == between[i]


@lemma("exhaustive")
def places_are_distinct() -> bool:
    """No variant puts two tokens in one place (all sequences of up to three segments out of five)."""
    return all(distinct(place) for place in VARIANTS.values())


def distinct(place: Places) -> bool:
    """Whether all places differ, in every sequence of examples."""
    return all(len(set(places)) == len(places) for places in map(place, SEQUENCES))


@lemma("exhaustive")
def start_moves_everything() -> bool:
    """Counting from elsewhere moves every place along every axis by as much, and changes nothing else."""
    return all(moves_with_start(place) for place in VARIANTS.values())


def moves_with_start(place: Places) -> bool:
    """Whether every place moves along every axis by as much as `start` does, in every sequence of examples."""
    return all([tuple(x + 7 for x in here) for here in place(each)] == place(each, start=7) for each in SEQUENCES)
