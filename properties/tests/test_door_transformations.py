"""The transformations of PyTorch under which code is called, seen by code that can tell; and who calls it: the door."""

import ast
import threading
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch

import properties.checks
from impls.door.crossing import Under
from impls.door.misbehaviour import Raised
from impls.door.tensors import UNDER
from properties.tests.miniatures import asked, floats

X = floats([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
UPSTREAM = np.array([[1.0, 0.0], [10.0, 0.0], [0.0, 100.0]])


def gradient(code, *given, **words):
    return asked(code, X, *given, under="gradient", upstream=UPSTREAM, **words)


def test_the_gradient_of_the_product_with_upstream_reaches_the_first_argument():
    answer = gradient(lambda x: x**2)
    assert np.array_equal(answer.values, X.values**2)
    assert np.array_equal(answer.gradients[0], 2 * X.values * UPSTREAM)
    assert np.array_equal(gradient(lambda x: x.mul_(3)).gradients[0], 3 * UPSTREAM), "code may write into its argument"


def test_gradients_reach_every_argument_that_is_asked_for():
    answer = gradient(lambda x, y, z: x * y + 0 * z, floats(2 * X.values), floats(X.values), of=(1, 0))
    assert np.array_equal(answer.gradients[0], X.values * UPSTREAM)
    assert np.array_equal(answer.gradients[1], 2 * X.values * UPSTREAM)
    assert gradient(lambda x, y: 2 * x, floats([1.0]), of=(1, 0)).gradients[0] is None


CUT = {"off": lambda x: x.detach() * 2, "new": lambda x: torch.ones(3, 2), "shorter": lambda x: (2 * x)[:2]}


@pytest.mark.parametrize("cut", CUT)
def test_there_is_no_gradient_where_it_is_cut_off_or_of_another_shape(cut):
    answer = gradient(CUT[cut])
    assert answer.gradients == (None,)
    assert answer.values.any()
    assert asked(lambda x: x, X).gradients == ()


class OfItsOwn(torch.Tensor):
    """A tensor of which no other can be made."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", "") == "new_zeros":
            raise RuntimeError("none can be made")
        return super().__torch_function__(func, types, args, kwargs or {})


RESULTS = {
    "of its own class": lambda x: (3 * x).as_subclass(OfItsOwn),
    "complex": lambda x: 3 * x + 0j,
    "expanded": lambda x: (3 * x)[None].expand(2, 3, 2)[1],
    "used twice": lambda x: 2 * x + x,
}


@pytest.mark.parametrize("result", RESULTS)
def test_a_gradient_is_that_of_the_code_whatever_its_result_is_like(result):
    assert np.array_equal(gradient(RESULTS[result]).gradients[0], 3 * UPSTREAM)


SEEN = {
    "eager": {},
    "gradient": {"gradient"},
    "vmap": {"one row"},
    "autocast": {"autocast"},
    "compiled": {"compiled"},
}


@pytest.mark.parametrize("under", SEEN)
def test_each_transformation_really_happens(under):
    def tells(x):
        autocast, compiled = torch.is_autocast_enabled("cpu"), torch.compiler.is_compiling()
        told = (1 * x.requires_grad, 10 * (x.ndim == 1), 100 * autocast, 1000 * compiled)
        return x * 0 + sum(told)

    (seen,) = set(asked(tells, X, under=under, upstream=UPSTREAM).values.ravel())
    numbers = {"gradient": 1, "one row": 10, "autocast": 100, "compiled": 1000}
    assert seen == sum(numbers[each] for each in SEEN[under])
    assert not torch.is_autocast_enabled("cpu")


def said(number):
    return number if isinstance(number, bool) else ("highest", "high", "medium").index(number)


MODES = {
    "inference": (torch.is_inference_mode_enabled, True),
    "no-grad": (torch.is_grad_enabled, False),
    "thread": (lambda: threading.current_thread() is threading.main_thread(), False),
    "deterministic": (torch.are_deterministic_algorithms_enabled, True),
    "default-float64": (lambda: torch.get_default_dtype() == torch.float64, True),
    "matmul-high": (torch.get_float32_matmul_precision, "high"),
    "matmul-medium": (torch.get_float32_matmul_precision, "medium"),
}


@pytest.mark.parametrize("under", MODES)
def test_each_mode_really_holds_and_is_over_afterwards(under):
    tells, expected = MODES[under]
    before = tells()
    assert set(asked(lambda x: x * 0 + said(tells()), X, under=under).values.ravel()) == {said(expected)}
    assert tells() == before != expected
    with pytest.raises(Raised, match="not here"):
        asked(raises, X, under=under)
    assert tells() == before


def raises(x):
    raise ValueError("not here")


def test_what_nobody_has_written_is_no_number_in_deterministic_mode():
    assert np.isnan(asked(torch.empty_like, X, under="deterministic").values).all()


def test_every_mode_and_transformation_is_seen():
    assert {*SEEN, *MODES} == set(get_args(Under)) == set(UNDER)


def test_autocast_multiplies_matrices_in_bfloat16():
    assert asked(lambda x: x @ x.T, X, under="autocast").dtype == "bfloat16"
    assert asked(lambda x: x @ x.T, X).dtype == "float32"


# What checks may know


@pytest.mark.parametrize("path", sorted(Path(*properties.checks.__path__).glob("*.py")), ids=lambda path: path.stem)
def test_checks_know_neither_tensors_nor_the_callable(path):
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    imported = plain + [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    called = [node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    assert imported
    assert not [name for name in imported if name.split(".")[0] == "torch"]
    assert not {"function", "instance", "prepared"} & set(called)
