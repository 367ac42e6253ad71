"""Claims of the page on basics about code: the steps of the window bias, run as they are printed."""

from collections.abc import Callable
from functools import partial
from itertools import product

import torch
from torch import Tensor

from properties.claims import printed_basics as printed
from spec.claims.claim import conditional, false
from spec.lemmas.windows import mixed_radix

SIZES = [(2, 3), (3, 2), (3, 3), (2, 5)]
HEADS, BATCH = 5, 2


def _runs(step: Callable[[], object], *, unless: type[Exception]) -> bool:
    try:
        step()
    except unless:
        return False
    return True


def _offsets(h: int, w: int) -> Tensor:
    """Offsets between all patches, (h w, h w, 2): those that the right form of the recipe has."""
    places = printed.flattened(h, w)
    return (places[:, :, None] - places[:, None, :]).permute(1, 2, 0)


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
