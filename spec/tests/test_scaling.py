"""The frequencies of longer contexts are those of the published formulas, and floats stay within their roundings."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb
from mpmath import mpf

from spec import ENCODINGS, STATEMENTS, verdict
from spec.numbers import bounds
from spec.numbers.balls import compiled
from spec.numbers.exact import frequencies, frequency_roundings, scales
from spec.proving.proofs import prove

DIMS = (6, 8, 64, 96, 128)
LENGTHS = (1, 2048, 2049, 4096, 4097, 70_001)
GIVEN: dict[str, list[dict[str, float]]] = {
    "rope-linear": [{}, {"factor": 2.5}, {"factor": 0.3, "base": 5e5}, {"base": 0.25}],
    "rope-ntk": [{}, {"factor": 2.5}, {"factor": 40.0, "base": 5e5}],
    "rope-dynamic-ntk": [{}, {"factor": 7.3}, {"factor": 0.5, "base": 5e5}, {"max_position_embeddings": 300}],
    "rope-yarn": [
        {},
        {"factor": 40.0, "original_max_position_embeddings": 4096},
        {"factor": 2.5, "beta_fast": 24.5, "beta_slow": 0.5, "base": 5e5},
        {"original_max_position_embeddings": 5},
    ],
    "rope-llama3": [{}, {"factor": 32.0}, {"base": 1e4, "low_freq_factor": 0.5, "high_freq_factor": 40.0}],
    "rope-longrope": [{}, {"base": 5e5}, {"original_max_position_embeddings": 2048}],
}
SETTINGS = [(name, given) for name, several in GIVEN.items() for given in several]
settings = pytest.mark.parametrize(("name", "given"), SETTINGS, ids=lambda part: str(part).replace("'", ""))


def linear(number, i, dim, length, *, base, factor):
    return 1 / (number(base) ** (number(2 * i) / dim) * number(factor))


def ntk(number, i, dim, length, *, base, factor):
    return 1 / (number(base) * number(factor) ** (number(dim) / (dim - 2))) ** (number(2 * i) / dim)


def dynamic(number, i, dim, length, *, base, factor, max_position_embeddings):
    n, trained = number(max(length, max_position_embeddings)), number(max_position_embeddings)
    larger = number(base) * (number(factor) * n / trained - (number(factor) - 1)) ** (number(dim) / (dim - 2))
    return 1 / larger ** (number(2 * i) / dim)


def yarn(number, i, dim, length, *, base, factor, original_max_position_embeddings, beta_fast, beta_slow, **others):
    original = original_max_position_embeddings
    low, high = (
        dim * math.log(original / (beta * 2 * math.pi)) / (2 * math.log(base)) for beta in (beta_fast, beta_slow)
    )
    low, high = max(math.floor(low), 0), min(math.ceil(high), dim - 1)
    span = number(1) / 1000 if low == high else number(high - low)
    mask = 1 - min(max(number(i - low) / span, number(0)), number(1))
    power = number(base) ** (number(2 * i) / dim)
    return 1 / (number(factor) * power) * (1 - mask) + 1 / power * mask


def llama3(
    number, i, dim, length, *, base, factor, low_freq_factor, high_freq_factor, original_max_position_embeddings
):
    theta, original = 1 / number(base) ** (number(2 * i) / dim), number(original_max_position_embeddings)
    wavelength = 2 * number(mpmath.pi) / theta
    if wavelength < original / number(high_freq_factor):
        return theta
    if wavelength > original / number(low_freq_factor):
        return theta / number(factor)
    smooth = (original / wavelength - number(low_freq_factor)) / number(high_freq_factor - low_freq_factor)
    return (1 - smooth) * theta / number(factor) + smooth * theta


def longrope(number, i, dim, length, *, base, short_factor, long_factor, original_max_position_embeddings, **others):
    factors = short_factor if length <= original_max_position_embeddings else long_factor
    return 1 / (number(factors[i]) * number(base) ** (number(2 * i) / dim))


FORMULAS: dict[str, Callable[..., Any]] = {
    "rope-linear": linear,
    "rope-ntk": ntk,
    "rope-dynamic-ntk": dynamic,
    "rope-yarn": yarn,
    "rope-llama3": llama3,
    "rope-longrope": longrope,
}


def truth(name, given, dim, length):
    encoding = ENCODINGS[name]
    parameters = encoding.configured(dim, given)
    return parameters, frequencies(encoding, dim, parameters, length)


@settings
def test_frequencies_are_those_of_the_formula(name, given):
    with mpmath.workdps(50):
        for dim, length in product(DIMS, LENGTHS):
            parameters, found = truth(name, given, dim, length)
            for i, theta in enumerate(found):
                wanted = FORMULAS[name](mpf, i, dim, length, **parameters)
                assert theta.rel_accuracy_bits() > 110
                assert abs(mpf(theta.mid().str(40, radius=False)) / wanted - 1) < mpf(10) ** -35


@settings
def test_floats_stay_within_the_roundings_that_are_counted(name, given):
    unit, worst = bounds.UNIT["float32"], 0.0
    for dim, length in product(DIMS, LENGTHS):
        parameters, found = truth(name, given, dim, length)
        thetas = np.array([float(theta) for theta in found])
        further = frequency_roundings(ENCODINGS[name], dim, parameters, length)
        allowed = bounds.angle_error((1,), thetas, unit, further=further)[0] / thetas
        floats = [FORMULAS[name](np.float32, i, dim, length, **parameters) for i in range(len(found))]
        off = np.abs(np.array(floats, dtype=np.float64) / thetas - 1)
        assert (off <= allowed).all()
        worst = max(worst, float((off[allowed > 0] / allowed[allowed > 0]).max()))
    assert 0.03 < worst < 1


def test_pairs_that_are_not_scaled_cost_nothing_more():
    """The first pair turns by exactly 1 under every base; so do the fast pairs of YaRN and Llama 3."""
    for name in ("rope-ntk", "rope-dynamic-ntk", "rope-yarn", "rope-llama3"):
        parameters, found = truth(name, {}, 64, 4096)
        assert found[0] == 1
        assert frequency_roundings(ENCODINGS[name], 64, parameters, 4096)[0] == 0


@pytest.mark.parametrize(("given", "wanted"), [
    ({}, 1 + 0.1 * math.log(4)),
    ({"factor": 40.0}, 1 + 0.1 * math.log(40)),
    ({"factor": 0.5}, 1.0),
    ({"factor": 40.0, "mscale": 0.707, "mscale_all_dim": 0.707}, 1.0),
    ({"factor": 40.0, "mscale": 1.0, "mscale_all_dim": 0.5}, (1 + 0.1 * math.log(40)) / (1 + 0.05 * math.log(40))),
    ({"factor": 40.0, "attention_factor": 1.5}, 1.5),
])  # fmt: skip
def test_attention_factors_of_yarn(given, wanted):
    encoding = ENCODINGS["rope-yarn"]
    parameters = encoding.configured(8, given)
    assert parameters["attention_factor"] == pytest.approx(wanted, rel=1e-15)
    assert [float(s) for s in scales(encoding, 8, parameters)] == [parameters["attention_factor"]] * 4


@pytest.mark.parametrize(("given", "wanted"), [
    ({}, 1 + 0.1 * math.log(4)),
    ({"mscale": 0.707}, 1 + 0.1 * math.log(4)),
    ({"mscale_all_dim": 0.707}, 1 + 0.1 * math.log(4)),
    ({"mscale": 1.0, "mscale_all_dim": 0.707}, (1 + 0.1 * math.log(4)) / (1 + 0.0707 * math.log(4))),
    ({"factor": 0.5, "mscale": 0.707}, 1.0),
    ({"factor": 40.0, "mscale": 0.5, "mscale_all_dim": 1.0}, (1 + 0.05 * math.log(40)) / (1 + 0.1 * math.log(40))),
])  # fmt: skip
def test_scales_of_yarn_that_count_together(given, wanted):
    parameters = ENCODINGS["rope-yarn"].under("both-mscales").configured(8, given)
    assert parameters["attention_factor"] == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(("given", "wanted"), [
    ({}, math.sqrt(1 + math.log(32) / math.log(4096))),
    ({"max_position_embeddings": 4096}, 1.0),
    ({"max_position_embeddings": 100}, 1.0),
    ({"factor": 8.0}, math.sqrt(1.25)),
    ({"factor": 8.0, "attention_factor": 0.5}, 0.5),
])  # fmt: skip
def test_attention_factors_of_longrope(given, wanted):
    parameters = ENCODINGS["rope-longrope"].configured(8, given)
    assert parameters["attention_factor"] == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize("convention", ["untruncated", "by-turns", "both-mscales", "deepseek"])
def test_the_verdicts_of_a_convention_are_proved(convention):
    encoding = ENCODINGS["rope-yarn"].under(convention)
    assert all(prove(encoding, each, verdict(encoding, each)).settled for each in STATEMENTS.values())


@pytest.mark.parametrize(("length", "given", "wanted"), [
    (4096, {"short_mscale": 1.2, "long_mscale": 1.3}, 1.2),
    (4097, {"short_mscale": 1.2, "long_mscale": 1.3}, 1.3),
    (4097, {"short_mscale": 1.2, "attention_factor": 2.0}, 2.0),
    (4097, {"short_mscale": 1.2, "factor": 8.0}, math.sqrt(1.25)),
])  # fmt: skip
def test_longrope_may_lengthen_by_the_length_of_the_sequence(length, given, wanted):
    encoding = ENCODINGS["rope-longrope"]
    found = scales(encoding, 8, encoding.configured(8, given), length)
    assert [float(s) for s in found] == pytest.approx([wanted] * 4, rel=1e-15)


def test_the_ramp_of_the_paper_is_that_of_llama3():
    same = {"base": 5e5, "factor": 8.0, "original_max_position_embeddings": 8192}
    yarn_of_paper, llama = ENCODINGS["rope-yarn"].under("by-turns"), ENCODINGS["rope-llama3"]
    one = frequencies(yarn_of_paper, 64, yarn_of_paper.configured(64, same | {"beta_fast": 4, "beta_slow": 1}))
    assert all(a.overlaps(b) for a, b in zip(one, frequencies(llama, 64, llama.configured(64, same)), strict=True))
    published = frequencies(ENCODINGS["rope-yarn"], 64, ENCODINGS["rope-yarn"].configured(64, same))
    assert not all(a.overlaps(b) for a, b in zip(one, published, strict=True))


def test_a_comparison_that_the_precision_cannot_tell_is_refused():
    x, close = sympy.Symbol("x", real=True), arb(1) / 3 * 3 - 1
    assert close.contains(0)
    assert not close.is_zero()
    for expression, at_two in ((sympy.Heaviside(x, 0), 1), (sympy.KroneckerDelta(x, 0), 0), (sympy.ceiling(x), 2)):
        assert compiled([x], expression)(arb(2)) == at_two
        with pytest.raises(ValueError, match="bits do not suffice"):
            compiled([x], expression)(close)
    assert compiled([x], sympy.Heaviside(x, 0))(arb(0)) == 0
    either = compiled([x], sympy.Max(0, x))(arb(0, 1))
    assert either.contains(0)
    assert either.contains(1)
