"""What a check sees of code that assigns positions: a mixed sequence in, exact places out, and beside them the truth.

Places are read as exact numbers. Integers are what they are, in any dtype. Where the definition has fractions, a float
stands for the simplest fraction within its rounding.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from properties.subjects.misbehaviour import Malformed, raising, shaped
from properties.subjects.subject import Subject
from spec.definitions.placing import Number, Place, Segment
from spec.definitions.runs import Run, assignment_of, placed, runs
from spec.numbers import bounds

LARGEST_DENOMINATOR = 1000
"""Denominators are h + 1 and w + 1, of images that are smaller than this."""


class Assigned(Subject):
    """An implementation of an assignment; `positions` are so many tokens of text before the sequence of the case."""

    # Calls

    def sequence(self, positions: Sequence[float] = ()) -> list[Segment]:
        """The sequence of a call."""
        before: list[Segment] = [("text", len(positions))] if len(positions) else []
        return [*before, *self.case.segments]

    def arguments(self, x: Tensor, positions: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a call of the instance is given."""
        return (self.handed(self.sequence(positions)),), {}

    def handed(self, segments: Sequence[Segment]) -> list[Segment]:
        """What stands for these segments where several patches are merged into one token."""
        size = self.parameters.get("spatial_merge_size", 1)
        return [s if s[0] == "text" else (*s[:-2], *(side * size for side in s[-2:])) for s in segments]

    def assign(self, segments: Sequence[Segment]) -> Any:
        """The bare call, whatever comes back."""
        with raising():
            return self.instance()(self.handed(segments))

    def positions(self, segments: Sequence[Segment]) -> Tensor:
        """The positions of a sequence, (total, axes): real numbers in any dtype."""
        total = sum(prod(sizes) for _, *sizes in self.tokens(segments))
        found = shaped(self.assign(segments), (total, self.spec.grid.axes))
        if found.dtype == torch.bool or found.is_complex():
            raise Malformed(f"returned the dtype {found.dtype}; expected integers, or floating point")
        return found

    def lay(self, segments: Sequence[Segment]) -> list[Run]:
        """Every segment with the exact places of its tokens, as the rules of the spec take it."""
        places = [tuple(map(self._read, row)) for row in self.positions(segments).tolist()]
        return runs(self.tokens(segments), places)

    def tokens(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments as they are placed: with what the encoding adds."""
        return assignment_of(self.spec).tokens(self.handed(segments), **self.parameters)

    def _read(self, number: float) -> Number:
        if isinstance(number, int) or not np.isfinite(number) or number.is_integer():
            return int(number) if np.isfinite(number) else 2**62
        exact = Fraction(number)
        simplest = exact.limit_denominator(LARGEST_DENOMINATOR)
        return simplest if abs(simplest - exact) <= self._allowed(number) else exact

    def output(self, x: Tensor, positions: Any, role: str = "query") -> Tensor:
        """The positions of the sequence of the case."""
        return self.positions(self.sequence(positions))

    def shapes(self, x: Tensor, positions: Sequence[float]) -> list[tuple[Any, Any]]:
        """The shapes that come back, and those of the contract: for the case, and for a single token."""
        found: list[tuple[Any, Any]] = []
        for segments in (self.sequence(), [("text", 1)]):
            places = self.places(segments)
            found.append((np.shape(self.assign(segments)), (len(places), self.spec.grid.axes)))
        return found

    def draw(self, name: str, rows: int | None = None) -> Tensor:
        """No contents enter an assignment."""
        return torch.zeros(0, 0)

    def may_return(self, dtype: torch.dtype) -> bool:
        """Whether positions may have this dtype: any that holds them."""
        return True

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `pairs`, from the last one backwards."""
        return "axis", "place in the sequence"

    @property
    def rest(self) -> slice:
        """Nothing is left out."""
        return slice(0, 0)

    @property
    def accuracy(self) -> str:
        """The dtype whose accuracy is asked for where positions are fractions."""
        return self.dtype

    def pairs(self, x: Any) -> np.ndarray:
        """The positions, (total, axes)."""
        return np.asarray(x.detach().numpy() if isinstance(x, Tensor) else x, dtype=np.longdouble)

    # The truth

    def places(self, segments: Sequence[Segment]) -> list[Place]:
        """The places of the definition."""
        return placed(self.spec, self.handed(segments), **self.parameters)

    def exact_output(self, x: Tensor, positions: ArrayLike, role: str = "query") -> np.ndarray:
        """The true positions of `output`, (total, axes)."""
        places = self.places(self.sequence(np.asarray(positions).tolist()))
        return np.array([[np.longdouble(c.numerator) / c.denominator for c in place] for place in places])

    def bound(self, x: Tensor, positions: ArrayLike, *, shared: bool = False, role: str = "query") -> np.ndarray:
        """The error allowed to every position: none to integers."""
        return np.asarray(self._allowed(self.exact_output(x, positions).astype(np.float64)))

    def _allowed(self, position: Any) -> Any:
        """For L + i s with s, i s and the sum rounded: u |i s| twice and u |position|, and |i s| <= |position| + 1."""
        return self.spec.definition.roundings * bounds.UNIT[self.accuracy] * (abs(position) + 1)
