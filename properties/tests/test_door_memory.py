"""What is handed in through the door and read again: parts of one tensor, arguments after a call, and copies."""

import dataclasses
import weakref

import numpy as np
import pytest
import torch

from impls.door.crossing import Dtype, Instance, Numbers, Packed, Request
from properties.subjects.door import Door
from properties.tests.miniatures import asked, floats, miniature

X = np.arange(2 * 3 * 4 * 6).reshape(2, 3, 4, 6).astype(float)


def as_it_is(x):
    return x


# Parts of one tensor


@pytest.mark.parametrize(("before_heads", "stride"), [(False, (72, 24, 6, 1)), (True, (216, 6, 54, 1))])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_part_is_a_view_of_one_tensor_with_all_parts(before_heads, stride, at):
    packed = Packed((X, X + 1000, X + 2000), at, "float32", before_heads)
    offset = at * (18 if before_heads else 144)
    seen = asked(lambda x: torch.tensor([x.storage_offset(), x.untyped_storage().nbytes(), *x.stride()]), packed)
    assert seen.values.tolist() == [offset, 4 * 3 * 144, *stride]
    assert np.array_equal(asked(as_it_is, packed).values, X + 1000 * at)


@pytest.mark.parametrize("before_heads", [False, True])
def test_afterwards_tells_what_became_of_every_part(before_heads):
    packed = Packed((X, X + 1000, X + 2000), 1, "float32", before_heads)
    (kept,) = asked(as_it_is, packed, watched=True).afterwards
    assert all(np.array_equal(part, X + 1000 * i) for i, part in enumerate(kept))
    (changed,) = asked(lambda x: x.zero_(), packed, watched=True).afterwards
    assert [part.any() for part in changed] == [True, False, True]
    (flooded,) = asked(lambda x: x.as_strided((432,), (1,), 0).fill_(7), packed, watched=True).afterwards
    assert [(part.shape, set(part.ravel())) for part in flooded] == [(X.shape, {7.0})] * 3


# What is read again, and what is not ours to lose


def test_what_is_handed_in_is_told_by_place_and_then_by_name():
    given = (floats([1.0, 2.0]), Packed((X, X + 1), 0, "float32", False), [("text", 2)])
    request = Request(instance=Instance(8), given=given, named={"table": floats([9.0]), "dtype": Dtype("float32")})
    first, packed, segments, table, dtype = request.numbers
    assert (first.tolist(), table.tolist(), segments, dtype) == ([1.0, 2.0], [9.0], [("text", 2)], None)
    assert packed is given[1].parts

    def changes(x, part, segments, *, table, dtype):
        segments.append(("image", 1, 1))
        return x.add_(1), part.mul_(0), table.add_(1)

    answer = asked(lambda *given, **named: changes(*given, **named)[0], *given, named=request.named, watched=True)
    after = answer.afterwards
    assert [after[0].tolist(), after[3].tolist(), after[4]] == [[2.0, 3.0], [10.0], None]
    assert [part.any() for part in after[1]] == [False, True]
    assert after[2] == [("text", 2), ("image", 1, 1)]
    assert request.numbers[2] == [("text", 2)], "the list of the request is its own"
    assert asked(as_it_is, given[0]).afterwards == ()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_code_writes_later_changes_no_answer_and_no_array_of_ours(dtype):
    ours, kept = np.array([1.0, 2.0]), list[torch.Tensor]()

    def writes(x):
        for earlier in kept:
            earlier.fill_(-1)
        kept.append(x)
        return x.mul_(10)

    first = asked(writes, Numbers(ours, dtype), watched=True)
    asked(writes, Numbers(ours, dtype))
    assert first.values.tolist() == first.afterwards[0].tolist() == [10.0, 20.0]
    assert ours.tolist() == [1.0, 2.0]
    first.values[0] = 5
    assert kept[0].tolist() == [-1.0, -1.0], "nor does what is done with the answer change the code's tensor"


# Called again

ONE, OTHER = floats([1.0, 2.0]), floats([5.0, 7.0])


def asked_after(code, first, then):
    """The answer to a call with the tensors of another one, into which its numbers are written."""
    before = Request(instance=Instance(8), given=(first,))
    return asked(code, then, first=before).values.tolist()


def test_the_same_tensor_comes_again_with_other_numbers():
    kept = []

    def remembers(x):
        kept.append(x)
        return kept[0] is x and kept[0] * 10

    assert asked_after(remembers, ONE, OTHER) == [50.0, 70.0]
    assert len(kept) == 2
    assert asked_after(lambda segments: torch.tensor(segments), [1, 2], [3, 4]) == [3, 4]


@pytest.mark.parametrize(
    ("wrong", "differing"),
    [
        (set(), ()),
        ({3}, (3,)),
        ({0}, (1, 2, 3, 4, 5)),
        ({4, 5}, (4, 5)),
    ],
)
def test_which_of_many_calls_differ_from_the_first(wrong, differing):
    calls = iter(range(6))
    answer = asked(lambda x: x + (next(calls) in wrong), floats([1.0, np.nan]), times=6)
    assert answer.differing == differing
    assert next(calls, None) is None


def test_a_result_of_another_dtype_or_shape_differs():
    calls = iter(range(4))
    answers = {1: lambda x: x.double(), 2: lambda x: x[None], 3: lambda x: None}
    assert asked(lambda x: answers.get(next(calls), torch.clone)(x), ONE, times=4).differing == (1, 2, 3)


def test_what_was_handed_in_is_gone_before_another_call():
    seen = []

    def code(x):
        seen.append(weakref.ref(x))
        return x * 2

    gone = []

    def again(x):
        gone.append(seen[0]() is None)
        return x

    door = Door(miniature(lambda x: again(x) if seen else code(x)))
    request = Request(instance=Instance(8), given=(ONE,))
    assert door.ask(dataclasses.replace(request, then=request)).values.tolist() == [2.0, 4.0]
    assert gone == [True]


# Positions

PLACES = Numbers(np.array([3, 8, 5]), "int64", places=True)


@pytest.mark.parametrize(
    ("laid", "numbers", "offset", "stride"),
    [
        ("contiguous", [3, 8, 5], 0, 1),
        ("strided", [3, 8, 5], 1, 2),
        ("sliced", [3, 8, 5], 3, 1),
        ("repeated", [3, 8, 5], 0, 1),
    ],
)
def test_positions_lie_in_memory_as_the_request_says(laid, numbers, offset, stride):
    seen = asked(lambda p: torch.stack([p, p * 0 + p.storage_offset(), p * 0 + p.stride(0)]), PLACES, laid=laid)
    assert seen.values.tolist() == [numbers, [offset] * 3, [stride] * 3]
    vectors = asked(lambda x: torch.tensor(x.stride()), floats([3.0, 8.0, 5.0]), laid=laid)
    assert vectors.values.tolist() == [1], "vectors lie as their case says"


def test_equal_positions_are_one_that_is_repeated():
    four = Numbers(np.array([4, 4, 4]), "int32", places=True)
    seen = asked(
        lambda p: torch.stack([p, p * 0 + p.stride(0), p * 0 + p.untyped_storage().nbytes()]), four, laid="repeated"
    )
    assert seen.values.tolist() == [[4, 4, 4], [0, 0, 0], [4, 4, 4]]
