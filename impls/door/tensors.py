"""Numbers become tensors here and come back: dtype, strides, gradients, and the transformations of PyTorch."""

import copy
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import Any

import numpy as np
import torch
from torch import Tensor

from impls.door.crossing import FRAME, Dtype, Laid, Numbers, Packed, Request, Strides, Under
from impls.door.misbehaviour import Malformed, words_of


def handed(argument: Any, laid: Laid = "contiguous", device: str = "cpu") -> tuple[Any, Any]:
    """What the code gets, and what is read afterwards; `laid` is how positions lie in memory."""
    if isinstance(argument, Numbers):
        lay = _LAID[laid] if argument.places else _LAID_OUT[argument.strides]
        tensor = lay(_tensor(argument.values, argument.dtype, device))
        return tensor, tensor._base if argument.strides == "framed" else tensor
    if isinstance(argument, Packed):
        parts = [_tensor(part, argument.dtype, device) for part in argument.parts]
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


def _tensor(values: np.ndarray, dtype: str, device: str) -> Tensor:
    return torch.tensor(np.array(values, order="C"), dtype=getattr(torch, dtype)).to(device)


def _strided(x: Tensor) -> Tensor:
    wide = x.new_zeros(*x.shape[:-1], 2 * x.shape[-1])
    wide[..., 1::2] = x
    return wide[..., 1::2]


def _transposed(x: Tensor) -> Tensor:
    """Its last two axes but one lie exchanged; rows of coordinates lie in wider ones where there is but one axis."""
    if x.ndim > 2:
        return x.transpose(-3, -2).contiguous().transpose(-3, -2)
    return torch.cat([x, x], dim=-1)[..., : x.shape[-1]]


def _framed(x: Tensor) -> Tensor:
    around = x.new_full([length + 2 for length in x.shape], FRAME)
    inside = around[(slice(1, -1),) * x.ndim]
    inside.copy_(x)
    return inside


_LAID_OUT: Mapping[Strides, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x,
    "transposed": _transposed,
    "strided": _strided,
    "expanded": lambda x: x[:1, :1].expand(x.shape),
    "framed": _framed,
}


_LAID: Mapping[Laid, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda p: p,
    "strided": _strided,
    "repeated": lambda p: p[:1].clone().expand(p.shape) if bool((p == p[:1]).all()) else p,
    "sliced": lambda p: torch.cat([p.flip(0) + 1, p])[len(p) :],
}


def overwrite(handed_in: Any, argument: Any) -> None:
    """Write the numbers of an argument into what was handed in for another of the same shape."""
    if isinstance(argument, Numbers):
        handed_in.copy_(_tensor(argument.values, argument.dtype, "cpu"))
    elif isinstance(argument, list):
        handed_in[:] = copy.deepcopy(argument)


def same_bits(one: Any, other: Tensor) -> bool:
    """Whether two results are the same; what is not a number is like itself."""
    if not isinstance(one, Tensor) or (one.shape, one.dtype) != (other.shape, other.dtype):
        return False
    return torch.equal(one, other) or bool(((one == other) | ((one != one) & (other != other))).all())


def expect_dense(result: Any, device: str | None = "cpu") -> None:
    """Raise Malformed for what is no tensor that lies in memory, on the device of its arguments, if it has any."""
    if not isinstance(result, Tensor):
        raise Malformed(f"returned {type(result).__name__}; expected a tensor")
    elsewhere = device is not None and result.device.type != torch.device(device).type
    if elsewhere or result.layout != torch.strided:
        found = f"a {result.layout} tensor on {result.device}"
        raise Malformed(f"returned {found}; return a dense tensor on the device of x")


def array_of(tensor: Tensor) -> np.ndarray:
    """A copy of the numbers: what the code does with its tensor later does not change them."""
    plain = tensor.detach().resolve_conj().resolve_neg()
    plain = plain.dequantize() if plain.is_quantized else plain
    wide = torch.complex128 if plain.is_complex() else torch.float64 if plain.is_floating_point() else plain.dtype
    return np.array(plain.to(device="cpu", dtype=wide).numpy())


def picked(call: Callable[..., Any], request: Request) -> Callable[..., Any]:
    """The call, whose result is the one that counts: one of several, or what it has written into an argument.

    Raises Malformed where there is no such result, or another one is returned than was written.
    """
    if request.part is None and not request.written:
        return call

    def one_of(*given: Any, **named: Any) -> Any:
        result = call(*given, **named)
        returned = result if request.part is None or result is None else _part(result, request.part)
        if not request.written:
            return returned
        written = given[request.written[0]]
        if isinstance(returned, Tensor) and not same_bits(returned, written):
            raise Malformed("returned something else than it has written into its argument; declare inplace=False")
        return written

    return one_of


def _part(result: Any, part: int) -> Any:
    if isinstance(result, tuple | list) and len(result) > part:
        return result[part]
    raise Malformed(f"returned {type(result).__name__}; expected what became of q and of k")


def read_again(whole: Any) -> Any:
    """An argument after the call."""
    if isinstance(whole, Tensor):
        return array_of(whole)
    views = isinstance(whole, list) and bool(whole) and isinstance(whole[0], Tensor)
    return tuple(map(array_of, whole)) if views else whole


def word_of(of_torch: Any) -> str:
    """The name of a dtype or of a layout."""
    return str(of_torch).removeprefix("torch.")


Called = tuple[Any, Sequence[Tensor | None]]


def _eager(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    return call(*given, **named), ()


class _Product(torch.autograd.Function):
    """What stands for the product with `upstream`: nothing is wanted of it but the way back, on which it hands that on.

    `torch.autograd.grad` takes it as well, but then imports symbolic shapes, and sympy, to compare two shapes.
    """

    @staticmethod
    def forward(ctx: Any, y: Tensor, upstream: Tensor) -> Tensor:
        """Keep `upstream`."""
        ctx.upstream = upstream
        return torch.zeros((), device=upstream.device)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Hand it on."""
        return ctx.upstream, None


def _gradient(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    """The code gets copies, into which it may write. A result of another shape has no product with `upstream`.

    What it gets, and `upstream`, lie in memory as the arguments do: views of copies, where they are views.
    """
    places: dict[int | str, Any] = dict(enumerate(request.given))
    places.update(request.named.items())
    of = [places[name] for name in request.of]
    leaves = [_tensor(each.values, each.dtype, request.device).requires_grad_() for each in of]
    views = (_LAID_OUT[each.strides](leaf.clone()) for each, leaf in zip(of, leaves, strict=True))
    arguments: dict[int | str, Any] = dict(enumerate(given))
    arguments.update(named.items())
    arguments.update(zip(request.of, views, strict=True))
    y = call(*(arguments[i] for i in range(len(given))), **{name: arguments[name] for name in named})
    upstream = torch.tensor(request.upstream)
    if not isinstance(y, Tensor) or not y.requires_grad or y.shape != upstream.shape:
        return y, [None] * len(leaves)
    upstream = _LAID_OUT[of[0].strides](upstream.to(y.dtype).to(y.device))
    try:
        product = _Product.apply(y, upstream)  # type: ignore[no-untyped-call]
        return y, torch.autograd.grad(product, leaves, allow_unused=True)
    except Exception as error:
        said = f"returned a result whose gradient raises {type(error).__name__}: {words_of(error)}"
        raise Malformed(said) from None


def _vmap(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    mapped = tuple(0 if place in request.of else None for place in range(len(given)))
    return torch.func.vmap(lambda *each: call(*each, **named), in_dims=mapped)(*given), ()


def _autocast(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    with torch.autocast(torch.device(request.device).type, dtype=torch.bfloat16):
        return call(*given, **named), ()


def _compiled(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    try:
        return torch.compile(call, backend=request.compiler)(*given, **named), ()
    finally:
        torch.compiler.reset()


def _within(setting: Callable[[], AbstractContextManager[Any]]) -> Callable[..., Called]:
    def called(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
        with setting():
            return call(*given, **named), ()

    return called


def _thread(call: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], request: Request) -> Called:
    """An error of the thread is raised here; one that does not come back does not keep the process from ending."""
    result = Future[Any]()

    def run() -> None:
        try:
            result.set_result(call(*given, **named))
        except BaseException as error:
            result.set_exception(error)

    Thread(target=run, daemon=True).start()
    return result.result(), ()


@contextmanager
def _set(change: Callable[[Any], None], value: Any, before: Any) -> Iterator[None]:
    change(value)
    try:
        yield
    finally:
        change(before)


def _multiplied(precision: str) -> AbstractContextManager[None]:
    return _set(torch.set_float32_matmul_precision, precision, torch.get_float32_matmul_precision())


@contextmanager
def _deterministic() -> Iterator[None]:
    """What has no deterministic path warns; memory that nobody has written is not a number."""
    before = torch.get_deterministic_debug_mode()
    with _set(torch.set_deterministic_debug_mode, "warn", before), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


UNDER: Mapping[Under, Callable[..., Called]] = {
    "eager": _eager,
    "gradient": _gradient,
    "vmap": _vmap,
    "autocast": _autocast,
    "compiled": _compiled,
    "inference": _within(torch.inference_mode),
    "no-grad": _within(torch.no_grad),
    "thread": _thread,
    "deterministic": _within(_deterministic),
    "default-float64": _within(lambda: _set(torch.set_default_dtype, torch.float64, torch.get_default_dtype())),
    "matmul-high": _within(lambda: _multiplied("high")),
    "matmul-medium": _within(lambda: _multiplied("medium")),
}
"""The result, and the gradients that were asked for."""
