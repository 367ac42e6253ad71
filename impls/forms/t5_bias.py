"""T5's bucketed bias in three forms. Where a bucket begins is decided in whole numbers, in each form in another way."""

from fractions import Fraction
from math import ceil
from typing import Final

import torch
from torch import Tensor

from impls import implements

DTYPES: Final = ("float64", "float32", "bfloat16", "float16")


def _expect(query_positions: Tensor, key_positions: Tensor, table: Tensor, heads: int, buckets: int) -> None:
    """Whole positions (n,), and a table with a row for every bucket and a column for every head."""
    if query_positions.ndim != 1 or key_positions.ndim != 1:
        raise ValueError(
            f"positions are {tuple(query_positions.shape)}, {tuple(key_positions.shape)}; expected (n,) each"
        )
    if table.shape != (buckets, heads):
        raise ValueError(f"the table is {tuple(table.shape)}; expected (num_buckets, heads), {(buckets, heads)}")
    if any(bool((positions.long() != positions).any()) for positions in (query_positions, key_positions)):
        raise ValueError("positions between the integers have no bucket; round them, or interpolate the bias")


@implements("t5-bias", form="gather", name="t5-bias-gather", dtypes=DTYPES, strict=True)
def gather(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """Rows of the table, picked by how many buckets begin at or before the distance."""
    _expect(query_positions, key_positions, table, heads, num_buckets)
    offsets = key_positions.long()[None, :] - query_positions.long()[:, None]
    side = num_buckets // 2 if bidirectional else num_buckets
    exact, begins = side // 2, list(range(1, side // 2 + 1))
    for j in range(1, side - exact):
        distance = begins[-1]
        while distance ** (side - exact) * exact**j < max_distance**j * exact ** (side - exact):
            distance += 1
        begins.append(distance)
    distances = offsets.abs() if bidirectional else (-offsets).clamp(min=0)
    buckets = torch.bucketize(distances, torch.tensor(begins, device=distances.device), right=True)
    return table[buckets + side * ((offsets > 0) & bidirectional)].permute(2, 0, 1).contiguous()


@implements("t5-bias", form="one-hot", name="t5-bias-one-hot", dtypes=DTYPES, strict=True)
def one_hot(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """The product of a row with a single 1, in the place of the bucket, with the table."""
    _expect(query_positions, key_positions, table, heads, num_buckets)
    offsets = -(query_positions.long().unsqueeze(1) - key_positions.long())
    behind = num_buckets // 2 if bidirectional else num_buckets
    near = behind // 2
    far, ratio = behind - near, Fraction(max_distance, near)
    steps = [ceil(near * float(ratio) ** (j / far)) for j in range(far)]
    steps = [s if Fraction(s - 1, near) ** far < ratio**j else s - 1 for j, s in enumerate(steps)]
    steps = [s if Fraction(s, near) ** far >= ratio**j else s + 1 for j, s in enumerate(steps)]
    begins = torch.tensor([*range(near), *steps], device=offsets.device)

    def place(distances: Tensor) -> Tensor:
        reached = (distances[..., None] >= begins).to(table.dtype)
        return reached - torch.cat([reached[..., 1:], torch.zeros_like(reached[..., :1])], dim=-1)

    if not bidirectional:
        return torch.einsum("mnb,bh->hmn", place((-offsets).clamp(min=0)), table)
    ahead = (offsets > 0)[..., None]
    both = place(offsets.abs())
    return torch.einsum("mnb,bh->hmn", torch.cat([both * ~ahead, both * ahead], dim=-1), table)


@implements("t5-bias", form="toeplitz", name="t5-bias-toeplitz", dtypes=DTYPES, strict=True)
def toeplitz(
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    bidirectional: bool = True,
    num_buckets: int = 32,
    max_distance: int = 128,
) -> Tensor:
    """The bias of every different offset once, its bucket counted up by powers of whole numbers."""
    _expect(query_positions, key_positions, table, heads, num_buckets)
    ahead = torch.subtract(key_positions.long().expand(len(query_positions), -1).T, query_positions.long()).T
    different, place = torch.unique(ahead, return_inverse=True)
    side = num_buckets >> 1 if bidirectional else num_buckets
    exact = side >> 1
    wide = side - exact

    def bucket(offset: int) -> int:
        start = side if bidirectional and offset > 0 else 0
        distance = abs(offset) if bidirectional else max(-offset, 0)
        if distance < exact:
            return start + distance
        power, j = distance**wide, 0
        while j + 1 < wide and power * exact ** (j + 1) >= max_distance ** (j + 1) * exact**wide:
            j += 1
        return start + exact + j

    rows = [table[bucket(offset)] for offset in different.tolist()]
    return torch.stack(rows, dim=-1)[:, place]
