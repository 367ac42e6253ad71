"""Code that makes logits of contents: f(q, k, query_positions, key_positions, ...) -> (..., nq, nk), unscaled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.arrays import softmax, transposed
from properties.subjects.crossing import Answer, Numbers, Request
from properties.subjects.door import Door
from properties.subjects.pairwise import Arguments, Meeting, shown
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place, Shapes
from spec.definitions import Undefined
from spec.definitions.form import Form
from spec.numbers import bounds
from spec.numbers import pairwise as terms


def held_contents(setup: Setup, x: np.ndarray) -> np.ndarray:
    """Vectors of the case; large ones are less so where their products would leave the range of float16."""
    return x / 16 if setup.dtype == "float16" and setup.case.kind == "large" else x


@dataclass(frozen=True)
class FormCode:
    """An implementation of a form in query and key, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "key", "token", "head", "batch")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    has_dtype: ClassVar[bool] = True
    remedy: ClassVar[str] = "return the dtype of the input"

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup, by_head=False)

    def _arguments(
        self, q: np.ndarray, k: np.ndarray, m: np.ndarray, n: np.ndarray, dtype: str | None = None
    ) -> Arguments:
        """Queries, keys and their positions; where they have one head, its vectors."""
        named = self.meeting.handed()
        if q.ndim == 2:
            first = {name: Numbers(each.values[0], each.dtype) for name, each in named.items() if name != "table"}
            named = named | first
        return (self.setup.vectors(q), self.setup.vectors(k), *self.meeting.positions(m, n, dtype)), named

    def _shape(self, q: np.ndarray, n: Any) -> tuple[int, ...]:
        return (*q.shape[:-1], len(n))

    def answer(self, x: np.ndarray, positions: Any, **words: Any) -> Answer:
        """The answer to a call with queries x at these positions, whatever comes back."""
        return self.door.ask(self.request(x, positions, **words))

    def request(self, x: np.ndarray, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call with queries x at these positions."""
        m, n = self.setup.located(positions), self.meeting.keys(positions)
        held = held_contents(self.setup, self.meeting.held(x, n))
        return self.meeting.request(self._arguments(x, held, m, n, position_dtype), **words)

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`; large ones are less so where products would leave float16."""
        return held_contents(self.setup, self.setup.draw(name, rows))

    def inputs(self, name: str = "x", positions: Sequence[float] | None = None) -> tuple[Any, ...]:
        """What a call is asked with: queries called `name`, and their positions."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def result(self, x: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """What comes back: the logits of queries x with the keys of the case, (..., nq, nk)."""
        return self.accepted(self.answer(x, positions, **words), x, positions)

    def accepted(self, answer: Answer, x: np.ndarray, positions: Any) -> np.ndarray:
        """The numbers of an answer. Raises Malformed for another shape."""
        return answer.shaped(*self._shape(x, self.meeting.keys(positions)))

    def output(self, x: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """The entries of the logits, (..., nq, nk, 1)."""
        return self.read(self.result(x, positions, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The entries of a result."""
        return self.meeting.pairs(result)

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """What the code makes of queries at m and keys at n, (..., nq, nk)."""
        m, n = self.setup.located(m), self.setup.located(n)
        return self.door.ask(self.meeting.request(self._arguments(q, k, m, n))).shaped(*self._shape(q, n))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        scaled = self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim)
        return np.asarray(softmax(scaled) @ tokens)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for one token, and for fewer leading axes."""
        x, positions = self.inputs()
        asked = [(view, positions[: view.shape[-2]]) for view in (x, x[0], x[0, 0], x[..., :1, :])]
        return [(self.answer(view, p).values.shape, self._shape(view, self.meeting.keys(p))) for view, p in asked]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case, keys = self.setup.case, len(self.meeting.keys(self.setup.case.positions))
        queries = (case.batch, case.heads, len(case.positions), case.dim)
        held = (case.batch, case.heads, keys, case.dim)
        return shown(f"f(q, k, query_positions, key_positions) with q {queries} and k {held}", keys, self.setup)

    @property
    def expected(self) -> str:
        """What that call has to return."""
        x, positions = self.inputs()
        return f"a tensor of shape {self._shape(x, self.meeting.keys(positions))}"


@dataclass(frozen=True)
class FormTruth:
    """What the spec says of the logits of a form in query and key."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def meeting(self) -> Meeting:
        """Where queries and keys meet."""
        return Meeting(self.setup, by_head=False)

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which contents have a 1 that measure the encoding by itself: the first of every block."""
        return np.asarray(self.setup.coordinates[:, 0])

    def _contents(self, x: np.ndarray) -> np.ndarray:
        """The contents of the blocks, each lengthened by a 1, (..., n, blocks, width + 1)."""
        blocks = self.setup.pairs(x)
        return np.concatenate([blocks, np.ones_like(blocks[..., :1])], axis=-1)

    def _held(self, x: np.ndarray, n: np.ndarray) -> np.ndarray:
        return held_contents(self.setup, self.meeting.held(x, n))

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n))
        return terms.total(found, self._contents(q), self._contents(k), lambda part: part.value)

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits: that of every coefficient, and of adding up the products."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n), shared)
        of_q, of_k = (np.abs(self._contents(each)).astype(np.float64) for each in (q, k))
        off = terms.total(found, of_q, of_k, lambda part: part.error_bound)
        size = terms.total(found, of_q, of_k, lambda part: part.magnitude + part.error_bound)
        count = len(found) * len(self.setup.coordinates)
        return np.asarray(off + self.meeting.accumulated(count) * size + count * self.meeting.underflow)

    def output(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The true entries, (..., nq, nk, 1); not a number where the definition says nothing."""
        n = self.meeting.keys(positions)
        try:
            return self.meeting.pairs(self.logits(x, self._held(x, n), positions, n))
        except Undefined:
            return np.full((*x.shape[:-1], len(n), 1), np.nan)

    def bound(self, x: np.ndarray, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every entry of `output`; none where the definition says nothing."""
        n = self.meeting.keys(positions)
        try:
            return self.logit_bound(x, self._held(x, n), positions, n, shared=shared)[..., None]
        except Undefined:
            return np.zeros((*x.shape[:-1], len(n), 1))

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
        """The largest logits that the definition makes of queries x, met by the keys of the case, (..., nq, nk)."""
        held = self._held(x, self.meeting.keys(self.setup.case.positions))
        q, k = (np.abs(self._contents(each)).astype(np.float64).sum(-1) for each in (x, held))
        return np.asarray(self.meeting.ceiling * (q @ transposed(k)))

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs, with the pairs of this layout where another has its own."""
        x, *places = inputs
        moved = x.copy()
        moved[..., other.coordinates.ravel()] = x[..., self.setup.coordinates.ravel()]
        return moved, *places


PLACE = Place(definition=Form, code=FormCode, truth=FormTruth)
