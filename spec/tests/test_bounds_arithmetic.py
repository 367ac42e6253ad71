"""The bounds of other arithmetic: a right form comes within a third of each, and a wrong one goes beyond."""

import numpy as np
import pytest

from spec.numbers import bounds
from spec.numbers.bounds import ARITHMETIC, POWERS

F = np.float32
U = bounds.UNIT["float32"]
TWO_PI = np.longdouble("6.283185307179586476925286766559005768")
LADDERS = [(8, 10.0), (64, 1e4), (128, 1e4), (128, 5e5), (256, 1e6)]


def multiplied(dim, base, ulps, position):
    """position base^(-2i/dim) in float32, multiplied up by a power that is off by so many ulp."""
    r = F(base ** (-2 / dim))
    for _ in range(ulps):
        r = np.nextafter(r, F(2))
    angles = [position]
    for _ in range(dim // 2 - 1):
        angles.append(angles[-1] * r)
    return np.array(angles)


def off_and_allowed(dim, base, ulps, *, position=1):
    """The errors of the angles, and what is allowed to them."""
    exact = position * np.longdouble(base) ** (-2 * np.arange(dim // 2) / np.longdouble(dim))
    thetas = (exact / position).astype(float)
    allowed = bounds.angle_error((position,), thetas, U, how=ARITHMETIC["products"])[0]
    return np.abs(multiplied(dim, base, ulps, F(position)) - exact).astype(float)[1:], allowed[1:]


@pytest.mark.parametrize(("dim", "base"), LADDERS)
def test_a_ladder_multiplied_up_stays_within_its_bound(dim, base):
    for position in (1, 3, 1000, 4097, 131071):
        off, allowed = off_and_allowed(dim, base, 1, position=position)
        assert (off <= allowed).all()
    powers = bounds.angle_error((1,), base ** (-np.arange(0, dim, 2) / dim), U)[0, -1]
    assert (off_and_allowed(dim, base, 1)[0][-1] > powers) == (dim >= 64)


def test_the_bound_of_products_is_near_what_a_power_off_by_two_ulp_does_and_short_of_four():
    off, allowed = off_and_allowed(8, 10.0, 2)
    assert 1 / 3 < (off / allowed).max() <= 1
    off, allowed = off_and_allowed(8, 10.0, 6)
    assert (off / allowed).max() > 1


def test_products_of_the_position_itself_differ_by_no_more_than_their_roundings():
    dim, base = 128, 1e4
    r = F(base ** (-2 / dim))
    held = np.longdouble(r) ** np.arange(dim // 2)
    for position in (3, 1000, 8191):
        off = np.abs(multiplied(dim, base, 0, F(position)) - position * held).astype(float)
        thetas = held.astype(float)
        allowed = bounds.angle_error((position,), thetas, U, shared=True, how=ARITHMETIC["products"])[0]
        assert (off <= allowed).all()
        assert (off / np.where(allowed > 0, allowed, np.inf)).max() > 1 / 32


ANGLES = (np.random.default_rng(0).random(20000) * 131072).astype(F)
HIGH = F(TWO_PI)
LOW = F(TWO_PI - np.longdouble(HIGH))


def fused(a, n, word):
    return (a.astype(np.longdouble) - n.astype(np.longdouble) * np.longdouble(word)).astype(F)


def fast_cosine(x):
    """As a special function unit gives it: off by 2^-20.5 at worst, in either direction."""
    return np.cos(x.astype(np.longdouble)) + np.longdouble(2.0**-20.5) * np.sign(np.sin(3e4 * x.astype(float)))


def reduced(words):
    """The worst error of the fast cosine of angles from which whole turns are taken in these words."""
    n = np.round(ANGLES.astype(float) / float(TWO_PI)).astype(F)
    x = ANGLES
    for word in words:
        x = fused(x, n, word)
    return float(np.abs(fast_cosine(x) - np.cos(ANGLES.astype(np.longdouble))).max())


def test_the_bound_of_a_reduction_in_two_words_is_near_what_it_does_and_short_of_one_word():
    allowed = bounds.trigonometric(U, U, ARITHMETIC["two-word"])
    assert 1 / 3 < reduced((HIGH, LOW)) / allowed <= 1
    assert reduced((HIGH,)) > 100 * allowed
    assert reduced((HIGH, LOW)) > bounds.trigonometric(U, U, POWERS)


def test_other_arithmetic_is_allowed_more_and_nothing_else_changes():
    thetas = 1e4 ** (-np.arange(0, 64, 2) / 64)
    plain = bounds.relative((1, 4097), thetas, "float32", U)
    for word in ("products", "two-word"):
        assert (bounds.relative((1, 4097), thetas, "float32", U, how=ARITHMETIC[word]) >= plain).all()
    assert (bounds.relative((1, 4097), thetas, "float32", U, how=ARITHMETIC[None]) == plain).all()
