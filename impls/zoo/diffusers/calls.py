"""What the rows of diffusers.toml call the arguments of classes, and of what turns vectors by their tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor

CPU = torch.device("cpu")
Tables = tuple[Tensor, ...]
NONE = torch.empty(0)


@dataclass(frozen=True)
class Asked:
    """What the arguments of a call are made from: vectors and their table, places, or the sizes of a raster."""

    x: Tensor
    positions: Tensor = NONE
    sizes: tuple[int, ...] = ()
    dim: int = 0
    tables: Tables = ()


def identity(x: Tensor) -> Tensor:
    """What stands for the projections and the norms of an attention."""
    return x


ARGUMENTS: Mapping[str, Callable[[Asked], Any]] = MappingProxyType(
    {
        "ids": lambda a: a.positions,
        "float ids": lambda a: a.positions.float(),
        "batch of ids": lambda a: a.positions[None],
        "batch of float ids": lambda a: a.positions.float()[None],
        "ids by axis": lambda a: a.positions.T[:, None],
        "latent": lambda a: torch.empty(1, 1, *a.sizes),
        "image": lambda a: torch.empty(1, 1, *a.sizes[1:]),
        "sizes": lambda a: a.sizes,
        "sizes of a batch": lambda a: (1, *a.sizes),
        "list of sizes": lambda a: [a.sizes],
        "two layers": lambda a: [[a.sizes, (1, 1, 1)]],
        "line": lambda a: torch.empty(1, *a.sizes, 1),
        "arange by axis": lambda a: tuple(map(torch.arange, a.sizes)),
        "layout": lambda a: {
            "total_frames": a.sizes[0],
            "full_frame_shape": a.sizes[1:],
            "num_compressed_frames": 0,
            "compressed_frame_shape": (0, 0),
        },
        "frames": lambda a: torch.arange(a.sizes[0]),
        "batch of frames": lambda a: torch.arange(a.sizes[0])[None],
        "height": lambda a: a.sizes[1],
        "width": lambda a: a.sizes[2],
        "length": lambda a: a.sizes[0],
        "one text token": lambda a: 1,
        "text before the image": lambda a: torch.ones(1, a.sizes[0] - 1, dtype=torch.int64),
        "no images": lambda a: [],
        "text mask": lambda a: torch.zeros(a.sizes[0], dtype=torch.bool),
        "image mask": lambda a: torch.ones(prod(a.sizes), dtype=torch.bool),
        "frequencies": lambda a: _handed_in(a.dim),
        "device": lambda a: CPU,
        "dtype": lambda a: a.x.dtype,
        "float32": lambda a: torch.float32,
        "hidden": lambda a: a.x,
        "x": lambda a: a.x,
        "x by coordinate": lambda a: a.x.permute(0, 2, 3, 1),
        "no x": lambda a: a.x[:0],
        "cos": lambda a: a.tables[0],
        "sin": lambda a: a.tables[1],
        "table": lambda a: a.tables if len(a.tables) > 1 else a.tables[0],
        "none and table": lambda a: (*(each[0, :0] for each in a.tables), *(each[0] for each in a.tables)),
        "no mask": lambda a: None,
        "attention": lambda a: _attention(a),
    }
)
"""An argument, by the words of a row."""


def _handed_in(dim: int) -> Tensor:
    """The weights of Mochi, (axes, heads, pairs): of time none, of row and column a ladder of half the pairs."""
    ladder = 10000.0 ** -(torch.arange(0, dim // 2, 2, dtype=torch.float64) / (dim // 2))
    none = torch.zeros(dim // 4, dtype=torch.float64)
    weights = [torch.cat([none, none]), torch.cat([ladder, none]), torch.cat([none, ladder])]
    return torch.stack(weights)[:, None].float()


def _attention(asked: Asked) -> SimpleNamespace:
    """An attention that projects nothing and normalises nothing."""
    heads = asked.x.shape[-1] // asked.dim
    names = ("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj", "norm_q", "norm_k", "norm_added_q")
    plain = dict.fromkeys((*names, "norm_added_k", "to_add_out"), identity)
    sizes = {"heads": heads, "num_heads": heads, "num_attention_heads": heads, "num_key_value_heads": heads}
    to_out = identity if asked.x.ndim == 2 else [identity]
    return SimpleNamespace(**plain, **sizes, head_dim=asked.dim, to_out=to_out, k_norm_und_for_gen=None)
