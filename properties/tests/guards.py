"""Own forms behind guards: whatever lies beyond their declaration raises an error, as code does that cannot do it."""

import dataclasses
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from impls import Implementation
from impls.declaration import narrower
from impls.door.signatures import signature_of


class Beyond(ValueError):
    """A call beyond what is declared."""


def guarded(form: Implementation, **limits: Any) -> Implementation:
    """The form with these limits declared, and everything beyond them refused."""
    limited = dataclasses.replace(form, **limits)
    declared = dataclasses.replace(limited, positions=limits.get("positions", form.claimed_positions))
    limited = dataclasses.replace(
        limited,
        positions=narrower(declared),  # type: ignore[arg-type]
        claimed_positions=declared.positions,
        name=f"guarded-{form.name}",
    )
    return dataclasses.replace(limited, function=_guard(form.function, limited))


def _guard(function: Callable[..., Any], one: Implementation) -> Callable[..., Any]:
    signature = signature_of(function)

    @wraps(function)
    def guard(*given: Any, **named: Any) -> Any:
        arguments = signature.bind(*given, **named).arguments
        for name, argument in arguments.items():
            if name in ("positions", "query_positions", "key_positions"):
                expect_places(argument, one)
            elif name in ("x", "q", "k"):
                expect_vectors(argument, one)
            elif name == "dim" and one.head_sizes and argument not in one.head_sizes:
                raise Beyond(f"dimension {argument}")
            elif name == "heads" and one.heads and argument not in {q for q, _ in one.heads}:
                raise Beyond(f"{argument} heads")
        if "weights" in arguments:
            expect_heads(arguments["weights"], one)
        return function(*given, **named)

    return guard


def expect_places(positions: Tensor, one: Implementation) -> None:
    """Positions as they are declared."""
    if one.position_dtypes and str(positions.dtype).removeprefix("torch.") not in one.position_dtypes:
        raise Beyond(f"positions in {positions.dtype}")
    if one.max_position is not None and bool((positions.abs() > one.max_position).any()):
        raise Beyond(f"positions up to {positions.abs().max()}")
    kind = one.claimed_positions
    if kind != "any" and bool((positions.double().frac() != 0).any()):
        raise Beyond("fractions")
    if kind in ("non-negative", "contiguous") and bool((positions < 0).any()):
        raise Beyond("negative positions")
    along = 1 if positions.ndim == 2 and one.batched else 0
    if kind == "contiguous" and bool((positions.double().diff(dim=along) != 1).any()):
        raise Beyond(f"positions {positions.tolist()}")


def expect_vectors(x: Tensor, one: Implementation) -> None:
    """Vectors as they are declared."""
    if one.head_sizes and x.shape[-1] not in one.head_sizes:
        raise Beyond(f"dimension {x.shape[-1]}")
    if not one.differentiable and x.requires_grad:
        raise Beyond("a gradient")
    expect_heads(x, one)


def expect_heads(x: Tensor, one: Implementation) -> None:
    """As many heads as are declared, in the third axis from the end."""
    if one.heads and (x.ndim < 3 or x.shape[-3] not in {count for pair in one.heads for count in pair}):
        raise Beyond(f"heads in a tensor of shape {tuple(x.shape)}")


def accusations(one: Implementation, **plan: Any) -> list[str]:
    """What the suite says against code: the cells that do not conform, with what is told of them."""
    from properties.runs.bench import Bench
    from properties.runs.plan import Plan
    from properties.runs.run import cells

    torch.set_num_threads(1)
    found = cells(Bench(one, Plan(**plan)))
    return [f"{r.implementation} {r.property} {r.dtype}: {r.message or r.error}" for r in found if not r.conforms]
