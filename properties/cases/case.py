"""A case: a few integers and a seed, from which every number of a check is drawn.

The same cases go to every implementation. What a case asks for is cut down to what an implementation declares to
support: positions in range, consecutive, integral; dimensions, numbers of heads; a dimension that its fixed parameters
fit. Where only a part is rotated, that is two pairs at least, with as many left.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from impls import Implementation
from impls.calls import axes_of, call_of, has
from impls.door.crossing import Strides
from impls.door.signatures import accepts
from properties.cases import drawing
from spec import Witness
from spec.definitions.placing import Segment
from spec.definitions.runs import placeable
from spec.definitions.words import Role
from spec.numbers.learned import tables_of
from spec.proving.symbolic import VECTORS

Positions = tuple[float, ...]
LISTED = 8
"""How many positions that follow one another are listed one by one."""
FEW = 15
ROOM = ((64, 2**16), (4000, 2**20), (inf, 2**22))
"""How many numbers a case of up to so many positions keeps where its vectors must be more, or wider, than it asks for.

At least `FEW` positions are kept."""
LONGEST = 5000
"""The largest position of a sequence that is handed over whole."""
CACHED = 2**17
"""The largest position of a cache that has a row for each, where none is declared."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One experiment. `positions` are those of queries (or of the only vectors), `others` those of keys.

    Vectors have the axes (batch, heads, positions, dim). `parameters` are the encoding's, where they differ from its
    defaults. `side` is that of attention that is looked at, where one and the other are the same to the encoding, and
    code tells them apart. `content` fixes pair 0 of named vectors, and nothing else in them, instead of drawing them;
    of what is learned, every number.
    `segments` are the whole case where positions are assigned, images in tokens.
    """

    dim: int = 0
    positions: Positions = ()
    others: Positions = ()
    shift: int = 1
    batch: int = 2
    heads: int = 3
    side: Role = "query"
    kind: drawing.Kind = "gaussian"
    strides: Strides = "contiguous"
    seed: int = 0
    parameters: tuple[tuple[str, Any], ...] = ()
    content: tuple[tuple[str, tuple[float, ...]], ...] = ()
    segments: tuple[Segment, ...] = ()

    def draw(self, name: str, rows: int | None = None, dtypes: tuple[str, ...] = ()) -> np.ndarray:
        """The vectors called `name`, float64, shape (batch, heads, rows, dim); as many rows as positions.

        Such as these dtypes hold, one after the other.
        """
        shape = (self.batch, self.heads, len(self.positions) if rows is None else rows, self.dim)
        return drawing.vectors(self.kind, name, self.seed, shape, dtypes)

    def numbers(self, name: str, *shape: int) -> np.ndarray:
        """Gaussian numbers called `name`, float64, which stay the same for the same seed."""
        return drawing.vectors("gaussian", name, self.seed, shape)

    def within(self, implementation: Implementation) -> "Case":
        """The case that comes nearest to this one among those that encoding and implementation support."""
        encoding = implementation.claimed
        dim = size(implementation, self.dim)
        fixed = dict(implementation.parameters)
        fit = encoding.unfit(dim, {**dict(self.parameters), **fixed}) is None
        given = self.parameters if fit else tuple(p for p in self.parameters if not encoding.unfit(dim, dict([p])))
        limit = reach(implementation, dim, dict(given))
        heads = nearest(self.heads, counts_of_heads(implementation)) if has(implementation, "h") else 1
        most = self._room(dim, heads)
        return dataclasses.replace(
            self,
            dim=dim,
            positions=supported(self.positions, implementation, limit)[:most],
            others=supported(self.others, implementation, limit)[:most],
            shift=self.shift if limit is None else min(self.shift, limit // 2),
            batch=self.batch if rows_apart(implementation) else 1,
            heads=heads,
            parameters=given,
            segments=placeable(self.segments, encoding),
        )

    def _room(self, dim: int, heads: int) -> int | None:
        """How many positions are kept where vectors must be wider than those of the case, or heads more."""
        if dim * heads <= max(1, self.dim * self.heads):
            return None
        numbers = next(kept for count, kept in ROOM if len(self.positions) <= count)
        return max(FEW, numbers // (self.batch * heads * dim))

    def described(self) -> dict[str, Any]:
        """The case as JSON: what differs from the defaults, long runs of positions as text, such as "0..8192"."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        shown = {name: value for name, value in plain.items() if value != defaults[name]}
        shown |= {name: dict(shown[name]) for name in ("parameters", "content") if name in shown}
        shown |= {name: _in_runs(shown[name]) for name in ("positions", "others") if name in shown}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()}


def size(implementation: Implementation, dim: int) -> int:
    """The dimension nearest to this one that implementation and encoding have, with the parameters that are fixed."""
    encoding = implementation.claimed
    asked = encoding.dimension(max(dim, _rotated(implementation)))
    if implementation.head_sizes:
        return nearest(asked, tuple(implementation.head_sizes))
    return encoding.fitting(asked, implementation.parameters) or asked


def _rotated(implementation: Implementation) -> int:
    """How many coordinates a partial rotation needs: two pairs, or as many as are fixed, and two pairs beside them."""
    if not implementation.claimed.blocks.partial or "rotary_dim" not in implementation.claimed.parameters:
        return 0
    return 4 + max(4, int(implementation.parameters.get("rotary_dim", 0)))


def nearest(asked: int, allowed: Sequence[int] | None) -> int:
    """The smallest number of those allowed that is no smaller than the one asked for, or the largest of them."""
    return min((n for n in allowed if n >= asked), default=max(allowed)) if allowed else asked


def counts_of_heads(implementation: Implementation, role: Role = "query") -> tuple[int, ...] | None:
    """The numbers of heads that a call may have, where they are declared; those of queries where these meet keys.

    Code that maps either, and is not told which, may be given the heads of both.
    """
    pairs = implementation.heads
    if pairs is None:
        return None
    maps = implementation.claimed.definition.maps
    told = not maps or call_of(implementation).joint or accepts(implementation.function, "role")
    of_role = [pair[maps and role == "key"] for pair in pairs]
    return tuple(dict.fromkeys(of_role if told else [count for pair in pairs for count in pair]))


def takes(implementation: Implementation, parameter: str) -> bool:
    """Whether a call follows a parameter of the encoding: by its keyword, or by what is handed in for it."""
    return bool(call_of(implementation).handed) or accepts(implementation.function, parameter)


def rows_apart(implementation: Implementation) -> bool:
    """Whether a call can have several rows: segments in a row are rows already, unless rows are laid into them."""
    one_row = implementation.call == "packed" and "(b n)" not in axes_of(implementation)
    return has(implementation, "b") and not one_row


def reach(implementation: Implementation, dim: int, given: Mapping[str, Any]) -> int | None:
    """The largest position that encoding and implementation support, where there is one.

    On a grid, the last on the line whose place has no larger coordinate. Code for consecutive positions gets the whole
    of a sequence that an encoding follows, and no longer ones than LONGEST.
    """
    encoding = implementation.claimed
    parameters = encoding.configured(dim, dict(given) | dict(implementation.parameters))
    defined, fits = encoding.largest_at(dim, parameters), encoding.reach_at(dim, parameters)
    declared = implementation.max_position
    if declared is not None and encoding.grid.axes > 1:
        declared = int(declared // max(encoding.grid.line(1)[: encoding.grid.axes]))
    cached = CACHED if implementation.call == "qk-cache" and declared is None else None
    whole = LONGEST if implementation.positions == "contiguous" and encoding.blocks.follows_length else None
    return min((limit for limit in (defined, fits, declared, cached, whole) if limit is not None), default=None)


def supported(positions: Sequence[float], implementation: Implementation, limit: int | None = None) -> Positions:
    """Positions cut down to what encoding and implementation support: integral, not negative, consecutive, in range.

    Half of the limit is left free, so that a check can move all positions. No more are kept than there are places, and
    of those that must follow one another only as many as there is room for.
    """
    half = None if limit is None else limit // 2
    kept: list[float] = list(positions if limit is None else positions[: limit + 1])
    if implementation.positions != "any":
        kept = [int(p) for p in kept]
    smallest = implementation.claimed.domain.smallest
    if implementation.positions in ("non-negative", "contiguous") or smallest == 0:
        kept = [abs(p) for p in kept]
    if half is not None:
        kept = [p if abs(p) <= half else min(p % (half + 1), half) for p in kept]
    if implementation.positions == "contiguous" and kept:
        count = len(kept) if half is None else min(len(kept), half + 1)
        start = int(kept[0]) if half is None else min(int(kept[0]), max(0, half - count))
        kept = [start + i for i in range(count)]
    return tuple(kept)


def _in_runs(positions: Positions) -> list[float | str]:
    """Positions, where more than `LISTED` integers that follow one another are one text: "first..last"."""
    told, at = list[float | str](), 0
    while at < len(positions):
        first, end = positions[at], at + 1
        while isinstance(first, int) and end < len(positions) and _follows(positions[end], first + end - at):
            end += 1
        told += [f"{first}..{positions[end - 1]}"] if end - at > LISTED else positions[at:end]
        at = end
    return told


def _follows(position: float, expected: int) -> bool:
    return isinstance(position, int) and position == expected


def _out_of_runs(told: Sequence[float | str]) -> Positions:
    """Positions as `_in_runs` told them. Raises ValueError for a text that is no run."""
    return tuple(position for each in told for position in (_run(each) if isinstance(each, str) else (each,)))


def _run(told: str) -> range:
    first, _, last = told.partition("..")
    try:
        return range(int(first), int(last) + 1)
    except ValueError:
        raise ValueError(f'{told!r} is no run of positions; expected "first..last"') from None


def case_of(described: dict[str, Any]) -> Case:
    """The case that `Case.described` described. Raises ValueError for a text that is no run of positions."""
    plain = dict(described)
    for name in ("positions", "others"):
        plain[name] = _out_of_runs(plain.get(name, ()))
    given = plain.get("parameters", {})
    plain["parameters"] = tuple(sorted((n, tuple(v) if isinstance(v, list) else v) for n, v in given.items()))
    plain["segments"] = tuple((str(kind), *sizes) for kind, *sizes in plain.get("segments", ()))
    plain["content"] = tuple((name, tuple(values)) for name, values in plain.get("content", {}).items())
    return Case(**plain)


def case_at(witness: Witness) -> Case:
    """A witness of the spec as a case: its vectors in pair 0 of eight coordinates, its positions, its shift."""
    values = witness.values
    if "segments" in values:
        return Case(segments=values["segments"])
    if "positions" in values:
        return Case(dim=8, positions=values["positions"])
    alike = tuple((name, (float(rows[0][0]),)) for name, rows in tables_of(witness).items() if rows == rows[:1])
    if "kernel" in values:
        return Case(dim=values["kernel"], positions=(values["k"], values["k"] + 1), content=alike)
    vectors = tuple((name, tuple(map(float, v))) for name, v in values.items() if name in VECTORS)
    return Case(
        dim=8,
        positions=tuple(values[name] for name in ("m", "a", "b") if name in values) or (0,),
        others=tuple(values[name] for name in ("n", "l") if name in values),
        shift=values.get("c", 1),
        content=(*vectors, *alike),
    )
