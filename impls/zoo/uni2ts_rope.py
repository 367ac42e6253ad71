"""uni2ts: neighbouring coordinates, a table in the dtype of the model that grows as positions do.

The table is made of frequencies in the dtype of the model: where that is cast to half precision, positions and angles
of all that is longer than the first 512 are rounded to it. The sinusoidal table is in float32, with rows of length 1
unless it is told otherwise, as here; it is the body of curated-transformers, looked up by positions. Its linear bias
has geometric slopes and signed distances at once, which is no convention of the spec.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, rows

Rope = Callable[[Tensor, Tensor], Tensor]
POSITION = "https://github.com/SalesforceAIResearch/uni2ts/blob/main/src/uni2ts/module/position"


@implements(
    "rope",
    form="elementwise",
    layout="interleaved",
    package="uni2ts",
    factory=True,
    positions="non-negative",
    max_position=LARGEST,
    source=f"{POSITION}/attn_projection.py",
)
def uni2ts(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryProjection, in a model of the dtype of x."""
    made: dict[torch.dtype, torch.nn.Module] = {}

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        if x.dtype not in made:
            module = leaf("uni2ts.module.position.attn_projection")
            made[x.dtype] = module.RotaryProjection(proj_width=dim, num_heads=1, num_groups=1, base=base).to(x.dtype)
        indices = rows(positions)
        y: Tensor = made[x.dtype](x, seq_id=indices) if indices.numel() else x
        return y

    return rope


@implements(
    "sinusoidal",
    form="elementwise",
    layout="interleaved",
    package="uni2ts",
    positions="non-negative",
    max_position=LARGEST,
    source=f"{POSITION}/additive.py",
)
def uni2ts_sinusoidal(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """SinusoidalPositionEncoding without normalize, in a model of the given dtype."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 0
    module = leaf("uni2ts.module.position.additive")
    table: Tensor = module.SinusoidalPositionEncoding(width=dim, max_len=count, normalize=False).to(dtype)(indices)
    return table
