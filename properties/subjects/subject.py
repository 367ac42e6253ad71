"""What a check sees: code that answers, and beside it the truth. Neither knows the other.

    agreement(s.code.output(x, p), s.truth.output(x, p), s.truth.bound(x, p))

Each place where an encoding acts has a file in this folder that says how code of that kind is asked and what is true of
its results. What all kinds can do is listed here; what only some can do is a method of these alone.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from impls import Implementation
from properties.cases import real
from properties.cases.case import Case
from properties.cases.families import Family
from properties.cases.mistaken import MISTAKEN
from properties.subjects.crossing import Answer, Request
from properties.subjects.door import Door
from properties.subjects.setup import Setup
from spec import Encoding

Shapes = list[tuple[tuple[int, ...], tuple[int, ...]]]
"""What came back, and what the contract states."""
SMOKED = Case(dim=8, positions=(1, 2, 3, 4, 5))
"""The plainest case: five tokens of eight coordinates."""


@dataclass(frozen=True)
class Change:
    """By how much the entries of a result change with an argument, along one direction.

    `off` is what coefficients may add to that in error, `size` the change of the sum of the terms' absolute values;
    so many `terms` meet in one entry of a gradient at most.
    """

    value: np.ndarray
    off: np.ndarray
    size: np.ndarray
    terms: int


class Code(Protocol):
    """An implementation of any kind, on a case. `output` is what is compared."""

    @property
    def setup(self) -> Setup:
        """What it was told."""

    @property
    def door(self) -> Door:
        """The way to it."""

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `output`, from the last one backwards."""

    @property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that it tells apart, each as keywords of `output`; a single one without any."""

    @property
    def both_sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention, whether it tells them apart or not."""

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result follows what it is asked with."""

    @property
    def shown(self) -> str:
        """The call of the case, in words."""

    @property
    def expected(self) -> str:
        """What that call has to return, in words."""

    @property
    def remedy(self) -> str:
        """What to do where it returns another dtype."""

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`, (batch, heads, rows, dim)."""

    def inputs(self, name: str = "x", positions: Any = None) -> tuple[Any, ...]:
        """What a call is asked with: contents called `name`, at these positions or those of the case."""

    def request(self, *inputs: Any, **words: Any) -> Request:
        """The bare call. `words`: `position_dtype`, and those of a request."""

    def answer(self, *inputs: Any, **words: Any) -> Answer:
        """The answer, whatever came back."""

    def accepted(self, answer: Answer, *inputs: Any) -> np.ndarray:
        """The numbers of an answer. Raises Malformed where they have another shape than the contract states."""

    def result(self, *inputs: Any, **words: Any) -> np.ndarray:
        """The accepted answer."""

    def output(self, *inputs: Any, **words: Any) -> np.ndarray:
        """The result as the definition speaks of it: `read` of it."""

    def read(self, result: np.ndarray) -> np.ndarray:
        """A result as the definition speaks of it."""

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """What of a result the definition leaves as it was."""

    def met(self) -> tuple[Any, ...]:
        """What `logits` are asked with, to see all that attention sees of the case."""

    def shapes(self) -> Shapes:
        """The shapes of calls of several sizes, beside those of the contract."""

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """What else is known of a place in the output, given by the indices on its axes."""


class Truth(Protocol):
    """What the spec says of the results of a case."""

    @property
    def setup(self) -> Setup:
        """What it was told."""

    def output(self, *inputs: Any, **side: Any) -> np.ndarray:
        """The true output."""

    def bound(self, *inputs: Any, **side: Any) -> np.ndarray:
        """The error allowed to it; `shared`: between it and another output of the same code."""

    def untouched(self, *inputs: Any, **side: Any) -> np.ndarray:
        """What the definition leaves as it is."""

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs, for code in another layout."""


class AttendingCode(Code, Protocol):
    """An implementation of what acts within attention."""

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, (..., len(m), len(n))."""

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), (..., n, dim)."""


class SummingCode(Code, Protocol):
    """An implementation whose results add up what many arguments, learned or not, contribute."""

    @property
    def letters(self) -> str:
        """The axes of a result: b(atch), h(ead), q(uery), k(ey), t(oken), d: coordinate."""

    @property
    def differentiable(self) -> Mapping[str, tuple[int | str, str]]:
        """The arguments that a gradient reaches, by name: where they are handed in, and their axes; r is a row."""


class SummingTruth(Truth, Protocol):
    """What the spec says of such results."""

    def changed(self, name: str, direction: np.ndarray, *inputs: Any) -> Change:
        """How a result changes with the argument of that name."""


class AttendingTruth(Truth, Protocol):
    """What the spec says of what acts within attention."""

    @property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that the definition tells apart, each as keywords of `output`."""

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which contents have a 1 that measure the encoding by itself."""

    @property
    def length_change(self) -> float:
        """How much an entry may change without its angle, relative to it."""

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entries that the definition makes of contents."""

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., len(m), len(n))."""

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to them."""

    def another_basis(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The error that is added to them where code gives its vectors in a basis of its own."""


C = TypeVar("C", bound=Code, covariant=True)
T = TypeVar("T", bound=Truth, covariant=True)


@dataclass(frozen=True)
class Subject(Generic[C, T]):
    """Code and truth of one implementation, at one dtype, on one case."""

    code: C
    truth: T

    @property
    def setup(self) -> Setup:
        """What both were told."""
        return self.code.setup

    @property
    def case(self) -> Case:
        """The case."""
        return self.setup.case

    @property
    def encoding(self) -> Encoding:
        """The encoding that the code claims to be."""
        return self.setup.encoding

    @property
    def implementation(self) -> Implementation:
        """The code, and what it declares."""
        return self.setup.implementation

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`, (batch, heads, rows, dim); as many rows as positions."""
        return self.code.draw(name, rows)

    def varied(self, *, fresh: bool = False, **changes: Any) -> Self:
        """The same with another dtype or case; `fresh`: asked of instances that have never been called."""
        setup = dataclasses.replace(self.setup, **changes)
        door = self.code.door.fresh() if fresh else self.code.door
        return type(self)(type(self.code)(setup, door), type(self.truth)(setup))  # type: ignore[call-arg]

    def alone(self) -> Self:
        """The same, where a call sees no other tokens than those that are handed in."""
        return self.varied(anchored=False)


Attending = Subject[AttendingCode, AttendingTruth]
Summing = Subject[SummingCode, SummingTruth]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the suite has to know of a kind of definition in order to check code of it.

    `cases` are the families that stand for those which properties ask for, `sizes` the one of real sizes; `smoke` the
    plainest case; `told_apart` the cases in which known mistakes differ, `sampled` the positions at which accuracy is
    measured. `row_a_token`: a result has a row for every token.
    """

    definition: type
    code: Callable[[Setup, Door], Code]
    truth: Callable[[Setup], Truth]
    cases: Callable[[Family], Family] = lambda asked: asked
    sizes: Family = real.vectors
    smoke: Case = SMOKED
    told_apart: tuple[Case, ...] = MISTAKEN
    sampled: tuple[int, ...] = ()
    row_a_token: bool = False
