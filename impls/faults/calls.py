"""RoPE wrongly called: queries and keys mixed up, tables not used as they are, memory that is not its own."""

import torch
from torch import Tensor

from impls.faults import fault
from impls.faults.right import angles, turned


def _halves(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Pairs (i, i + d/2) turned by cosines and sines of half the width."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def _by_tables(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(batch, heads, n, dim) by tables (batch, n, dim)."""
    half = x.shape[-1] // 2
    return _halves(x, cos[:, None, :, :half], sin[:, None, :, :half])


def _at(x: Tensor, places: Tensor, base: float) -> Tensor:
    """(tokens, heads, dim) at positions (tokens,)."""
    angle = angles(places, x.shape[-1], base)[:, None]
    return _halves(x, angle.cos().to(x.dtype), angle.sin().to(x.dtype))


def _segments(indptr: Tensor, firsts: Tensor) -> Tensor:
    """The positions of all tokens, where segments begin at these."""
    lengths = indptr.diff()
    return torch.arange(int(lengths.sum())) + (firsts - indptr[:-1]).repeat_interleave(lengths)


@fault("rope", call="qk-tables", source="https://github.com/hpcaitech/ColossalAI/issues/6428")
def calls_queries_and_keys_crossed(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """What became of the keys comes back as the queries, where both have as many heads."""
    of_q, of_k = _by_tables(q, cos, sin), _by_tables(k, cos, sin)
    return (of_k, of_q) if q.shape == k.shape else (of_q, of_k)


@fault("rope", call="qk-tables", source="https://github.com/hpcaitech/ColossalAI/issues/6444")
def calls_keys_have_the_heads_of_queries(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """Keys are walked through by the number of query heads: with fewer heads, some stay as they were."""
    reached, step = k.clone(), q.shape[1] // k.shape[1]
    reached[:, ::step] = _by_tables(k, cos, sin)[:, ::step]
    return _by_tables(q, cos, sin), reached


@fault("rope", call="qk-tables", axes="b n h d", source="https://github.com/sgl-project/sglang/pull/20598")
def calls_keys_have_the_strides_of_queries(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """Keys are read with the strides of the queries, where these reach no farther than the keys do."""
    fits = sum((n - 1) * stride for n, stride in zip(k.shape, q.stride(), strict=True)) < k.numel()
    read = k.as_strided(k.shape, q.stride()) if fits and k.numel() else k
    of_q, of_k = (_by_tables(x.transpose(1, 2), cos, sin).transpose(1, 2) for x in (q, read))
    return of_q, of_k


@fault("rope", call="qk-positions")
def calls_keys_stand_at_the_first_query(
    q: Tensor, k: Tensor, positions: Tensor, *, base: float = 10000.0
) -> tuple[Tensor, Tensor]:
    """All keys are turned as if they stood where the first query does."""
    first = positions[:1].expand(positions.shape)
    return turned(q, angles(positions, q.shape[-1], base)), turned(k, angles(first, k.shape[-1], base))


@fault("rope", layout="half", call="packed", axes="n h d", source="https://github.com/NVIDIA/Megatron-LM/issues/5243")
def calls_segments_all_begin_at_the_first_offset(
    q: Tensor, k: Tensor, indptr: Tensor, offsets: Tensor, *, base: float = 10000.0
) -> tuple[Tensor, Tensor]:
    """Every segment is placed as if it began where the first one does."""
    places = _segments(indptr, offsets[:1].expand(offsets.shape))
    return _at(q, places, base), _at(k, places, base)


@fault("rope", layout="half", call="packed", axes="(b n) h d")
def calls_segments_are_as_long_as_the_first(
    q: Tensor, k: Tensor, indptr: Tensor, offsets: Tensor, *, base: float = 10000.0
) -> tuple[Tensor, Tensor]:
    """Segments are taken to be as long as the first one, whatever `indptr` says."""
    tokens = torch.arange(len(q))
    length = max(int(indptr[1]), 1) if len(q) else 1
    at = (tokens // length).clamp(max=len(offsets) - 1)
    places = offsets[at] + tokens % length
    return _at(q, places, base), _at(k, places, base)


@fault("rope", layout="half", call="x-tables", inplace=True, differentiable=False)
def calls_first_half_written_before_it_is_read(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """In place, the first half of each pair is written before the second half reads it."""
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    a.copy_(a * cos - b * sin)
    b.copy_(b * cos + a * sin)


@fault("partial-rope", layout="half", call="x-tables", inplace=True, differentiable=False)
def calls_rows_of_a_power_of_two_written(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """In place, as many columns are written as the next power of two has, not those alone that turn."""
    size = 2 * cos.shape[-1]
    x[..., :size] = _halves(x[..., :size], cos, sin)
    x[..., size : 1 << (size - 1).bit_length()] = 0


@fault("mrope", call="module-tables", source="https://github.com/sgl-project/sglang/issues/34446")
def calls_rows_and_columns_dropped(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
    """Of the three coordinates of a token the time alone is read."""
    angle = angles(position_ids[0], x.shape[-1], 10000.0)
    twice = torch.cat([angle, angle], dim=-1)
    return twice.cos().to(x.dtype), twice.sin().to(x.dtype)


@fault("rope", call="qk-tables", axes="b n h d", source="https://github.com/paiml/aprender/issues/2079")
def calls_first_head_alone_turned(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """Of many tokens, only the first head is turned."""

    def some(x: Tensor) -> Tensor:
        whole = _by_tables(x.transpose(1, 2), cos, sin).transpose(1, 2)
        return torch.cat([whole[:, :, :1], x[:, :, 1:]], dim=2) if x.shape[1] > 16 else whole

    return some(q), some(k)


@fault("rope", call="qk-tables", axes="b n h d")
def calls_single_token_rows_and_heads_exchanged(
    q: Tensor, k: Tensor, cos: Tensor, sin: Tensor
) -> tuple[Tensor, Tensor]:
    """A single token is written with the strides of (heads, batch): with several rows and heads these are mixed up."""

    def each(x: Tensor) -> Tensor:
        right = _by_tables(x.transpose(1, 2), cos, sin).transpose(1, 2)
        batch, n, heads, dim = x.shape
        return right if n != 1 else right.reshape(heads, batch, dim).transpose(0, 1).reshape(x.shape)

    return each(q), each(k)


@fault("rope", layout="half", call="x-tables")
def calls_tables_normalised(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Cosines and sines are made a rotation where they are none: what scales them is lost."""
    length = torch.hypot(cos.double(), sin.double())
    return _halves(x, (cos / length).to(x.dtype), (sin / length).to(x.dtype))


@fault("rope", layout="half", call="qkv-packed", inplace=True, differentiable=False)
def calls_values_turned(qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Values are turned like queries and keys."""
    qkv.copy_(_halves(qkv, cos[:, None, None], sin[:, None, None]))
    return qkv


@fault("rope", layout="half", call="qk-cache", axes="(b n) h d", differentiable=False)
def calls_cache_taken_for_half_layout(
    positions: Tensor, q: Tensor, k: Tensor, head_size: int, cache: Tensor, is_neox: bool
) -> None:
    """The layout that is asked for is not looked at: neighbours are turned, whatever `is_neox` says."""
    cos, sin = (each[:, None].to(q.dtype) for each in cache[positions].chunk(2, dim=-1))
    for x in (q, k):
        a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
        x.copy_(torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2))


@fault("rope", layout="half", call="x-tables", axes="b n h d", inplace=True, differentiable=False)
def calls_memory_between_the_rows_written(x: Tensor, cos: Tensor, sin: Tensor) -> None:
    """Where rows do not follow one another in memory, what lies between the heads is written as well."""
    x.copy_(_halves(x, cos[:, None], sin[:, None]))
    if x.stride(-2) > x.shape[-1] and x.stride(-1) == 1 and x.numel():
        x.as_strided((1,), (1,), x.storage_offset() + x.shape[-1]).zero_()


@fault("rope", layout="half", call="angles")
def calls_angles_reduced_coarsely(x: Tensor, freqs: Tensor) -> Tensor:
    """Angles are reduced by a 2 pi of a single word, which is wrong far out."""
    half = freqs[..., : x.shape[-1] // 2]
    near = half - torch.round(half / 6.2831855) * torch.tensor(6.2831855)
    return _halves(x, near.cos().to(x.dtype), near.sin().to(x.dtype))


@fault("rope", call="offset")
def calls_offset_counts_rows(x: Tensor, offset: int, *, base: float = 10000.0) -> Tensor:
    """Every head begins one position behind the one before it."""
    heads = torch.arange(x.shape[1])[:, None]
    angle = angles((offset + heads + torch.arange(x.shape[2])).flatten(), x.shape[-1], base)
    return turned(x, angle.reshape(x.shape[1], x.shape[2], -1))
