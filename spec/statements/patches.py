"""What becomes of neighbours on the grid, and of offsets, inside an image."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

from spec.definitions.placing import Number, Place, Segment
from spec.definitions.runs import Lay, Run, grid, neighbours, pictures, step
from spec.proving.exhaustive import BETWEEN, PATCHES, SMALL, VIDEOS, over
from spec.statements import exhaustive
from spec.statements.needs import assigns_positions, is_one_line


@exhaustive(
    "assignment",
    over(
        [*BETWEEN, *VIDEOS], lambda m: ((m["s"] <= m["unit"]) | (m["h"] == 1)) & ((m["t"] <= m["unit"]) | (m["w"] == 1))
    ),
    assigns_positions,
)
def local_steps(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Neighbours on the grid are neighbours in position: no coordinate of theirs differs by more than 1."""
    return all(_longest(way) <= 1 for _, run in pictures(lay(segments)) for _, way in neighbours(run))


@exhaustive(
    "assignment", over(BETWEEN, lambda m: (m["s"] == m["t"]) | (m["h"] == 1) | (m["w"] == 1)), assigns_positions
)
def isotropic_steps(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Neighbours above one another are as far apart as neighbours side by side."""
    apart = [
        {_longest(way) for axis, way in neighbours(run) if axis != _time(run)} for _, run in pictures(lay(segments))
    ]
    return all(len(each) <= 1 for each in apart)


def _time(run: Run) -> int | None:
    return 0 if run[0][0] == "video" else None


def _longest(way: Place) -> Number:
    return max(max(way), -min(way))


@exhaustive("assignment", over(BETWEEN), assigns_positions)
def uniform_offsets(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Equal offsets on the grid are equal offsets in position, anywhere in the image."""
    for _, run in pictures(lay(segments)):
        ways: dict[int, set[Place]] = defaultdict(set)
        for axis, way in neighbours(run):
            ways[axis].add(way)
        if any(len(each) > 1 for each in ways.values()):
            return False
    return True


@exhaustive("assignment", over([*SMALL, *VIDEOS]), assigns_positions)
def distinct_offsets(lay: Lay, segments: Sequence[Segment]) -> bool:
    """Different offsets on the grid are different offsets in position (looked at in images of up to 64 patches)."""
    grids = [grid(run) for _, run in pictures(lay(segments)) if len(run[1]) <= PATCHES]
    return all(_told_apart(found) for found in grids)


def _told_apart(found: Mapping[tuple[int, ...], Place]) -> bool:
    """Whether each offset in position belongs to one offset on the grid."""
    pairs = combinations(found.items(), 2)
    known: dict[Place, Place] = {}
    for (cell, place), (other, there) in pairs:
        way, offset = step(place, there), step(cell, other)
        for sign in (1, -1):
            ahead, apart = (tuple(sign * x for x in each) for each in (way, offset))
            if known.setdefault(ahead, apart) != apart:
                return False
    return True


@exhaustive("assignment", over(BETWEEN), assigns_positions, is_one_line)
def unbroken_scan(lay: Lay, segments: Sequence[Segment]) -> bool:
    """In an image, successive positions are neighbours on the grid."""
    images = [grid(run) for _, run in pictures(lay(segments)) if run[0][0] == "image"]
    orders = [sorted(found, key=lambda cell: found[cell]) for found in images]
    return all(sum(abs(a - b) for a, b in zip(*pair, strict=True)) == 1 for order in orders for pair in pairwise(order))
