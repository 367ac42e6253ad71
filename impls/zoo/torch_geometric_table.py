"""PyTorch Geometric: all sines, then all cosines, of frequencies that end at exactly 1 / base, in float32.

Its docstring has the paper's frequencies, by turns; the code takes `logspace(0, 1, n)`, whose last is 1 / base. Its
`base_freq` is 1 / base.
"""

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf


@implements(
    "sinusoidal",
    form="elementwise",
    layout="half",
    convention="tensor2tensor",
    package="torch-geometric",
    source="https://github.com/pyg-team/pytorch_geometric/blob/master/torch_geometric/nn/encoding.py",
)
def torch_geometric(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """PositionalEncoding at any positions."""
    encoding = leaf("torch_geometric.nn.encoding").PositionalEncoding(dim, base_freq=1 / base)
    table: Tensor = encoding(positions)
    return table.to(dtype)
