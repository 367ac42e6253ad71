"""timm: rotary embeddings of images, everything in float32, one cast at the end.

`RotaryEmbedding` and `RotaryEmbeddingCat` are two classes around one function: neighbours or halves, row or column
first, as they are told. DINOv3's class takes its places through a method of its own, and a grid through
`make_coords_dinov3`. The package wants torchvision; this file of it wants torch.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from impls import implements
from impls.expect import expect_segments
from impls.zoo.bare import leaf
from impls.zoo.fitting import same_length
from impls.zoo.grids import SIDE, grid_of
from spec.definitions.placing import Segment

Rope = Callable[[Tensor, Tensor], Tensor]
LEAF = "timm.layers.pos_embed_sincos"
SOURCE = "https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/pos_embed_sincos.py"
register = partial(implements, package="timm", source=SOURCE)
on_grid = partial(register, "rope-2d-same-theta", factory=True, positions="non-negative", max_position=SIDE - 1)


@on_grid(form="elementwise", layout="interleaved")
def timm_2d(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbedding, and apply_rot_embed."""
    module = leaf(LEAF)
    embedding = module.RotaryEmbedding(dim, in_pixels=False, temperature=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        sizes, cells = grid_of(positions)
        sin, cos = embedding.get_embed(sizes)
        y: Tensor = module.apply_rot_embed(x, sin[cells], cos[cells])
        return y

    return rope


@on_grid(form="rotate-half", layout="half", convention="whole-vector-column-first")
def timm_2d_cat(dim: int, *, base: float = 10000.0) -> Rope:
    """RotaryEmbeddingCat with grid_indexing "xy" and rotate_half, and apply_rot_embed_cat."""
    module = leaf(LEAF)
    options = {"in_pixels": False, "grid_indexing": "xy", "rotate_half": True}
    embedding = module.RotaryEmbeddingCat(dim, temperature=base, **options)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        sizes, cells = grid_of(positions)
        y: Tensor = module.apply_rot_embed_cat(x, embedding.get_embed(sizes)[cells], half=True)
        return y

    return rope


@register("rope-normalised-2d", form="rotate-half", layout="half", factory=True)
def timm_dinov3(dim: int, *, base: float = 100.0) -> Rope:
    """RotaryEmbeddingDinoV3 at any places, and apply_rot_embed."""
    module = leaf(LEAF)
    embedding = module.RotaryEmbeddingDinoV3(dim, temperature=base)

    def rope(x: Tensor, positions: Tensor) -> Tensor:
        same_length(x, positions[:, 0])
        y: Tensor = module.apply_rot_embed(x, *embedding._get_pos_embed_from_coords(positions), half=True)
        return y

    return rope


def _centres(name: str) -> Callable[[Sequence[Segment]], Tensor]:
    def centres(segments: Sequence[Segment]) -> Tensor:
        expect_segments(segments, "image")
        make = leaf(LEAF).make_coords_dinov3
        return torch.cat([make(h, w, normalize_coords=name) for _, h, w in segments])

    return centres


for _convention, _name in {None: "separate", "longer-side": "max", "shorter-side": "min"}.items():
    register(
        "patch-centres",
        form="meshgrid",
        convention=_convention,
        dtypes=("float32",),
        name=f"timm-centres-{_name}",
    )(_centres(_name))
