"""From the plain call to the one that is declared: each argument is made by its name, and what comes back is read.

Checks ask `f(x, positions, role=...)` with vectors (batch, heads, n, dim). What else a call needs, the other side of
attention, cosines and sines, comes beside it (`Beside`). Nothing above the door knows how code is called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from einops import rearrange

from impls.calls import VECTORS, axes_of, call_of, has, is_plain, table_dtype, tables_of, writes
from impls.door.crossing import Answer, Beside, Instance, Numbers, Request, Strides
from impls.marker import Declaration

COMPLEX = {"float32": "complex64", "float64": "complex128"}
PARTS = {"q": 0, "k": 1}


@dataclass(frozen=True)
class Marshalled:
    """A plain request to code that is called in another way: `request` is what the code is asked."""

    one: Declaration
    plain: Request

    @cached_property
    def request(self) -> Request:
        """The call as it is declared."""
        call, plain = call_of(self.one), self.plain
        given = tuple(MADE[name](self) for name in call.arguments)
        of = tuple(self.turned if place == 0 else place for place in plain.of)
        return replace(
            plain,
            instance=self._instance,
            given=given,
            named={} if call.joint else plain.named,
            upstream=None if plain.upstream is None else self.packed(plain.upstream, zeros=True),
            of=of,
            part=PARTS[self.name] if call.joint and self.name in PARTS else None,
            written=self._written,
            beside=None,
        )

    @property
    def _instance(self) -> Instance:
        """Without the parameters, where tables stand for them."""
        handed = call_of(self.one).handed and not self.one.factory
        return replace(self.plain.instance, parameters=()) if handed else self.plain.instance

    @property
    def _written(self) -> tuple[int, ...]:
        """The places of the vectors, those that are looked at first, where the code writes into them."""
        vectors = [at for at, name in enumerate(call_of(self.one).arguments) if name in ("x", "q", "k", "qkv")]
        return tuple(sorted(vectors, key=lambda at: at != self.turned)) if writes(self.one) else ()

    # What is handed in

    @property
    def x(self) -> Numbers:
        """The vectors that are looked at, (batch, heads, n, dim)."""
        vectors: Numbers = self.plain.given[0]
        return vectors

    @property
    def places(self) -> Numbers:
        """Their positions, (n,), (n, axes) or (batch, n)."""
        positions: Numbers = self.plain.given[1]
        return positions

    @property
    def beside(self) -> Beside:
        """What the call needs beside them."""
        assert self.plain.beside is not None
        return self.plain.beside

    @property
    def is_key(self) -> bool:
        """Whether these are keys."""
        return self.plain.named.get("role") == "key"

    @property
    def name(self) -> str:
        """The argument that holds them."""
        arguments = call_of(self.one).arguments
        return next(name for name in ("x", "qkv", "k" if self.is_key else "q") if name in arguments)

    @property
    def turned(self) -> int:
        """The place of that argument."""
        return call_of(self.one).arguments.index(self.name)

    @property
    def _heads(self) -> tuple[np.ndarray, np.ndarray]:
        """Queries and keys."""
        assert self.beside.other is not None
        return (self.beside.other, self.x.values) if self.is_key else (self.x.values, self.beside.other)

    def packed(self, x: np.ndarray, *, zeros: bool = False) -> np.ndarray:
        """Vectors in the axes of the code; beside the other two, where the three are one tensor, or zeros for these."""
        if self.name != "qkv":
            return self._laid(x)
        others = [np.zeros_like(each) if zeros else each for each in (*self._heads, self.beside.value)]
        others[self.is_key] = x
        return self._joined(others)

    def _joined(self, parts: list[Any]) -> np.ndarray:
        if self._three:
            return np.asarray(rearrange(np.stack(parts), f"three {self._plain_axes} -> {self._axes}"))
        return self._laid(np.concatenate(parts, axis=1))

    @property
    def _three(self) -> bool:
        """Whether q, k and v have an axis of their own."""
        return "three" in self._axes

    @cached_property
    def _axes(self) -> str:
        return " ".join(axes_of(self.one)).replace("3", "three")

    @property
    def _plain_axes(self) -> str:
        return " ".join(letter if has(self.one, letter) else "1" for letter in VECTORS.split())

    def _laid(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(rearrange(x, f"{self._plain_axes} -> {self._axes}"))

    def vectors(self, values: np.ndarray, strides: Strides | None = None) -> Numbers:
        """Vectors as an argument; none are repeated without a copy: they may be written, or lie in other axes."""
        laid = strides or self.x.strides
        return replace(self.x, values=values, strides="contiguous" if laid == "expanded" else laid)

    def side(self, at: int) -> Numbers:
        """Queries or keys: those that are looked at as the case has them, the others in a layout of their own."""
        strides = None if at == self.is_key else self.beside.strides
        return self.vectors(self._laid(self._heads[at]), strides)

    def table(self, columns: np.ndarray, dtype: str | None = None) -> Numbers:
        """Cosines, sines or angles as the code takes them, one row a token."""
        lying = tables_of(self.one) or ""
        rows = self.spread(columns if lying.endswith("/2") else columns[..., self.beside.columns], 2)
        return Numbers(rows[None] if lying.startswith("b ") and rows.ndim == 2 else rows, dtype or self.table_dtype)

    @property
    def table_dtype(self) -> str:
        """The dtype of tables."""
        return table_dtype(self.one, self.x.dtype)

    def spread(self, rows: np.ndarray, axes: int = 1) -> np.ndarray:
        """What there is for every token, as often as there are batches, where these are laid into the tokens."""
        if "(b n)" not in axes_of(self.one):
            return rows
        batch = self.x.values.shape[0]
        each = rows if rows.ndim > axes else np.broadcast_to(rows, (batch, *rows.shape))
        return each.reshape(-1, *each.shape[2:])

    def positions(self) -> Numbers:
        """Positions as they are."""
        axes = 1 if self.places.values.ndim == 1 or self.beside.grid == 1 else 2
        return replace(self.places, values=self.spread(self.places.values, axes))

    def position_ids(self) -> Numbers:
        """Positions of every row, (batch, n), or (axes, batch, n) on a grid."""
        places, batch = self.places.values, self.x.values.shape[0]
        axes = 1 if self.beside.grid == 1 else 2
        rows = places if places.ndim > axes else np.broadcast_to(places, (batch, *places.shape))
        return replace(self.places, values=np.moveaxis(rows, -1, 0) if self.beside.grid > 1 else rows)

    def cache(self) -> Numbers:
        """A row of cosines and sines for every position; those that the call does not ask for are of no rotation."""
        wanted = self.places.values.astype(np.int64).ravel()
        rows = np.concatenate([self.beside.cosines, self.beside.sines], axis=-1)
        reached = self.beside.reached or int(wanted.max(initial=0)) + 1
        cache = np.random.default_rng(reached).integers(-64, 65, (reached, rows.shape[-1])) / 64
        has_row = (wanted >= 0) & (wanted < reached)
        cache[wanted[has_row]] = rows.reshape(-1, rows.shape[-1])[has_row]
        return Numbers(cache, self.table_dtype)

    @cached_property
    def _starts(self) -> np.ndarray:
        """Where runs of consecutive positions begin, in all rows one behind the other."""
        return np.flatnonzero(np.diff(self._in_a_row, prepend=self._in_a_row[:1]) != 1)

    @cached_property
    def _in_a_row(self) -> np.ndarray:
        return self.spread(self.places.values).ravel()

    @cached_property
    def _segments(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each begins, and the position there; where tokens are odd in number, the second one has none."""
        starts, row = self._starts, self._in_a_row
        if len(row) % 2:
            starts = np.insert(starts, 1, starts[1] if len(starts) > 1 else len(row))
        return starts, np.append(row, row[:1])[starts]

    def indptr(self) -> Numbers:
        """Where the segments begin, and where the last one ends."""
        return Numbers(np.append(self._segments[0], len(self._in_a_row)), "int32")

    def offsets(self) -> Numbers:
        """The position of the first token of every segment."""
        return Numbers(self._segments[1], "int32")

    def offset(self) -> Any:
        """The position of the first token, or that of every row."""
        if not self.places.values.size:
            return 0
        first = self.places.values[..., 0]
        return replace(self.places, values=first) if first.ndim else int(first)

    # What comes back

    def read(self, answer: Answer) -> Answer:
        """The answer to the plain request. Raises Malformed where it has not the shape of its argument."""
        argument: Numbers = self.request.given[self.turned]
        return replace(
            answer,
            values=self._restored(answer.shaped(*argument.values.shape)),
            passed=self._unpacked(answer.values)[2] if self.name == "qkv" else None,
            gradients=tuple(each if each is None else self._restored(each) for each in answer.gradients),
        )

    def _restored(self, y: np.ndarray) -> np.ndarray:
        batch, heads, tokens, dim = self.x.values.shape
        if self.name == "qkv":
            return self._unpacked(y)[self.is_key]
        sizes = {"b": batch, "h": heads, "n": tokens, "d": dim}
        present = {letter: size for letter, size in sizes.items() if letter == "three" or has(self.one, letter)}
        return np.asarray(rearrange(y, f"{self._axes} -> {self._plain_axes}", **present))

    def _unpacked(self, y: np.ndarray) -> list[np.ndarray]:
        """Queries, keys and values of one tensor."""
        batch, heads, tokens, dim = self.x.values.shape
        sizes = {"b": batch, "n": tokens, "d": dim} | ({"three": 3, "h": heads} if self._three else {})
        present = {letter: size for letter, size in sizes.items() if letter == "three" or has(self.one, letter)}
        if self._three:
            return [*rearrange(y, f"{self._axes} -> three {self._plain_axes}", **present)]
        joined = rearrange(y, f"{self._axes} -> {self._plain_axes}", **present)
        counts = np.cumsum([each.shape[1] for each in self._heads])
        return np.split(joined, counts, axis=1)


MADE: Mapping[str, Callable[[Marshalled], Any]] = {
    "x": lambda m: m.vectors(m.packed(m.x.values)),
    "q": lambda m: m.side(0),
    "k": lambda m: m.side(1),
    "qkv": lambda m: m.vectors(m.packed(m.x.values)),
    "cos": lambda m: m.table(m.beside.cosines),
    "sin": lambda m: m.table(m.beside.sines),
    "freqs_cis": lambda m: Numbers(m.spread(m.beside.cosines + 1j * m.beside.sines, 2), COMPLEX[m.table_dtype]),
    "freqs": lambda m: m.table(m.beside.angles, "float32"),
    "cache": lambda m: m.cache(),
    "positions": lambda m: m.positions(),
    "position_ids": lambda m: m.position_ids(),
    "head_size": lambda m: m.x.values.shape[-1],
    "is_neox": lambda m: m.one.layout == "half",
    "indptr": lambda m: m.indptr(),
    "offsets": lambda m: m.offsets(),
    "offset": lambda m: m.offset(),
}
"""What each argument is, by its name."""


def marshalled(one: Declaration, request: Request) -> Marshalled | None:
    """How a plain request is put to code; None where it is asked as it is."""
    return None if is_plain(one) else Marshalled(one, request)
