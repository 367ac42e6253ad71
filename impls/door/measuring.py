"""What a call costs: its time beside the least that its result takes, its work, and the memory that it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.autograd.profiler import profile

from impls.door.crossing import Cost, Floor
from impls.door.devices import HOST, finish, kind_of
from impls.door.timing import Call, Pair, Rounds, Timing
from impls.door.work import counted

REMEMBERED = 2**28
"""Bytes, more than the caches of a device hold: what a call reads was not read by the last so many bytes of calls."""
COMPILED = "Torch-Compiled Region"


def _copied(result: Tensor, given: Sequence[Any]) -> Call:
    source = result.detach().clone(memory_format=torch.contiguous_format)
    target = torch.empty_like(source)
    return lambda: target.copy_(source)


def _written(result: Tensor, given: Sequence[Any]) -> Call:
    return torch.empty(result.shape, dtype=result.dtype, device=result.device).zero_


def _multiplied(result: Tensor, given: Sequence[Any]) -> Call:
    q, k = (each.detach() for each in given[:2])
    target = q @ k.mT
    return lambda: torch.matmul(q, k.mT, out=target)


FLOORS: Mapping[Floor, Callable[[Tensor, Sequence[Any]], Call]] = MappingProxyType(
    {"copy": _copied, "writing": _written, "product": _multiplied}
)


@dataclass(frozen=True)
class Prepared:
    """A call with nothing in it but the code, and its floor.

    `given`: the tensor that its `result` comes from. `share`: what part of all that the call makes the result is, which
    is so many `bytes`.
    """

    call: Callable[[], Tensor]
    given: Any
    result: Tensor
    floor: Call
    share: float
    bytes: float

    @property
    def pair(self) -> Pair:
        """What is timed."""
        return Pair(self.call, self.floor, self.share)


def cost_of(prepare: Callable[[], Prepared], part: Prepared | None, device: str, seconds: float) -> Cost:
    """What a call costs, prepared as often as it takes, timed for about so long; `part`: the same call of less."""
    one = prepare()
    several = [one, *(prepare() for _ in range(sets_beside(one, device)))]
    return described(one, rounds_of(several, part, device, seconds).measured(), device)


def rounds_of(several: Sequence[Prepared], part: Prepared | None, device: str, seconds: float) -> Rounds:
    """The rounds of a call on one set of tensors after the other; `part`: the same call of less, if it is less."""
    less = part.pair if part is not None and part.result.shape != several[0].result.shape else None
    return Rounds(rotating(several), less, device, seconds)


def described(one: Prepared, timing: Timing, device: str) -> Cost:
    """What a call costs that was timed: beside that its work, where torch sees it, and its needs."""
    needed = needs(one.call, device)
    work = counted(one.call, [one.given]) if isinstance(one.given, Tensor) and not needed.compiled else None
    return Cost(
        shape=tuple(one.result.shape),
        **asdict(timing),
        bytes=work.bytes if work else None,
        flops=work.flops if work else None,
        passes=work.bytes / (2 * one.bytes) if work else None,
        memory=needed.peak / one.bytes if work or needed.compiled else None,
        launches=needed.launches,
    )


def sets_beside(one: Prepared, device: str) -> int:
    """How many more sets of tensors a call is timed on: on the host, whose caches models use as well, none."""
    return 0 if kind_of(device) == HOST else REMEMBERED // max(1, 2 * one.result.nbytes)


def rotating(several: Sequence[Prepared]) -> Pair:
    """The same call on one set of tensors after the other, so that it finds none of them in a cache; so its floor."""
    calls, floors = cycle(each.call for each in several), cycle(each.floor for each in several)
    return Pair(lambda: next(calls)(), lambda: next(floors)(), several[0].share)


@dataclass(frozen=True)
class Needs:
    """The largest number of bytes that a call holds at once, of its own; whether it was compiled; kernels it starts."""

    peak: int
    compiled: bool
    launches: int | None


def needs(call: Call, device: str) -> Needs:
    """What one call needs, as torch's profiler sees it, compiled code included."""
    on_device = kind_of(device) != HOST
    with profile(use_device=kind_of(device) if on_device else None, use_kineto=on_device, profile_memory=True) as seen:
        kept = call()
        finish(device)
    del kept
    assert seen.kineto_results is not None
    events = sorted(seen.kineto_results.events(), key=lambda event: event.start_ns())
    there = torch.device(device).type.upper()
    held = peak = 0
    for event in events:
        if event.name() == "[memory]" and event.device_type().name == there:
            held += event.nbytes()
            peak = max(peak, held)
    kernels = [event for event in events if event.device_type().name == there and event.name() != "[memory]"]
    return Needs(
        peak=peak,
        compiled=any(event.name().startswith(COMPILED) for event in events),
        launches=len(kernels) if on_device else None,
    )


def with_gradient(
    call: Callable[..., Tensor], given: Sequence[Any], at: int, *, writes: bool
) -> tuple[Callable[[], Tensor], Tensor]:
    """A call and its way back to an argument, of which it gets a copy where it `writes` into it, and what goes back.

    Raises ValueError where nothing has a gradient.
    """
    argument = given[at]
    if not isinstance(argument, Tensor) or not argument.is_floating_point():
        raise ValueError("there is nothing that has a gradient")
    argument.requires_grad_()

    def there() -> Tensor:
        with torch.enable_grad():
            return call(*given[:at], argument.clone() if writes else argument, *given[at + 1 :])

    upstream = torch.randn_like(there())

    def there_and_back() -> Tensor:
        (gradient,) = torch.autograd.grad(there(), argument, upstream)
        return gradient

    return there_and_back, upstream
