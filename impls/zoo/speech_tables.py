"""espnet and NeMo: sinusoidal tables of speech encoders, interleaved, angles in float32.

Those for relative attention reach from large positions down to negative ones, of which rows are chosen. espnet casts
the table that it has to the dtype of what comes in, also back: after a call in half precision it stays rounded, so that
each call here has a module of its own. Where the table is added at once, it is added to zeros.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from impls import implements
from impls.zoo.bare import leaf
from impls.zoo.fitting import LARGEST, offset, rows

ESPNET = "espnet.nets.pytorch_backend.transformer.embedding"
TRANSDUCER = "espnet2.asr_transducer.encoder.modules.positional_encoding"
NEMO = "nemo.collections.asr.parts.submodules.multi_head_attention"
GITHUB = "https://github.com"
register = partial(implements, "sinusoidal", form="gather", layout="interleaved", max_position=LARGEST)
espnet = partial(register, package="espnet", source=f"{GITHUB}/espnet/espnet/blob/master/{ESPNET.replace('.', '/')}.py")
nemo = partial(
    register, package="nemo-toolkit", source=f"{GITHUB}/NVIDIA-NeMo/NeMo/blob/main/{NEMO.replace('.', '/')}.py"
)


def _espnet(path: str, name: str, dim: int) -> Any:
    return getattr(leaf(path), name)(dim, dropout_rate=0.0, max_len=1)


def _zeros(count: int, dim: int, dtype: torch.dtype) -> Tensor:
    return torch.zeros(1, count, dim, dtype=dtype)


@espnet(positions="non-negative")
def espnet_absolute(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding; ScaledPositionalEncoding multiplies the same table by a learned number."""
    indices = rows(positions)
    count = int(indices.max()) + 1 if indices.numel() else 1
    table: Tensor = _espnet(ESPNET, "PositionalEncoding", dim)(_zeros(count, dim, dtype))[0]
    return table[indices]


@espnet(positions="contiguous")
def espnet_streaming(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """StreamPositionalEncoding from a start index."""
    module = _espnet(ESPNET, "StreamPositionalEncoding", dim)
    table: Tensor = module(_zeros(len(positions), dim, dtype), start_idx=offset(rows(positions)))[0]
    return table


@espnet(positions="integers")
def espnet_relative(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """RelPositionalEncoding, of which the table of the offsets is the second result."""
    return _chosen(lambda zeros: _espnet(ESPNET, "RelPositionalEncoding", dim)(zeros)[1], positions, dim, dtype)


@espnet(positions="integers")
def espnet_transducer(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """RelPositionalEncoding of espnet2.asr_transducer."""
    return _chosen(_espnet(TRANSDUCER, "RelPositionalEncoding", dim), positions, dim, dtype)


@nemo(positions="non-negative")
def nemo_absolute(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """PositionalEncoding, in a model of the given dtype."""
    indices = rows(positions)
    module = leaf(NEMO).PositionalEncoding(dim, dropout_rate=0.0)
    count = int(indices.max()) + 1 if indices.numel() else 1
    module.extend_pe(count, positions.device, dtype)
    table: Tensor = module(_zeros(count, dim, dtype))[1][0]
    return table[indices]


@nemo(positions="integers")
def nemo_relative(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """RelPositionalEncoding, in a model of the given dtype."""

    def offsets(zeros: Tensor) -> Tensor:
        module = leaf(NEMO).RelPositionalEncoding(dim, dropout_rate=0.0)
        module.extend_pe(zeros.shape[1], zeros.device, dtype)
        found: Tensor = module(zeros)[1]
        return found

    return _chosen(offsets, positions, dim, dtype)


@nemo(positions="integers")
def nemo_local(positions: Tensor, dim: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """LocalAttRelPositionalEncoding with a context that reaches to the farthest position on either side."""

    def offsets(zeros: Tensor) -> Tensor:
        reach = zeros.shape[1] - 1
        module = leaf(NEMO).LocalAttRelPositionalEncoding([reach, reach], d_model=dim, dropout_rate=0.0)
        module.extend_pe(zeros.shape[1], zeros.device, dtype)
        found: Tensor = module(zeros)[1]
        return found

    return _chosen(offsets, positions, dim, dtype)


def _chosen(make: Callable[[Tensor], Tensor], positions: Tensor, dim: int, dtype: torch.dtype) -> Tensor:
    """Rows of a table that goes from the largest position down to its negative."""
    indices = rows(positions, LARGEST, -LARGEST)
    reach = int(indices.abs().max()) if indices.numel() else 0
    return make(_zeros(reach + 1, dim, dtype))[0, reach - indices]
