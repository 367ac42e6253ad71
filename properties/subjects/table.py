"""Code that makes a table to be added to the input: f(positions, dim, ...) -> (n, dim). It has no contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.arrays import softmax, transposed
from properties.subjects.blocks import Waves
from properties.subjects.door import Answer, Door, Dtype, Request
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place, Shapes, Subject
from spec.definitions.table import Table
from spec.numbers import bounds


def learned_rows(setup: Setup) -> np.ndarray | None:
    """The learned table, (rows, dim), drawn for the case, where the encoding has one."""
    rows = setup.encoding.rows_at(setup.case.dim, setup.parameters)
    return None if rows is None else setup.learned("table", rows, setup.case.dim)


@dataclass(frozen=True)
class TableCode:
    """An implementation of a table, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "pair", "token")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for."""
        return self.door.takes(self.setup.instance, "dtype")

    def request(self, x: Any, positions: Any, **words: Any) -> Request:
        """The bare call; contents play no part."""
        return self._request(self.setup.located(positions), **words)

    def _request(self, places: np.ndarray, position_dtype: str | None = None, **words: Any) -> Request:
        table = learned_rows(self.setup)
        named = {} if table is None else {"table": self.setup.vectors(table)}
        asked = {"dtype": Dtype(self.setup.dtype)} if self.has_dtype else {}
        given = (self.setup.places(places, position_dtype), self.setup.case.dim)
        return Request(instance=self.setup.instance, given=given, named=named | asked, **words)

    def answer(self, x: Any, positions: Any, **words: Any) -> Answer:
        """The answer to a call, with one more row where the encoding follows the length of the sequence."""
        places = self.setup.located(positions)
        anchored = self.setup.anchor(places) if self.setup.in_a_sequence else places
        return self.door.ask(self._request(anchored, **words))

    def table(self, positions: Any, **words: Any) -> np.ndarray:
        """The rows of the table, (n, dim)."""
        return self.accepted(self.answer(None, positions, **words), None, positions)

    def accepted(self, answer: Answer, x: Any, positions: Any) -> np.ndarray:
        """The rows of an answer. Raises Malformed for another shape."""
        count = len(self.setup.located(positions))
        if not self.setup.in_a_sequence:
            return answer.shaped(count, self.setup.case.dim)
        return answer.shaped(count + 1, self.setup.case.dim)[:-1]

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Sequence[float] | None = None) -> tuple[Any, ...]:
        """What a call is asked with: positions, those of the case by default, beside contents that play no part."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def result(self, x: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """What comes back: the rows."""
        return self.table(positions, **words)

    def output(self, x: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """The blocks of the rows, (n, blocks, width)."""
        return self.read(self.table(positions, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The blocks of rows."""
        return self.setup.pairs(result)

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, summed in float64, shape (..., len(m), len(n))."""
        return np.asarray((q + self.table(m)) @ transposed(k + self.table(n)))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        read = tokens + self.table(positions)
        weights = softmax(self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim))
        return np.asarray(weights @ read)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for all positions and for one."""
        positions, dim = self.setup.case.positions, self.setup.case.dim
        asked = [(n, self.request(None, positions[:n])) for n in (len(positions), 1)]
        return [(self.door.ask(request).values.shape, (n, dim)) for n, request in asked]

    def leak(self) -> np.ndarray:
        """What the pairs of row 0 are beside (0, 1), (pairs, 2): nothing, in the declared layout."""
        return np.asarray(self.setup.pairs(self.table((0,)))[0] - [0, 1])

    def partners(self) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """The coordinates at which row 0 has its ones, and which they would be in each layout."""
        dim = self.setup.case.dim
        ones = np.flatnonzero(self.table((0,))[0] > 0.5)
        return ones, {"interleaved": np.arange(1, dim, 2), "half": np.arange(dim // 2, dim)}

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case = self.setup.case
        return f"f(positions, {case.dim}) with {len(case.positions)} positions, {self.setup.dtype}"

    @property
    def expected(self) -> str:
        """What that call has to return."""
        return f"a table of shape {(len(self.setup.case.positions), self.setup.case.dim)}"

    @property
    def remedy(self) -> str:
        """What to do where the dtype is another one."""
        return (
            "return the dtype that is asked for" if self.has_dtype else "take a keyword dtype, or declare dtypes=(...)"
        )


@dataclass(frozen=True)
class TableTruth:
    """What the spec says of the rows of a table."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    @cached_property
    def waves(self) -> Waves:
        """The numbers of its blocks."""
        return Waves(self.setup, self.setup.definition(Table))

    @property
    def unit(self) -> np.ndarray:
        """No content is needed to see a table."""
        return np.array([], dtype=int)

    @cached_property
    def learned(self) -> np.ndarray | None:
        """The learned table, where there is one."""
        return learned_rows(self.setup)

    def blocks(self, positions: ArrayLike) -> np.ndarray:
        """The exact columns at positions, (n, blocks, width, 1)."""
        if self.learned is not None:
            return self.setup.pairs(self.learned[np.asarray(positions, dtype=int)])[..., None]
        return self.waves.blocks(positions)

    def output(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The true blocks, (n, blocks, width)."""
        return np.asarray(self.blocks(positions)[..., 0])

    def bound(self, x: np.ndarray, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every coordinate of `output`, (n, blocks, 1)."""
        return self.row_bound(positions, shared=shared)[..., None]

    def row_bound(self, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every coordinate of a block, (n, blocks)."""
        waves, definition = self.waves, self.setup.encoding.definition
        entries = np.abs(self.blocks(positions)[..., 0]).max(-1)
        rounded = np.asarray(definition.roundings * waves.work * entries, dtype=np.float64)
        if not self.setup.encoding.turns:
            return rounded
        places, accuracy = waves.along(positions), self.setup.accuracy
        turned = bounds.table(places, waves.thetas, accuracy, waves.angle, shared=shared, further=waves.further)
        return np.asarray(turned + rounded)

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits of contents q and k with the rows at m and n added, (..., len(m), len(n))."""
        queries, keys = self.setup.pairs(q) + self.output(q, m), self.setup.pairs(k) + self.output(k, n)
        return np.asarray(np.einsum("...mbw,...nbw->...mn", queries, keys))

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., len(m), len(n))."""
        dim = self.setup.case.dim
        turned = bounds.logits(*self._reach(q, m, shared), *self._reach(k, n, shared), dim)
        rest_q, rest_k = (np.linalg.norm(x[..., self.setup.rest], axis=-1) for x in (q, k))
        return np.asarray(turned + bounds.summation(dim) * rest_q[..., :, None] * rest_k[..., None, :])

    def _reach(self, x: np.ndarray, positions: ArrayLike, shared: bool) -> tuple[np.ndarray, np.ndarray]:
        """The lengths of the blocks that enter a logit, and the largest errors of these."""
        sums = self.setup.pairs(x) + self.blocks(positions)[..., 0]
        lengths = np.sqrt((sums**2).sum(-1)).astype(np.float64)
        off = np.sqrt(self.setup.encoding.width) * self.row_bound(positions, shared=shared)
        return lengths, np.broadcast_to(off, lengths.shape)

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""
        return bounds.summation(4 * tokens + 8)

    # Lengths and angles

    @property
    def length_change(self) -> float:
        """How much a length may change, relative to it, and be mismeasured: angle errors do not change it."""
        return self.waves.wave()

    def lengths(self, x: np.ndarray) -> np.ndarray:
        """The length of every block of every row where all have the same, (n, blocks)."""
        shape = (len(self.setup.case.positions), len(self.setup.coordinates))
        return np.full(shape, np.sqrt(self.setup.encoding.width / 2))

    def lengths_bound(self, x: np.ndarray) -> np.ndarray:
        """The error allowed to these."""
        return np.asarray(self.length_change)

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entry of the definition."""
        return np.asarray(self.waves.ceiling(1.0 if self.learned is None else float(np.abs(self.learned).max())))

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return self.waves.rounding()

    def start(self, x: np.ndarray) -> np.ndarray:
        """Row 0 where sines and cosines begin: 0, 1, 0, 1, ..., or all zeros, (1, blocks, width)."""
        blocks, width = self.setup.coordinates.shape
        return np.resize([0, 1][:width], (1, blocks, width))

    leak: ClassVar[float] = 0.0
    """The error allowed to the pairs of row 0."""

    def first(self) -> np.ndarray:
        """Vectors for a table to be asked with, (n, dim); none is looked at."""
        return np.zeros((len(self.setup.case.positions), self.setup.case.dim))

    def angles(self, pairs: np.ndarray) -> np.ndarray:
        """The angle of every pair (..., 2) of a row, which is (sin, cos)."""
        return np.asarray(np.arctan2(pairs[..., 0], pairs[..., 1]))

    def chord(self, positions: ArrayLike) -> np.ndarray:
        """How far a pair may be from where it should be, (n, blocks)."""
        return np.asarray(np.sqrt(2) * self.row_bound(positions))

    def pair_bound(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The error allowed to a whole pair, (n, blocks), relative to its length."""
        return self.chord(positions)

    pair_length: ClassVar[float] = 1.0
    """The length of a pair of sine and cosine."""
    turns_vectors: ClassVar[bool] = False

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs: no layout shows in them."""
        return inputs


OnTables = Subject[TableCode, TableTruth]
PLACE = Place(definition=Table, code=TableCode, truth=TableTruth, row_a_token=True)
