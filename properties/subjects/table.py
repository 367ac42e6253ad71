"""Code that makes a table to be added to the input: f(positions, dim, ...) -> (n, dim). It has no contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from impls.door.crossing import Answer, Dtype, Request
from properties.cases import real
from properties.subjects.arrays import softmax, transposed
from properties.subjects.blocks import POWERS_OF_TWO
from properties.subjects.door import Door
from properties.subjects.protocols import Shapes
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place, Subject
from properties.subjects.table_truth import TableTruth, learned_rows
from spec.definitions.blocks import LAYOUTS
from spec.definitions.table import Table


@dataclass(frozen=True)
class TableCode:
    """An implementation of a table, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "pair", "token")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    letters: ClassVar[str] = "td"
    differentiable: ClassVar[Mapping[str, tuple[int | str, str]]] = {"table": ("table", "rd")}

    @property
    def mixed(self) -> int:
        """All coordinates may: no content tells which do."""
        return self.setup.case.dim

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
        places = self.setup.located(positions)
        asked = self.setup.anchor(places) if self.setup.in_a_sequence else places
        return answer.shaped(len(asked), self.setup.case.dim)[: len(places)]

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Any = None) -> tuple[Any, ...]:
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
        """The logits of queries at m with keys at n, summed in float64, shape (..., len(m), len(n)).

        All rows are those of one call: where places must follow one another, of all between the first and the last.
        """
        places = np.concatenate([self.setup.located(m), self.setup.located(n)])
        if self.setup.implementation.positions == "contiguous":
            first = places.min()
            rows = self.table(np.arange(first, places.max() + 1))[places - first]
        else:
            rows = self.table(places)
        return np.asarray((q + rows[: len(m)]) @ transposed(k + rows[len(m) :]))

    def met(self) -> tuple[Any, ...]:
        """The rows of the case with one another, without contents."""
        nothing, p = np.zeros((1, self.setup.case.dim)), self.setup.case.positions
        return nothing, nothing, p, p

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        read = tokens + self.table(positions)
        weights = softmax(self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim))
        return np.asarray(weights @ read)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The indices say it all."""
        return {}

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
        setup, ones = self.setup, np.flatnonzero(self.table((0,))[0] > 0.5)
        placed = {each: setup.encoding.coordinates(setup.case.dim, setup.parameters, each) for each in LAYOUTS}
        return ones, {layout: np.sort(pairs[:, -1]) for layout, pairs in placed.items()}

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


OnTables = Subject[TableCode, TableTruth]
PLACE = Place(
    definition=Table,
    code=TableCode,
    truth=TableTruth,
    sizes=real.tables,
    sampled=POWERS_OF_TWO,
    measured=("prefill", "decode"),
)
