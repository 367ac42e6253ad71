"""Code that maps queries and keys: f(x, positions, ...) -> y, both (..., n, dim)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from properties.subjects.arrays import extended, softmax, transposed
from properties.subjects.blocks import Waves
from properties.subjects.door import Answer, Door, Packed, Request
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place, Shapes, Subject
from spec.definitions.map import Map
from spec.definitions.words import Role
from spec.numbers import bounds, phases


@dataclass(frozen=True)
class MapCode:
    """An implementation of a map of queries and keys, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "pair", "token", "head", "batch")
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = ({"role": "query"}, {"role": "key"})

    @cached_property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that it tells apart, as keywords of `output`."""
        told_apart = self._takes_role or self.setup.definition(Map).key_block is not None
        return self.both_sides if told_apart else self.both_sides[:1]

    @cached_property
    def _takes_role(self) -> bool:
        return self.door.takes(self.setup.instance, "role")

    def request(self, x: Any, positions: Any, role: Role = "query", **words: Any) -> Request:
        """The bare call: vectors, an array or another argument, as one side of attention."""
        return self._request(x, self.setup.located(positions), role, **words)

    def _request(
        self, x: Any, places: np.ndarray, role: Role = "query", position_dtype: str | None = None, **words: Any
    ) -> Request:
        vectors = self.setup.vectors(x) if isinstance(x, np.ndarray) else x
        named = {"role": role} if self._takes_role else {}
        given = (vectors, self.setup.places(places, position_dtype))
        return Request(instance=self.setup.instance, given=given, named=named, **words)

    def call(self, x: Any, positions: Any, role: Role = "query", **words: Any) -> Answer:
        """The answer to a bare call, whatever comes back."""
        return self.door.ask(self.request(x, positions, role, **words))

    def answer(self, x: np.ndarray, positions: Any, role: Role = "query", **words: Any) -> Answer:
        """The answer to a call with one more token where the encoding follows the length of the sequence."""
        return self._answer(x, self.setup.located(positions), role, **words)

    def _answer(self, x: np.ndarray, places: np.ndarray, role: Role, **words: Any) -> Answer:
        if self.setup.in_a_sequence:
            x, places = _one_more(x), self.setup.anchor(places)
        return self.door.ask(self._request(x, places, role, **words))

    def encode(self, x: np.ndarray, positions: Any, role: Role = "query", **words: Any) -> np.ndarray:
        """What becomes of vectors (..., n, dim) at positions (n,)."""
        return self.accepted(self.answer(x, positions, role, **words), x)

    def encode_rows(self, x: np.ndarray, rows: Sequence[Sequence[float]]) -> np.ndarray:
        """The same where every batch row has positions of its own, (batch, n)."""
        return self.accepted(self._answer(x, np.stack([self.setup.located(row) for row in rows]), "query"), x)

    def accepted(self, answer: Answer, x: np.ndarray, *positions: Any) -> np.ndarray:
        """The vectors of an answer. Raises Malformed for another shape."""
        if not self.setup.in_a_sequence:
            return answer.shaped(*x.shape)
        return answer.shaped(*_one_more(x).shape)[..., :-1, :]

    def gradient(self, x: np.ndarray, g: np.ndarray, positions: Any) -> np.ndarray | None:
        """The gradient of g . f(x, positions), (..., n, dim); None where none reaches the vectors."""
        upstream = _one_more(g) if self.setup.in_a_sequence else g
        answer = self.answer(x, positions, under="gradient", upstream=upstream)
        self.accepted(answer, x)
        return None if answer.gradient is None else answer.gradient[..., : x.shape[-2], :]

    def packed(self, parts: tuple[np.ndarray, ...], at: int, role: Role, *, before_heads: bool) -> tuple[Any, ...]:
        """All parts of a packed tensor after a call on one of them."""
        argument = Packed(parts, at, self.setup.dtype, before_heads)
        return tuple(self.call(argument, self.setup.case.positions, role, watched=True).afterwards[0])

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Sequence[float] | None = None) -> tuple[Any, ...]:
        """What a call is asked with: vectors called `name` at these positions, those of the case by default."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def result(self, x: np.ndarray, positions: Any, role: Role = "query", **words: Any) -> np.ndarray:
        """What comes back: the vectors themselves."""
        return self.encode(x, positions, role, **words)

    def output(self, x: np.ndarray, positions: Any, role: Role = "query", **words: Any) -> np.ndarray:
        """The contents of the blocks of what comes back, (..., n, blocks, width)."""
        return self.read(self.encode(x, positions, role, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The contents of the blocks of vectors that go out."""
        return extended(result)[..., self.setup.coordinates_out]

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """The coordinates behind the blocks."""
        return np.asarray(result[..., self.setup.rest])

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, summed in float64, shape (..., len(m), len(n))."""
        return np.asarray(self.encode(q, m, "query") @ transposed(self.encode(k, n, "key")))

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        weights = softmax(self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim))
        return np.asarray(weights @ tokens)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for one token, and for fewer and more leading axes."""
        x, positions = self.inputs()
        views = [x, x[0], x[0, 0], x[:, None], x[..., :1, :]]
        return [(self.call(view, positions[: view.shape[-2]]).values.shape, view.shape) for view in views]

    def leak(self) -> np.ndarray:
        """What reaches beyond the pair of each basis vector, (basis, 1, n, dim): nothing, in the declared layout."""
        dim, positions = self.setup.case.dim, self.setup.case.positions
        basis = np.broadcast_to(np.eye(dim)[:, None, None, :], (dim, 1, len(positions), dim))
        image = self.encode(basis, positions).copy()
        for pair in self.setup.coordinates:
            image[np.ix_(pair, [0], range(len(positions)), pair)] = 0
        for coordinate in range(self.setup.coordinates.size, dim):
            image[coordinate, ..., coordinate] = 0
        return image

    def partners(self) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """The coordinate that each turned coordinate reaches most, and which one it would be in each layout."""
        size, dim = self.setup.coordinates.size, self.setup.case.dim
        basis = np.eye(dim)[:, None, None, :]
        images = [self.encode(basis, (position,))[:, 0, 0, :] for position in (1, 10, 100, 1000)]
        reached = np.max([np.abs(image - np.diag(np.diag(image))) for image in images], axis=0)[:size, :size]
        counted = np.arange(size)
        return reached.argmax(-1), {"interleaved": counted ^ 1, "half": (counted + size // 2) % size}

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case = self.setup.case
        shape = (case.batch, case.heads, len(case.positions), case.dim)
        return f"f(x, positions) with x {shape} {self.setup.dtype} and {len(case.positions)} positions"

    expected: ClassVar[str] = "a tensor of the shape and dtype of x"
    remedy: ClassVar[str] = "return the dtype of the input"
    has_dtype: ClassVar[bool] = True


def _one_more(x: np.ndarray) -> np.ndarray:
    """Vectors with a row of zeros behind them."""
    return np.concatenate([x, np.zeros_like(x[..., :1, :])], axis=-2)


@dataclass(frozen=True)
class MapTruth:
    """What the spec says of the results of a map of queries and keys."""

    setup: Setup

    @cached_property
    def waves(self) -> Waves:
        """The numbers of its blocks."""
        return Waves(self.setup, self.setup.definition(Map))

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which contents have a 1 that measure the encoding by itself: the first of every block."""
        return np.asarray(self.setup.coordinates[:, 0])

    def blocks(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The exact matrices at positions, (n, blocks, width, width)."""
        return self.waves.blocks(positions, role)

    def output(self, x: np.ndarray, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """The true contents of the blocks, (..., n, blocks, width)."""
        content = phases.turned(self.setup.encoding, self.setup.pairs(x), self.setup.parameters)
        return np.asarray((self.blocks(positions, role) * content[..., None, :]).sum(-1))

    def bound(self, x: np.ndarray, positions: ArrayLike, *, shared: bool = False, role: Role = "query") -> np.ndarray:
        """The error allowed to every coordinate of `output`, (..., n, blocks, 1)."""
        stretched = self.setup.lengths(x) * self.stretch(positions, role)
        allowed = stretched * self.waves.eta(positions, shared=shared)
        lost = bounds.underflow(self.setup.accuracy) * self.setup.encoding.computes
        return np.asarray((allowed + lost)[..., None])

    def bound_twice(self, x: np.ndarray, first: ArrayLike, then: ArrayLike) -> np.ndarray:
        """The error allowed to every coordinate after a second call on the result of the first.

        The second call turns the error of the first along, stretches it by its own, and adds its own.
        """
        grown, eta = self.stretch(then)[..., None], self.waves.eta(then, shared=True)[..., None]
        carried = self.bound(x, first, shared=True) * grown * (1 + eta)
        return np.asarray(carried + self.stretch(first)[..., None] * self.bound(x, then, shared=True))

    def stretch(self, positions: ArrayLike, role: Role = "query") -> np.ndarray:
        """By how much the content of every block is lengthened, (n, blocks)."""
        definition, count = self.setup.definition(Map), len(np.asarray(positions))
        if definition.keeps_lengths:
            return np.ones((count, len(self.waves.thetas)))
        if definition.scales_lengths:
            return np.tile(self.waves.scales, (count, 1))
        return np.asarray(np.linalg.norm(self.blocks(positions, role).astype(np.float64), ord=2, axis=(-2, -1)))

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., len(m), len(n))."""
        turned = np.einsum("...mbw,...nbw->...mn", self.output(q, m, "query"), self.output(k, n, "key"))
        rest = extended(q)[..., self.setup.rest] @ transposed(extended(k)[..., self.setup.rest])
        return np.asarray(turned + rest)

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits, (..., len(m), len(n))."""
        turned = bounds.logits(
            *self._reach(q, m, shared, "query"), *self._reach(k, n, shared, "key"), self.setup.case.dim
        )
        rest_q, rest_k = (np.linalg.norm(x[..., self.setup.rest], axis=-1) for x in (q, k))
        return np.asarray(turned + bounds.summation(self.setup.case.dim) * rest_q[..., :, None] * rest_k[..., None, :])

    def _reach(self, x: np.ndarray, positions: ArrayLike, shared: bool, role: Role) -> tuple[np.ndarray, np.ndarray]:
        """The lengths of the blocks that enter a logit, and the largest errors of these."""
        lengths = self.setup.lengths(x) * self.stretch(positions, role)
        return lengths, self.bound(x, positions, shared=shared, role=role)[..., 0]

    def on_a_line(self) -> "MapTruth":
        """The truth of RoPE in one dimension, in the same layout: what remains on the diagonal of a grid."""
        line = replace(self.setup.implementation, encoding="rope", convention=None)
        return MapTruth(replace(self.setup, implementation=line))

    def averaged(self, tokens: int) -> float:
        """The error allowed to an average over so many tokens, relative to the largest of them."""
        return bounds.summation(4 * tokens + 8)

    # Lengths and angles

    @property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that the definition tells apart."""
        keys_differ = self.setup.definition(Map).key_block is not None
        return MapCode.both_sides if keys_differ else MapCode.both_sides[:1]

    @property
    def length_change(self) -> float:
        """How much a length may change, relative to it, and be mismeasured: angle errors do not change it."""
        if not self.setup.encoding.turns:
            return bounds.summation(2)
        return bounds.summation(2) + bounds.norm(self.setup.accuracy, self.waves.angle)

    def lengths(self, x: np.ndarray) -> np.ndarray:
        """The lengths of blocks that no position changes, (..., blocks)."""
        return self.setup.lengths(x)

    def lengths_bound(self, x: np.ndarray) -> np.ndarray:
        """The error allowed to these."""
        return np.asarray(self.setup.lengths(x) * self.length_change + 2 * bounds.underflow(self.setup.accuracy))

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest entry that the definition makes of each block, (..., blocks)."""
        return np.asarray(self.waves.ceiling(1.0) * self.setup.lengths(x))

    @property
    def rounding(self) -> float:
        """By how much a right result may be off near the origin, relative to its size."""
        return self.waves.rounding()

    def start(self, x: np.ndarray) -> np.ndarray:
        """What it is at position 0 where that is the identity: the contents themselves."""
        return self.setup.pairs(x)

    @property
    def leak(self) -> float:
        """The error allowed to what reaches beyond a pair."""
        return bounds.norm(self.setup.accuracy, self.waves.angle)

    def first(self) -> np.ndarray:
        """The vector (1, 0) in every pair, once for each position, (n, dim)."""
        x = np.zeros((len(self.setup.case.positions), self.setup.case.dim))
        x[:, self.setup.coordinates[:, 0]] = 1
        return x

    def angles(self, pairs: np.ndarray) -> np.ndarray:
        """The angle of every pair (..., 2) that (1, 0) became, beside what its content turns by itself."""
        reached = np.arctan2(pairs[..., 1], pairs[..., 0])
        own = np.arctan2(*phases.turned(self.setup.encoding, np.array([1.0, 0.0]), self.setup.parameters)[::-1])
        return np.asarray(np.mod(reached - own + np.pi, 2 * np.pi) - np.pi if own else reached)

    def chord(self, positions: ArrayLike) -> np.ndarray:
        """How far the end of a unit vector may be from where it should be, (n, blocks)."""
        return self.waves.eta(positions)

    def pair_bound(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The error allowed to a whole pair, (..., n, blocks), relative to the length of (1, 1)."""
        return np.asarray(self.bound(x, positions)[..., 0] / self.pair_length)

    pair_length: ClassVar[float] = float(np.sqrt(2))
    """The length of a pair where all contents are 1."""
    turns_vectors: ClassVar[bool] = True

    def untouched(self, x: np.ndarray, positions: ArrayLike) -> np.ndarray:
        """The coordinates behind the blocks, as they were."""
        return np.asarray(x[..., self.setup.rest])

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs, with the pairs of this layout where another has its own."""
        x, *places = inputs
        moved = x.copy()
        moved[..., other.coordinates.ravel()] = x[..., self.setup.coordinates.ravel()]
        return moved, *places


OnMaps = Subject[MapCode, MapTruth]
PLACE = Place(definition=Map, code=MapCode, truth=MapTruth, row_a_token=True)
