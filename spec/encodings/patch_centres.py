"""Where the centres of patches lie in an image, whose edges are -1 and 1: ((2 i + 1) / h - 1, (2 j + 1) / w - 1).

Under the conventions "longer-side" and "shorter-side" both axes are divided by the larger of h and w, or by the
smaller, so that patches are squares.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from spec.definitions import Assignment, Departure, Encoding, Grid, Holds, Verdict
from spec.definitions.placing import Place, Places, Segment, known
from spec.definitions.runs import breaks


def _centres(over: Callable[[int, int], tuple[int, int]]) -> Places:
    def centres(segments: Sequence[Segment], *, start: int = 0) -> list[Place]:
        places: list[Place] = []
        for _, h, w in known(segments, "image"):
            down, across = over(h, w)
            places += [
                (start + Fraction(2 * i + 1, down) - 1, start + Fraction(2 * j + 1, across) - 1)
                for i in range(h)
                for j in range(w)
            ]
        return places

    return centres


def _by(over: Callable[[int, int], tuple[int, int]]) -> Assignment:
    return Assignment(_centres(over), roundings=3)


SQUARE: dict[str, Verdict] = {
    "isotropic-steps": Holds(),
    "point-reflection": breaks("one side alone reaches from -1 to 1", ("image", 1, 3), ("image", 1, 1)),
}
ENCODING = Encoding(
    name="patch-centres",
    title="Centres of patches in an image",
    source="Simeoni et al., DINOv3 (2025), section 3.2, and its published code",
    definition=_by(lambda h, w: (h, w)),
    conventions={
        "longer-side": Departure(definition=_by(lambda h, w: (max(h, w),) * 2), verdicts=SQUARE),
        "shorter-side": Departure(
            definition=_by(lambda h, w: (min(h, w),) * 2),
            verdicts={**SQUARE, "local-steps": breaks("one patch may be two units wide", ("image", 1, 3))},
        ),
    },
    grid=Grid(axes=2),
    verdicts={
        "distinct-positions": breaks("every image has the same edges", ("image", 1, 1), ("image", 1, 1)),
        "integral-positions": breaks("a centre lies between the edges", ("image", 2, 2)),
        "isotropic-steps": breaks("patches are as wide as the image has columns", ("image", 2, 3)),
    },
)
