"""What code and truth of everything that acts between queries and keys have in common.

A result has a row for every query and a column for every key, (..., nq, nk); its entries are what is compared.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from impls.door.crossing import Answer, Request
from properties.subjects.arrays import extended
from properties.subjects.door import Door
from properties.subjects.pairwise import Meeting
from properties.subjects.protocols import Change
from properties.subjects.setup import Setup
from spec.definitions import Undefined
from spec.numbers import bounds
from spec.numbers.pairwise import Part

Add = Callable[[list[Part], Callable[[Part], np.ndarray], bool], np.ndarray]
"""The sum of what every term has: as they are, or all of them absolute."""


@dataclass(frozen=True)
class CodeBetween(ABC):
    """An implementation that is asked with queries at positions, which meet the keys of the case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "key", "token", "head", "batch")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    mixed: ClassVar[int] = 1
    letters: ClassVar[str] = "bhqk"
    contents: ClassVar[Mapping[str, str]] = {}
    """The first arguments, where these are contents, with their axes; j is a key that reaches the others of its row."""

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup)

    @property
    def differentiable(self) -> Mapping[str, tuple[int | str, str]]:
        """Contents, and what is learned: tables, and vectors of every head."""
        learned = {name: (name, self.meeting.axes[name]) for name in self.meeting.learned}
        return {name: (place, axes) for place, (name, axes) in enumerate(self.contents.items())} | learned

    @abstractmethod
    def request(self, x: Any, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call for queries x at these positions."""

    def shape(self, x: Any, positions: Any) -> tuple[int, ...]:
        """What the contract states of the result for queries x at these positions."""
        return (*x.shape[:-1], len(self.meeting.keys_of(x, positions)))

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Any = None) -> tuple[Any, ...]:
        """What a call is asked with: queries called `name`, and their positions."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def answer(self, x: Any, positions: Any, **words: Any) -> Answer:
        """The answer to a call for queries x at these positions, whatever comes back."""
        return self.door.ask(self.request(x, positions, **words))

    def accepted(self, answer: Answer, x: Any, positions: Any) -> np.ndarray:
        """The numbers of an answer. Raises Malformed for another shape."""
        return answer.shaped(*self.shape(x, positions))

    def result(self, x: Any, positions: Any, **words: Any) -> np.ndarray:
        """What comes back for queries x at these positions."""
        return self.accepted(self.answer(x, positions, **words), x, positions)

    def output(self, x: Any, positions: Any, **words: Any) -> np.ndarray:
        """The entries of the result, (..., nq, nk, 1)."""
        return self.read(self.result(x, positions, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The entries of a result."""
        return self.meeting.pairs(result)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def met(self) -> tuple[Any, ...]:
        """Queries of the case, and keys wherever they meet it."""
        m = self.setup.case.positions
        n = self.meeting.keys(m)
        return self.draw("q"), self.draw("k", len(n)), m, n

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The indices say it all."""
        return {}

    @property
    def expected(self) -> str:
        """What the plainest call has to return."""
        return f"a tensor of shape {self.shape(*self.inputs())}"


@dataclass(frozen=True)
class TruthBetween(ABC):
    """What the spec says of the entries between queries x at positions and the keys of the case."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup)

    @abstractmethod
    def _exact(self, x: Any, m: Any, n: np.ndarray) -> np.ndarray:
        """The true result, (..., nq, nk). Raises Undefined."""

    @abstractmethod
    def _allowed(self, x: Any, m: Any, n: np.ndarray, shared: bool) -> np.ndarray:
        """The error allowed to it, (..., nq, nk). Raises Undefined."""

    def _shape(self, x: Any, m: Any, n: Any) -> tuple[int, ...]:
        return (*x.shape[:-1], len(n))

    def _relearned(self, name: str, direction: np.ndarray, m: Any, n: Any, add: Add) -> Change:
        """The change with what is learned under that name: entries are polynomials of degree 2 in it at most.

        Half of a difference is exact for these; from `|a|` to `|a| + |direction|`, absolute values grow by more.
        """
        there, far = extended(direction), np.abs(direction)
        here = extended(self.meeting.learned[name])
        queries, keys = self.meeting.places(m), self.meeting.places(n)
        up, down, grown, known = (
            self.meeting.parts(queries, keys, False, **{name: each})
            for each in (here + there, here - there, np.abs(here) + far, np.abs(here))
        )
        value = (add(up, lambda part: part.value, False) - add(down, lambda part: part.value, False)) / 2
        off = add(grown, lambda part: part.error_bound, True) - add(known, lambda part: part.error_bound, True)
        size = add(grown, lambda part: part.magnitude, True) - add(known, lambda part: part.magnitude, True) + off
        shape = self._shape(np.zeros((self.setup.case.batch, self.setup.case.heads, len(m), 1)), m, n)
        value, off, size = (np.broadcast_to(each, shape) for each in (value, off, size))
        return Change(value, off, size, int(np.prod(shape)) * len(up))

    def output(self, x: Any, positions: ArrayLike) -> np.ndarray:
        """The true entries, (..., nq, nk, 1); not a number where the definition says nothing."""
        n = self.meeting.keys_of(x, positions)
        try:
            return self.meeting.pairs(self._exact(x, positions, n))
        except Undefined:
            return np.full((*self._shape(x, positions, n), 1), np.nan)

    def bound(self, x: Any, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every entry of `output`; none where the definition says nothing."""
        n = self.meeting.keys_of(x, positions)
        try:
            return self._allowed(x, positions, n, shared)[..., None]
        except Undefined:
            return np.zeros((*self._shape(x, positions, n), 1))

    def another_basis(self, q: Any, k: Any, m: ArrayLike, n: ArrayLike, *, mixed: int) -> np.ndarray:
        """No entry between a query and a key has a basis."""
        return np.zeros(1)

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""
        return bounds.summation(4 * tokens + 8)

    @property
    def length_change(self) -> float:
        """How much an entry may change without its angle, relative to it."""
        return self.meeting.length_change

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return self.meeting.rounding

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entry of the definition."""
        return np.asarray(self.meeting.ceiling)

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs: no layout shows in them."""
        return inputs
