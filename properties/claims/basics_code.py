"""Claims of the page on basics about code and shapes: the steps of the window bias, run as they are printed."""

from collections.abc import Callable
from functools import partial
from itertools import product

import torch
from torch import Tensor

from properties.claims import printed_basics as printed
from spec.claims.claim import conditional, false, true
from spec.lemmas.windows import mixed_radix

SIZES = [(2, 3), (3, 2), (3, 3), (2, 5)]
HEADS, BATCH, PATCHES, DIM = 5, 2, 6, 8


def _runs(step: Callable[[], object], *, unless: type[Exception]) -> bool:
    try:
        step()
    except unless:
        return False
    return True


def _offsets(h: int, w: int) -> Tensor:
    """Offsets between all patches, (h w, h w, 2): those that the right form of the recipe has."""
    return printed.subtracted(h, w).permute(1, 2, 0)


def _index(h: int, w: int) -> Tensor:
    """The right index of every pair of patches, (h w, h w)."""
    return torch.tensor(
        [[mixed_radix(rows, columns, h, w) for rows, columns in row] for row in _offsets(h, w).tolist()]
    )


@false("C038", "basics", "window bias, step 1")
def the_names_of_the_coordinates_agree() -> bool:
    """coords_h and coords_w are the two ranges, and meshgrid of coord_h and coord_w gives the coordinates.

    The names differ by an s: the step ends in a NameError.
    """
    return any(_runs(partial(printed.coordinates, *size), unless=NameError) for size in SIZES)


@false("C041", "basics", "window bias, step 6")
def the_index_is_summed() -> bool:
    """relative_coords.sun(-1) adds both offsets up to one index.

    A tensor has no sun: the method is called sum.
    """
    return _runs(lambda: printed.summed(_offsets(2, 3)), unless=AttributeError)


@false("C042", "basics", "window bias, table")
def the_table_has_an_axis_for_each_side() -> bool:
    """The table has the shape (2W - 1, 2H - 1, heads), and the index looks up its biases.

    The index numbers all (2H - 1)(2W - 1) offsets: it needs them along one axis, and leaves the first of two.
    """

    def looked_up(h: int, w: int) -> Tensor:
        return printed.table(h, w, HEADS)[_index(h, w)]

    return any(_runs(partial(looked_up, *size), unless=IndexError) for size in SIZES)


@false("C043", "basics", "window bias, table")
def the_table_can_be_called() -> bool:
    """relative_position_bias_table(relative_coords) gives the biases.

    A parameter is no function, and what looks up a bias is the index, not the pair of offsets.
    """
    return _runs(lambda: printed.looked_up(printed.table(2, 3, HEADS), _offsets(2, 3)), unless=TypeError)


@true("C212", "basics", "window bias, step 4")
def subtracting_gives_all_offsets() -> bool:
    """None adds an axis, so that subtracting gives by broadcasting the offset of every patch from every other.

    Entry (axis, a, b) is the coordinate of patch a less that of patch b, row by row.
    """

    def offsets(h: int, w: int) -> list[list[list[int]]]:
        places = list(product(range(h), range(w)))
        return [[[a[axis] - b[axis] for b in places] for a in places] for axis in (0, 1)]

    return all(printed.subtracted(*size).tolist() == offsets(*size) for size in SIZES)


@conditional("C044", "basics", "window bias, step 3")
def flattened_coordinates_are_two_by_w_times_h() -> tuple[bool, bool]:
    """Flattened, the coordinates have the dimensions [2, W x H].

    True of the shape. The order is that of H x W: patch a lies in row a // W and column a % W.
    """

    def in_order_of_w_by_h(h: int, w: int) -> bool:
        columns, rows = zip(*product(range(w), range(h)), strict=True)
        return printed.flattened(h, w).tolist() == [list(rows), list(columns)]

    return (
        all(printed.flattened(h, w).shape == (2, w * h) for h, w in SIZES),
        all(in_order_of_w_by_h(h, w) for h, w in SIZES),
    )


@false("C045", "basics", "window bias, end")
def the_biases_are_ready_to_be_added() -> bool:
    """What the index looks up is the bias that is added to the scores.

    It has the shape (H W, H W, heads); the heads have to be brought in front of it.
    """

    def added(h: int, w: int) -> Tensor:
        biases = torch.zeros((2 * h - 1) * (2 * w - 1), HEADS)[_index(h, w)]
        return torch.zeros(BATCH, HEADS, h * w, h * w) + biases

    return any(_runs(partial(added, *size), unless=RuntimeError) for size in SIZES)


@true("C207", "basics", "learned encoding")
def one_table_serves_the_whole_batch() -> bool:
    """The parameter has the shape (1, N, Dim), not (B, N, Dim): added to the tokens it is copied by broadcasting.

    Every sentence of the batch gets the same rows; N Dim numbers are learned, whatever B is.
    """
    table = printed.learned(PATCHES, DIM)
    torch.nn.init.normal_(table, generator=torch.Generator().manual_seed(0))
    added = torch.zeros(BATCH, PATCHES, DIM) + table
    return added.shape == (BATCH, PATCHES, DIM) and all(torch.equal(rows, table[0]) for rows in added)


@true("C208", "basics", "relative encodings")
def scores_have_a_row_a_query_and_a_column_a_key() -> bool:
    """For Q of (B, N_q, C) and K of (B, N_k, C), the product Q K^T has the shape (B, N_q, N_k).

    With heads it has one more axis, (B, heads, N_q, N_k).
    """
    return (torch.zeros(BATCH, 7, DIM) @ torch.zeros(BATCH, PATCHES, DIM).mT).shape == (BATCH, 7, PATCHES)


@conditional("C209", "basics", "why positions are needed")
def a_convolution_cuts_an_image_into_points() -> tuple[bool, bool]:
    """An image is cut up by nn.Conv2d, and each piece becomes a point of the shape (B, 1, 1, C).

    True once the channels are moved behind. What Conv2d returns has them in front: a point is (B, C, 1, 1).
    """
    cut = torch.nn.Conv2d(3, DIM, kernel_size=4, stride=4)(torch.zeros(BATCH, 3, 8, 12))
    return cut.permute(0, 2, 3, 1)[:, :1, :1].shape == (BATCH, 1, 1, DIM), cut[:, :, :1, :1].shape == (BATCH, 1, 1, DIM)
