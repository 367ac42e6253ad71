"""Code that maps queries and keys: f(x, positions, ...) -> y, both (..., n, dim)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from impls.calls import call_of, has, is_plain
from impls.door.crossing import Answer, Request
from properties.cases.case import rows_apart
from properties.subjects.arrays import MANY, extended, softmax, transposed
from properties.subjects.beside import beside
from properties.subjects.blocks import POWERS_OF_TWO
from properties.subjects.door import Door
from properties.subjects.map_truth import BOTH_SIDES, MapTruth
from properties.subjects.protocols import Shapes
from properties.subjects.setup import AXES, Setup, attended_tokens
from properties.subjects.subject import Place, Subject
from spec.definitions.blocks import PAIRINGS
from spec.definitions.domain import COORDINATES
from spec.definitions.map import Map
from spec.definitions.words import Role


@dataclass(frozen=True)
class MapCode:
    """An implementation of a map of queries and keys, on a case."""

    setup: Setup
    door: Door
    axes: ClassVar[tuple[str, ...]] = ("coordinate", "pair", "token", "head", "batch")
    both_sides: ClassVar[tuple[Mapping[str, Any], ...]] = BOTH_SIDES

    @cached_property
    def sides(self) -> tuple[Mapping[str, Any], ...]:
        """The sides of attention that it tells apart, as keywords of `output`."""
        told_apart = self._knows_role or self.setup.definition(Map).key_block is not None
        return self.both_sides if told_apart else self.both_sides[:1]

    @cached_property
    def _knows_role(self) -> bool:
        return call_of(self.setup.implementation).joint or self.door.takes(self.setup.instance, "role")

    @cached_property
    def side(self) -> Role:
        """The side of attention that is looked at where nothing else is said: that of the case, if both are alike."""
        alike = self.setup.definition(Map).key_block is None
        return self.setup.case.side if alike else "query"

    def request(self, x: Any, positions: Any, role: Role | None = None, **words: Any) -> Request:
        """The bare call: vectors, an array or another argument, as one side of attention."""
        return self._request(x, self.setup.located(positions), role, **words)

    def _request(
        self, x: Any, places: np.ndarray, role: Role | None = None, position_dtype: str | None = None, **words: Any
    ) -> Request:
        role = role or self.side
        vectors = self.setup.vectors(x) if isinstance(x, np.ndarray) else x
        named = {"role": role} if self._knows_role else {}
        given = (vectors, self.setup.places(places, position_dtype))
        around = None if is_plain(self.setup.implementation) else beside(self.setup, vectors.values, places, role)
        return Request(instance=self.setup.instance, given=given, named=named, beside=around, **words)

    def call(self, x: Any, positions: Any, role: Role | None = None, **words: Any) -> Answer:
        """The answer to a bare call, whatever comes back."""
        return self.door.ask(self.request(x, positions, role, **words))

    def answer(self, x: np.ndarray, positions: Any, role: Role | None = None, **words: Any) -> Answer:
        """The answer to a call that reaches to the end of the sequence where the encoding follows its length."""
        return self._answer(x, self.setup.located(positions), role, **words)

    def _answer(self, x: np.ndarray, places: np.ndarray, role: Role | None, **words: Any) -> Answer:
        role = role or self.side
        held = self.setup.with_heads(x, role)
        longer = _longer(held, self.setup.tokens_of(places) - x.shape[-2])
        if self.setup.has_rows(places):
            places = np.repeat(places, len(held) // len(x), axis=0)
        places = self.setup.anchor(places) if self.setup.in_a_sequence else places
        return self.door.ask(self._request(longer, places, role, **words))

    def encode(self, x: np.ndarray, positions: Any, role: Role | None = None, **words: Any) -> np.ndarray:
        """What becomes of vectors (..., n, dim) at positions (n,); of one part after the other, if need be."""
        role = role or self.side
        axis, count = self._parts(x, role)
        if count > 1:
            each = np.split(x, count, axis=axis)
            return np.concatenate([self.encode(one, positions, role, **words) for one in each], axis=axis)
        return self.accepted(self.answer(x, positions, role, **words), x, positions, role)

    def _parts(self, x: np.ndarray, role: Role) -> tuple[int, int]:
        """Along which axis vectors have to be handed in one part after the other, and how many parts that makes.

        Where a call has no rows, or no heads; or fewer heads than these, and no rows to put the others in.
        """
        if x.ndim != AXES:
            return 0, 1
        rows, one = rows_apart(self.setup.implementation), self.setup.implementation
        if x.shape[0] > 1 and not rows:
            return 0, x.shape[0]
        if x.shape[1] > 1 and not has(one, "h"):
            return 1, x.shape[1]
        return 1, 1 if rows else len(self.setup.with_heads(x, role))

    def encode_rows(self, x: np.ndarray, rows: Sequence[Sequence[float]]) -> np.ndarray:
        """The same where every batch row has positions of its own, (batch, n)."""
        places = np.stack([self.setup.located(row) for row in rows])
        return self.accepted(self._answer(x, places, None), x, places)

    def accepted(self, answer: Answer, x: np.ndarray, positions: Any, role: Role | None = None) -> np.ndarray:
        """The vectors of an answer. Raises Malformed for another shape."""
        role = role or self.side
        *leading, tokens, dim = self.setup.with_heads(x, role).shape
        asked = self.setup.tokens_of(self.setup.located(positions)) if self.setup.in_a_sequence else tokens
        return self.setup.without_heads(answer.shaped(*leading, asked, dim)[..., :tokens, :], x, role)

    def gradient(self, x: np.ndarray, g: np.ndarray, positions: Any, role: Role | None = None) -> np.ndarray | None:
        """The gradient of g . f(x, positions), (..., n, dim); None where none reaches the vectors."""
        role = role or self.side
        axis, count = self._parts(x, role)
        if count > 1:
            pairs = zip(np.split(x, count, axis=axis), np.split(g, count, axis=axis), strict=True)
            each = [self.gradient(*pair, positions, role) for pair in pairs]
            return None if any(one is None for one in each) else np.concatenate(each, axis=axis)  # type: ignore[arg-type]
        places = self.setup.located(positions)
        upstream = _longer(self.setup.with_heads(g, role), self.setup.tokens_of(places) - g.shape[-2])
        answer = self.answer(x, places, role, under="gradient", upstream=upstream)
        self.accepted(answer, x, places, role)
        (found,) = answer.gradients
        return None if found is None else self.setup.without_heads(found[..., : x.shape[-2], :], x, role)

    def may_return(self, dtype: str) -> bool:
        """Whether a result may have this dtype."""
        return dtype == self.setup.dtype

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`."""
        return self.setup.draw(name, rows)

    def inputs(self, name: str = "x", positions: Any = None) -> tuple[Any, ...]:
        """What a call is asked with: vectors called `name` at these positions, those of the case by default."""
        places = self.setup.case.positions if positions is None else positions
        return self.draw(name, len(places)), places

    def result(self, x: np.ndarray, positions: Any, role: Role | None = None, **words: Any) -> np.ndarray:
        """What comes back: the vectors themselves."""
        return self.encode(x, positions, role, **words)

    def output(self, x: np.ndarray, positions: Any, role: Role | None = None, **words: Any) -> np.ndarray:
        """The contents of the blocks of what comes back, (..., n, blocks, width)."""
        return self.read(self.encode(x, positions, role, **words))

    def read(self, result: np.ndarray) -> np.ndarray:
        """The contents of the blocks of vectors that go out, many of them in float64, which holds them."""
        contents = result[..., self.setup.coordinates_out]
        return contents if contents.size > MANY else extended(contents)

    def untouched(self, result: np.ndarray) -> np.ndarray:
        """The coordinates behind the blocks."""
        return np.asarray(result[..., self.setup.rest])

    def located(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        """The axis of the grid that a pair follows, where there are several."""
        setup = self.setup
        if setup.encoding.grid.axes == 1 or "pair" not in where:
            return {}
        axis = setup.encoding.axes_of(setup.case.dim, setup.parameters)[where["pair"]]
        return {"follows the": COORDINATES[setup.encoding.grid.axes - 1][axis]}

    def drawn(self) -> tuple[np.ndarray]:
        """The vectors of the case, those of one side."""
        return (self.draw("x"),)

    def asked(self, *contents: np.ndarray, by: int = 0) -> tuple[Any, ...]:
        """These vectors at the positions of the case, all of them farther by as much."""
        return *contents, tuple(p + by for p in self.setup.case.positions)

    def of_head(self, head: int) -> np.ndarray:
        """The vectors of one head where it is the only one."""
        return self.encode(self.draw("x")[:, head : head + 1], self.setup.case.positions)

    def in_rows(self, *contents: np.ndarray, by: Sequence[int]) -> np.ndarray:
        """The vectors where the positions of each row of the batch are farther by an offset of its own."""
        return self.encode_rows(contents[0], [self.asked(by=each)[-1] for each in by])

    def mismatched(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Calls with one position less or more than tokens."""
        (x,), p = self.drawn(), self.setup.case.positions
        for offered in (p[:-1], (*p, p[-1] + 1)):
            if len(offered) > 1:
                yield f"{len(p)} tokens at {len(offered)} positions", (x, offered)

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """The logits of queries at m with keys at n, summed in float64, shape (..., len(m), len(n))."""
        return np.asarray(self.encode(q, m, "query") @ transposed(self.encode(k, n, "key")))

    @cached_property
    def mixed(self) -> int:
        """How many coordinates meet in one at position 0; one, where they are only exchanged or lengthened."""
        dim = self.setup.case.dim
        image = self.encode(np.eye(dim)[:, None, None, :], (0,)).reshape(dim, -1, dim)[:, 0] != 0
        return int(max(image.sum(0).max(), image.sum(1).max(), 1))

    def met(self) -> tuple[Any, ...]:
        """Queries and keys of the case."""
        m = self.setup.case.positions
        n = self.setup.case.others or m
        return self.draw("q"), self.draw("k", len(n)), m, n

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        weights = softmax(self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim))
        return np.asarray(weights @ tokens)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for one token, and for fewer and more leading axes.

        Vectors of code that declares its numbers of heads have a batch and heads, and nothing else.
        """
        x, positions = self.inputs()
        any_rank = self.setup.counts_of_heads is None and is_plain(self.setup.implementation)
        others = [x[0], x[0, 0], x[:, None]] if any_rank else []
        views = [x, *others, x[..., :1, :]]
        return [(self.call(view, positions[: view.shape[-2]]).values.shape, view.shape) for view in views]

    def leak(self) -> np.ndarray:
        """What reaches beyond the pair of each basis vector, (basis, 1, n, dim): nothing, in the declared layout."""
        dim, positions = self.setup.case.dim, self.setup.case.positions
        basis = np.broadcast_to(np.eye(dim)[:, None, None, :], (dim, 1, len(positions), dim))
        image = self.setup.returned(self.encode(basis, positions)).copy()
        for pair in self.setup.coordinates:
            image[np.ix_(pair, [0], range(len(positions)), pair)] = 0
        for coordinate in self.setup.rest:
            image[coordinate, ..., coordinate] = 0
        return image

    def partners(self) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """The coordinate that each turned coordinate reaches most, and which one it would be in each layout."""
        turned, size = np.sort(self.setup.coordinates.ravel()), self.setup.coordinates.size
        basis = np.eye(self.setup.case.dim)[:, None, None, :]
        limit = self.setup.limit
        places = [p for p in (1, 10, 100, 1000) if limit is None or p <= limit]
        images = [self.setup.returned(self.encode(basis, (p,)))[:, 0, 0, :] for p in places]
        off_diagonal = np.max([np.abs(image - np.diag(np.diag(image))) for image in images], axis=0)
        reached = off_diagonal[np.ix_(turned, turned)]
        counted = np.arange(size)
        patterns = {"interleaved": counted ^ 1, "half": (counted + size // 2) % size}
        if self.setup.implementation.layout in PAIRINGS.keys() - patterns.keys():
            patterns = {str(self.setup.implementation.layout): patterns["interleaved"]}
        return reached.argmax(-1), patterns

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case = self.setup.case
        shape = (case.batch, case.heads, len(case.positions), case.dim)
        arguments = ", ".join(call_of(self.setup.implementation).arguments)
        vectors = arguments.split(", ")[0] if is_plain(self.setup.implementation) else "vectors"
        return f"f({arguments}) with {vectors} {shape} {self.setup.dtype} and {len(case.positions)} positions"

    expected: ClassVar[str] = "a tensor of the shape and dtype of x"
    remedy: ClassVar[str] = "return the dtype of the input"
    has_dtype: ClassVar[bool] = True


def _longer(x: np.ndarray, rows: int) -> np.ndarray:
    """Vectors with so many rows of zeros behind them."""
    if rows <= 0:
        return x
    return np.concatenate([x, np.zeros((*x.shape[:-2], rows, x.shape[-1]))], axis=-2)


OnMaps = Subject[MapCode, MapTruth]
PLACE = Place(
    definition=Map,
    code=MapCode,
    truth=MapTruth,
    sampled=POWERS_OF_TWO,
    measured=("prefill", "decode", "training"),
)
