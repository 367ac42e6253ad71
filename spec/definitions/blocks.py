"""How the coordinates of a vector divide into blocks, and what every block follows.

Which coordinates form pair i is the layout. For eight coordinates in four pairs a, b, c, d:

    interleaved   a a b b c c d d        pair i = (2i, 2i + 1)
    half          a b c d a b c d        pair i = (i, i + 4)

From `interleaved-to-half`, a pair comes in as neighbours and goes out in halves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
import sympy

from spec.definitions import refusals
from spec.definitions.evaluation import Parameters, value
from spec.definitions.symbols import DIM, LENGTH
from spec.definitions.words import Layout, words

LAYOUTS: tuple[Layout, ...] = ("interleaved", "half")
Pairing = Literal["neighbours", "halves"]
PAIRINGS: Mapping[Layout, tuple[Pairing, Pairing]] = MappingProxyType(
    {
        "interleaved": ("neighbours", "neighbours"),
        "half": ("halves", "halves"),
        "interleaved-to-half": ("neighbours", "halves"),
    }
)
"""How the coordinates of a pair lie in the vector that comes in, and in the one that goes out."""
Axis = Callable[[int, int, Parameters], int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """The blocks of a vector, counted by INDEX.

    `frequency` is theta_i in radians per position, and `scale` s_i, both in INDEX, DIM, LENGTH and the parameters;
    LENGTH is one more than the largest position of a call. `frequency_roundings`, in the same letters, are those that
    theta_i needs beside a power of its size.

    `extent` is the number of coordinates that the blocks cover, the first ones or the last (`trailing`), and `count`
    how many of these blocks there are, the first ones, where it is not all; all other coordinates stay as they are.
    `layouts` are the ways in which pairs may lie, both where nothing else is said and blocks are pairs; in halves, each
    of the stretches whose widths are `halves` is halved by itself, the whole extent where none are named; counted
    `backwards`, the last coordinate of a block comes first. `multiple` divides every dimension: the width of a block,
    unless something else is said; `least` is the smallest one, where the first of these has no frequencies.

    On a grid, block i follows the axis `axis(i, dim, parameters)`. With `sums`, blocks are terms of one number, as many
    as `extent` says whatever the dimension, and take no vector apart.
    """

    frequency: sympy.Expr = sympy.S.Zero
    frequency_roundings: sympy.Expr | int = 0
    scale: sympy.Expr = sympy.S.One
    extent: sympy.Expr = DIM
    count: sympy.Expr | None = None
    trailing: bool = False
    layouts: tuple[Layout, ...] | None = None
    multiple: int | None = None
    least: int = 0
    halves: tuple[sympy.Expr, ...] = ()
    backwards: bool = False
    axis: Axis | None = None
    sums: bool = False

    def __post_init__(self) -> None:
        """Refuse letters that mean nothing in what follows the block."""
        for name in ("frequency", "frequency_roundings", "scale"):
            refusals.letters_of(name, [getattr(self, name)], refusals.PER_BLOCK)
        counted = [self.extent, *self.halves, *([] if self.count is None else [self.count])]
        refusals.letters_of("extent", counted, frozenset({DIM}))
        for layout in self.layouts or ():
            refusals.one_of("layout", layout, words(Layout))

    def suit(self, width: int) -> None:
        """Refuse blocks of a width with which nothing can be paired."""
        if self.layouts and width != 2:
            raise ValueError(f"a layout says how pairs lie, and a block is {width} wide; leave `layouts` out")
        if self.multiple is not None and self.multiple % width:
            raise ValueError(f"dimensions that are multiples of {self.multiple} do not divide into blocks of {width}")

    @property
    def partial(self) -> bool:
        """Whether some coordinates of a vector are left as they are."""
        return bool(self.extent != DIM or self.count is not None) and not self.sums

    @cached_property
    def follows_length(self) -> bool:
        """Whether the result at a position depends on how far the sequence reaches."""
        return LENGTH in self.frequency.free_symbols | self.scale.free_symbols

    def number(self, dim: int, parameters: Parameters, width: int) -> int:
        """How many blocks there are."""
        return int(value(self.extent / width if self.count is None else self.count, dim, parameters))

    def coordinates(self, dim: int, parameters: Parameters, width: int, pairing: Pairing) -> np.ndarray:
        """The coordinates of each block, shape (blocks, width)."""
        found = self._in_order(dim, parameters, width, pairing)[: self.number(dim, parameters, width)]
        return found[:, ::-1] if self.backwards else found

    def _in_order(self, dim: int, parameters: Parameters, width: int, pairing: Pairing) -> np.ndarray:
        covered = int(value(self.extent, dim, parameters))
        found = np.arange(covered) + (dim - covered if self.trailing else 0)
        if pairing == "neighbours":
            return found.reshape(-1, width)
        widths = [int(value(stretch, dim, parameters)) for stretch in self.halves or (self.extent,)]
        stretches = np.split(found, np.cumsum(widths)[:-1])
        return np.concatenate([stretch.reshape(width, -1).T for stretch in stretches])


ONE_NUMBER = Blocks(frequency=sympy.S.One, extent=sympy.S.One, sums=True)
"""Of what is one number, and no sum of several."""
NO_BLOCKS = Blocks()
"""Of what takes no vector apart."""
