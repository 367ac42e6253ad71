"""MLX LM: the image encoder of Muse Spark, columns before rows, both counted from 1, in float32.

Of a table of 64 rows and columns, places are chosen.
"""

from collections.abc import Callable

from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import rows
from impls.zoo.mlx_arrays import to_mlx, to_torch

SIDE = 64


@implements(
    "rope-2d-same-theta",
    form="elementwise",
    layout="interleaved",
    convention="column-first",
    name="mlx-lm-muse-spark-vision",
    axes="b n h d",
    compare="score",
    origin=-1,
    positions="non-negative",
    max_position=SIDE - 1,
    differentiable=False,
    package="mlx-lm",
    factory=True,
    source="https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/models/muse_spark.py",
)
def muse_spark_vision(dim: int, *, base: float = 10000.0) -> Callable[[Tensor, Tensor], Tensor]:
    """VisionRoPE2D and _apply_vision_rope."""
    import mlx.core as mx

    code = leaf("mlx_lm.models.muse_spark")
    cos, sin = map(to_torch, code.VisionRoPE2D(head_dim=dim, theta=base)(grid_h=SIDE, grid_w=SIDE))

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        row, column = rows(positions, SIDE - 1).unbind(1)
        places = row * SIDE + column
        with mx.stream(mx.cpu):
            chosen = {name: to_mlx(table[:, places]) for name, table in (("cos", cos), ("sin", sin))}
            return to_torch(code._apply_vision_rope(to_mlx(x), **chosen))

    return rope
