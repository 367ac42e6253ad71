"""A case: a few integers and a seed, from which every tensor of a check is built.

The same cases go to every implementation. What a case asks for is cut down to what an implementation declares to
support: positions in range, consecutive, integral. Where only a part is rotated, that is two pairs at least.
"""

import dataclasses
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from impls import Implementation
from spec import ENCODINGS, Witness

Positions = tuple[float, ...]
KINDS = ("gaussian", "one-hot", "gaussian", "alternating", "gaussian", "large", "gaussian", "small")
_SCALE = {"large": 2.0**7, "small": 2.0**-7}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One experiment. `positions` are those of queries (or of the only vectors), `others` those of keys.

    Tensors have the axes (batch, heads, positions, dim). `parameters` are the encoding's, where they differ from its
    defaults. `content` fixes pair 0 of named vectors, and nothing else in them, instead of drawing them.
    """

    dim: int
    positions: Positions
    others: Positions = ()
    shift: int = 1
    batch: int = 2
    heads: int = 3
    kind: str = "gaussian"
    seed: int = 0
    parameters: tuple[tuple[str, float], ...] = ()
    content: tuple[tuple[str, tuple[float, ...]], ...] = ()

    def draw(self, name: str, rows: int | None = None) -> Tensor:
        """The vectors called `name`, float64, shape (batch, heads, rows, dim); as many rows as positions."""
        shape = (self.batch, self.heads, len(self.positions) if rows is None else rows, self.dim)
        generator = torch.Generator().manual_seed(zlib.crc32(f"{name} {self.seed}".encode()))
        if self.kind == "one-hot":
            index = torch.randint(self.dim, shape[:-1], generator=generator)
            return torch.nn.functional.one_hot(index, self.dim).double()
        if self.kind == "alternating":
            signs = torch.randint(2, shape, generator=generator) * 2 - 1
            return signs.double()
        return torch.randn(shape, generator=generator, dtype=torch.float64) * _SCALE.get(self.kind, 1.0)

    def within(self, implementation: Implementation) -> "Case":
        """The case that comes nearest to this one among those that the implementation declares to support."""
        return dataclasses.replace(
            self,
            dim=max(self.dim, _rotated(implementation)),
            positions=supported(self.positions, implementation),
            others=supported(self.others, implementation),
            shift=min(self.shift, (implementation.max_position or 2**30) // 2),
        )

    def described(self) -> dict[str, Any]:
        """The case as JSON: what differs from the defaults."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        shown = {name: value for name, value in plain.items() if value != defaults[name]}
        shown |= {name: dict(shown[name]) for name in ("parameters", "content") if name in shown}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()}


def _rotated(implementation: Implementation) -> int:
    """How many coordinates a partial rotation needs: those of its fixed size, or of two pairs with as many left."""
    smallest = 8 if ENCODINGS[implementation.encoding].partial else 0
    return max(smallest, int(implementation.parameters.get("rotary_dim", 0)))


def supported(positions: Sequence[float], implementation: Implementation) -> Positions:
    """Positions cut down to what an implementation declares: integral, not negative, consecutive, within its limit.

    Half of its limit is left free, so that a check can move all positions.
    """
    limit = None if implementation.max_position is None else implementation.max_position // 2
    kept: list[float] = list(positions)
    if implementation.positions != "any":
        kept = [int(p) for p in kept]
    if implementation.positions in ("non-negative", "contiguous"):
        kept = [abs(p) for p in kept]
    if limit is not None:
        kept = [p if abs(p) <= limit else p % limit for p in kept]
    if implementation.positions == "contiguous" and kept:
        start = int(kept[0]) if limit is None else min(int(kept[0]), max(0, limit - len(kept)))
        kept = [start + i for i in range(len(kept))]
    return tuple(kept)


def case_of(described: dict[str, Any]) -> Case:
    """The case that `Case.described` described."""
    plain = dict(described)
    for name in ("positions", "others"):
        plain[name] = tuple(plain.get(name, ()))
    plain["parameters"] = tuple(sorted(plain.get("parameters", {}).items()))
    plain["content"] = tuple((name, tuple(values)) for name, values in plain.get("content", {}).items())
    return Case(**plain)


def case_at(witness: Witness) -> Case:
    """A witness of the spec as a case: its vectors in pair 0 of eight coordinates, its positions, its shift."""
    values = witness.values
    vectors = tuple((name, tuple(map(float, v))) for name, v in values.items() if isinstance(v, tuple))
    if "kernel" in values:
        return Case(dim=values["kernel"], positions=(values["k"], values["k"] + 1))
    return Case(
        dim=8,
        positions=(values.get("m", 0),),
        others=tuple(values[name] for name in ("n", "l") if name in values),
        shift=values.get("c", 1),
        content=vectors,
    )
