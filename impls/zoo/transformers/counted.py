"""Rotary classes of Hugging Face transformers that are told no positions: they count tokens, or the cells of an image.

What they make is a table, of which rows are chosen here. The conformers keep it for as long as sequences have the same
length, in the dtype of the first of these, and turn what becomes queries and keys later.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from impls.zoo.fitting import enough, rows

SIDE = 64
"""Cells in a row of an image, and in a column."""
Tables = Callable[[Tensor, Tensor], Any]


def _code(folder: str) -> Any:
    return import_module(f"transformers.models.{folder}.modeling_{folder}")


def _conformer(folder: str, name: str, dim: int, *, base: float = 10000.0) -> Tables:
    """`name`RotaryPositionalEmbedding."""
    code, heads = _code(folder), {"num_attention_heads": 1, "speech_encoder_attention_heads": 1}
    config = getattr(code, CONFIGURED.get(name, name) + "Config")(
        hidden_size=dim, **heads, rotary_embedding_base=int(base)
    )
    module = getattr(code, name + "RotaryPositionalEmbedding")(config)

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        places = rows(position_ids)
        cos, sin = module(x.new_empty(1, enough(places), 1))[:, :, 0, 0]
        return cos[places], sin[places]

    return tables


CONFIGURED = {"SeamlessM4TConformer": "SeamlessM4T"}


def _turned(folder: str, name: str, q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, ...]:
    """By the method of `name`SelfAttention for hidden states (batch, tokens, heads times dim)."""
    turn = getattr(_code(folder), name + "SelfAttention")._apply_rotary_embedding
    tables = torch.stack([each.transpose(0, 1)[:, :, None] for each in (cos, sin)])
    sized = [SimpleNamespace(num_heads=x.shape[1], head_size=x.shape[3]) for x in (q, k)]
    hidden = [x.transpose(1, 2).flatten(2) for x in (q, k)]
    turned = [turn(one, each, tables) for one, each in zip(sized, hidden, strict=True)]
    return tuple(y.unflatten(2, (-1, q.shape[3])).transpose(1, 2) for y in turned)


def _clvp(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    every = torch.arange(cos.shape[0] * cos.shape[1]).reshape(cos.shape[:2])
    queries, keys, _ = _code("clvp").apply_rotary_pos_emb(q, k, k, cos.flatten(0, 1), sin.flatten(0, 1), every)
    return queries, keys


def _clvp_tables(dim: int) -> Tables:
    """ClvpRotaryPositionalEmbedding, whose values are turned as well."""
    code = _code("clvp")
    config = code.ClvpEncoderConfig(projection_dim=2 * dim, num_attention_heads=1)
    module = code.ClvpRotaryPositionalEmbedding(config)

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        places = rows(position_ids)
        angles = module(x.new_empty(1, enough(places), 1))[0, places]
        return angles.cos(), angles.sin()

    return tables


def _llama4_vision(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Any:
    return _code("llama4").vision_apply_rotary_emb(q, k, torch.complex(cos, sin))


def _llama4_vision_tables(dim: int, *, base: float) -> Tables:
    """Llama4VisionRotaryEmbedding, which counts rows and columns from 1."""
    code = _code("llama4")
    rope = {"rope_type": "default", "rope_theta": base}
    sizes = {"hidden_size": dim, "num_attention_heads": 1, "image_size": SIDE, "patch_size": 1}
    module = code.Llama4VisionRotaryEmbedding(code.Llama4VisionConfig(**sizes, rope_parameters=rope))

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        row, column = position_ids[:, 0].long()
        chosen = module(x)[SIDE * row + column]
        return chosen.real, chosen.imag

    return tables


def _efficientloftr(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> Any:
    return _code("efficientloftr").apply_rotary_pos_emb(q, k, cos, sin, unsqueeze_dim=2)


def _efficientloftr_tables(dim: int, *, base: float) -> Tables:
    """EfficientLoFTRRotaryEmbedding, which counts rows and columns from 1."""
    code = _code("efficientloftr")
    rope = {"rope_type": "default", "rope_theta": base, "partial_rotary_factor": 0.5}
    cells = {"q_aggregation_kernel_size": 1, "q_aggregation_stride": 1}
    sizes = {"hidden_size": dim, "out_features": [64, 64, 128, dim], "num_attention_heads": 1}
    module = code.EfficientLoFTRRotaryEmbedding(code.EfficientLoFTRConfig(**sizes, **cells, rope_parameters=rope))

    def tables(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        row, column = position_ids[:, 0].long()
        cos, sin = module(x.new_empty(1, 1, SIDE, SIDE))
        return cos[:, row, column], sin[:, row, column]

    return tables


MADE: Mapping[str, tuple[Callable[..., Tables], Callable[..., Any]]] = {
    "clvp": (_clvp_tables, _clvp),
    "efficientloftr": (_efficientloftr_tables, _efficientloftr),
    "llama4-vision": (_llama4_vision_tables, _llama4_vision),
    **{
        folder.replace("_", "-"): (partial(_conformer, folder, name), partial(_turned, folder, name))
        for folder, name in {
            "seamless_m4t": "SeamlessM4TConformer",
            "wav2vec2_bert": "Wav2Vec2Bert",
            "wav2vec2_conformer": "Wav2Vec2Conformer",
        }.items()
    },
}
"""By the name of the row: the tables of a class, and what puts them on queries and keys."""
