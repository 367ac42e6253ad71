"""What an implementation is given, and what it gives back: one implementation at one dtype on one case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Self, cast

import numpy as np
import torch
from torch import Tensor

from impls import Implementation
from impls.declaration import accepts, without_default
from properties.cases.case import Case, reach
from properties.subjects.arrays import as_tensor, extended, softmax, wide
from properties.subjects.misbehaviour import raising, shaped
from spec import ENCODINGS, Encoding
from spec.definitions.words import Layout, Role

Instances = dict[Any, Callable[..., Tensor]]


@dataclass(frozen=True)
class Calls:
    """An implementation, at a dtype, on a case; `instances` holds what its factory built for a dimension.

    Where an encoding follows the length of the sequence, all results of one case are those within one sequence, as long
    as its farthest position asks: `anchored` calls bring one more token that stands there.
    """

    implementation: Implementation
    dtype: str
    case: Case
    instances: Instances = field(default_factory=dict, compare=False)
    anchored: bool = True

    # What is being checked

    @cached_property
    def spec(self) -> Encoding:
        """The encoding that it claims to be, under its convention."""
        return ENCODINGS[self.implementation.encoding].under(self.implementation.convention)

    @cached_property
    def torch_dtype(self) -> torch.dtype:
        """The dtype of vectors and tables."""
        return getattr(torch, self.dtype)  # type: ignore[no-any-return]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The value of every parameter, as the implementation must understand it on this case."""
        return self.spec.configured(self.case.dim, self.given)

    @cached_property
    def given(self) -> dict[str, Any]:
        """The parameters of the case that the implementation takes, over which its fixed ones stand."""
        taken = {name: value for name, value in self.case.parameters if accepts(self.implementation.function, name)}
        return taken | dict(self.implementation.parameters)

    @cached_property
    def _passed(self) -> dict[str, Any]:
        fixed = self.implementation.parameters
        known = self.spec.configured(self.case.dim, self.given)
        required = without_default(self.implementation.function) & set(known)
        given = {name: value for name, value in self.given.items() if name not in fixed}
        return {name: known[name] for name in required} | given

    @cached_property
    def limit(self) -> int | None:
        """The largest position that it supports, where there is one."""
        return reach(self.implementation, self.case.dim, dict(self.case.parameters))

    @property
    def accuracy(self) -> str:
        """The dtype whose accuracy is asked for: float64 is held to float32 unless the implementation claims it."""
        claimed = "float64" in (self.implementation.dtypes or ())
        return self.dtype if claimed or self.dtype != "float64" else "float32"

    # Calls

    def instance(self) -> Callable[..., Tensor]:
        """The callable itself, parameters filled in; what a factory returned is kept for the next call.

        Where an encoding follows the length of the sequence, for the next call of the same length: what remains of
        other sequences is a question of its own.
        """
        followed = self.length if self.spec.blocks.follows_length else None
        key = (self.case.dim, followed, tuple(sorted(self._passed.items())))
        if key not in self.instances:
            function = self.implementation.function
            made = partial(function, **self._passed)
            self.instances[key] = made(self.case.dim) if self.implementation.factory else made
        return self.instances[key]

    def encode(self, x: Tensor, positions: Any, role: str = "query") -> Tensor:
        """What becomes of vectors (..., n, dim) at positions (n,); of which the code gets a copy."""
        places = self.located(positions)
        if not self._in_a_sequence:
            return shaped(self.call(x.clone(), places, role), tuple(x.shape))
        longer = torch.cat([x, torch.zeros_like(x[..., :1, :])], dim=-2)
        return shaped(self.call(longer, self._with_anchor(places), role), tuple(longer.shape))[..., :-1, :]

    def _with_anchor(self, places: Tensor) -> Tensor:
        """One more position in every row: the last of the sequence."""
        anchor = self.located((self.length - 1,)).to(places.dtype)
        if self.spec.grid.axes == 1:
            return torch.cat([places, anchor.expand(*places.shape[:-1], 1)], dim=-1)
        return torch.cat([places, anchor])

    def table(self, positions: Any) -> Tensor:
        """The rows of the table, (n, dim)."""
        places = self.located(positions)
        if not self._in_a_sequence:
            return shaped(self.call_table(places), (len(places), self.case.dim))
        anchored = torch.cat([places, places.new_tensor([self.length - 1])])
        return shaped(self.call_table(anchored), (len(anchored), self.case.dim))[:-1]

    @property
    def _in_a_sequence(self) -> bool:
        return self.anchored and self.spec.blocks.follows_length

    @cached_property
    def length(self) -> int:
        """How far the sequence reaches: one more than its largest position."""
        case = self.case
        if not self.anchored:
            return int(max(case.positions)) + 1
        return 2 * int(max(map(abs, (*case.positions, *case.others)))) + case.shift + 2

    def located(self, positions: Any) -> Tensor:
        """Positions as a tensor, (n,) or (n, axes): those of a statement are laid out on the encoding's line."""
        if isinstance(positions, Tensor) or self.spec.grid.axes == 1:
            return as_tensor(positions)
        shape = np.shape(positions)
        return as_tensor(np.reshape(self.spec.grid.lay(np.ravel(positions).tolist()), (*shape, self.spec.grid.axes)))

    def moved(self, positions: Any, by: int) -> Any:
        """Positions, each farther by the same offset: on a grid, by that of the offset's place on the line."""
        return np.asarray(positions) + by if self.spec.grid.axes == 1 else self.located(positions) + self.located((by,))

    def alone(self) -> Self:
        """The same, where a call sees no other tokens than those that are handed in."""
        return replace(self, anchored=False)

    def on_a_line(self) -> Self:
        """The truth of RoPE in one dimension, in the same layout: what remains on the diagonal of a grid."""
        return replace(self, implementation=replace(self.implementation, encoding="rope", convention=None))

    def call(self, x: Tensor, positions: Tensor, role: str = "query") -> Tensor:
        """The bare call of a map, with the very tensors given, whatever comes back."""
        with raising():
            call = self.instance()
            return call(x, positions, **self.supplied, **({"role": role} if accepts(call, "role") else {}))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The sides of attention that it tells apart; the query stands for both where it does not."""
        return (
            ("query", "key") if accepts(self.instance(), "role") or len(self.spec.definition.roles) > 1 else ("query",)
        )

    def call_table(self, positions: Tensor) -> Tensor:
        """The bare call of a table, whatever comes back."""
        with raising():
            return self.instance()(positions, self.case.dim, **self.supplied, **self.table_dtype)

    @cached_property
    def supplied(self) -> dict[str, Tensor]:
        """The learned table, drawn for the case, where the encoding has one."""
        if self.spec.definition.rows is None:
            return {}
        return {"table": self.learned("table", self.rows_of_table, self.case.dim)}

    @property
    def rows_of_table(self) -> int:
        """How many rows the learned table has."""
        return self.spec.rows_at(self.case.dim, self.parameters) or 0

    def learned(self, name: str, *shape: int) -> Tensor:
        """Numbers that training would find, in the dtype."""
        drawn = self.case.numbers(name, *shape)
        return drawn.to(getattr(torch, self.accuracy)).to(self.torch_dtype)

    @property
    def table_dtype(self) -> dict[str, torch.dtype]:
        """The keyword that asks for a dtype, where the function takes one."""
        return {"dtype": self.torch_dtype} if accepts(self.instance(), "dtype") else {}

    def arguments(self, x: Tensor, positions: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a call of the instance is given, by place and by name."""
        places = self.located(positions)
        if self.maps:
            return (x, places), self.supplied | ({"role": "query"} if accepts(self.instance(), "role") else {})
        return (places, self.case.dim), self.supplied | self.table_dtype

    def may_return(self, dtype: torch.dtype) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.torch_dtype

    @property
    def has_dtype(self) -> bool:
        """Whether the dtype of the result can be asked for."""
        return self.maps or accepts(self.instance(), "dtype")

    def shapes(self, x: Tensor, positions: Sequence[float]) -> list[tuple[Any, Any]]:
        """The shapes that come back, and those of the contract: for one token, and for fewer and more leading axes."""
        if not self.maps:
            counts = (len(positions), 1)
            return [(self.call_table(self.located(positions[:n])).shape, (n, self.case.dim)) for n in counts]
        views = [x, x[0], x[0, 0], x[:, None], x[..., :1, :]]
        return [(self.call(t, self.located(positions[: t.shape[-2]])).shape, t.shape) for t in views]

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of `pairs`, from the last one backwards."""
        names = ("coordinate", "pair", "token", "head", "batch")
        return names if self.maps else names[:3]

    def attended(self, v: Tensor, positions: Any) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        values = wide(v.expand(*v.shape[:-2], len(positions), v.shape[-1]))
        tokens = values if self.maps else values + wide(self.table(positions))
        same = torch.tensor(values).to(self.torch_dtype)
        weights = softmax(self.logits(same, same, positions, positions) / np.sqrt(self.case.dim))
        return np.asarray(weights @ tokens)

    def output(self, x: Tensor, positions: Any, role: str = "query") -> Tensor:
        """What the encoding contributes: vectors for a map of queries and keys, rows for a table."""
        return self.encode(x, positions, role) if self.maps else self.table(positions)

    def logits(self, q: Tensor, k: Tensor, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, summed in float64, shape (..., len(m), len(n))."""
        if self.maps:
            queries, keys = wide(self.encode(q, m, "query")), wide(self.encode(k, n, "key"))
        else:
            queries, keys = wide(q) + wide(self.table(m)), wide(k) + wide(self.table(n))
        return np.asarray(queries @ np.swapaxes(keys, -1, -2))

    # Inputs

    @property
    def maps(self) -> bool:
        """Whether it maps queries and keys; otherwise it is a table."""
        return self.spec.acts_on == "query-key"

    def draw(self, name: str, rows: int | None = None) -> Tensor:
        """The vectors of the case called `name`, in the dtype, with values that the accuracy asked for can hold."""
        content = dict(self.case.content).get(name)
        drawn = self.case.draw(name, rows)
        if content is not None:
            drawn = torch.zeros_like(drawn)
            drawn[..., self.coordinates[0]] = torch.tensor(content[: self.spec.width], dtype=torch.float64)
        return drawn.to(getattr(torch, self.accuracy)).to(self.torch_dtype)

    @cached_property
    def coordinates(self) -> np.ndarray:
        """The coordinates of each block in the declared layout, (blocks, width)."""
        return self.spec.coordinates(self.case.dim, self.parameters, cast(Layout | None, self.implementation.layout))

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which the contents have a 1 that measure the encoding by itself."""
        return self.coordinates[:, 0] if self.maps else np.array([], dtype=int)

    @cached_property
    def rest(self) -> slice:
        """The coordinates behind the blocks."""
        return slice(self.coordinates.size, self.case.dim)

    def pairs(self, x: Any) -> np.ndarray:
        """The contents of the blocks, (..., blocks, width), in extended precision."""
        return extended(x)[..., self.coordinates]

    def lengths(self, x: Any) -> np.ndarray:
        """The length of the content of every block, (..., blocks)."""
        values = wide(x) if isinstance(x, Tensor) else np.asarray(x, dtype=np.float64)
        return np.asarray(np.sqrt((values[..., self.coordinates] ** 2).sum(-1)))
