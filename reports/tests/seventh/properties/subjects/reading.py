"""Code that multiplies values: f(v, positions) -> v, both (..., n, dim)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from spec.definitions.reading import Reading

from impls.door.crossing import Answer, Request
from properties.subjects.arrays import softmax, transposed
from properties.subjects.door import Door
from properties.subjects.protocols import Shapes
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place
from spec.definitions.symbols import POSITION
from spec.numbers import bounds
from spec.numbers.balls import ball, compiled, extended


@dataclass(frozen=True)
class ReadingCode:
    """An implementation of a factor on values, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("entry", "coordinate", "token", "head", "batch")
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    has_dtype: ClassVar[bool] = True
    expected: ClassVar[str] = "a tensor of the shape and dtype of v"
    remedy: ClassVar[str] = "return the dtype of the input"

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        return f"f(v, positions) with v {self.draw('x').shape} {self.setup.dtype}"

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Sequence[float] | None = None) -> tuple[Any, ...]:
        """Values called `name`, and their positions."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def request(self, v: np.ndarray, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call with these values."""
        given = (self.setup.vectors(v), self.setup.places(self.setup.located(positions), position_dtype))
        return Request(instance=self.setup.instance, given=given, **words)

    def answer(self, v: np.ndarray, positions: Any, **words: Any) -> Answer:
        """The answer, whatever came back."""
        return self.door.ask(self.request(v, positions, **words))

    def accepted(self, answer: Answer, v: np.ndarray, positions: Any) -> np.ndarray:
        """The values of an answer. Raises Malformed for another shape."""
        return answer.shaped(*v.shape)

    def result(self, v: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """The accepted answer."""
        return self.accepted(self.answer(v, positions, **words), v, positions)

    def of_head(self, head: int) -> np.ndarray:
        """The values of one head where it is the only one."""
        v, positions = self.inputs()
        return self.result(v[:, head : head + 1], positions)

    def output(self, v: np.ndarray, positions: Any, **words: Any) -> np.ndarray:
        """Every coordinate by itself, (..., n, dim, 1)."""
        return self.read(self.result(v, positions, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """Every coordinate by itself."""
        return np.asarray(result, dtype=np.longdouble)[..., None]

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The indices say it all."""
        return {}

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract."""
        v, positions = self.inputs()
        views = (v, v[0], v[..., :1, :])
        return [(self.answer(each, positions[: each.shape[-2]]).values.shape, each.shape) for each in views]

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The plain products, (..., len(m), len(n))."""
        return np.asarray(q @ transposed(k))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v, (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        visible = np.tril(np.ones((len(positions), len(positions))))
        weights = softmax(np.where(visible, 0.0, -np.inf))
        return np.asarray(weights @ self.result(tokens, positions))


@dataclass(frozen=True)
class ReadingTruth:
    """What the spec says of values that are multiplied."""

    setup: Setup
    sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    length_change: ClassVar[float] = 0.0
    rounding: ClassVar[float] = 0.0
    unit: ClassVar[np.ndarray] = np.array([0])

    @cached_property
    def _evaluate(self) -> Any:
        return compiled([POSITION], self.setup.definition(Reading).entry)

    def output(self, v: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The true values, (..., n, dim, 1)."""
        places = self.setup.located(positions).tolist()
        factors = np.array([extended(self._evaluate(ball(place))) for place in places])
        return np.asarray(v * factors[:, None])[..., None]

    def bound(self, v: np.ndarray, positions: ArrayLike, *, shared: bool = False) -> np.ndarray:
        """The error allowed to every coordinate: of its roundings."""
        unit = self.setup.definition(Reading).roundings * bounds.UNIT[self.setup.accuracy]
        return np.asarray(unit * np.abs(v))[..., None]

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits."""
        return np.asarray(np.asarray(q, dtype=np.longdouble) @ transposed(k))

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to them: that of the sum."""
        return np.asarray(bounds.summation(q.shape[-1]) * (np.abs(q) @ transposed(np.abs(k))))

    def ceiling(self, v: np.ndarray) -> np.ndarray:
        """The largest entries: those of the values."""
        return np.abs(v)

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens."""
        return bounds.summation(4 * tokens + 8)

    def untouched(self, *inputs: Any) -> np.ndarray:
        """Nothing is left as it is."""
        return np.empty(0)

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs."""
        return inputs


PLACE = Place(definition=Reading, code=ReadingCode, truth=ReadingTruth)
