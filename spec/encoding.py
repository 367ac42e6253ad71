"""An encoding is a block, repeated along the dimension, each time with another frequency.

A `query-key` encoding multiplies each pair of coordinates by its block, an `input` encoding adds it:

    y[pair i] = block(p, theta_i) @ x[pair i]        PE_p[pair i] = block(p, theta_i)

Everything else follows from these two expressions: the proofs (with theta as a symbol), the exact values (with
theta_i = frequency(i)), and the error bounds.

Which coordinates form pair i is the layout. For eight coordinates in four pairs a, b, c, d:

    interleaved   a a b b c c d d        pair i = (2i, 2i + 1)
    half          a b c d a b c d        pair i = (i, i + 4)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import sympy

from spec.symbols import DIM, THETA, parameter
from spec.verdict import Verdict

ACTS_ON = ("query-key", "input", "score", "content-score", "weights", "positions")
LAYOUTS = ("interleaved", "half")


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """The mathematical object.

    `block` is (w, w) for `query-key` and (w, 1) for `input`, in the symbols POSITION and THETA. `frequency` is theta_i
    in INDEX, DIM and the parameters; `conventions` names the other frequencies that the literature calls by the same
    name. `extent` is the number of leading coordinates that the blocks cover; those behind it stay as they are.
    `verdicts` names what does not simply hold.
    """

    name: str
    title: str
    acts_on: str
    source: str
    block: sympy.ImmutableMatrix
    frequency: sympy.Expr
    parameters: Mapping[str, sympy.Expr | float] = field(default_factory=lambda: MappingProxyType({}))
    conventions: Mapping[str, sympy.Expr] = field(default_factory=lambda: MappingProxyType({}))
    layouts: tuple[str, ...] = LAYOUTS
    extent: sympy.Expr = DIM
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def width(self) -> int:
        """Coordinates in one block: 2 where pairs are rotated."""
        return int(self.block.rows)

    @cached_property
    def turns(self) -> bool:
        """Whether the block depends on an angle at all."""
        return THETA in self.block.free_symbols

    @property
    def partial(self) -> bool:
        """Whether some coordinates are left as they are."""
        return bool(self.extent != DIM)

    def configured(self, dim: int, given: Mapping[str, float]) -> dict[str, float]:
        """The value of every parameter at this dimension: the given one, or the encoding's default."""
        known = {name: value for name, value in given.items() if name in self.parameters}
        return dict(_defaults(self, dim)) | known

    def covered(self, dim: int, parameters: Mapping[str, float]) -> int:
        """How many leading coordinates the blocks cover."""
        return _covered(self.extent, dim, tuple(parameters.items()))

    def pairs(self, dim: int, parameters: Mapping[str, float], layout: str | None) -> np.ndarray:
        """The coordinates of each block, shape (blocks, width)."""
        coordinates = np.arange(self.covered(dim, parameters))
        if layout == "half":
            return coordinates.reshape(self.width, -1).T
        return coordinates.reshape(-1, self.width)


@lru_cache(maxsize=1024)
def _defaults(encoding: Encoding, dim: int) -> tuple[tuple[str, float], ...]:
    at_dim = {name: sympy.sympify(default).subs(DIM, dim) for name, default in encoding.parameters.items()}
    return tuple((name, int(value) if value.is_Integer else float(value)) for name, value in at_dim.items())


@lru_cache(maxsize=1024)
def _covered(extent: sympy.Expr, dim: int, parameters: tuple[tuple[str, float], ...]) -> int:
    return int(extent.subs({DIM: dim} | {parameter(name): value for name, value in parameters}))


def rotation(angle: sympy.Expr) -> sympy.ImmutableMatrix:
    """The counter-clockwise rotation of the plane by an angle in radians."""
    return sympy.ImmutableMatrix(
        [[sympy.cos(angle), -sympy.sin(angle)], [sympy.sin(angle), sympy.cos(angle)]],
    )
