"""What a process that holds a plug-in replies is read as what was asked for, or as no result."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest

from impls.door.crossing import Answer, Instance, Numbers, Request
from impls.door.misbehaviour import Malformed, Misbehaved, Raised
from impls.door.replies import NO_RESULT, answer, cost, sound, told
from impls.strangers import Left

X = np.arange(6.0)
ASKED = Request(instance=Instance(6), given=(Numbers(X, "float32"),), under="gradient", watched=True)
SOUND: dict[str, Any] = {"values": X, "dtype": "float32", "gradients": (None,), "afterwards": (X,), "differing": (1,)}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (("raised", "ValueError", "odd", ""), Raised("ValueError", "odd")),
        (("malformed", "returned int"), Malformed("returned int")),
        (("left", "raised SystemExit"), Left("raised SystemExit")),
        (("pass", "everything"), Malformed(NO_RESULT)),
        (("value",), Malformed(NO_RESULT)),
        (("malformed", 3), Malformed(NO_RESULT)),
        (("raised", "ValueError"), Malformed(NO_RESULT)),
    ],
)
def test_a_reply_raises_what_it_tells(reply, error):
    with pytest.raises((Misbehaved, Left)) as found:
        told(reply)
    assert (type(found.value), str(found.value)) == (type(error), str(error))
    assert told(("value", 3)) == 3


def test_an_answer_is_what_was_asked_for():
    assert vars(answer(SOUND, ASKED)) == vars(Answer(**SOUND))


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": "text"},
        {"dtype": 3},
        {"gradients": 5},
        {"gradients": ()},
        {"gradients": ("text",)},
        {"gradients": (X[:2],)},
        {"values": X + 0j},
        {"dtype": "complex64"},
        {"passed": "text"},
        {"afterwards": ()},
        {"afterwards": None},
        {"differing": ("text",)},
        {"differing": 1},
        {"more": 1},
    ],
    ids=str,
)
def test_an_answer_of_another_kind_is_no_result(wrong):
    with pytest.raises(Malformed, match=NO_RESULT):
        answer(SOUND | wrong, ASKED)


@pytest.mark.parametrize("value", [3, "text", ["one"]])
def test_a_value_of_another_kind_is_no_result(value):
    with pytest.raises(Malformed, match=NO_RESULT):
        sound(dict, value)
    with pytest.raises(Malformed, match=NO_RESULT):
        answer(value, ASKED)


COST = {
    "shape": (1, 8, 64, 128), "seconds": 1e-3, "ratio": 1.5, "noise": 0.98, "applying": 0.25, "bytes": 10, "flops": 0,
    "passes": 1.25, "memory": 0.0, "launches": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "more", [{}, {"applying": None, "bytes": None, "flops": None, "passes": None}, {"launches": 3}]
)
def test_a_cost_is_what_was_measured(more):
    assert vars(cost(COST | more)) == COST | more


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: value} for name in ("seconds", "ratio", "noise") for value in ("1", None, nan, inf, -1.0)),
        *({name: value} for name in ("bytes", "flops", "launches") for value in ("1", -1, 0.5)),
        {"applying": nan}, {"applying": "1"}, {"applying": -1.0}, {"passes": "1"}, {"passes": nan}, {"passes": ""},
        {"shape": None}, {"shape": ("8", 64)}, {"shape": (-1, 8)}, {"shape": [1, 2]}, {"shape": {1: 2}}, {"more": 1},
        {"shape": (10**400,)}, {"shape": (1,) * 1000}, {"seconds": 10**400}, {"seconds": True}, {"ratio": 1.7e308},
        {"bytes": 10**400}, {"bytes": ""}, {"bytes": False}, {"bytes": np.zeros(())}, {"launches": []}, {"passes": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_cost_of_another_kind_is_no_result(wrong):
    with pytest.raises(Malformed):
        cost(COST | wrong)
