"""NoPE that is not: something is encoded after all, or the vectors come back changed."""

from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned


def _expect_matching(x: Tensor, positions: Tensor) -> None:
    if x.shape[-2:-1] != positions.shape:
        raise ValueError(f"x {tuple(x.shape)} and positions {tuple(positions.shape)} differ in their number of tokens")


@fault("nope", name="nope-rotates", source="https://github.com/onnxruntime/mobius/pull/233")
def rotates(x: Tensor, positions: Tensor) -> Tensor:
    """The flag that switches rotation off is read the wrong way round: RoPE is applied."""
    _expect_matching(x, positions)
    return turned(x, angles(positions, x.shape[-1], 10000.0))


@fault("nope", name="nope-scaled-by-1.001")
def scaled_by_1_001(x: Tensor, positions: Tensor) -> Tensor:
    """The vectors come back scaled by 1.001."""
    _expect_matching(x, positions)
    return 1.001 * x


@fault("nope", name="nope-position-added")
def position_added(x: Tensor, positions: Tensor) -> Tensor:
    """A thousandth of the position is added to every coordinate."""
    _expect_matching(x, positions)
    return x + (positions.double() / 1000).to(x.dtype)[:, None]
