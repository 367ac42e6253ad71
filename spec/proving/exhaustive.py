"""Which sequences a rule is tried on, until it is settled for an encoding.

A rule says of one sequence whether something is true of its places. It is tried on all images of up to 64 patches;
where an image lies between two texts as a frame says, what follows from the frame is tried on all up to 64 x 64.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from math import prod

import numpy as np

from spec.definitions.encoding import Encoding
from spec.definitions.placing import FRAMES, VARIANTS
from spec.definitions.runs import MIXED, Segments, assignment_of, laid, placeable
from spec.definitions.verdict import Witness
from spec.numbers.frames import measured
from spec.proving.statement import Decides, Rule

Frames = Callable[[Mapping[str, np.ndarray]], np.ndarray]

PATCHES = 64
IMAGES = [(h, w) for h, w in product(range(1, PATCHES + 1), repeat=2) if h * w <= PATCHES]
TEXTS: list[Segments] = [(("text", 1),), (("text", 7),), (("text", 64),), (("text", 2), ("text", 3))]
BETWEEN: list[Segments] = [(("text", 2), ("image", h, w), ("text", 3)) for h, w in IMAGES]
SMALL = [each for each in BETWEEN if prod(each[1][1:]) <= 20]
VIDEOS: list[Segments] = [(("text", 2), ("video", t, h, w), ("text", 3)) for t, h, w in product((1, 2, 3), repeat=3)]
ALL = [*MIXED, *VIDEOS, *BETWEEN]
ADJACENT: list[Segments] = [
    (("text", 2), ("image", *one), ("image", *other), ("text", 2))
    for one, other in product(product(range(1, 5), repeat=2), repeat=2)
]


@dataclass(frozen=True, eq=False)
class Tried:
    """A rule, the sequences that it is tried on, and what it says of frames: whether it holds, for every size."""

    sequences: tuple[Segments, ...]
    frames: Frames | None
    rule: Rule

    def __call__(self, encoding: Encoding, case: Witness | None) -> bool:
        """Whether the rule is true of a witness; without one, of everything that is tried, as far as it is placed."""
        return _settled(self, encoding) if case is None else self.rule(laid(encoding), case["segments"])


def over(sequences: Iterable[Segments], frames: Frames | None = None) -> Callable[[Rule], Decides]:
    """What decides a statement: its rule on these sequences, and on frames up to 64 x 64."""
    return partial(Tried, tuple(sequences), frames)


@cache
def _settled(tried: Tried, encoding: Encoding) -> bool:
    variant = framed(encoding)
    far = tried.frames is None or variant is None or bool(tried.frames(measured(variant)).all())
    known = dict.fromkeys(placeable(each, encoding) for each in tried.sequences)
    return far and all(tried.rule(laid(encoding), each) for each in known)


def framed(encoding: Encoding) -> str | None:
    """The name of the frame in which an encoding puts images, where it does."""
    return next((name for name in FRAMES if VARIANTS[name] is assignment_of(encoding).places), None)
