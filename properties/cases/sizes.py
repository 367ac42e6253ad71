"""How large cases are where an encoding acts: where every query meets every key, fewer of each are enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from spec import Encoding

APART, TOGETHER = tuple(range(0, 161, 7)), tuple(range(7))


@dataclass(frozen=True)
class Sizes:
    """How many positions of queries and of keys a case keeps, all if None, and its numbers of heads, in turn.

    `offsets` are positions of queries and of keys that are as far apart as they can be, in either order.
    """

    queries: int | None = None
    keys: int | None = None
    heads: tuple[int, ...] = (3,)
    offsets: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()


OTHERWISE = Sizes()
MEETING = ((APART, TOGETHER), (TOGETHER, APART))
BY_PLACE: Mapping[str, Sizes] = MappingProxyType(
    {
        "score": Sizes(24, 24, heads=(3, 12, 8, 5), offsets=MEETING),
        "content-score": Sizes(12, 7, offsets=MEETING),
        "weights": Sizes(12, 7, offsets=MEETING),
    }
)
"""What a bias makes of a head may depend on how many there are."""


def steps(positions: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Positions and those that follow them, in order, and where in these the former stand; the last is none of them."""
    first = np.unique(positions[: max(1, len(positions) - 1)])
    both = np.unique([*first, *(first + 1)])
    return np.searchsorted(both, first), both


def sizes_of(encoding: Encoding) -> Sizes:
    """The sizes of the cases of an encoding."""
    return BY_PLACE.get(encoding.acts_on, OTHERWISE)
