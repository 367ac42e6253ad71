"""Code that makes a bias: f(query_positions, key_positions, heads, ...) -> (heads, nq, nk). It meets no contents.

Beside it stands the plain product, which makes it a logit: q . k + bias, unscaled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.arrays import extended, softmax, transposed
from properties.subjects.crossing import Answer, Dtype, Request
from properties.subjects.door import Door
from properties.subjects.pairwise import Arguments, Meeting, shown
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place, Shapes
from spec.definitions import Undefined
from spec.definitions.bias import Bias
from spec.numbers import bounds
from spec.numbers import pairwise as terms


@dataclass(frozen=True)
class BiasCode:
    """An implementation of a bias, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "key", "token", "head")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup, by_head=True)

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for: that of the table is its own."""
        return bool(self.meeting.learned) or self._takes_dtype

    @property
    def _takes_dtype(self) -> bool:
        return self.door.takes(self.setup.instance, "dtype")

    def _arguments(self, m: np.ndarray, n: np.ndarray, dtype: str | None = None) -> Arguments:
        asked = {"dtype": Dtype(self.setup.dtype)} if self._takes_dtype else {}
        return (*self.meeting.positions(m, n, dtype), self.setup.case.heads), self.meeting.handed() | asked

    def request(self, x: Any, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call for queries at these positions; contents play no part."""
        arguments = self._arguments(self.setup.located(positions), self.meeting.keys(positions), position_dtype)
        return self.meeting.request(arguments, **words)

    def answer(self, x: Any, positions: Any, **words: Any) -> Answer:
        """The answer to that call, whatever comes back."""
        return self.door.ask(self.request(x, positions, **words))

    def _bias(self, m: np.ndarray, n: np.ndarray) -> np.ndarray:
        answer = self.door.ask(self.meeting.request(self._arguments(m, n)))
        return answer.shaped(self.setup.case.heads, len(m), len(n))

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Sequence[float] | None = None) -> tuple[Any, ...]:
        """What a call is asked with: positions of queries, beside contents that play no part."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def result(self, x: Any, positions: Any, **words: Any) -> np.ndarray:
        """What comes back: the bias of queries at these positions, (heads, nq, nk)."""
        return self.accepted(self.answer(x, positions, **words), x, positions)

    def accepted(self, answer: Answer, x: Any, positions: Any) -> np.ndarray:
        """The numbers of an answer. Raises Malformed for another shape."""
        shape = (self.setup.case.heads, len(self.setup.located(positions)), len(self.meeting.keys(positions)))
        return answer.shaped(*shape)

    def output(self, x: Any, positions: Any, **words: Any) -> np.ndarray:
        """The entries of the bias, (heads, nq, nk, 1)."""
        return self.read(self.result(x, positions, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The entries of a result."""
        return self.meeting.pairs(result)

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The plain products and the bias of each head, (batch, heads, nq, nk)."""
        return np.asarray(q @ transposed(k) + self._bias(self.setup.located(m), self.setup.located(n)))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens, places = attended_tokens(v, positions), self.setup.located(positions)
        scaled = tokens @ transposed(tokens) / np.sqrt(self.setup.case.dim)
        return np.asarray(softmax(scaled + self._bias(places, places)) @ tokens)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for all queries and for one."""
        positions, heads = self.setup.case.positions, self.setup.case.heads
        return [
            (self.answer(None, p).values.shape, (heads, len(p), len(self.meeting.keys(p))))
            for p in (positions, positions[:1])
        ]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        keys = len(self.meeting.keys(self.setup.case.positions))
        asked = f"f(query_positions, key_positions, {self.setup.case.heads}) with {{q}} queries and {{k}} keys"
        return shown(asked, keys, self.setup)

    @property
    def expected(self) -> str:
        """What that call has to return."""
        positions = self.setup.case.positions
        return f"a tensor of shape {(self.setup.case.heads, len(positions), len(self.meeting.keys(positions)))}"

    @property
    def remedy(self) -> str:
        """What to do where the dtype is another one."""
        taken = "return the dtype that is asked for"
        return taken if self._takes_dtype else "take a keyword dtype, or declare dtypes=(...)"


@dataclass(frozen=True)
class BiasTruth:
    """What the spec says of a bias."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup, by_head=True)

    @property
    def unit(self) -> np.ndarray:
        """No content is needed to see a bias."""
        return np.array([], dtype=int)

    def _shape(self, m: Any, n: Any) -> tuple[int, int, int]:
        return self.setup.case.heads, len(m), len(n)

    def _exact(self, m: Any, n: Any) -> np.ndarray:
        m, n = self.meeting.places(m), self.meeting.places(n)
        return np.broadcast_to(terms.bias(self.meeting.parts(m, n), lambda part: part.value), self._shape(m, n))

    def _allowed(self, m: Any, n: Any, shared: bool) -> np.ndarray:
        """The error allowed to the bias: none where it is only looked up."""
        m, n = self.meeting.places(m), self.meeting.places(n)
        found = terms.bias(self.meeting.parts(m, n, shared), lambda part: part.error_bound)
        lost = self.meeting.underflow * self.setup.encoding.computes
        return np.broadcast_to(found + lost, self._shape(m, n))

    def output(self, x: Any, positions: ArrayLike) -> np.ndarray:
        """The true entries, (heads, nq, nk, 1); not a number where the definition says nothing."""
        n = self.meeting.keys(positions)
        try:
            return self.meeting.pairs(self._exact(positions, n))
        except Undefined:
            return np.full((*self._shape(positions, n), 1), np.nan)

    def bound(self, x: Any, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every entry of `output`; none where the definition says nothing."""
        n = self.meeting.keys(positions)
        try:
            return self._allowed(positions, n, shared)[..., None]
        except Undefined:
            return np.zeros((*self._shape(positions, n), 1))

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        return np.asarray(extended(q) @ transposed(k) + self._exact(m, n))

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk), summed in float64."""
        size = np.abs(q) @ transposed(np.abs(k)) + np.abs(self._exact(m, n))
        return np.asarray(bounds.summation(self.setup.case.dim) * size + self._allowed(m, n, shared))

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


PLACE = Place(definition=Bias, code=BiasCode, truth=BiasTruth)
