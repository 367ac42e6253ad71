"""RoPE that remembers, or reaches into memory that is not its own. The state of these faults is the mistake itself."""

from collections.abc import Callable

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned

Call = Callable[[Tensor, Tensor], Tensor]


@fault("rope", source="https://github.com/lucidrains/rotary-embedding-torch/issues/11", factory=True)
def cache_key_without_offset(dim: int, *, base: float = 10000.0) -> Call:
    """The cached table is looked up by the number of tokens: other positions of equal number get the same angles."""
    tables: dict[int, Tensor] = {}

    def call(x: Tensor, positions: Tensor) -> Tensor:
        return turned(x, tables.setdefault(len(positions), angles(positions, x.shape[-1], base)))

    return call


_SHARED: dict[tuple[int, tuple[float, ...]], Tensor] = {}


@fault("rope", factory=True)
def cache_key_without_base(dim: int, *, base: float = 10000.0) -> Call:
    """All instances share a table that is looked up without the base: an instance gets the angles of another."""

    def call(x: Tensor, positions: Tensor) -> Tensor:
        key = (x.shape[-1], tuple(positions.tolist()))
        return turned(x, _SHARED.setdefault(key, angles(positions, x.shape[-1], base)))

    return call


_LATEST: dict[str, float] = {}


@fault("rope", factory=True)
def latest_base_for_all_instances(dim: int, *, base: float = 10000.0) -> Call:
    """All instances use the base of the one that was built last."""
    _LATEST["base"] = base

    def call(x: Tensor, positions: Tensor) -> Tensor:
        return turned(x, angles(positions, x.shape[-1], _LATEST["base"]))

    return call


@fault("rope", source="https://github.com/huggingface/transformers/issues/25681", factory=True)
def frequencies_keep_the_lowest_dtype(dim: int, *, base: float = 10000.0) -> Call:
    """The frequencies are rounded to the dtype of a call, and stay so: after one in half precision all are wrong."""
    theta = frequencies(dim, base)

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal theta
        theta = theta.to(x.dtype)
        return turned(x, positions.double()[:, None] * theta.double())

    return call


@fault("rope", source="https://github.com/huggingface/transformers/pull/27227", factory=True)
def base_stays_grown(dim: int, *, base: float = 10000.0) -> Call:
    """A call with more than 64 tokens enlarges the base of all later calls."""
    grown = base

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal grown
        y = turned(x, angles(positions, x.shape[-1], grown))
        grown *= 2 if len(positions) > 64 else 1
        return y

    return call


@fault("rope")
def last_token_never_written(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Of more than eight tokens the last is never written: what comes back there was left in memory by others."""
    y = turned(x, angles(positions, x.shape[-1], base))
    left = 1000 * torch.randn_like(y[..., -1:, :])
    return torch.cat([y[..., :-1, :], left], dim=-2) if len(positions) > 8 else y


@fault("rope")
def dropout_left_on(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Dropout was left switched on: the same call gives different values."""
    return torch.nn.functional.dropout(turned(x, angles(positions, x.shape[-1], base)), p=0.1, training=True)


@fault("rope", source="https://github.com/unslothai/unsloth/issues/5001")
def input_mutated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The result is written into the input, which its caller may still need."""
    return x.copy_(turned(x, angles(positions, x.shape[-1], base)))


@fault("rope")
def printing_changed(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Every call changes to how many digits all tensors of the process are printed: three and four in turn."""
    digits = len(repr(torch.tensor(1 / 3)).partition("0.")[2]) - 1
    torch.set_printoptions(precision=7 - digits)
    return turned(x, angles(positions, x.shape[-1], base))


@fault("rope")
def many_vectors_overwritten(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """More than 100 000 numbers are overwritten with the result, to spare memory, where no gradient is asked for."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return x.copy_(y) if x.numel() > 100_000 and not x.requires_grad and x.is_contiguous() else y


@fault("rope")
def narrow_positions_counted_on(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions of 32 bits are counted on in place, for the next call."""
    y = turned(x, angles(positions.clone(), x.shape[-1], base))
    if positions.dtype == torch.int32:
        positions.add_(1)
    return y


@fault("rope")
def positions_mutated(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The positions are counted on in place: the caller's tensor has moved by one."""
    y = turned(x, angles(positions, x.shape[-1], base))
    positions += 1
    return y


@fault("rope")
def written_past_the_end(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Memory behind the last vector is overwritten: in a packed tensor, the values behind the keys."""
    y = turned(x, angles(positions, x.shape[-1], base))
    last = x.storage_offset() + sum((size - 1) * step for size, step in zip(x.shape, x.stride(), strict=True))
    whole = x.detach().as_strided((x.untyped_storage().nbytes() // x.itemsize,), (1,), 0)
    whole[last + 1 : last + 1 + x.shape[-1]] = 0
    return y
