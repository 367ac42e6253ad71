"""Code that makes a bias: f(query_positions, key_positions, heads, ...) -> (heads, nq, nk). It meets no contents.

Beside it stands the plain product, which makes it a logit: q . k + bias, unscaled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from impls.door.crossing import Dtype, Request
from properties.cases import real
from properties.subjects.arrays import extended, softmax, transposed
from properties.subjects.between import CodeBetween, TruthBetween
from properties.subjects.pairwise import Arguments, shown
from properties.subjects.protocols import Change, Shapes
from properties.subjects.setup import attended_tokens
from properties.subjects.subject import Place
from spec.definitions.bias import Bias
from spec.numbers import bounds
from spec.numbers import pairwise as terms


@dataclass(frozen=True)
class BiasCode(CodeBetween):
    """An implementation of a bias, on a case."""

    axes: ClassVar[tuple[str, ...]] = ("coordinate", "key", "token", "head")
    letters: ClassVar[str] = "hqk"

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for: that of the table is its own."""
        return bool(self.meeting.learned) or self._takes_dtype

    @property
    def _takes_dtype(self) -> bool:
        return self.door.takes(self.setup.instance, "dtype")

    def _arguments(self, m: np.ndarray, n: np.ndarray, dtype: str | None = None, heads: int | None = None) -> Arguments:
        asked = {"dtype": Dtype(self.setup.dtype)} if self._takes_dtype else {}
        count = heads or self.setup.case.heads
        return (*self.meeting.positions(m, n, dtype), count), self.meeting.handed(heads) | asked

    def request(self, x: Any, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call for queries at these positions; contents play no part."""
        arguments = self._arguments(self.setup.located(positions), self.meeting.keys(positions), position_dtype)
        return self.meeting.request(arguments, **words)

    def met(self) -> tuple[Any, ...]:
        """The bias by itself: contents without coordinates."""
        m = self.setup.case.positions
        n = self.meeting.keys(m)
        return np.zeros((1, 1, len(m), 0)), np.zeros((1, 1, len(n), 0)), m, n

    def shape(self, x: Any, positions: Any) -> tuple[int, ...]:
        """One number for each head, query and key."""
        return self.setup.case.heads, len(positions), len(self.meeting.keys(positions))

    def _bias(self, m: np.ndarray, n: np.ndarray) -> np.ndarray:
        answer = self.door.ask(self.meeting.request(self._arguments(m, n)))
        return answer.shaped(self.setup.case.heads, len(m), len(n))

    def of_head(self, head: int) -> np.ndarray:
        """The bias of the only head, which has the first column of a table."""
        p = self.setup.case.positions
        m, n = self.setup.located(p), self.meeting.keys(p)
        return self.door.ask(self.meeting.request(self._arguments(m, n, heads=1))).shaped(1, len(m), len(n))

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The plain products and the bias of each head, (batch, heads, nq, nk)."""
        return np.asarray(q @ transposed(k) + self._bias(self.setup.located(m), self.setup.located(n)))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens, places = attended_tokens(v, positions), self.setup.located(positions)
        scaled = tokens @ transposed(tokens) / np.sqrt(self.setup.case.dim)
        return np.asarray(softmax(scaled + self._bias(places, places)) @ tokens)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for all queries and for one."""
        positions = self.setup.case.positions
        return [(self.answer(None, p).values.shape, self.shape(None, p)) for p in (positions, positions[:1])]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        keys = len(self.meeting.keys(self.setup.case.positions))
        asked = f"f(query_positions, key_positions, {self.setup.case.heads}) with {{q}} queries and {{k}} keys"
        return shown(asked, keys, self.setup)

    @property
    def remedy(self) -> str:
        """What to do where the dtype is another one."""
        taken = "return the dtype that is asked for"
        return taken if self._takes_dtype else "take a keyword dtype, or declare dtypes=(...)"


@dataclass(frozen=True)
class BiasTruth(TruthBetween):
    """What the spec says of a bias."""

    @property
    def unit(self) -> np.ndarray:
        """No content is needed to see a bias."""
        return np.array([], dtype=int)

    def _shape(self, x: Any, m: Any, n: Any) -> tuple[int, ...]:
        return self.setup.case.heads, len(m), len(n)

    def _exact(self, x: Any, m: Any, n: Any) -> np.ndarray:
        m, n = self.meeting.places(m), self.meeting.places(n)
        return np.broadcast_to(terms.bias(self.meeting.parts(m, n), lambda part: part.value), self._shape(x, m, n))

    def _allowed(self, x: Any, m: Any, n: Any, shared: bool) -> np.ndarray:
        """The error allowed to the bias: none where it is only looked up."""
        m, n = self.meeting.places(m), self.meeting.places(n)
        found = terms.bias(self.meeting.parts(m, n, shared), lambda part: part.error_bound)
        lost = self.meeting.underflow * self.setup.encoding.computes
        return np.broadcast_to(found + lost, self._shape(x, m, n))

    def ceiling(self, x: Any) -> np.ndarray:
        """The largest bias of the definition; of a sum all terms together, each with its waves at their largest."""
        count, origin = len(self.setup.coordinates), self.meeting.places((0,))
        if count == 1:
            return np.asarray(self.meeting.ceiling)
        return np.asarray(count * terms.bias(self.meeting.parts(origin, origin), lambda part: part.magnitude).max())

    def changed(self, name: str, direction: np.ndarray, x: Any, positions: Any) -> Change:
        """How the bias changes with its table."""
        n = self.meeting.keys(positions)
        if name in self.meeting.inside:
            return self._derived(name, direction, positions, n)
        return self._relearned(name, direction, positions, n, lambda found, what, _: terms.bias(found, what))

    def _derived(self, name: str, direction: np.ndarray, m: Any, n: Any) -> Change:
        """The change along the derivative by a learned number of every head."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n), by=name)
        value, off, size = (
            terms.bias(found, what) * direction[:, None, None]
            for what in (lambda part: part.value, lambda part: part.error_bound, lambda part: part.magnitude)
        )
        return Change(value, np.abs(off), np.abs(size), value.size)

    def ideal(self, m: np.ndarray, n: np.ndarray, heads: int, **learned: Any) -> np.ndarray:
        """The bias that a call should give, (heads, nq, nk)."""
        return self._exact(None, m, n)

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        return np.asarray(extended(q) @ transposed(k) + self._exact(q, m, n))

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., nq, nk), summed in float64."""
        size = np.abs(q) @ transposed(np.abs(k)) + np.abs(self._exact(q, m, n))
        return np.asarray(bounds.summation(self.setup.case.dim) * size + self._allowed(q, m, n, shared))


PLACE = Place(
    definition=Bias,
    code=BiasCode,
    truth=BiasTruth,
    sizes=real.between,
    measured=("prefill", "decode"),
    floor="writing",
    pairs=True,
)
