"""Waves with one mistake: sines alone, the product with the sinusoidal table, FLOATER and complex-order embeddings."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned


def _sines(positions: Tensor, alphas: Tensor, dtype: torch.dtype) -> Tensor:
    return (positions.double()[:, None] / alphas).sin().to(dtype)


def _rows(sines: Tensor, cosines: Tensor) -> Tensor:
    return torch.stack([sines, cosines], dim=-1).flatten(-2)


def _expect_even(dim: int) -> None:
    if dim % 2:
        raise ValueError(f"the dimension must be even; got {dim}")


@fault("sin-only", name="sin-only-index-from-zero")
def index_from_zero(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Coordinates are counted from 0, and the division by 0 is avoided: the first two are the same."""
    return _sines(positions, torch.arange(dim).clamp(min=1), dtype)


@fault("sin-only", name="sin-only-cosines")
def cosines(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The table holds cosines, where it should hold sines."""
    return (positions.double()[:, None] / torch.arange(1, dim + 1)).cos().to(dtype)


@fault("sin-only", name="sin-only-whole-turns")
def whole_turns(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The divisor is taken for the period: all integers are whole turns of the first sine."""
    return _sines(2 * torch.pi * positions.double(), torch.arange(1, dim + 1), dtype)


@fault("sin-only", name="sin-only-doubled-too-early", convention="doubling")
def doubled_too_early(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """The first period is 4 pi, where it should be 2 pi."""
    return _sines(positions, 2.0 ** torch.arange(1, dim + 1, dtype=torch.float64), dtype)


@fault("sin-only", name="sin-only-exponent-doubled", convention="geometric")
def exponent_doubled(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The exponent is 2j/dim, that of pairs, where every coordinate has its own j/dim."""
    return _sines(positions, base ** (2 * torch.arange(dim, dtype=torch.float64) / dim), dtype)


@fault("hadamard", name="hadamard-added")
def added(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The table is added, where it should be multiplied with."""
    angle = angles(positions, x.shape[-1], base)
    return x + _rows(angle.sin(), angle.cos()).to(x.dtype)


@fault("hadamard", name="hadamard-cosine-first")
def cosine_first(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Cosines stand before sines."""
    angle = angles(positions, x.shape[-1], base)
    return x * _rows(angle.cos(), angle.sin()).to(x.dtype)


@fault("hadamard", name="hadamard-with-residual")
def with_residual(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """The vector itself is added to its product with the table."""
    angle = angles(positions, x.shape[-1], base)
    return x + x * _rows(angle.sin(), angle.cos()).to(x.dtype)


@fault("hadamard", name="hadamard-rotates")
def rotates(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Sine and cosine rotate the pairs: it is RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("floater", name="floater-time-reversed")
def time_reversed(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The dynamics have the other sign: the solution runs backwards."""
    _expect_even(dim)
    angle = angles(positions, dim, base)
    return _rows(-angle.sin(), angle.cos()).to(dtype)


@fault("floater", name="floater-starts-elsewhere")
def starts_elsewhere(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The solution starts at (1, 0), where it should start at (0, 1)."""
    _expect_even(dim)
    angle = angles(positions, dim, base)
    return _rows(angle.cos(), -angle.sin()).to(dtype)


@fault("floater", name="floater-euler-steps")
def euler_steps(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The equation is solved by Euler steps, 64 to a position: the rows grow longer with time."""
    _expect_even(dim)
    steps, theta = 64 * positions.double()[:, None], angles(torch.ones(1), dim, base) / 64
    growth, angle = (theta.square().log1p() / 2 * steps).clamp(max=10).exp(), theta.atan() * steps
    return _rows(growth * angle.sin(), growth * angle.cos()).to(dtype)


@fault("floater", name="floater-one-step-behind")
def one_step_behind(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """A step is made before the first row is read: every row is that of the next position."""
    _expect_even(dim)
    angle = angles(positions + 1, dim, base)
    return _rows(angle.sin(), angle.cos()).to(dtype)


@fault("complex-order", name="complex-order-one-frequency-for-all")
def one_frequency_for_all(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """The word of the key has the frequencies of the query's word: it is RoPE."""
    return turned(x, angles(positions, x.shape[-1], base))


@fault("complex-order", name="complex-order-roles-exchanged")
def roles_exchanged(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """The frequencies of the key's word are given to the query's word, and the other way round."""
    return turned(x, angles(positions, x.shape[-1], base) * (frequency_ratio if role == "query" else 1))


@fault("complex-order", name="complex-order-ratio-of-base")
def ratio_of_base(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """The ratio is applied to the base, where it should be applied to every frequency."""
    return turned(x, angles(positions, x.shape[-1], base / (frequency_ratio if role == "key" else 1)))


@fault("complex-order", name="complex-order-conjugated-key")
def conjugated_key(
    x: Tensor, positions: Tensor, *, base: float = 10000.0, frequency_ratio: float = 0.5, role: str = "query"
) -> Tensor:
    """The key is turned backwards, as if it were already conjugated."""
    return turned(x, angles(positions, x.shape[-1], base) * (-frequency_ratio if role == "key" else 1))


@fault("complex-order", name="complex-order-shared-but-key-slower", convention="shared-frequency")
def shared_but_key_slower(x: Tensor, positions: Tensor, *, base: float = 10000.0, role: str = "query") -> Tensor:
    """Words are declared to share their frequencies, and the key's word has half of them."""
    return turned(x, angles(positions, x.shape[-1], base) * (0.5 if role == "key" else 1))
