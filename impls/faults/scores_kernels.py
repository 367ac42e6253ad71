"""KERPLE with one mistake: in its kernel, its distance, or in which of its two numbers stands where."""

from functools import partial

import torch
from torch import Tensor

from impls.faults import Steps, fault_in
from impls.faults.scores_alibi import distance_of


def log_kernel(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """r1 ln(1 + r2 d)"""
    return first * torch.log1p(second * distance)


def power_kernel(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """r1 d^r2"""
    return first * distance**second


def _bias(
    right: Steps, wrong: Steps, query_positions: Tensor, key_positions: Tensor, heads: int, *, r1: Tensor, r2: Tensor
) -> Tensor:
    steps = right | wrong
    first, second = (each.double()[:, None, None] for each in (r1, r2))
    distance = steps["distance"](query_positions, key_positions)
    subtracted: Tensor = steps["kernel"](distance, first, second)
    return -subtracted.to(r1.dtype)


RIGHT: Steps = {"distance": distance_of, "kernel": log_kernel}
kerple_with = partial(fault_in, partial(_bias, RIGHT), encoding="kerple")
power_with = partial(fault_in, partial(_bias, RIGHT | {"kernel": power_kernel}), encoding="kerple", convention="power")


@kerple_with("kernel", name="kerple-numbers-exchanged")
def _exchanged(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The two numbers are exchanged: r1 stands inside the logarithm and r2 before it."""
    return log_kernel(distance, second, first)


@kerple_with("kernel", name="kerple-sign-flipped")
def _sign_flipped(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The kernel is added, where it should be subtracted: distant keys are rewarded."""
    return -log_kernel(distance, first, second)


@kerple_with("kernel", name="kerple-base-two")
def _base_two(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The logarithm is taken to the base 2."""
    return first * torch.log2(1 + second * distance)


@kerple_with("kernel", name="kerple-one-behind-the-logarithm")
def _one_behind(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The 1 is added to the distance before it is multiplied: a key in the place of its query has a bias."""
    return first * torch.log(second * (distance + 1))


@kerple_with("kernel", name="kerple-in-float16", dtypes=("float32",))
def _in_float16(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The logarithm is taken in half precision."""
    return first * torch.log((1 + second * distance).half()).double()


@kerple_with("distance", name="kerple-future-at-zero")
def _future_at_zero(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Keys ahead of their query count as in its place, as if a causal mask would hide them."""
    return (query_positions.double()[:, None] - key_positions.double()).clamp(min=0)


@kerple_with("distance", name="kerple-query-from-zero")
def _query_from_zero(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Queries are counted from 0 in every call, so that a decoded token stands at the beginning."""
    return distance_of(torch.arange(len(query_positions)), key_positions)


@kerple_with("kernel", name="kerple-one-head-for-all")
def _one_head_for_all(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """All heads share the numbers of the first."""
    return log_kernel(distance, first[:1].expand_as(first), second[:1].expand_as(second))


@kerple_with("kernel", name="kerple-second-number-detached")
def _second_detached(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The number inside the logarithm is cut off from the graph, so that it is never trained."""
    return log_kernel(distance, first, second.detach())


@power_with("kernel", name="kerple-gradient-not-a-number")
def _gradient_not_a_number(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The power is an exponential of a logarithm, whose gradient is not a number where the distance is 0."""
    return torch.exp(first.log() + second * distance.log())


@power_with("kernel", name="kerple-power-of-the-product")
def _power_of_the_product(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The power is taken of r1 d, where r1 should stand before it."""
    return (first * distance) ** second


@power_with("kernel", name="kerple-exponent-left-out")
def _exponent_left_out(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The exponent is ignored: ALiBi with learned slopes."""
    return first * distance


@kerple_with("kernel", name="kerple-second-number-at-most-two")
def _at_most_two(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The number inside the logarithm is cut at 2, as an exponent would be."""
    return log_kernel(distance, first, second.clamp(max=2))


@kerple_with("kernel", name="kerple-numbers-from-a-twentieth-on")
def _from_a_twentieth_on(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Both numbers are kept away from 0 by more than the hundredth that is published."""
    return log_kernel(distance, first.clamp(min=0.05), second.clamp(min=0.05))


@power_with("kernel", name="kerple-exponent-at-most-three-halves")
def _at_most_three_halves(distance: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The exponent is cut at 3/2, where it may reach 2."""
    return power_kernel(distance, first, second.clamp(max=1.5))
