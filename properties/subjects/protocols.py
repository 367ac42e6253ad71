"""What code and truth of any kind can be asked: each place where an encoding acts answers in its own way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from impls.door.crossing import Answer, Request
from properties.subjects.door import Door
from properties.subjects.setup import Setup

Shapes = list[tuple[tuple[int, ...], tuple[int, ...]]]
"""What came back, and what the contract states."""


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

    def of_head(self, head: int) -> np.ndarray:
        """What comes back for one head where it is the only one; of what heads have for themselves, it has the first.

        A table has no heads.
        """

    @property
    def mixed(self) -> int:
        """How many coordinates may meet in one, where it gives its vectors in a basis of their own."""


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


class HandedCode(AttendingCode, Protocol):
    """An implementation that is handed queries and keys, or one of them."""

    def drawn(self) -> tuple[np.ndarray, ...]:
        """The vectors of the case that a call is handed: those of one side, or queries and keys."""

    def asked(self, *contents: np.ndarray, by: int = 0) -> tuple[Any, ...]:
        """What a call is asked with for these contents, at the positions of the case, all farther by as much."""

    def in_rows(self, *contents: np.ndarray, by: Sequence[int]) -> np.ndarray:
        """What comes back where the positions of each row of the batch are farther by an offset of its own."""

    def mismatched(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Calls with more or fewer positions than tokens, in words, and what they are asked with."""


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

    def another_basis(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, mixed: int) -> np.ndarray:
        """The error that is added to them in a basis of its own, where so many coordinates meet in one."""


class HandedTruth(AttendingTruth, Protocol):
    """What the spec says of the results of such an implementation."""

    def narrowed(self, *inputs: Any) -> np.ndarray:
        """The error allowed where results may be rounded to bfloat16 on the way, but angles may not."""
