"""A table grows as far as it is looked up, by powers of two, and is the same whatever the call is under."""

import pytest
import torch

from impls.zoo.fitting import LARGEST, enough, growing

LENGTHS = [
    ([], 4096),
    ([0], 4096),
    ([7, 4095], 4096),
    ([[3], [4096]], 8192),
    ([8192, 1], 16_384),
    ([2**17 - 1], 2**17),
    ([2**17], LARGEST + 1),
    ([LARGEST], LARGEST + 1),
]


@pytest.mark.parametrize(("indices", "length"), LENGTHS, ids=str)
def test_as_many_rows_as_hold_every_index(indices, length):
    assert enough(torch.tensor(indices, dtype=torch.int64)) == length


def test_what_has_grown_is_kept():
    built = []

    def build(length):
        built.append(length)
        return torch.arange(length)

    table = growing(build)
    for index in (5, 4095, 9000, 5, 16_383, LARGEST, 0):
        assert table(torch.tensor([index]))[index] == index
    assert built == [4096, 16_384, LARGEST + 1]


def test_what_grows_under_inference_or_autocast_is_what_it_would_be():
    table = growing(lambda length: torch.ones(length, 1) @ torch.ones(1, 1))
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        grown = table(torch.tensor([4096]))
    assert grown.dtype == torch.float32
    assert not grown.is_inference()
