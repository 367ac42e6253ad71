"""Wrong versions of the lemmas on waves, digits, neighbours and rounding, which the same code must reject."""

import pytest
from flint import arb
from sympy import Rational, cos, pi

from spec.definitions.symbols import THETA
from spec.lemmas import wave_bits, wave_floats, wave_neighbours, waves
from spec.lemmas.lemma import Lemma
from spec.lemmas.wave_bits import wave_angle
from spec.proving.vanishing import vanishes

LEMMAS = [
    item
    for module in (waves, wave_bits, wave_neighbours, wave_floats)
    for item in vars(module).values()
    if isinstance(item, Lemma)
]


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.id)
def test_the_lemma_is_shown(lemma):
    assert lemma()


def test_cosines_do_not_tell_before_from_behind():
    """On negative positions as well the components are not injective: cosines are even."""
    assert not waves._components_separate(range(-8, 8))


def test_equal_numbers_are_not_told_apart():
    assert waves.all_differ([arb(2), arb(1), arb(3)])
    assert not waves.all_differ([arb(2), arb(1), arb(2)])
    assert not waves.all_differ([arb(2), arb(1, 0.5), arb(1.25, 0.5)])


@pytest.mark.parametrize(("dim", "turns"), [(2, 1), (4, 100), (8, 1000)])
def test_other_periods_are_refused(dim, turns):
    """Twice the period is no smallest one, a turn more is none, and other dimensions have none at all."""
    assert waves._turns_return(dim, turns)
    assert not waves._turns_return(dim, 2 * turns)
    assert dim == 2 or not waves._turns_return(dim, turns + 1)
    assert not waves._turns_return(dim + 12, turns)
    assert waves._common_turns(dim + 12) is None


def test_four_pi_is_not_the_smallest_period():
    assert waves.first_return() != 4 * pi


@pytest.mark.parametrize(
    "exponent",
    [lambda i, dim: Rational(i, dim), lambda i, dim: Rational(2 * i, dim - 2), lambda i, dim: -Rational(2 * i, dim)],
    ids=["the dimension's index", "tensor2tensor", "sign"],
)
def test_other_progressions_of_wavelengths_are_refused(exponent):
    assert not waves._wavelengths_are(exponent)


@pytest.mark.parametrize("factor", [2, cos(THETA), 2 * cos(2 * THETA)], ids=["arithmetic progression", "half", "angle"])
def test_other_recurrences_are_refused(factor):
    assert not waves._recurs(factor)


def test_a_step_moves_a_pair_by_twice_the_cosine_not_once():
    moved = waves.wave(waves.P + waves.STEP) - waves.wave(waves.P)
    assert not vanishes(moved.dot(moved) - 2 + cos(waves.STEP * THETA))


def test_digits_do_not_toggle_at_half_or_twice_their_distance():
    assert not wave_bits._toggle_every(lambda j: 2 ** (j + 1))
    assert not wave_bits._toggle_every(lambda j: j + 1)


def test_digits_do_not_have_half_or_twice_their_period():
    assert not wave_bits._have_period(lambda j: 2**j)
    assert not wave_bits._have_period(lambda j: 2 ** (j + 2))
    assert wave_bits.minimal_period([0, 1, 2, 3]) is None


@pytest.mark.parametrize(
    "half_turns",
    [lambda p, j: wave_angle(p, j + 1), lambda p, j: wave_angle(p, j) + 1, lambda p, j: arb(p) / 2**j],
    ids=["half the frequency", "other sign", "zeros at the positions"],
)
def test_other_square_waves_are_no_digits(half_turns):
    assert not wave_bits._bit_is_sign_of(half_turns)


@pytest.mark.parametrize("count", [lambda j: j, lambda j: 1], ids=["one fewer", "one"])
def test_other_jumps_are_refused(count):
    assert not wave_bits._digits_changed_at(count)


@pytest.mark.parametrize("dim", [2, 4, 8, 10])
def test_small_dimensions_do_not_stay_apart(dim):
    assert not wave_neighbours._stay_apart([dim], 100)


def test_twelve_dimensions_stay_apart_for_a_while_only():
    assert wave_neighbours._stay_apart([12], 10_000)
    assert not wave_neighbours._stay_apart([12], 20_000)


@pytest.mark.parametrize("distance", [5, 7, 710])
def test_other_first_returns_are_refused(distance):
    assert not wave_neighbours._return_first_at(distance)


@pytest.mark.parametrize("power", [lambda dim: dim // 2, lambda dim: 1], ids=["half the dimension", "one dimension"])
def test_in_fewer_dimensions_there_is_not_so_much_room(power):
    assert not wave_neighbours._return_within_the_room(power)


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("dtype", wave_floats.ONES)
def test_other_numbers_of_ones_are_refused(dtype, change):
    assert not wave_floats._ones_are({dtype: wave_floats.ONES[dtype] + change})


def test_in_float64_only_position_0_computes_to_one():
    assert wave_floats._computed_alike("float64") == 1


def test_sines_do_not_collide_in_float64():
    assert wave_floats._colliding_sines("float64") is None


def test_a_pair_that_rounds_apart_does_not_collide():
    pair = wave_floats._colliding_sines("float32")
    assert pair is not None
    p, q = pair
    assert wave_floats._collide(p, q, 24)
    assert not wave_floats._collide(p, q, 53)
    assert not wave_floats._collide(p, p, 24)


@pytest.mark.parametrize(("value", "bits", "nearest"), [(1.0, 8, 1.0), (0.7, 2, 0.75), (-0.7, 3, -0.75), (5.2, 3, 5.0)])
def test_rounding_to_bits(value, bits, nearest):
    assert wave_floats.rounded(arb(value), bits) == nearest


def test_what_a_ball_does_not_decide_is_not_rounded():
    with pytest.raises(ValueError, match="more precision"):
        wave_floats.rounded(arb(0.6875, 0.01), 3)
