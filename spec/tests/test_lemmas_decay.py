"""Wrong versions of the lemmas on decay, Abel's bound, returns and rounding, which the same code must reject."""

import numpy as np
import pytest
from flint import arb
from sympy import Ci, Rational, cos, log

from spec.definitions.symbols import BASE
from spec.lemmas import abel, decay, returns, rounding
from spec.lemmas.decay import FIRST_INCREASE, FIRST_NEGATIVE, FIRST_NEGATIVE_AT_128, K, T
from spec.lemmas.lemma import Lemma
from spec.lemmas.similarity import first_as_similar, first_increase, first_negative, thetas

LEMMAS = [
    item for module in (decay, abel, returns, rounding) for item in vars(module).values() if isinstance(item, Lemma)
]


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_is_shown(lemma):
    assert lemma()


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize(("first", "told"), [(first_increase, FIRST_INCREASE), (first_negative, FIRST_NEGATIVE)])
def test_other_first_distances_are_refused(first, told, change):
    assert not any(decay._as_told(first, {dim: k + change}) for dim, k in told.items())


def test_a_larger_base_reaches_farther():
    bases, reached = zip(*FIRST_NEGATIVE_AT_128.items(), strict=True)
    swapped = dict(zip(bases, reached[1:] + reached[:1], strict=True))
    assert not decay._as_told(lambda base, limit: first_negative(128, limit, base), swapped)


@pytest.mark.parametrize("share", [Rational(3, 2), 2])
def test_faster_waves_do_not_fall_to_the_end(share):
    assert not decay._falls_below(share)


def test_the_means_do_not_fall_for_ever_and_not_faster():
    assert not decay.falls_by(128, windows=16, least=0)
    assert not decay.falls_by(128, windows=14, least=0.044)


def test_neither_all_nor_none_of_the_steps_rise():
    assert decay.rises(128, 0, 11) == 0
    assert decay.rises(128, 11, 12) == 1


def test_steps_that_float64_cannot_compare_are_refused(monkeypatch):
    monkeypatch.setattr(decay, "similarities", lambda dim, k: (np.ones(len(k)), np.full(len(k), 1e-9)))
    with pytest.raises(ValueError, match="too close"):
        decay.rises(128, 0, 10)


@pytest.mark.parametrize(
    "claimed",
    [Ci(K * BASE**-T) / log(BASE), -Ci(K * BASE**-T), -Ci(K * BASE ** (-2 * T)) / log(BASE)],
    ids=["sign", "factor", "exponent"],
)
def test_other_antiderivatives_are_refused(claimed):
    assert not decay._antiderivative(claimed)


@pytest.mark.parametrize("slope", [0, 0.9, 1.1, 2])
def test_other_laws_are_refused(slope):
    assert decay._follows(512, slope=1, windows=[8])
    assert not decay._follows(512, slope=slope, windows=[8])


def test_the_law_ends_where_the_slowest_waves_turn():
    assert not decay._follows(512, slope=1, windows=[13])


def test_other_envelopes_are_refused():
    assert not decay._comes_back(128, [1, 10, 100, 1000, 10000], decay.RETURN_AT_128 + 1)
    assert not decay._comes_back(128, [11, 12, 13], decay.RETURN_AT_128)


def test_a_wave_with_a_zero_is_found():
    assert not decay._never_zero((arb.pi() / 2,), 5)
    assert not decay._never_zero((arb(1), arb.pi() - 1), 5)
    assert decay._never_zero(thetas(4), 5)


def test_other_cosines_of_neighbours_are_refused():
    assert not any(decay._neighbours({dim: cosine}) for dim, cosine in [(64, "0.9663"), (128, "0.9662")])


def test_beyond_half_a_turn_the_cosine_does_not_fall():
    assert decay.falls_everywhere(arb(1, 0.9))
    assert not decay.falls_everywhere(arb(3, 0.5))
    assert not decay.falls_everywhere(arb(4, 0.1))


def test_other_derivatives_and_orders_of_bases_are_refused():
    assert decay.neighbours_grow_more_alike(64, [2, 10, 500])
    assert not decay.neighbours_grow_more_alike(64, [2, 500, 10])
    assert not decay._is_derivative(cos(BASE**-K), K * BASE**-K)


def test_the_range_of_fluctuation_is_neither_wider_nor_narrower():
    assert not decay.fluctuates(128, 10_000, 40_000, within=0.27, beyond=0.25)
    assert not decay.fluctuates(128, 10_000, 40_000, within=0.3, beyond=0.27)


def test_waves_faster_than_half_a_turn_are_not_said_to_fall():
    assert decay.waves_that_fall(8, 1) == [0, 1, 2, 3]
    assert decay.waves_that_fall(8, 4) == [1, 2, 3]


@pytest.mark.parametrize(
    "parted",
    [lambda s, last, new: s * (new - last), lambda s, last, new: s * last, lambda s, last, new: 0],
    ids=["sign", "no difference", "none"],
)
def test_other_summations_are_refused(parted):
    assert not abel._grows_alike(parted)


def test_a_smaller_bound_does_not_hold():
    assert not abel._bounded(abel.RAMP[None], share=0.5)


def test_abels_bound_is_not_vacuous_for_a_ramp_nor_informative_for_others():
    assert not abel._vacuous(abel.RAMP[None], times=1)
    assert not any(map(abel._informative, abel._contents(3)))
    assert not abel._informative(np.ones(abel.PAIRS))


def test_the_mean_of_partial_sums_does_not_exceed_three():
    assert abel._mean_of_partial_sums_exceeds(2)
    assert not abel._mean_of_partial_sums_exceeds(3)


def test_generic_contents_do_not_exceed_a_hundredfold():
    assert not abel._vacuous(abel._contents(10), times=100)


@pytest.mark.parametrize("at", [0, -abel.N0, 2 * abel.N0])
def test_the_peak_is_nowhere_else(at):
    assert not abel._peaks(at=at)


def test_with_few_pairs_or_a_small_base_neighbours_are_not_the_most_alike():
    assert first_as_similar(8, 100, distance=1) == 6
    assert first_as_similar(8, 5, distance=1) is None
    assert first_as_similar(16, 20000, 2, distance=1) == 1891


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("dim", returns.RETURNS)
def test_other_distances_do_not_return(dim, change):
    distance, share = returns.RETURNS[dim]
    assert not returns._returns(dim, distance + change, share)


def test_a_kernel_needs_as_many_dimensions_as_it_has_waves():
    assert returns.fits(returns.waves(6), 6)
    assert not returns.fits(returns.waves(6), 4)
    assert not returns.fits(returns.waves(4), 2)


@pytest.mark.parametrize("kernel", returns.FALLING.values(), ids=returns.FALLING)
def test_the_falling_kernels_fall(kernel):
    assert all(kernel(k + 1) < kernel(k) for k in range(9))


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize(("dtype", "n"), rounding.FIRST_EQUAL.items())
def test_other_first_collisions_are_refused(dtype, n, change):
    assert not rounding._first_equal_are({dtype: n + change})


@pytest.mark.parametrize(("dtype", "start", "stop"), [("float16", 1, 3000), ("float32", 6_640_000, 6_670_000)])
def test_numpy_agrees_on_the_first_collision(dtype, start, stop):
    roots = (1 / np.sqrt(np.arange(start, stop, dtype=np.float64))).astype(dtype)
    assert start + np.flatnonzero(roots[1:] == roots[:-1])[0] == rounding.FIRST_EQUAL[dtype]


@pytest.mark.parametrize("digits", [3, 5, 8, 11])
def test_going_through_all_numbers_finds_the_same_collision(digits):
    n = 1
    while rounding.inverse_root(n, digits) != rounding.inverse_root(n + 1, digits):
        n += 1
    assert rounding.first_equal(digits) == n


@pytest.mark.parametrize("n", [1, 2, 4, 5, 16, 17, 1000])
def test_inverse_roots_are_rounded_as_numpy_does(n):
    assert rounding.inverse_root(n, 11) == np.float16(1 / np.sqrt(np.float64(n)))
    assert rounding.inverse_root(n, 24) == np.float32(1 / np.sqrt(np.float64(n)))
