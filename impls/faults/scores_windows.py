"""Swin's window bias with one mistake in its index; on a square window most of them would show nothing."""

from torch import Tensor

from impls import implements


def _relative(query_positions: Tensor, key_positions: Tensor) -> Tensor:
    """Query minus key in rows and columns, (nq, nk, 2), of cells."""
    if any(bool((p.long() != p).any() | (p < 0).any()) for p in (query_positions, key_positions)):
        raise ValueError("a position is no cell of the window")
    return query_positions.long()[:, None] - key_positions.long()[None]


def _picked(table: Tensor, index: Tensor) -> Tensor:
    return table[index.clamp(-len(table), len(table) - 1)].permute(2, 0, 1)


@implements("swin-bias", form="gather", name="swin-height-and-width-exchanged")
def height_and_width_exchanged(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """Rows are moved by W - 1 and multiplied by 2H - 1, columns moved by H - 1: right on square windows only."""
    (height, width), relative = window_size, _relative(query_positions, key_positions)
    return _picked(table, (relative[..., 0] + width - 1) * (2 * height - 1) + relative[..., 1] + height - 1)


@implements(
    "swin-bias",
    form="gather",
    name="swin-wrong-radix",
    source="https://github.com/leondgarse/keras_cv_attention_models/issues/26",
)
def wrong_radix(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """Rows are multiplied by 2W - 2 instead of 2W - 1: the last column of a row collides with the next one's first."""
    (height, width), relative = window_size, _relative(query_positions, key_positions)
    return _picked(table, (relative[..., 0] + height - 1) * (2 * width - 2) + relative[..., 1] + width - 1)


@implements("swin-bias", form="gather", name="swin-key-minus-query")
def key_minus_query(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """The offset is key minus query: every bias is that of the opposite offset."""
    (height, width), relative = window_size, -_relative(query_positions, key_positions)
    return _picked(table, (relative[..., 0] + height - 1) * (2 * width - 1) + relative[..., 1] + width - 1)


@implements("swin-bias", form="gather", name="swin-columns-first")
def columns_first(
    query_positions: Tensor, key_positions: Tensor, heads: int, *, table: Tensor, window_size: tuple[int, int] = (9, 18)
) -> Tensor:
    """Rows and columns of the positions are taken for each other."""
    (height, width), relative = window_size, _relative(query_positions, key_positions).flip(-1)
    return _picked(table, (relative[..., 0] + height - 1) * (2 * width - 1) + relative[..., 1] + width - 1)
