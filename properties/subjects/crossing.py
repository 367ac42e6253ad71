"""What crosses the door between numbers and code: a request of names, numbers and arrays, and its answer.

On our side everything is numpy, in float64; beyond the door are tensors. Every bfloat16, float16 and float32 is a
float64, so that nothing is lost on the way in either direction. What is special about tensors is said in words: how one
lies in memory, and the transformation of PyTorch under which the code is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from properties.cases.drawing import Strides
from properties.subjects.misbehaviour import Malformed

Under = Literal["eager", "gradient", "vmap", "autocast", "compiled"]


@dataclass(frozen=True, eq=False)
class Numbers:
    """An argument that the code gets as a tensor of this dtype, laid out in memory as `strides` says.

    "transposed": its second and third axis lie exchanged; "strided": every other number of a wider tensor; "expanded":
    the first entry of the first two axes, repeated without a copy (the values must be those).
    """

    values: np.ndarray
    dtype: str
    strides: Strides = "contiguous"


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
    `of`, by place or name. "vmap": mapped over the first axis of the first argument. `watched`: what was handed in is
    read again. `then`: another call, which is made before the result of this one is read.
    """

    instance: Instance
    given: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)
    under: Under = "eager"
    upstream: np.ndarray | None = None
    of: tuple[int | str, ...] = (0,)
    watched: bool = False
    then: "Request | None" = None

    @property
    def numbers(self) -> tuple[Any, ...]:
        """What is handed in, by place and then by name, as `Answer.afterwards` tells it."""
        return tuple(_plain(argument) for argument in (*self.given, *self.named.values()))


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What came back: floats in float64, integers as they are; `dtype` says which held them.

    `gradients` are those that were asked for, each None where none reaches its argument. `afterwards` are the arguments
    after the call, by place and then by name: arrays, the parts of what was packed, or what else was handed in.
    """

    values: np.ndarray
    dtype: str
    gradients: tuple[np.ndarray | None, ...] = ()
    afterwards: tuple[Any, ...] = ()

    def shaped(self, *shape: int) -> np.ndarray:
        """The values. Raises Malformed where they have another shape."""
        if self.values.shape != shape:
            raise Malformed(f"returned the shape {self.values.shape}; expected {shape}")
        return self.values


def _plain(argument: Any) -> Any:
    if isinstance(argument, Packed):
        return argument.parts
    return argument.values if isinstance(argument, Numbers) else None if isinstance(argument, Dtype) else argument
