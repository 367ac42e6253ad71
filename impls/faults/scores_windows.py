"""Swin's window bias with one mistake in its index; on a square window most of them would show nothing."""

from functools import partial

from torch import Tensor

from impls.expect import expect_cells
from impls.faults import Steps, fault_in


def _bias(
    wrong: Steps,
    query_positions: Tensor,
    key_positions: Tensor,
    heads: int,
    *,
    table: Tensor,
    window_size: tuple[int, int] = (9, 18),
) -> Tensor:
    expect_cells(query_positions, window_size)
    expect_cells(key_positions, window_size)
    rows, columns = (query_positions.long()[:, None] - key_positions.long()[None]).unbind(-1)
    index = wrong["index"](rows, columns, *window_size)
    return table[index.clamp(-len(table), len(table) - 1)].permute(2, 0, 1)


def _index(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """The right row of the table."""
    return (rows + height - 1) * (2 * width - 1) + columns + width - 1


_wrong = partial(fault_in, _bias, "index", "swin-bias")


@_wrong(name="swin-height-and-width-exchanged")
def _height_and_width_exchanged(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """Rows are moved by W - 1 and multiplied by 2H - 1, columns moved by H - 1: right on square windows only."""
    return _index(rows, columns, width, height)


@_wrong(name="swin-wrong-radix", source="https://github.com/leondgarse/keras_cv_attention_models/issues/26")
def _wrong_radix(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """Rows are multiplied by 2W - 2 instead of 2W - 1: the last column of a row collides with the next one's first."""
    return (rows + height - 1) * (2 * width - 2) + columns + width - 1


@_wrong(name="swin-key-minus-query")
def _key_minus_query(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """The offset is key minus query: every bias is that of the opposite offset."""
    return _index(-rows, -columns, height, width)


@_wrong(name="swin-columns-first")
def _columns_first(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """Rows and columns of the positions are taken for each other."""
    return _index(columns, rows, height, width)


@_wrong(name="swin-index-in-float16")
def _index_in_float16(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """The index is made in float16, which holds no more than 2048 of them exactly."""
    return _index(rows.half(), columns.half(), height, width).nan_to_num().long()


@_wrong(name="swin-offsets-clamped")
def _offsets_clamped(rows: Tensor, columns: Tensor, height: int, width: int) -> Tensor:
    """Offsets are clamped to 17, as if no window were larger than 18 x 18."""
    return _index(rows.clamp(-17, 17), columns.clamp(-17, 17), height, width)
