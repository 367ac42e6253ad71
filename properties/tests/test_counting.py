"""The counted work of operators whose work is known."""

from functools import partial

import numpy as np
import pytest
import torch

from impls.door.work import Work, counted

X = torch.randn(4, 6)
Y = torch.randn(4, 6)
ROW = torch.randn(6)
A = torch.randn(4, 8)
B = torch.randn(8, 5)
Z = torch.randn(4, 3, dtype=torch.complex64)
BUFFER = torch.empty(4, 6)
SIZE = 4 * 6 * 4


@pytest.mark.parametrize(
    ("call", "read_and_written", "flops"),
    [
        pytest.param(lambda: X, 0, 0, id="nothing"),
        pytest.param(lambda: X.clone(), 2 * SIZE, 0, id="clone"),
        pytest.param(lambda: BUFFER.copy_(X), 2 * SIZE, 0, id="copy into a buffer"),
        pytest.param(lambda: X.double(), 3 * SIZE, 0, id="conversion"),
        pytest.param(lambda: X + Y, 3 * SIZE, 24, id="sum"),
        pytest.param(lambda: X * 2, 2 * SIZE, 24, id="product with a number"),
        pytest.param(lambda: X * ROW, 2 * SIZE + 6 * 4, 24, id="broadcast product"),
        pytest.param(lambda: X * ROW.expand(4, 6), 2 * SIZE + 6 * 4, 24, id="expanded product"),
        pytest.param(lambda: torch.addcmul(X, Y, Y), 4 * SIZE, 48, id="fused product and sum"),
        pytest.param(lambda: torch.mul(X, Y, out=BUFFER), 3 * SIZE, 24, id="product into a buffer"),
        pytest.param(lambda: X.clone().mul_(Y), 5 * SIZE, 24, id="product in place"),
        pytest.param(lambda: X.cos(), 2 * SIZE, 24, id="cosine"),
        pytest.param(lambda: Z * Z, 3 * SIZE, 12 * 6, id="complex product"),
        pytest.param(lambda: Z + Z, 3 * SIZE, 12 * 2, id="complex sum"),
        pytest.param(lambda: torch.view_as_complex(X.view(4, 3, 2)), 0, 0, id="complex view"),
        pytest.param(lambda: torch.polar(X, Y), 4 * SIZE, 24 * 4, id="polar"),
        pytest.param(lambda: A @ B, 4 * (4 * 8 + 8 * 5 + 4 * 5), 2 * 4 * 8 * 5, id="matrix product"),
        pytest.param(lambda: torch.mv(X, ROW), SIZE + 4 * 10, 48, id="matrix by vector"),
        pytest.param(lambda: torch.einsum("ij,jk->ik", A, B), 4 * 92, 320, id="einsum of a matrix product"),
        pytest.param(lambda: torch.cat((X, Y)), 4 * SIZE, 0, id="concatenation"),
        pytest.param(lambda: X.t()[2:4].flip(0), 2 * 4 * 2 * 4, 0, id="flip of a view"),
        pytest.param(lambda: X[torch.tensor([3, 1])], 2 * 2 * 6 * 4 + 2 * 8, 0, id="rows by index"),
        pytest.param(lambda: X.sum(), SIZE + 4, 24, id="total"),
        pytest.param(lambda: X.new_empty(4, 6).copy_(X), 2 * SIZE, 0, id="fresh memory is not written"),
        pytest.param(lambda: torch.zeros_like(X) + X, 4 * SIZE, 24, id="zeros"),
        pytest.param(lambda: torch.arange(5.0) + X[0, 0], 3 * 5 * 4 + 4, 5, id="arange"),
        pytest.param(lambda: X.where(X > 0, Y), 4 * SIZE + SIZE // 2, 0, id="selection"),
    ],
)
def test_work_of_one_operator(call, read_and_written, flops):
    assert counted(call, [X, A, Z]) == Work(read_and_written, flops)


def test_whole_numbers_are_not_floating_point_operations():
    positions = torch.arange(5)
    assert counted(lambda: positions * 2 + 1, [positions]) == Work(4 * 5 * 8, 0)


def test_a_complex_matrix_product_is_four_real_ones():
    work = counted(lambda: Z @ Z.t(), [Z])
    assert work is not None
    assert work.flops == 4 * (2 * 4 * 3 * 4)


def filled_by_numpy():
    result = torch.empty_like(X)
    np.multiply(X.numpy(), 2, out=result.numpy())
    return result.view(6, 4)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: torch.from_numpy(X.numpy() * 2).reshape(6, 4) * 2, id="handed over"),
        pytest.param(filled_by_numpy, id="filled in"),
    ],
)
def test_work_outside_torch_is_unknown_rather_than_nothing(call):
    assert counted(call, [X]) is None


@pytest.mark.parametrize(
    ("rotate", "growth"),
    [
        pytest.param(lambda x: torch.einsum("ij,bsj->bsi", x[0].T @ x[0], x), 4, id="matrix"),
        pytest.param(lambda x: x * x + x.flip(-1) * x, 2, id="elementwise"),
        pytest.param(lambda x: torch.view_as_complex(x.unflatten(-1, (-1, 2))) * 2j, 2, id="complex"),
    ],
)
def test_flops_when_the_dimension_doubles(rotate, growth):
    narrow, wide = (counted(partial(rotate, x), [x]) for x in (torch.randn(2, 3, 64), torch.randn(2, 3, 128)))
    assert narrow is not None
    assert wide is not None
    assert wide.flops == growth * narrow.flops
