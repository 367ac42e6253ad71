"""What a check sees of code that acts between queries and keys; what it acts on makes the difference.

The rows of its output are the queries, at the positions that a check asks for; the keys stand still, where the case has
them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from properties.subjects.arrays import as_tensor, wide
from properties.subjects.misbehaviour import raising, shaped
from properties.subjects.subject import Subject
from spec.numbers import bounds, ranges
from spec.numbers import pairwise as scores
from spec.numbers.coefficients import Place, Setting
from spec.numbers.learned import learned, trained
from spec.numbers.pairwise import Part, Precision

Call = tuple[tuple[Any, ...], dict[str, Any]]


class Scores(Subject):
    """An implementation of a bias, of a form in query and key, or of a factor of weights."""

    # Where keys stand, and what they hold

    def keys(self, positions: Any) -> Tensor:
        """Where the keys of a call stand: at the case's others, or where its queries do, and the first of these twice.

        Where places must follow one another, at the next instead. On a finite grid in every cell. Where rows are made
        to sum to 1 again, one more stands where every query sees it.
        """
        case, cells = self.case, self.spec.cells_at(self.case.dim, self.parameters)
        if cells is not None:
            keys = as_tensor(np.indices(cells).reshape(self.spec.grid.axes, -1).T)
        else:
            after = case.positions[-1] + 1 if self.implementation.positions == "contiguous" else case.positions[0]
            places = list(case.others or (*case.positions, after))
            if self.spec.definition.renormalised:
                places.append(min(*places, *np.ravel(positions).tolist()))
            keys = self.located(tuple(places))
        wanted = positions.dtype if isinstance(positions, Tensor) else keys.dtype
        return keys.to(wanted) if wanted.is_floating_point or not keys.dtype.is_floating_point else keys

    def held(self, x: Tensor, keys: Tensor) -> Tensor:
        """The contents of the keys, with the axes of x."""
        return self.draw("k", len(keys))[(0,) * (4 - x.ndim)]

    @property
    def columns(self) -> int:
        """How many columns a learned table has."""
        return self.case.heads

    @cached_property
    def supplied(self) -> dict[str, Tensor]:
        """Everything learned that the definition speaks of, drawn for the case."""
        vector = (self.case.heads, self.case.dim)
        found = learned(self.spec)
        return {n: self.learned(n, *((self.rows_of_table, self.columns) if found[n] == 2 else vector)) for n in found}

    def learned(self, name: str, *shape: int) -> Tensor:
        """Numbers that training would find; where a witness is replayed its own, and zeros behind the first block."""
        if not self.case.content:
            return super().learned(name, *shape)
        values = np.zeros(shape)
        for column, at in enumerate(self.first_columns):
            rows = range(shape[0]) if name == "table" else [column] * shape[0]
            values[:, at] = [float(trained(row, column if name == "table" else 0)) for row in rows]
        return self.rounded(values)

    @property
    def first_columns(self) -> Sequence[int]:
        """The columns of learned numbers that the first block meets."""
        return range(self.columns)

    def rounded(self, values: np.ndarray) -> Tensor:
        """Numbers in the dtype, such as the accuracy asked for can hold."""
        wanted = getattr(torch, self.accuracy)
        return torch.tensor(np.asarray(values, dtype=np.float64)).to(wanted).to(self.torch_dtype)

    # Calls

    def call_of(self, x: Tensor, k: Tensor, m: Tensor, n: Tensor) -> Call:
        """What a call is given for queries x at m and keys k at n."""
        raise NotImplementedError

    def handed(self) -> dict[str, Tensor]:
        """What is learned, in copies: the code may do with them as it likes."""
        return {name: learned.clone() for name, learned in self.supplied.items()}

    def arguments(self, x: Tensor, positions: Any) -> Call:
        """What a call of the instance is given, by place and by name."""
        m, n = self.located(positions), self.keys(positions)
        return self.call_of(x, self.held(x, n), m, n)

    def called(self, arguments: Call, shape: tuple[int, ...]) -> Tensor:
        """The result of the instance, of that shape."""
        given, named = arguments
        with raising():
            return shaped(self.instance()(*given, **named), shape)

    def shape(self, x: Tensor, m: Any, n: Any) -> tuple[int, ...]:
        """The shape that the contract states."""
        return (*x.shape[:-2], len(m), len(n))

    def output(self, x: Tensor, positions: Any, role: str = "query") -> Tensor:
        """Bias (heads, nq, nk), logits or weights (..., nq, nk) of the queries x at these positions with the keys."""
        shape = self.shape(x, self.located(positions), self.keys(positions))
        return self.called(self.arguments(x.clone(), positions), shape)

    def views(self, x: Tensor) -> list[Tensor]:
        """Vectors of all shapes that a call must take."""
        return [x, x[..., :1, :]]

    def shapes(self, x: Tensor, positions: Sequence[float]) -> list[tuple[Any, Any]]:
        """The shapes that come back, and those of the contract: for one token, and for fewer and more leading axes."""
        found = []
        for view in self.views(x):
            p = positions[: view.shape[-2]]
            given, named = self.arguments(view, p)
            with raising():
                result = self.instance()(*given, **named).shape
            found.append((tuple(result), self.shape(view, p, self.keys(p))))
        return found

    def pairs(self, x: Any) -> np.ndarray:
        """The entries of an output, (..., nq, nk, 1).

        What leaves the range of the dtype counts as its largest number, here as in what is exact.
        """
        most = torch.finfo(self.torch_dtype).max
        values = np.asarray(wide(x) if isinstance(x, Tensor) else x, dtype=np.longdouble)
        return np.clip(values, -most, most)[..., None]

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `pairs`, from the last one backwards."""
        return ("coordinate", "key", "token", "head", "batch")

    @property
    def rest(self) -> slice:
        """Nothing is left out."""
        return slice(self.case.dim, self.case.dim)

    # The truth

    @cached_property
    def _found(self) -> dict[Any, list[Part]]:
        return {}

    def parts(self, m: Sequence[Place], n: Sequence[Place], shared: bool = False) -> list[Part]:
        """The terms of the definition between these places, found once."""
        asked = (tuple(m), tuple(n), shared)
        if asked not in self._found:
            case, parameters = self.case, tuple(sorted(self.parameters.items()))
            setting = Setting(self.spec, case.dim, parameters, case.heads, self.length)
            tables = {name: np.asarray(wide(table), dtype=np.longdouble) for name, table in self.supplied.items()}
            precision = Precision(self.accuracy, self.angle, shared)
            self._found[asked] = scores.parts(setting, m, n, tables, self.coordinates, precision)
        return self._found[asked]

    def places(self, positions: Any) -> list[Place]:
        """Positions as places, one coordinate an axis."""
        return [tuple(p) if isinstance(p, list) else (p,) for p in self.located(positions).tolist()]

    def exact(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place]) -> np.ndarray:
        """The true result."""
        raise NotImplementedError

    def off(self, x: Tensor, k: Tensor, m: list[Place], n: list[Place], *, shared: bool) -> np.ndarray:
        """The error allowed to the result."""
        raise NotImplementedError

    def exact_output(self, x: Tensor, positions: ArrayLike, role: str = "query") -> np.ndarray:
        """The true `pairs` of `output`; not a number where the definition says nothing."""
        n = self.keys(positions)
        try:
            return self.pairs(self.exact(x, self.held(x, n), self.places(positions), self.places(n)))
        except ValueError:
            return np.full((*self.shape(x, np.asarray(positions), n), 1), np.nan)

    def bound(self, x: Tensor, positions: ArrayLike, *, shared: bool = False, role: str = "query") -> np.ndarray:
        """The error allowed to every entry of `pairs(output)`; none where the definition says nothing."""
        n = self.keys(positions)
        try:
            off = self.off(x, self.held(x, n), self.places(positions), self.places(n), shared=shared)
        except ValueError:
            off = np.zeros(self.shape(x, np.asarray(positions), n))
        return off[..., None]

    def accumulated(self, terms: int) -> float:
        """The error allowed to a sum of so many products, relative to their sizes."""
        return bounds.accumulated(terms, 4, self.angle, bounds.UNIT[self.accuracy])

    @property
    def ceiling(self) -> float:
        """The largest entry of the definition, its learned numbers as large as they were drawn; 1 without a bound."""
        reached = ranges.ceiling(self.spec, self.case.dim, self.parameters, float(max(self.scales, default=1.0)))
        drawn = max((float(table.abs().max()) for table in self.supplied.values()), default=1.0)
        return reached * max(1.0, drawn) ** 2 if np.isfinite(reached) else 1.0

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        waves = 4 * bounds.trigonometric(self.angle, bounds.UNIT[self.accuracy]) if self.spec.turns else 0.0
        return self.accumulated(9 * self.case.dim) + waves

    def sizes(self, x: Tensor) -> Any:
        """How large the contents are that the definition meets."""
        return 1.0
