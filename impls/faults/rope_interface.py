"""RoPE with right values for plain calls: wrong in shape or dtype, in gradients, in what it accepts, or transformed."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned


@fault("rope")
def batch_axis_added(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A tensor of two axes comes back with a third one."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return y[None] if x.ndim == 2 else y


@fault("rope")
def axes_of_size_one_dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Axes of size one are dropped from the result."""
    return turned(x, angles(positions, x.shape[-1], base)).squeeze()


@fault("rope", source="https://github.com/facebookresearch/xformers/issues/742")
def result_in_float32(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The result is float32, whatever the dtype of the vectors."""
    return turned(x, angles(positions, x.shape[-1], base)).float()


@fault("rope")
def dtype_of_positions(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Where the positions are floating point, the result takes their dtype."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return y.to(positions.dtype) if positions.is_floating_point() else y


@fault("rope")
def strides_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The strides are ignored: every tensor is read as if it were contiguous."""
    steps = torch.empty(x.shape, device="meta").stride()
    return turned(x.as_strided(x.shape, steps), angles(positions, x.shape[-1], base))


@fault("rope")
def offset_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A slice is read from the beginning of its storage: strides count, the offset of the first number does not."""
    return turned(x.as_strided(x.shape, x.stride(), 0), angles(positions, x.shape[-1], base))


@fault("rope", max_position=8192)
def limit_not_enforced(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions beyond the declared maximum are taken for the maximum instead of being refused."""
    return turned(x, angles(positions.clamp(max=8192), x.shape[-1], base))


@fault("rope", max_position=8192)
def last_position_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The declared maximum is refused, and not only what lies beyond it."""
    if bool((positions >= 8192).any()):
        raise ValueError("positions must lie below 8192")
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", head_sizes=(64, 96, 128))
def declared_size_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Of the head sizes that are declared, one is refused."""
    if x.shape[-1] not in (64, 128):
        raise ValueError(f"expected 64 or 128 coordinates, got {x.shape[-1]}")
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", heads=((8, 2), (4, 4)))
def fewer_heads_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The number of heads of queries is taken, and that of keys refused."""
    if x.ndim > 2 and x.shape[-3] not in (8, 4):
        raise ValueError(f"expected 8 or 4 heads, got {x.shape[-3]}")
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope", head_sizes=(16,))
def other_sizes_not_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """A single head size is declared, and others are turned with its frequencies instead of being refused."""
    return turned(x, positions.double()[..., None] * frequencies(16, base)[[i % 8 for i in range(x.shape[-1] // 2)]])


@fault("rope", position_dtypes=("int64",))
def other_dtypes_not_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions in int64 are declared, and those in int32 taken for 0 instead of being refused."""
    known = positions if positions.dtype == torch.int64 else torch.zeros_like(positions)
    return turned(x, angles(known, x.shape[-1], base))


@fault("rope", positions="integers")
def fractions_not_refused(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Only integer positions are declared, and others are cut to integers instead of being refused."""
    return turned(x, angles(positions.long(), x.shape[-1], base))


@fault("rope")
def odd_coordinate_passed_on(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Of an odd number of coordinates the last is passed on unrotated, instead of being refused."""
    even = x.shape[-1] // 2 * 2
    return torch.cat([turned(x[..., :even], angles(positions, even, base)), x[..., even:]], dim=-1)


@fault("rope")
def lone_vector_at_first_position(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """One vector handed in with many positions is rotated by the first of them, instead of being refused."""
    angle = angles(positions, x.shape[-1], base)
    return turned(x, angle[0] if x.ndim == 1 else angle)


@fault("rope")
def surplus_positions_ignored(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions beyond the number of tokens are ignored, instead of being refused."""
    angle = angles(positions, x.shape[-1], base)
    return turned(x, angle if x.ndim == 1 else angle[: x.shape[-2]])


@fault("rope")
def cut_from_the_graph(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The result is cut from the graph: no gradient reaches the vectors."""
    return turned(x.detach(), angles(positions, x.shape[-1], base))


class _TurnedOnBackwards(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, angle: Tensor) -> Tensor:
        context.save_for_backward(angle)
        return turned(x, angle)

    @staticmethod
    def backward(context: Any, *upstream: Tensor) -> tuple[Tensor, None]:
        (angle,) = context.saved_tensors
        return turned(upstream[0], angle), None


@fault("rope", source="https://github.com/Dao-AILab/flash-attention/pull/569")
def gradient_turned_forward(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The backward pass turns the gradient forward, where it should turn it back."""
    apply: Callable[..., Tensor] = _TurnedOnBackwards.apply
    return apply(x, angles(positions, x.shape[-1], base))


@fault("rope", source="https://github.com/huggingface/diffusers/issues/13920")
def angles_under_autocast(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The angles are a float32 matrix product, which autocast carries out in bfloat16."""
    theta = frequencies(x.shape[-1], base).float()
    return turned(x, positions.float()[:, None] @ theta[None, :])


@fault("rope")
def positions_ignored_when_compiled(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Under torch.compile another path is taken, in which tokens are counted 0, 1, 2, ..."""
    known = torch.arange(len(positions)) if torch.compiler.is_compiling() else positions
    return turned(x, angles(known, x.shape[-1], base))
