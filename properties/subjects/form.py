"""Code that makes logits of contents: f(q, k, query_positions, key_positions, ...) -> (..., nq, nk), unscaled."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from impls.door.crossing import Numbers, Request
from properties.cases import real
from properties.subjects.arrays import softmax, transposed
from properties.subjects.between import CodeBetween, TruthBetween
from properties.subjects.pairwise import Arguments, Met, shown
from properties.subjects.protocols import Change, Shapes
from properties.subjects.setup import Setup, attended_tokens
from properties.subjects.subject import Place
from spec.definitions.form import Form
from spec.numbers import pairwise as terms
from spec.numbers.pairwise import Part


def held_contents(setup: Setup, x: np.ndarray) -> np.ndarray:
    """Vectors of the case; large ones are less so where their products would leave the range of float16."""
    return x / 16 if setup.dtype == "float16" and setup.case.kind == "large" else x


@dataclass(frozen=True)
class FormCode(CodeBetween):
    """An implementation of a form in query and key, on a case."""

    contents: ClassVar[Mapping[str, str]] = {"q": "bhqd", "k": "bhkd"}
    has_dtype: ClassVar[bool] = True
    remedy: ClassVar[str] = "return the dtype of the input"

    def _arguments(
        self, q: np.ndarray, k: np.ndarray, m: np.ndarray, n: np.ndarray, dtype: str | None = None
    ) -> Arguments:
        """Queries, keys and their positions; where they have one head, its vectors."""
        q, k = self.setup.with_heads(q), self.setup.with_heads(k)
        named = self.meeting.handed(heads=q.shape[-3] if q.ndim > 2 else 1)
        if q.ndim <= 2:
            axes = self.meeting.axes
            first = {name: Numbers(each.values[0], each.dtype) for name, each in named.items() if axes[name][0] == "h"}
            named = named | first
        return (self.setup.vectors(q), self.setup.vectors(k), *self.meeting.positions(m, n, dtype)), named

    def request(self, x: np.ndarray, positions: Any, position_dtype: str | None = None, **words: Any) -> Request:
        """The call with queries x at these positions."""
        n = self.meeting.keys_of(x, positions)
        q, k, _ = x if isinstance(x, Met) else (x, held_contents(self.setup, self.meeting.held(x, n)), n)
        return self.meeting.request(self._arguments(q, k, self.setup.located(positions), n, position_dtype), **words)

    def drawn(self) -> tuple[np.ndarray, np.ndarray]:
        """Queries and keys of the case."""
        p = self.setup.case.positions
        return self.draw("x", len(p)), self.draw("k", len(self.meeting.keys(p)))

    def asked(self, *contents: np.ndarray, by: int = 0) -> tuple[Any, ...]:
        """These queries with these keys, at the places of the case, all of them farther by as much."""
        m, n = self._places
        return Met(contents[0], contents[1], self.setup.moved(n, by)), self.setup.moved(m, by) if by else m

    @property
    def _places(self) -> tuple[Any, np.ndarray]:
        p = self.setup.case.positions
        return p, self.meeting.keys(p)

    def of_head(self, head: int) -> np.ndarray:
        """The logits of one head where it is the only one; of what heads have for themselves, it has the first."""
        return self.result(*self.asked(*(each[:, head : head + 1] for each in self.drawn())))

    def in_rows(self, *contents: np.ndarray, by: Sequence[int]) -> np.ndarray:
        """The logits where the places of each row of the batch are farther by an offset of its own."""
        m, n = (np.stack([self.setup.moved(each, offset) for offset in by]) for each in self._places)
        answer = self.door.ask(self.meeting.request(self._arguments(contents[0], contents[1], m, n)))
        return answer.shaped(*contents[0].shape[:-1], contents[1].shape[-2])

    def mismatched(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Calls in which queries, or keys, have one position less or more."""
        q, k = self.drawn()
        m, n = map(self.setup.located, self._places)
        for fewer_m, fewer_n in ((m[:-1], n), (_one_more(m), n), (m, n[:-1]), (m, _one_more(n))):
            told = f"{q.shape[-2]} queries and {k.shape[-2]} keys at {len(fewer_m)} and {len(fewer_n)} positions"
            yield told, (Met(q, k, fewer_n), fewer_m)

    def draw(self, name: str, rows: int | None = None) -> np.ndarray:
        """The vectors of the case called `name`; large ones are less so where products would leave float16."""
        return held_contents(self.setup, self.setup.draw(name, rows))

    def logits(self, q: np.ndarray, k: np.ndarray, m: Any, n: Any) -> np.ndarray:
        """What the code makes of queries at m and keys at n, (..., nq, nk)."""
        m, n = self.setup.located(m), self.setup.located(n)
        answer = self.door.ask(self.meeting.request(self._arguments(q, k, m, n)))
        found = answer.shaped(*self.setup.with_heads(q).shape[:-1], len(n))
        return self.setup.without_heads(found, q)

    def attended(self, v: np.ndarray, positions: Sequence[float]) -> np.ndarray:
        """The output of attention of tokens that all hold v (..., 1, dim), shape (..., n, dim)."""
        tokens = attended_tokens(v, positions)
        scaled = self.logits(tokens, tokens, positions, positions) / np.sqrt(self.setup.case.dim)
        return np.asarray(softmax(scaled) @ tokens)

    def shapes(self) -> Shapes:
        """The shapes that come back, and those of the contract: for one token, and for fewer leading axes."""
        x, positions = self.inputs()
        others = [x[0], x[0, 0]] if self.setup.counts_of_heads is None else []
        asked = [(view, positions[: view.shape[-2]]) for view in (x, *others, x[..., :1, :])]
        return [(self.answer(view, p).values.shape, self.shape(view, p)) for view, p in asked]

    @property
    def shown(self) -> str:
        """The plainest call, in words."""
        case, keys = self.setup.case, len(self.meeting.keys(self.setup.case.positions))
        queries = (case.batch, case.heads, len(case.positions), case.dim)
        held = (case.batch, case.heads, keys, case.dim)
        return shown(f"f(q, k, query_positions, key_positions) with q {queries} and k {held}", keys, self.setup)


def _one_more(places: np.ndarray) -> np.ndarray:
    """Places, and one that follows the last."""
    return np.concatenate([places, places[-1:] + 1])


def _met(
    q: np.ndarray, k: np.ndarray, found: list[Part], what: Callable[[Part], np.ndarray], absolute: bool
) -> np.ndarray:
    """The sum of what every term has, times these contents, which are taken as absolute numbers where it is."""
    q, k = (np.abs(each).astype(np.float64) for each in (q, k)) if absolute else (q, k)
    return terms.total(found, q, k, what)


@dataclass(frozen=True)
class FormTruth(TruthBetween):
    """What the spec says of the logits of a form in query and key."""

    @property
    def unit(self) -> np.ndarray:
        """The coordinates in which contents have a 1 that measure the encoding by itself: the first of every block."""
        return np.asarray(self.setup.coordinates[:, 0])

    def _contents(self, x: np.ndarray) -> np.ndarray:
        """The contents of the blocks, each lengthened by a 1, (..., n, blocks, width + 1)."""
        blocks = self.setup.pairs(x)
        return np.concatenate([blocks, np.ones_like(blocks[..., :1])], axis=-1)

    def _held(self, x: np.ndarray, n: np.ndarray) -> np.ndarray:
        return held_contents(self.setup, self.meeting.held(x, n))

    def _met(self, x: Any, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (x.queries, x.keys) if isinstance(x, Met) else (x, self._held(x, n))

    def _exact(self, x: np.ndarray, m: Any, n: np.ndarray) -> np.ndarray:
        q, k = self._met(x, n)
        return self.logits(q, k, m, n)

    def _allowed(self, x: np.ndarray, m: Any, n: np.ndarray, shared: bool) -> np.ndarray:
        q, k = self._met(x, n)
        return self.logit_bound(q, k, m, n, shared=shared)

    def ideal(self, q: np.ndarray, k: np.ndarray, m: np.ndarray, n: np.ndarray, **learned: Any) -> np.ndarray:
        """The logits that a call should give."""
        return self.logits(q, k, m, n)

    def logits(self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike) -> np.ndarray:
        """The true logits, (..., nq, nk)."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n))
        return terms.total(found, self._contents(q), self._contents(k), lambda part: part.value)

    def logit_bound(
        self, q: np.ndarray, k: np.ndarray, m: ArrayLike, n: ArrayLike, *, shared: bool = False
    ) -> np.ndarray:
        """The error allowed to the logits: that of every coefficient, and of adding up the products."""
        found = self.meeting.parts(self.meeting.places(m), self.meeting.places(n), shared)
        of_q, of_k = (np.abs(self._contents(each)).astype(np.float64) for each in (q, k))
        off = terms.total(found, of_q, of_k, lambda part: part.error_bound)
        size = terms.total(found, of_q, of_k, lambda part: part.magnitude + part.error_bound)
        count = len(found) * len(self.setup.coordinates)
        return np.asarray(off + self.meeting.accumulated(count) * size + count * self.meeting.underflow)

    def narrowed(self, x: Any, positions: Any) -> np.ndarray:
        """The error allowed where contents and results may be rounded to bfloat16, but angles may not."""
        return replace(self, setup=replace(self.setup, dtype="bfloat16")).bound(x, positions)

    def changed(self, name: str, direction: np.ndarray, x: np.ndarray, positions: Any) -> Change:
        """How the logits change with queries or keys, or with what is learned."""
        n = self.meeting.keys(positions)
        met = {"q": self._contents(x), "k": self._contents(self._held(x, n))}
        if name not in met:
            return self._relearned(name, direction, positions, n, partial(_met, met["q"], met["k"]))
        blocks = self.setup.pairs(direction)
        met[name] = np.concatenate([blocks, np.zeros_like(blocks[..., :1])], axis=-1)
        found = self.meeting.parts(self.meeting.places(positions), self.meeting.places(n))
        add = partial(_met, met["q"], met["k"], found)
        off = add(lambda part: part.error_bound, True)
        size = add(lambda part: part.magnitude, True) + off
        return Change(add(lambda part: part.value, False), off, size, len(n) * len(found))

    def ceiling(self, x: np.ndarray) -> np.ndarray:
        """The largest logits that the definition makes of queries x, met by the keys of the case, (..., nq, nk)."""
        held = self._held(x, self.meeting.keys(self.setup.case.positions))
        q, k = (np.abs(self._contents(each)).astype(np.float64).sum(-1) for each in (x, held))
        return np.asarray(self.meeting.ceiling * (q @ transposed(k)))

    def translated(self, inputs: tuple[Any, ...], other: Setup) -> tuple[Any, ...]:
        """The same inputs, with the pairs of this layout where another has its own."""
        x, *places = inputs
        moved = x.copy()
        moved[..., other.coordinates.ravel()] = x[..., self.setup.coordinates.ravel()]
        return moved, *places


PLACE = Place(
    definition=Form,
    code=FormCode,
    truth=FormTruth,
    sizes=real.contents,
    measured=("prefill", "decode", "training"),
    floor="product",
    pairs=True,
)
