"""Code that declares to be right up to what attention cannot see, and is wrong in what it sees."""

from collections.abc import Sequence

import torch
from torch import Tensor

from impls.expect import expect_contents, expect_segments, expect_whole
from impls.faults import fault
from impls.faults.content_rows import rows_met, shaw_with
from impls.faults.right import angles, turned
from impls.faults.right_places import by_rows, in_line, patches
from impls.faults.scores_buckets import t5_with
from spec.definitions.placing import Segment


@fault("alibi", name="alibi-slopes-of-three", compare="softmax")
def slopes_of_three(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The slopes are powers of a third, on rows that are moved by slope * query."""
    slopes = 3.0 ** -torch.arange(1, heads + 1, dtype=torch.float64)[:, None, None]
    m, n = query_positions.double()[:, None], key_positions.double()
    return (slopes * (m - (m - n).abs())).to(dtype)


@t5_with("buckets", name="t5-clipped-distances", compare="softmax")
def _clipped_distances(ahead: Tensor, bidirectional: bool, buckets: int, farthest: int) -> Tensor:
    """Distances are clipped instead of falling into buckets that grow."""
    side = buckets // 2 if bidirectional else buckets
    distance = (ahead.abs() if bidirectional else -ahead).clamp(0, side - 1)
    return distance + side * ((ahead > 0) & bidirectional)


@shaw_with(name="shaw-seven-times", compare="score")
def _seven_times(q: Tensor, k: Tensor, table: Tensor, ahead: Tensor, reach: int) -> Tensor:
    """The vectors of the offsets count seven times."""
    return rows_met(q, k, 7 * table, ahead, reach)


@fault("deberta", name="deberta-contents-alone", compare="softmax")
def contents_alone(
    q: Tensor,
    k: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    *,
    position_queries: Tensor,
    position_keys: Tensor,
) -> Tensor:
    """Nothing but contents: what belongs to the query alone, or the key alone, is left out."""
    expect_contents(q, k, query_positions, key_positions)
    expect_whole(query_positions, key_positions)
    return q @ k.mT


@fault("sinusoidal", name="sinusoidal-base-doubled-in-another-basis", compare="score")
def base_doubled(positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """The base is twice as large, on rows whose cosines stand before their sines."""
    angle = angles(positions, dim, 2 * base)
    return torch.cat([angle.cos(), angle.sin()], dim=-1).to(dtype)


@fault("sinusoidal", name="sinusoidal-a-basis-for-every-length", compare="softmax")
def last_row_negated(
    positions: Tensor, dim: int, *, base: float = 10000.0, dtype: torch.dtype = torch.float32
) -> Tensor:
    """The last row of every call is negated."""
    angle = angles(positions, dim, base)
    sign = torch.cat([torch.ones(len(positions) - 1), -torch.ones(1)])[:, None]
    return (torch.cat([angle.cos(), angle.sin()], dim=-1) * sign).to(dtype)


@fault("flatten", name="flatten-images-half-as-long", compare="score")
def images_half_as_long(segments: Sequence[Segment]) -> Tensor:
    """An image takes half of its places, in a sequence that begins at 7."""
    expect_segments(segments, "text", "image", "video")
    return in_line(segments, by_rows, lambda h, w: -(-patches(h, w) // 2), first=7)


@fault("rope", name="wraps-at-4096-under-softmax", compare="softmax")
def wraps(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Positions start again at 4096."""
    return turned(x, angles(positions % 4096, x.shape[-1], base))


@fault("rope", name="rotation-dropped-under-softmax", compare="softmax")
def dropped(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Nothing turns, which shows in the products as well."""
    return turned(x, angles(0 * positions, x.shape[-1], base))


@fault("rope", name="keys-one-further-under-score", compare="score")
def keys_one_further(x: Tensor, positions: Tensor, role: str, *, base: float = 10000.0) -> Tensor:
    """Keys stand one place further than queries."""
    return turned(x, angles(positions + (role == "key"), x.shape[-1], base))


@fault("rope", name="scaled-by-1.001-under-score", compare="score")
def scaled(x: Tensor, positions: Tensor, *, base: float = 10000.0) -> Tensor:
    """Everything is a thousandth too long."""
    return 1.001 * turned(x, angles(positions + 1000, x.shape[-1], base))
