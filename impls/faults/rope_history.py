"""RoPE that is right at first: it depends on calls before, how many there were, or the mode in which one was made."""

import threading
from collections.abc import Callable

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, frequencies, turned, turned_by

Call = Callable[[Tensor, Tensor], Tensor]


@fault("rope", factory=True)
def tables_made_in_inference_mode(dim: int, *, base: float = 10000.0) -> Call:
    """Tables that a call in inference mode has made are kept: after it, no gradient can be taken any more."""
    tables: dict[tuple[object, ...], tuple[Tensor, Tensor]] = {}

    def call(x: Tensor, positions: Tensor) -> Tensor:
        angle = angles(positions, x.shape[-1], base)
        made = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        return turned_by(x, *tables.setdefault((x.dtype, *positions.tolist()), made))

    return call


@fault("rope", factory=True)
def counts_in_the_first_dtype(dim: int, *, base: float = 10000.0) -> Call:
    """Positions are rounded to the dtype of the first call that is as long, and kept so for all later ones."""
    counted: dict[int, torch.dtype] = {}

    def call(x: Tensor, positions: Tensor) -> Tensor:
        dtype = counted.setdefault(len(positions), x.dtype)
        return turned(x, angles(positions.to(dtype), x.shape[-1], base))

    return call


_COUNTED: dict[int, torch.dtype] = {}


@fault("rope")
def all_calls_count_in_the_first_dtype(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions are rounded to the dtype of the first call of the process that is as long, and kept so."""
    dtype = _COUNTED.setdefault(len(positions), x.dtype)
    return turned(x, angles(positions.to(dtype), x.shape[-1], base))


@fault("rope", factory=True)
def every_fifth_call_loses_a_token(dim: int, *, base: float = 10000.0) -> Call:
    """In every fifth call with as many tokens as threads share, the last token is not written."""
    calls = 0

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal calls
        y = turned(x, angles(positions, x.shape[-1], base))
        calls += len(positions) >= 256
        if calls % 5 == 4:
            y[..., -1, :] = 0
        return y

    return call


@fault("rope", factory=True)
def eleventh_call_and_later(dim: int, *, base: float = 10000.0) -> Call:
    """From the eleventh call on, positions are counted from 1."""
    calls = 0

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return turned(x, angles(positions + (calls > 10), x.shape[-1], base))

    return call


@fault("rope", factory=True)
def nothing_from_call_5001_on(dim: int, *, base: float = 10000.0) -> Call:
    """A counter overflows: from call 5001 on, everything is zero."""
    calls = 0

    def call(x: Tensor, positions: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return turned(x, angles(positions, x.shape[-1], base)) * (calls < 5001)

    return call


@fault("rope", factory=True)
def table_of_the_same_tensor(dim: int, *, base: float = 10000.0) -> Call:
    """The table is made again only where another tensor of positions comes: numbers written into it are not seen."""
    latest: list[tuple[Tensor, Tensor]] = []

    def call(x: Tensor, positions: Tensor) -> Tensor:
        if not latest or latest[-1][0] is not positions or len(latest[-1][1]) != len(positions):
            latest[:] = [(positions, angles(positions, x.shape[-1], base))]
        return turned(x, latest[-1][1])

    return call


@fault("rope")
def wrong_outside_the_main_thread(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The offset belongs to a thread: in any other than the main one, positions are counted from 1."""
    offset = threading.current_thread() is not threading.main_thread()
    return turned(x, angles(positions + offset, x.shape[-1], base))


@fault("rope")
def last_token_left_by_the_deterministic_path(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Where deterministic algorithms are asked for, another path is taken, which leaves the last token as it is."""
    y = turned(x, angles(positions, x.shape[-1], base))
    return torch.cat([y[..., :-1, :], x[..., -1:, :]], dim=-2) if torch.are_deterministic_algorithms_enabled() else y


@fault("rope")
def angles_in_tf32(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Angles are a product of matrices: where products may be less precise, positions are rounded to eleven bits."""
    if torch.get_float32_matmul_precision() != "highest":
        bits = positions.float().contiguous().view(torch.int32)
        positions = ((bits + 2**12) >> 13 << 13).view(torch.float32)
    return turned(x, positions.double()[:, None] * frequencies(x.shape[-1], base))
