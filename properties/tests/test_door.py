"""Numbers on their way through the door: in the dtype and the memory that is asked for, and back without a loss."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from impls.door.crossing import Dtype, Numbers
from impls.door.dtypes import LARGEST, rounded
from properties.tests.miniatures import asked, floats

DTYPES = ("float64", "float32", "bfloat16", "float16")
BITS = {"float64": 53, "float32": 24, "bfloat16": 8, "float16": 11}
X = np.arange(2 * 3 * 4 * 6).reshape(2, 3, 4, 6).astype(float)
SAME = np.broadcast_to(X[:1, :1], X.shape)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


def as_it_is(x):
    return x


# Numbers


@dtypes
@settings(max_examples=50, deadline=None)
@given(wholes=st.lists(st.integers(-(2**53) + 1, 2**53 - 1), min_size=1), scale=st.integers(-5, 0))
def test_every_number_that_a_dtype_holds_comes_back_exactly(dtype, wholes, scale):
    keep = BITS[dtype]
    held = np.array([float(whole % 2**keep) * 2.0 ** (scale - (keep if dtype == "float16" else 0)) for whole in wholes])
    answer = asked(as_it_is, Numbers(held, dtype))
    assert answer.dtype == dtype
    assert answer.values.dtype == np.float64
    assert np.array_equal(answer.values, held)


@dtypes
def test_code_gets_the_dtype_that_is_asked_for_rounded_once(dtype):
    third = np.array([1 / 3])
    answer = asked(lambda x: x if x.dtype == getattr(torch, dtype) else x[:0], Numbers(third, dtype))
    assert 0 < abs(3 * answer.values[0] - 1) <= 2.0 ** -(BITS[dtype] - 1) or dtype == "float64"
    assert np.array_equal(answer.values, rounded(third, dtype))


def test_rounding_goes_through_one_dtype_after_the_other():
    number = np.array([1 + 2**-8 + 2**-12])
    assert rounded(number, "bfloat16")[0] == 1 + 2**-7
    assert rounded(number, "float16", "bfloat16")[0] == 1.0
    assert rounded(number).dtype == np.float64
    assert rounded(number)[0] == number[0]
    assert np.isinf(rounded(np.array([1e5]), "float16")[0])


@dtypes
def test_rounding_is_that_of_torch(dtype):
    drawn, near = np.random.default_rng(0), np.arange(2**17) * 2.0**-8
    numbers = drawn.integers(2**64, size=2**16, dtype=np.uint64).view(np.float64)
    small = drawn.standard_normal(2**16) * 2.0 ** drawn.integers(-150, 30, 2**16)
    for each in (numbers, small, near, near * (1 + 2.0**-40), near * 2.0**-24):
        held = torch.tensor(each).to(getattr(torch, dtype)).double().numpy()
        assert np.array_equal(rounded(each, dtype), held, equal_nan=True)


@pytest.mark.parametrize(
    ("dtype", "largest"),
    [("float16", 65504.0), ("bfloat16", 2.0**128 - 2.0**120), ("float32", 2.0**128 - 2.0**104)],
)
def test_the_largest_number_of_a_dtype(dtype, largest):
    assert LARGEST[dtype] == largest


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_integers_come_back_as_integers(dtype):
    answer = asked(lambda x: x.to(getattr(torch, dtype)), floats([0, 1]))
    assert (answer.dtype, str(answer.values.dtype)) == (dtype, dtype)
    assert answer.values.tolist() == [0, 1]


def test_integers_beyond_float64_are_not_rounded():
    large = Numbers(np.array([2**53 + 1]), "int64")
    assert asked(as_it_is, large).values.tolist() == [2**53 + 1]


def test_a_dtype_is_handed_in_as_such():
    assert asked(lambda dtype: torch.zeros(2, dtype=dtype), Dtype("bfloat16")).dtype == "bfloat16"


# Memory


def strides_seen(x):
    return torch.tensor([*x.stride(), *x.shape, int(x.is_contiguous())])


@pytest.mark.parametrize(
    ("values", "strides", "expected"),
    [
        (X, "contiguous", (72, 24, 6, 1)),
        (X.swapaxes(1, 2).copy().swapaxes(1, 2), "contiguous", (72, 24, 6, 1)),
        (X[..., ::-1], "contiguous", (72, 24, 6, 1)),
        (SAME, "contiguous", (72, 24, 6, 1)),
        (X, "transposed", (72, 6, 18, 1)),
        (X, "strided", (144, 48, 12, 2)),
        (SAME, "expanded", (0, 0, 6, 1)),
    ],
)
def test_a_tensor_lies_in_memory_as_it_is_asked_for(values, strides, expected):
    handed = Numbers(values, "float32", strides)
    assert asked(strides_seen, handed).values.tolist() == [*expected, 2, 3, 4, 6, strides == "contiguous"]
    assert np.array_equal(asked(as_it_is, handed).values, values)


def test_what_lies_beside_a_strided_tensor_is_no_part_of_it():
    wide = asked(lambda x: x.as_strided((4,), (1,), 0), floats([3.0, 5.0], strides="strided")).values
    assert wide.tolist() == [0.0, 3.0, 0.0, 5.0]
