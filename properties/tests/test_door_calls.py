"""Which callable is asked, what came of it that is no result, and how that is told."""

import pytest
import torch

from impls.door.crossing import Instance, Request
from impls.door.misbehaviour import Malformed, Raised
from properties.subjects.door import Door
from properties.tests.miniatures import asked, floats, miniature

X = floats([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
EIGHT = Instance(8)


def request(instance=EIGHT, **words):
    return Request(instance=instance, given=(X,), **words)


# Which callable


def counting():
    """A factory that remembers what it was asked to build."""
    made = []

    def build(dim, *, base=10000.0):
        made.append((dim, base))
        return lambda x: x * 0 + len(made)

    return made, Door(miniature(build, factory=True))


def test_a_callable_is_built_once_for_each_instance_and_again_behind_a_fresh_door():
    made, door = counting()
    one, other, wider = Instance(8, (("base", 5.0),)), Instance(8), Instance(16)
    for instance in (one, one, other, wider, one, Instance(8, (("base", 5.0),))):
        door.ask(request(instance))
    assert made == [(8, 5.0), (8, 10000.0), (16, 10000.0)]
    assert door.behind.instance(one) is door.behind.instance(Instance(8, (("base", 5.0),)))
    assert door.behind.instance(one) is not door.behind.instance(Instance(8, (("base", 5.0),), length=3))
    again = door.fresh()
    again.ask(request(one))
    assert made[4:] == [(8, 5.0)]
    assert again.behind.instance(one) is not door.behind.instance(one)


def test_a_plain_function_gets_its_parameters_by_name():
    door = Door(miniature(lambda x, *, base: x + base))
    assert door.ask(request(Instance(8, (("base", 100.0),)))).values[0].tolist() == [101.0, 102.0]


def test_what_a_callable_takes_is_that_of_what_the_factory_built():
    door = Door(miniature(lambda dim, *, base=1.0: lambda x, role: x, factory=True))
    assert door.takes(Instance(8), "role")
    assert not door.takes(Instance(8), "base")
    with pytest.raises(Raised, match=r"^raised ValueError: no signature found"):
        Door(miniature(lambda dim: torch.sin, factory=True)).takes(Instance(8), "role")


def test_a_prepared_call_is_the_call_and_its_first_tensor():
    bare = Door(miniature(lambda x, *, add: x + add)).prepared(request(named={"add": 1}))
    assert bare.given.tolist() == X.values.tolist()
    assert torch.equal(bare.call(), bare.given + 1)


def test_under_gradient_a_prepared_call_is_its_gradient():
    torch.manual_seed(7)
    back = Door(miniature(lambda x: 3 * x)).prepared(request(under="gradient"))
    torch.manual_seed(7)
    assert torch.equal(back.call(), 3 * torch.randn_like(back.given))
    assert back.share == pytest.approx(1 / 2)


# Misbehaviour


def raises(x):
    raise ValueError("head size 128 only")


@pytest.mark.parametrize(
    ("code", "factory", "kind", "message"),
    [
        (raises, False, Raised, "raised ValueError: head size 128 only"),
        (lambda x: None, False, Malformed, "returned NoneType; expected a tensor"),
        (lambda x: (x, x), False, Malformed, "returned tuple; expected a tensor"),
        (lambda x: x.numpy(), False, Malformed, "returned ndarray; expected a tensor"),
        (lambda dim: None, True, Malformed, "returned nothing; expected a callable"),
        (lambda dim: 3, True, Malformed, "returned int; expected a callable"),
        (raises, True, Raised, "raised ValueError: head size 128 only"),
        (lambda dim: raises, True, Raised, "raised ValueError: head size 128 only"),
        (lambda: None, False, Raised, "raised TypeError: "),
    ],
)
def test_misbehaviour_is_told_in_words(code, factory, kind, message):
    with pytest.raises(kind) as told:
        asked(code, X, factory=factory)
    assert str(told.value).startswith(message)
    assert kind is Malformed or told.value.__cause__ is not None


def test_the_message_of_an_error_is_kept_by_itself():
    with pytest.raises(Raised) as told:
        asked(raises, X)
    assert told.value.said == "head size 128 only"


def test_another_shape_is_malformed():
    answer = asked(lambda x: x[:2], X)
    assert answer.shaped(2, 2) is answer.values
    with pytest.raises(Malformed, match=r"^returned the shape \(2, 2\); expected \(3, 2\)$"):
        answer.shaped(3, 2)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (lambda x: x.to("meta"), "a torch.strided tensor on meta"),
        (lambda x: x.to_sparse(), "a torch.sparse_coo tensor on cpu"),
    ],
)
def test_a_tensor_without_numbers_at_hand_is_malformed(code, found):
    with pytest.raises(Malformed, match=f"^returned {found}; return a dense tensor on the device of x$"):
        asked(code, X)


@pytest.mark.parametrize(
    ("code", "dtype", "numbers"),
    [
        (lambda x: torch._neg_view(x), "float32", -1.0),
        (lambda x: x + 1j, "complex64", 1 + 1j),
        (lambda x: torch.quantize_per_tensor(x, 0.5, 0, torch.qint8), "qint8", 1.0),
        (lambda x: x > 0, "bool", True),
    ],
)
def test_numbers_of_every_kind_of_tensor_are_read(code, dtype, numbers):
    answer = asked(code, floats([[1.0, 1.0]] * 3))
    assert answer.dtype == dtype
    assert (answer.values == numbers).all()
