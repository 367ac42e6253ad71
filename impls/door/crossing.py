"""What crosses the door between numbers and code: a request of names, numbers and arrays, and its answer.

On our side everything is numpy, in float64; beyond the door are tensors. Every bfloat16, float16 and float32 is a
float64, so that nothing is lost on the way in either direction. What is special about tensors is said in words: how one
lies in memory, and the transformation of PyTorch under which the code is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from impls.door.misbehaviour import Malformed

Strides = Literal["contiguous", "transposed", "strided", "expanded", "framed"]
Laid = Literal["contiguous", "strided", "repeated", "sliced"]
Floor = Literal["copy", "writing", "product"]
"""The least that a result takes: to copy it, to write it, or, of logits, the product of queries and keys."""
Under = Literal[
    "eager",
    "gradient",
    "vmap",
    "autocast",
    "compiled",
    "inference",
    "no-grad",
    "thread",
    "deterministic",
    "default-float64",
    "matmul-high",
    "matmul-medium",
]


FRAME = 77.0
"""What stands around a tensor that is framed."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """An argument that the code gets as a tensor of this dtype, laid out in memory as `strides` says.

    "transposed": its second and third axis lie exchanged; "strided": every other number of a wider tensor; "expanded":
    the first entry of the first two axes, repeated without a copy (the values must be those); "framed": inside a tensor
    that is larger along every axis, and holds `FRAME` there. Those that are `places` lie as their request says.
    """

    values: np.ndarray
    dtype: str
    strides: Strides = "contiguous"
    places: bool = False


@dataclass(frozen=True, eq=False)
class Packed:
    """An argument that is one of several parts of a single tensor: `parts[at]`.

    Parts have the axes (batch, heads, n, dim); they are stacked in front of these, or `before_heads` of every token:
    (batch, n, parts, heads, dim).
    """

    parts: tuple[np.ndarray, ...]
    at: int
    dtype: str
    before_heads: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """What comes beside the vectors of a call that is not the plain one: see `impls.door.marshalling`.

    `other` are the vectors of the other side of attention, (batch, heads, n, dim), which lie in memory as `strides`
    says, and `value` those that attention adds up. `cosines`, `sines` and `angles` are those of the pairs at the
    positions, (n, pairs) or (batch, n, pairs), and `columns` the pair of each coordinate that turns. `grid` is the
    number of axes of a position, `reached` how many positions a cache holds at least.
    """

    other: np.ndarray | None = None
    value: np.ndarray | None = None
    strides: Strides = "contiguous"
    cosines: np.ndarray
    sines: np.ndarray
    angles: np.ndarray
    columns: np.ndarray
    grid: int = 1
    reached: int = 0


@dataclass(frozen=True)
class Dtype:
    """An argument that names a dtype."""

    name: str


@dataclass(frozen=True)
class Instance:
    """Which callable is asked: what it was built for. `length` is None where the length of a sequence plays no part."""

    dim: int
    parameters: tuple[tuple[str, Any], ...] = ()
    length: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """One call. Arguments are `Numbers`, `Packed`, a `Dtype`, or plain Python values, of which a copy is
    handed in.

    `under` "gradient": beside the result, the gradients of its product with `upstream` with respect to the arguments
    `of`, by place or name. "vmap": mapped over the first axis of each of these. "inference" and "no-grad": without
    gradients; "thread": in another thread; the others are settings of the whole process. `watched`: what was handed in
    is read again. `then`: another call, which is made before the result of this one is read, when what was handed in is
    gone. `first`: another call of the same shapes, which is made before with the very tensors of this one, into which
    the numbers are written afterwards. `times`: how often it is made. `laid`: how positions lie in memory: "strided":
    every other number of a wider tensor; "repeated": where they are all the same, one of them without a copy; "sliced":
    behind others in a longer tensor. `part`: which of several results counts; `written`: the places of the arguments
    into which the code writes, that of the result first. `beside`: what code needs that is called in another way.
    `device`: where the tensors are; `compiler`: the backend with which code is compiled.
    """

    instance: Instance
    given: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)
    under: Under = "eager"
    upstream: np.ndarray | None = None
    of: tuple[int | str, ...] = (0,)
    watched: bool = False
    then: "Request | None" = None
    first: "Request | None" = None
    times: int = 1
    laid: Laid = "contiguous"
    part: int | None = None
    written: tuple[int, ...] = ()
    beside: Beside | None = None
    device: str = "cpu"
    compiler: str = "aot_eager"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """What is handed in, by place and then by name, as `Answer.afterwards` tells it."""
        return tuple(_plain(argument) for argument in (*self.given, *self.named.values()))

    @property
    def shapes(self) -> tuple[Any, ...]:
        """The shapes of what is handed in."""
        return tuple(np.shape(each) for each in self.numbers if isinstance(each, np.ndarray))


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What came back: floats in float64, integers as they are; `dtype` says which held them.

    `gradients` are those that were asked for, each None where none reaches its argument. `afterwards` are the arguments
    after the call, by place and then by name: arrays, the parts of what was packed, or what else was handed in.
    `differing` are the indices of the repeated calls whose results have other bits than that of the first, 0. `passed`
    are the values that came in one tensor with queries and keys.
    """

    values: np.ndarray
    dtype: str
    gradients: tuple[np.ndarray | None, ...] = ()
    afterwards: tuple[Any, ...] = ()
    differing: tuple[int, ...] = ()
    passed: np.ndarray | None = None

    def shaped(self, *shape: int) -> np.ndarray:
        """The values. Raises Malformed where they have another shape."""
        if self.values.shape != shape:
            raise Malformed(f"returned the shape {self.values.shape}; expected {shape}")
        return self.values


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one call costs.

    `seconds`, and the `ratio` to those of its floor, beside the `noise`, which is what the floor shows against itself.
    `applying`: what of the ratio grows with the work, None where there was no less of it. `bytes` and `flops` are
    counted, and `passes` are the bytes as a multiple of those of a copy; None where another library, or a compiler,
    does the work. `memory`: the most that the call holds at once, what it makes included, as a multiple of what it
    makes, None where another library holds it. `launches`: the kernels that it starts on a device.
    """

    shape: tuple[int, ...]
    seconds: float
    ratio: float
    noise: float
    applying: float | None
    bytes: int | None
    flops: int | None
    passes: float | None
    memory: float | None
    launches: int | None


def _plain(argument: Any) -> Any:
    if isinstance(argument, Packed):
        return argument.parts
    if isinstance(argument, Numbers) and argument.strides == "framed":
        return np.pad(argument.values, 1, constant_values=FRAME)
    return argument.values if isinstance(argument, Numbers) else None if isinstance(argument, Dtype) else argument
