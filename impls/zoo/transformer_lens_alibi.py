"""TransformerLens: the ALiBi of its bridges for BLOOM and Falcon, and for MPT; slopes in float32, times the key alone.

A row of a bias differs from that of the encoding by a constant, which no softmax sees. MPT's is float32 and counts back
from the last key. The package wants much; these files of it want torch and transformers.
"""

from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.absent import alone
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, enough, rows

PARTS = "transformer_lens.model_bridge.generalized_components"
ABSENT = (f"{PARTS}.alibi_joint_qkv_attention", "transformer_lens.utilities", "transformer_lens.utilities.attention")
register = partial(
    implements,
    "alibi",
    form="toeplitz",
    convention="causal",
    compare="softmax",
    package="transformer-lens",
    positions="non-negative",
    max_position=LARGEST,
    source=f"https://github.com/TransformerLensOrg/TransformerLens/blob/main/{PARTS.replace('.', '/')}",
)


@register()
def transformer_lens_alibi(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """build_alibi_tensor."""
    build = leaf(f"{PARTS}.alibi_utils").build_alibi_tensor
    indices = rows(key_positions)
    bias: Tensor = build(torch.ones(1, enough(indices), dtype=torch.long), heads, dtype)[0]
    return bias[..., indices].expand(-1, len(query_positions), -1)


@cache
def _mpt() -> Any:
    return alone(f"{PARTS}.mpt_alibi_attention", absent=ABSENT)


@register(dtypes=("float32",))
def transformer_lens_mpt_alibi(query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor:
    """_build_mpt_alibi_tensor."""
    indices = rows(key_positions)
    bias: Tensor = _mpt()._build_mpt_alibi_tensor(heads, enough(indices))
    return bias[..., indices].expand(-1, len(query_positions), -1)
