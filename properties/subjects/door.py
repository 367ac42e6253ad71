"""The one door between numbers and code: a request of names, numbers and arrays goes in, an answer of arrays comes out.

On this side of the door everything is numpy, in float64; beyond it are tensors. Every bfloat16, float16 and float32 is
a float64, so that nothing is lost on the way in either direction. What is special about tensors is said in words: how
one lies in memory, and the transformation of PyTorch under which the code is called.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from impls import Implementation
from impls.declaration import accepts
from properties.subjects.misbehaviour import Malformed, raising

Strides = Literal["contiguous", "transposed", "strided", "expanded"]
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

    `under` "gradient": beside the result, the gradient of its product with `upstream` with respect to the first
    argument. "vmap": mapped over the first axis of the first argument. `watched`: what was handed in is read again.
    """

    instance: Instance
    given: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)
    under: Under = "eager"
    upstream: np.ndarray | None = None
    watched: bool = False

    @property
    def numbers(self) -> tuple[Any, ...]:
        """What is handed in, by place and then by name, as `Answer.afterwards` tells it."""
        return tuple(_plain(argument) for argument in (*self.given, *self.named.values()))


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What came back: floats in float64, integers as they are; the words say what kind of tensor held them.

    `gradient` is None where it was not asked for, or does not reach the first argument. `afterwards` are the arguments
    after the call, by place and then by name: arrays, the parts of what was packed, or what else was handed in.
    """

    values: np.ndarray
    dtype: str
    device: str
    layout: str
    gradient: np.ndarray | None = None
    afterwards: tuple[Any, ...] = ()

    def shaped(self, *shape: int) -> np.ndarray:
        """The values. Raises Malformed where they have another shape."""
        if self.values.shape != shape:
            raise Malformed(f"returned the shape {self.values.shape}; expected {shape}")
        return self.values


@dataclass(frozen=True, eq=False)
class Door:
    """An implementation behind its door; what its factory built is kept for the next request."""

    implementation: Implementation
    built: dict[Instance, Callable[..., Any]] = field(default_factory=dict)

    def fresh(self) -> "Door":
        """The same implementation, of which nothing has been built yet."""
        return Door(self.implementation)

    def instance(self, wanted: Instance) -> Callable[..., Any]:
        """The callable itself, with its parameters. Raises Raised or Malformed where the factory builds none."""
        if wanted not in self.built:
            made: Callable[..., Any] = partial(self.implementation.function, **dict(wanted.parameters))
            if self.implementation.factory:
                with raising():
                    made = made(wanted.dim)
                if not callable(made):
                    returned = "nothing" if made is None else type(made).__name__
                    raise Malformed(f"returned {returned}; expected a callable")
            self.built[wanted] = made
        return self.built[wanted]

    def takes(self, wanted: Instance, keyword: str) -> bool:
        """Whether the callable takes this keyword argument. Raises Raised where its signature cannot be read."""
        made = self.instance(wanted)
        with raising():
            return accepts(made, keyword)

    def prepared(self, request: Request) -> tuple[Callable[[], Any], Any]:
        """The bare call and its first argument, for those who measure it."""
        given = tuple(map(_handed, request.given))
        named = {name: _handed(each) for name, each in request.named.items()}
        return partial(self.instance(request.instance), *(tensor for tensor, _ in given), **_first(named)), given[0][0]

    def ask(self, request: Request) -> Answer:
        """Call the code. Raises Raised where it raises, Malformed where it returns no tensor."""
        call = self.instance(request.instance)
        given = tuple(map(_handed, request.given))
        named = {name: _handed(each) for name, each in request.named.items()}
        tensors = tuple(each for each, _ in given)
        with raising():
            result, gradient = _UNDER[request.under](call, tensors, _first(named), request)
        if not isinstance(result, Tensor):
            raise Malformed(f"returned {type(result).__name__}; expected a tensor")
        return Answer(
            values=_array(result),
            dtype=_word(result.dtype),
            device=result.device.type,
            layout=_word(result.layout),
            gradient=None if gradient is None else _array(gradient),
            afterwards=tuple(_read(whole) for _, whole in (*given, *named.values())) if request.watched else (),
        )


def _plain(argument: Any) -> Any:
    if isinstance(argument, Packed):
        return argument.parts
    return argument.values if isinstance(argument, Numbers) else None if isinstance(argument, Dtype) else argument


def rounded(values: np.ndarray, *dtypes: str) -> np.ndarray:
    """Numbers as these dtypes hold them, one after the other, in float64."""
    held = torch.tensor(np.asarray(values, dtype=np.float64))
    for dtype in dtypes:
        held = held.to(getattr(torch, dtype))
    return np.asarray(held.double().numpy())


def largest_number(dtype: str) -> float:
    """The largest number of a dtype."""
    return float(torch.finfo(getattr(torch, dtype)).max)


def _first(handed: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {name: each for name, (each, _) in handed.items()}


def _handed(argument: Any) -> tuple[Any, Any]:
    """What the code gets, and what is read afterwards."""
    if isinstance(argument, Numbers):
        tensor = _LAID_OUT[argument.strides](_tensor(argument.values, argument.dtype))
        return tensor, tensor
    if isinstance(argument, Packed):
        parts = [_tensor(part, argument.dtype) for part in argument.parts]
        if not argument.before_heads:
            stacked = torch.stack(parts)
            return stacked[argument.at], [*stacked]
        packed = torch.stack([part.transpose(1, 2) for part in parts], dim=2)
        views = [packed[:, :, i].transpose(1, 2) for i in range(len(parts))]
        return views[argument.at], views
    if isinstance(argument, Dtype):
        return getattr(torch, argument.name), None
    copied = copy.deepcopy(argument)
    return copied, copied


def _tensor(values: np.ndarray, dtype: str) -> Tensor:
    return torch.tensor(np.ascontiguousarray(values), dtype=getattr(torch, dtype))


def _strided(x: Tensor) -> Tensor:
    wide = torch.zeros(*x.shape[:-1], 2 * x.shape[-1], dtype=x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


_LAID_OUT: Mapping[Strides, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.transpose(1, 2).contiguous().transpose(1, 2),
    "strided": _strided,
    "expanded": lambda x: x[:1, :1].expand(x.shape),
}


def _array(tensor: Tensor) -> np.ndarray:
    """A copy of the numbers: what the code does with its tensor later does not change them."""
    if tensor.layout != torch.strided or tensor.is_meta:
        return np.empty(tensor.shape)
    plain = tensor.detach().cpu()
    return np.array((plain.double() if plain.is_floating_point() else plain).numpy())


def _read(whole: Any) -> Any:
    """An argument after the call."""
    if isinstance(whole, Tensor):
        return _array(whole)
    views = isinstance(whole, list) and bool(whole) and isinstance(whole[0], Tensor)
    return tuple(map(_array, whole)) if views else whole


def _word(of_torch: Any) -> str:
    return str(of_torch).removeprefix("torch.")


Called = tuple[Any, Tensor | None]


def _eager(call: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], request: Request) -> Called:
    return call(*given, **named), None


def _gradient(call: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], request: Request) -> Called:
    """The code gets a copy, into which it may write. A result of another shape has no product with `upstream`."""
    x, *others = given
    x.requires_grad_()
    y = call(x.clone(), *others, **named)
    if not isinstance(y, Tensor) or not y.requires_grad or y.shape != x.shape:
        return y, None
    return y, torch.autograd.grad(y, x, torch.tensor(request.upstream, dtype=x.dtype))[0]


def _vmap(call: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], request: Request) -> Called:
    x, *others = given
    return torch.func.vmap(lambda one: call(one, *others, **named))(x), None


def _autocast(call: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], request: Request) -> Called:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return call(*given, **named), None


def _compiled(call: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], request: Request) -> Called:
    try:
        return torch.compile(call, backend="aot_eager")(*given, **named), None
    finally:
        torch.compiler.reset()


_UNDER: Mapping[Under, Callable[..., Called]] = {
    "eager": _eager,
    "gradient": _gradient,
    "vmap": _vmap,
    "autocast": _autocast,
    "compiled": _compiled,
}
