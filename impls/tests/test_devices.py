"""Every form computes where its arguments are, which is shown on a machine that has no device but its own.

Tensors `There` say that they are on a GPU, while their numbers lie here: a form is followed to its end, also where it
looks at numbers. What meets them from here is refused; a single number too, which a GPU would take from most.
"""

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._pytree import tree_leaves, tree_map

from impls import Implementation
from impls.forms import calls, learned, nope_causal
from impls.loading import load_default
from properties.subjects import PLACES, place_of, subject_of
from spec.definitions.assignment import Assignment

OWN = {one.name: one for one in load_default().implementations if one.package is None}
FORMS = {n: one for n, one in OWN.items() if place_of(one).definition is not Assignment and not one.nowhere}
"""Those that are handed tensors."""
HERE, GPU = torch.device("cpu"), torch.device("cuda")


class There(Tensor):
    """A tensor that says it is on the GPU."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]


class Mixed(RuntimeError):
    """Tensors of two devices met."""


class TwoDevices(TorchFunctionMode):
    """What is computed is where it is asked for, else where the arguments are."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = tree_leaves((args, kwargs))
        there = {isinstance(each, There) for each in given if isinstance(each, Tensor)}
        if func == Tensor.device.__get__:
            return GPU if True in there else HERE
        if len(there) > 1:
            raise Mixed(f"{resolve_name(func)} met tensors of two devices")
        asked = {each == GPU for each in given if isinstance(each, torch.device)}
        args, kwargs = tree_map(lambda each: HERE if isinstance(each, torch.device) else each, (args, kwargs or {}))
        found = func(*args, **kwargs)
        return moved(found) if True in (asked or there) else found


def moved(found: Any) -> Any:
    """The same with all tensors on the GPU."""
    if isinstance(found, Iterator):
        return map(moved, found)
    return tree_map(lambda each: each.as_subclass(There) if isinstance(each, Tensor) else each, found)


def here_and_there(one: Implementation) -> Iterator[tuple[Any, Any]]:
    """The results of the plainest calls, for either side of attention where it is told apart."""
    dtype = "float32" if "float32" in one.checked_dtypes else one.checked_dtypes[0]
    code = subject_of(one, dtype, place_of(one).smoke.within(one)).code
    for side in code.sides:
        call, again = (code.door.prepared(code.request(*code.inputs(), **side)).call for _ in range(2))
        assert isinstance(again, partial)
        args, keywords = moved((again.args, again.keywords))
        with TwoDevices():
            there = again.func(*args, **keywords)
        yield call(), there


@pytest.mark.parametrize("name", FORMS)
def test_a_form_computes_where_its_arguments_are(name: str):
    for here, there in here_and_there(FORMS[name]):
        assert isinstance(there, There)
        assert not isinstance(here, There)
        assert torch.equal(there.as_subclass(Tensor), here)


def test_all_that_are_handed_tensors_are_followed():
    assert {place_of(one).definition for one in FORMS.values()} == PLACES.keys() - {Assignment}
    assert len(FORMS) > 180


def planted(function: Callable[..., Tensor]) -> Implementation:
    return dataclasses.replace(FORMS["nope-identity"], function=function)


MIXING: dict[str, Callable[..., Tensor]] = {
    "in a product": lambda x, positions: x * torch.arange(x.shape[-1]),
    "as a number": lambda x, positions: x * torch.ones(()),
    "as an index": lambda x, positions: x[..., torch.arange(len(positions)), :],
    "as a table": lambda x, positions: torch.eye(x.shape[-1])[positions],
    "written into": lambda x, positions: torch.zeros(x.shape).copy_(x),
}


@pytest.mark.parametrize("function", MIXING.values(), ids=MIXING)
def test_what_meets_tensors_of_its_own_device_is_found(function: Callable[..., Tensor]):
    with pytest.raises(Mixed, match="met tensors of two devices"):
        list(here_and_there(planted(function)))


def test_what_comes_back_from_elsewhere_is_found():
    ((_, there),) = here_and_there(planted(lambda x, positions: torch.tensor(x.tolist())))
    assert not isinstance(there, There)


def test_what_looks_at_numbers_is_followed():
    def form(x: Tensor, positions: Tensor) -> Tensor:
        first, *_ = positions.unique()
        scales = torch.tensor([float(first), float(positions.max())], device=x.device)
        y = x * scales[1] + x.new_zeros(x.shape[-1])
        y[..., positions > 2, :] = 0
        return y

    ((here, there),) = here_and_there(planted(form))
    assert isinstance(there, There)
    assert torch.equal(there.as_subclass(Tensor), here)


@pytest.mark.parametrize("position", [-1, 4])
def test_a_position_without_a_row_is_refused_before_it_is_looked_up(position: int):
    """On a GPU an index beyond the end ends the whole process."""
    positions, x, table = torch.tensor([position]), torch.ones(1, 2), torch.ones(4, 2)
    with pytest.raises(ValueError, match="the positions 0 to 3"):
        learned.embedding(positions, 2, table=table)
    with pytest.raises(ValueError, match=r"must lie in 0 \.\.\. 3"):
        calls.rope_qk_cache(positions, x, x, 2, table, True)


def test_a_query_that_sees_no_key_is_refused():
    with pytest.raises(ValueError, match="the query at 1 sees no key"):
        nope_causal.recurrence(torch.ones(1, 1), torch.tensor([1]), torch.tensor([2]))
