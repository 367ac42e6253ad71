"""A known mistake is named, in either layout and in every dtype where it shows; an unknown one is not."""

import dataclasses
import time

import pytest
import torch

from impls import implements
from impls.faults import all_faults, mistake
from impls.faults.right import angles, in_halves, in_pairs, turned
from impls.loading import load_default
from impls.registry import registered
from properties.catches import CATCHES
from properties.measures.diagnosis import diagnosis
from properties.tests.turns import in_turn

FAULTS = {fault.name: fault for fault in all_faults()}
FORMS = [one for one in load_default().implementations if one.module.startswith("impls.forms.")]


def planted(function, name, layout="half", dtypes=None, **declared):
    implements("rope", form="elementwise", layout=layout, name=name, dtypes=dtypes, **declared)(function)
    return registered(__name__)[-1]


def said(*names):
    return tuple(mistake(FAULTS[name]) for name in names)


def rotate_half(x, cosines, sines):
    a, b = x.chunk(2, dim=-1)
    return x * cosines.to(x.dtype) + torch.cat([-b, a], dim=-1) * sines.to(x.dtype)


def float32_tables(x, positions, base=10000.0, step=2):
    theta = 1.0 / base ** (torch.arange(0, x.shape[-1], 2).float() * (step / 2) / x.shape[-1])
    angle = torch.outer(positions.float(), theta)
    return torch.cat([angle, angle], dim=-1)


def clockwise(x, positions, *, base=10000.0):
    table = float32_tables(x, positions, base)
    return rotate_half(x, table.cos(), -table.sin())


def slightly_other_base(x, positions, *, base=10000.0):
    table = float32_tables(x, positions, base * 1.0001)
    return rotate_half(x, table.cos(), table.sin())


def half_the_exponent(x, positions, *, base=10000.0):
    table = float32_tables(x, positions, base, step=1)
    return rotate_half(x, table.cos(), table.sin())


def counted_from_one(x, positions, *, base=10000.0):
    table = float32_tables(x, positions + 1, base)
    return rotate_half(x, table.cos(), table.sin())


def wrapped(x, positions, *, base=10000.0):
    table = float32_tables(x, positions % 4096 if bool((positions >= 0).all()) else positions, base)
    return rotate_half(x, table.cos(), table.sin())


def one_token_at_zero(x, positions, *, base=10000.0):
    table = float32_tables(x, positions * (x.shape[-2] > 1), base)
    return rotate_half(x, table.cos(), table.sin())


def fixed_base(x, positions):
    table = float32_tables(x, positions)
    return rotate_half(x, table.cos(), table.sin())


def deaf_to_base(x, positions, *, base=10000.0):
    return fixed_base(x, positions)


def keys_alone_plain(x, positions, *, base=10000.0, role="query"):
    return fixed_base(x, positions) if role == "query" and base == 10000.0 else x.clone()


def other_base_entirely(x, positions, *, base=10000.0):
    table = float32_tables(x, positions, 3 * base)
    return rotate_half(x, table.cos(), table.sin())


PLANTED = {
    clockwise: "sine-sign-flipped",
    slightly_other_base: "base-10001",
    half_the_exponent: "exponent-i-over-d",
    counted_from_one: "positions-off-by-one",
    wrapped: "positions-wrap-at-4096",
    one_token_at_zero: "decode-restarts-at-zero",
    deaf_to_base: "base-ignored",
}


@pytest.mark.parametrize(("function", "name"), PLANTED.items(), ids=lambda each: getattr(each, "__name__", each))
def test_a_planted_mistake_is_named(function, name):
    implementation = planted(function, f"planted-{name}")
    assert diagnosis(implementation, "float32") == said(name)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_a_coarse_mistake_is_named_in_other_dtypes(dtype):
    assert diagnosis(planted(clockwise, "planted-coarse"), dtype) == said("sine-sign-flipped")


def test_a_mistake_that_a_dtype_hides_is_not_named():
    assert diagnosis(FAULTS["scaled-by-1.001"], "bfloat16") == ()


@pytest.mark.parametrize("layout", ["interleaved", "half"])
def test_a_layout_that_is_not_the_declared_one_is_named(layout):
    function, name = {
        "interleaved": (fixed_base, "half-layout-called-interleaved"),
        "half": (lambda x, positions: turned(x, angles(positions, x.shape[-1], 1e4)), "interleaved-layout-called-half"),
    }[layout]
    found = diagnosis(planted(function, f"planted-{layout}", layout), "float32")
    assert found == said(name)


def test_fixed_parameters_are_those_of_the_fault_too():
    implementation = planted(
        lambda x, positions: rotate_half(x, (t := float32_tables(x, positions + 1, 500000.0)).cos(), t.sin()),
        "planted-fixed",
        parameters={"base": 500000.0},
    )
    assert diagnosis(implementation, "float32") == said("positions-off-by-one")


@pytest.mark.parametrize("rotary_dim", [24, 48])
def test_a_ramp_over_the_whole_head_is_named_whatever_part_of_it_turns(rotary_dim):
    fault = FAULTS["composed-ramp-of-the-head"]
    implementation = dataclasses.replace(
        fault, name="planted-ramp", parameters={"rotary_dim": rotary_dim, "factor": 8.0}, head_sizes=(64,)
    )
    assert diagnosis(implementation, "float32") == said("composed-ramp-of-the-head")


@pytest.mark.parametrize("implementation", FORMS, ids=lambda each: each.name)
def test_a_correct_form_has_no_known_mistake(implementation):
    assert diagnosis(implementation, "float32") == ()


def test_an_unknown_mistake_is_not_named():
    assert diagnosis(planted(other_base_entirely, "planted-unknown"), "float32") == ()
    assert diagnosis(planted(keys_alone_plain, "planted-several"), "float32") == ()


def test_code_that_raises_has_no_known_mistake():
    def refuses(x, positions):
        raise ValueError("never")

    assert diagnosis(planted(refuses, "planted-refusal"), "float32") == ()


def test_results_that_attention_alone_can_judge_are_not_looked_at():
    assert diagnosis(dataclasses.replace(FAULTS["positions-off-by-one"], compare="score"), "float32") == ()


SELDOM = (
    "alibi-extra-slopes-not-skipped",
    "axes-of-size-one-dropped",
    "binary-eight-bits",
    "calls-keys-have-the-heads-of-queries",
    "calls-keys-have-the-strides-of-queries",
    "calls-offset-counts-rows",
    "calls-segments-all-begin-at-the-first-offset",
    "calls-segments-are-as-long-as-the-first",
    "cross-attention-by-distances",
    "declared-size-refused",
    "fewer-heads-refused",
    "flatten-single-token-without-axes",
    "merge-blocks-one-frame-alone",
    "normalised-single-token-nan",
    "qwen2-vl-prefix-of-longest",
    "radix-counted-by-logarithm",
    "ratio-in-half-precision",
    "reduced-in-one-word",
    "setting-partial-half-of-an-odd-number-of-pairs",
    "shaw-seven-times",
    "temperature-in-halves",
    "temperature-one-early",
    "temperature-one-late",
    "tie-fractional-in-float32",
    "tie-kept-by-total",
    "transformer-xl-shift-leaks",
)
"""Wrong only where a diagnosis does not look: on one token, far out, for some sizes or comparisons, by refusing."""
RANDOM = ("dropout-left-on", "last-token-never-written")


@pytest.mark.parametrize("name", in_turn(FAULTS, 24))
def test_a_fault_is_taken_for_itself_or_for_none(name):
    found = diagnosis(FAULTS[name], "float32")
    assert not found or set(said(name)) <= set(found)


def test_a_fault_is_as_good_as_another_where_it_takes_the_positions_that_code_takes():
    fault = FAULTS["calls-cache-taken-for-half-layout"]
    assert {*diagnosis(fault, "float32")} == {*said("interleaved-layout-called-half", fault.name)}


@pytest.mark.parametrize("name", in_turn(sorted(CATCHES["exact-values"] - {*RANDOM, *SELDOM}), 8))
def test_a_fault_with_wrong_values_is_named(name):
    assert diagnosis(FAULTS[name], "float32")


def test_a_diagnosis_takes_a_third_of_a_second():
    diagnosis(FAULTS["sine-sign-flipped"], "float32")
    start = time.process_time()
    diagnosis(FAULTS["sine-sign-flipped"], "float32")
    assert time.process_time() - start < 0.3


def test_pairs_survive_the_way_to_halves_and_back():
    x = torch.randn(2, 3, 5, 8)
    assert torch.equal(in_pairs(in_halves(x)), x)
