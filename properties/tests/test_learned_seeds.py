"""Other seeds draw other learned numbers, with which right code is right, and wrong code is not."""

from dataclasses import replace

import pytest

from impls.faults import all_faults
from impls.loading import load_default
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan

ONES = {one.name: one for one in (*load_default().implementations, *all_faults())}
KNOWN = {prop.id: prop for prop in PROPERTIES}


def outcome(one, prop, dtype, seed):
    return Bench(one, Plan(seed=seed)).cell(KNOWN[prop], dtype).outcome


@pytest.mark.parametrize(
    ("name", "prop", "dtype", "seed", "expected"),
    [
        ("kerple-power-exponential", "monotone-decay", "bfloat16", 2, "not-applicable"),
        ("kerple-power-elementwise", "monotone-decay", "bfloat16", 1001, "not-applicable"),
        ("kerple-power-elementwise", "monotone-decay", "float32", 2, "pass"),
        ("decomposed-2d-gather", "finite", "float16", 1003, "pass"),
        ("deberta-log-buckets", "finite", "float16", 1000, "pass"),
        ("deberta-log-buckets", "finite", "float16", 0, "pass"),
    ],
)
def test_right_code_is_not_accused(name, prop, dtype, seed, expected):
    assert outcome(ONES[name], prop, dtype, seed) == expected


@pytest.mark.parametrize("seed", [0, 1, 2, 1001])
def test_code_that_does_not_decay_is_found_whatever_is_learned(seed):
    form = ONES["kerple-power-elementwise"]
    flat = replace(form, function=lambda *given, **named: 0 * form.function(*given, **named))
    assert outcome(flat, "monotone-decay", "float32", seed) == "fail"


@pytest.mark.parametrize("seed", [0, 1, 2, 1003])
def test_code_that_overflows_is_found_whatever_is_learned(seed):
    form = ONES["decomposed-2d-gather"]

    def squared(q, k, *given, **named):
        return form.function(q, k, *given, **named) + 0 * (q * q).sum()

    assert outcome(replace(form, function=squared), "finite", "float16", seed) == "fail"
