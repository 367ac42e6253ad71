"""What the bounds must not forgive, and each of their parts by itself."""

from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest

from spec.encodings.alibi import factors, whole_sequence
from spec.numbers import bounds
from spec.numbers.balls import RADIUS
from spec.tests.pipelines import DTYPES, PIPELINES, drawn, exact_rotation, exact_rows, lengths, power, thetas

U32, U64 = bounds.UNIT["float32"], bounds.UNIT["float64"]
POSITIONS = (0, 1, 2, 63, 64, 255, 257, 1000, 1025, 4095)


def _rotated(x, positions, frequencies):
    angles = np.asarray(positions, np.float32)[:, None] * frequencies.astype(np.float32)
    c, s = np.cos(angles), np.sin(angles)
    return np.stack([x[..., 0] * c - x[..., 1] * s, x[..., 1] * c + x[..., 0] * s], axis=-1)


def _half_exponent(x, positions, dim):
    return _rotated(x, positions, np.float32(1e4) ** -(np.arange(dim // 2) / dim))


def _neighbouring_base(x, positions, dim):
    return _rotated(x, positions, power(10001.0, dim, np.float32))


def _short_positions(x, positions, dim):
    """Positions held to eight bits, as bfloat16 holds them: 257 becomes 256."""
    mantissa, exponent = np.frexp(np.asarray(positions, np.float64))
    return _rotated(x, np.ldexp(np.round(mantissa * 256) / 256, exponent), power(1e4, dim, np.float32))


def _last_pair_left(x, positions, dim):
    frequencies = power(1e4, dim, np.float32)
    return _rotated(x, positions, np.where(np.arange(dim // 2) < dim // 2 - 1, frequencies, 0))


def _right(x, positions, dim):
    return _rotated(x, positions, power(1e4, dim, np.float32))


def _worst(implementation, dim):
    x = drawn(dim, (5, len(POSITIONS), dim // 2), "float32")
    error = lengths(implementation(x, POSITIONS, dim) - exact_rotation(x, POSITIONS, dim, 1e4))
    return (error / (lengths(x) * bounds.relative(POSITIONS, thetas(dim, 1e4), "float32", U32))).max()


@pytest.mark.parametrize("dim", [6, 64, 128])
@pytest.mark.parametrize("wrong", [_half_exponent, _neighbouring_base, _short_positions, _last_pair_left])
def test_a_mistake_exceeds_the_bound_tenfold(wrong, dim):
    assert _worst(_right, dim) < 1
    assert _worst(wrong, dim) > 10


def test_angle_errors():
    t = np.array([0.0, 1.0, 0.75, 3.0, 1e-4])
    found = bounds.angle_error((0, 1, -1000, 2**24 + 2, 2**24 + 1), t, U32)
    assert found.shape == (5, 5)
    assert (found[0] == 0).all(), "position 0 has no angle"
    assert (found[:, 0] == 0).all(), "a frequency of 0 has none either"
    assert (found[:4, 1] == 0).all(), "the frequency 1 is exact, and so are positions that float32 holds"
    assert found[4, 1] == pytest.approx((2**24 + 1) * U32), "2^24 + 1 is not one of them"
    assert (found[3, 2:] / (2**24 + 2) < found[4, 2:] / (2**24 + 1)).all()
    assert found[2, 2] == pytest.approx(1000 * 0.75 * U32 * (np.log(4 / 3) + 6))
    assert found[2, 3] == pytest.approx(1000 * 3.0 * U32 * (3 * np.log(3) + 5))
    assert found[2, 4] == pytest.approx(1000 * 1e-4 * U32 * (3 * np.log(1e4) + 5), rel=1e-5)
    shared = bounds.angle_error((-1000,), t, U32, shared=True)[0]
    assert shared == pytest.approx(1000 * t * U32 * 2 * (t != 1), rel=1e-5)


def test_the_angle_error_holds_to_second_order():
    """K factors 1 + u, all rounded up, are above 1 + K u, but not above 1 + K u / (1 - K u)."""
    t, m = 2.0**-13, 4095.0
    factor = 3 * np.log(2.0**13) + 5
    allowed = bounds.angle_error((m,), np.array([t]), U32)[0, 0]
    assert allowed / (m * t * factor * U32) - 1 == pytest.approx(factor * U32, rel=1e-3)
    worst = Fraction(4095, 2**13) * ((1 + Fraction(1, 2**24)) ** int(factor) - 1)
    assert Fraction(95, 100) < worst / Fraction(float(allowed)) < 1


@pytest.mark.parametrize(
    ("angle", "work", "units_of_work"),
    [("float32", "float32", 2), ("float64", "float64", 2), ("float64", "float32", 0.5), ("float64", "bfloat16", 0.5)],
)
def test_sines_and_cosines(angle, work, units_of_work):
    """Two units where the table keeps the precision of the angle, half an ulp where it is rounded to a coarser one."""
    expected = units_of_work * bounds.UNIT[work]
    assert bounds.trigonometric(bounds.UNIT[angle], bounds.UNIT[work]) == pytest.approx(expected, rel=3e-3)


def test_finer_vectors_do_not_improve_a_coarse_angle():
    assert bounds.trigonometric(U32, U64) == pytest.approx(2 * U32)
    assert bounds.angle_unit("float64") == U64
    assert {bounds.angle_unit(dtype) for dtype in ("float32", "float16", "bfloat16")} == {U32}


@pytest.mark.parametrize("work", [name for name in DTYPES if name != "float64"])
def test_rotation_by_a_given_table(work):
    """The arithmetic alone, on tables that are exact in float64 only: error / bound in (0.5, 1)."""
    random = np.random.default_rng(3)
    kind, wide = DTYPES[work], np.longdouble
    angle = random.uniform(0, 2 * np.pi, 200_000)
    c, s = np.cos(angle).astype(kind), np.sin(angle).astype(kind)
    x = drawn(5, (200_000,), work)
    y = np.stack([x[:, 0] * c - x[:, 1] * s, x[:, 1] * c + x[:, 0] * s], axis=-1)
    a, b, c, s = (part.astype(wide) for part in (x[:, 0], x[:, 1], c, s))
    error = lengths(y.astype(wide) - np.stack([a * c - b * s, b * c + a * s], axis=-1))
    ratio = (error / (lengths(x) * bounds.product(U64, bounds.UNIT[work]))).max()
    assert 0.5 < ratio < 1


@pytest.mark.parametrize("work", ["float32", "float16"])
def test_subnormal_results(work):
    """Among subnormals the relative bound fails, and what `underflow` adds makes good for it."""
    smallest = bounds.SUBNORMAL[work]
    assert float(np.finfo(work).smallest_subnormal) == smallest
    positions = tuple(range(1, 200))
    x = (drawn(8, (20, len(positions), 4), "float64") * smallest * 30).astype(work)
    y = PIPELINES[f"power-float32-{work}"].rotate(x, positions, 8, 1e4)
    error = lengths(y.astype(np.longdouble) - exact_rotation(x, positions, 8, 1e4))
    relative = lengths(x) * bounds.relative(positions, thetas(8, 1e4), work, U32)
    assert (error > relative).any()
    ratio = (error / (relative + bounds.underflow(work))).max()
    assert 0.5 < ratio < 1


def _multiplied_up(heads, ulps):
    """Powers of 2^(-8 / heads) in float32, whose factor is off by so many ulps: error over bound of the worst."""
    places = np.arange(1, heads + 1)
    true = np.longdouble(2) ** (-8 * places.astype(np.longdouble) / heads)
    factor = np.float32(2.0 ** (-8 / heads))
    for _ in range(abs(ulps)):
        factor = np.nextafter(factor, np.float32(np.sign(ulps) * 2))
    found = np.multiply.accumulate(np.full(heads, factor))
    allowed = true * bounds.power(np.log(true.astype(np.float64)), places, U32)
    return float((np.abs(found - true) / allowed).max())


@pytest.mark.parametrize("heads", [8, 12, 16, 40, 64, 100])
def test_a_power_may_be_multiplied_up_from_a_factor_that_is_off_by_an_ulp_and_not_by_four(heads):
    """A right factor costs next to nothing; off by one ulp, code comes within 3 of the bound; by four, beyond it."""
    assert _multiplied_up(heads, 0) < 0.25
    assert 1 / 3 < max(_multiplied_up(heads, 1), _multiplied_up(heads, -1)) <= 1
    assert 1 < max(_multiplied_up(heads, 4), _multiplied_up(heads, -4)) < 1.5


@pytest.mark.parametrize("heads", [1, 8, 12, 71])
def test_each_slope_has_as_many_factors_as_the_published_code_multiplies(heads):
    whole = whole_sequence(heads)
    counted = [*range(1, whole + 1), *range(1, 2 * whole, 2)][:heads]
    assert [factors(head, heads) for head in range(heads)] == counted


@pytest.mark.parametrize("terms", [2, 64, 513])
def test_sums(terms):
    """Dot products in float64, in three orders, against exact fractions."""
    random = np.random.default_rng(terms)
    worst = 0.0
    for _ in range(20):
        a, b = random.normal(size=(2, terms))
        exact = sum((Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=True)), Fraction(0))
        size = float(np.abs(a) @ np.abs(b))
        forward = 0.0
        for x, y in zip(a, b, strict=True):
            forward += x * y
        for found in (forward, float(a @ b), float((a * b)[::-1].sum())):
            worst = max(worst, float(abs(Fraction(found) - exact)) / (size * bounds.summation(terms)))
    assert 0 < worst < 1


def test_logits_bound_is_the_product_of_the_reaches():
    """One pair, no rounding but a tenth more in each: (2 + 0.2)(3 + 0.3) - 2 * 3, and the sum's own error."""
    q, k = np.array([[2.0]]), np.array([[3.0], [0.0]])
    found = bounds.logits(q, q / 10, k, k / 10, 2)
    assert found == pytest.approx(np.array([[6.6 * 1.1 - 6, 0]]))
    assert bounds.logits(q, 0 * q, k, 0 * k, 2)[0, 0] == 6 * bounds.summation(2)


def test_what_is_saturated_and_what_is_not():
    """No pair can be off by more than twice its length, and no length depends on the position."""
    far = bounds.relative((1e12,), np.array([0.3]), "float32", U32)[0, 0]
    assert far == 2 + bounds.norm("float32", U32)
    assert bounds.norm("float32", U32) < 8 * U32 < inf
    assert bounds.table((0,), np.array([0.3]), "float32", U32)[0, 0] == 2 * U32 + RADIUS


def test_the_truth_itself_turns():
    """A guard on the judge: the exact blocks are rotations, to the radius of the exact values."""
    for dim, base in product((6, 96), (100.0, 5e5)):
        blocks = exact_rows(POSITIONS, dim, base)
        product_ = np.einsum("npab,npac->npbc", blocks, blocks)
        assert np.abs(product_ - np.eye(2)).max() < 8 * RADIUS


def _logarithms(bits):
    """ln(1 + r d) in float32, the sum held in so many bits: by how much it is off at worst, over its bound."""
    rng = np.random.default_rng(7)
    r = np.float32(2.0 ** rng.uniform(-13, 3, 50000))
    d = np.float32(rng.integers(1, 5000, r.size))
    sums = np.float32(1) + r * d
    mantissa, exponent = np.frexp(sums)
    held = np.ldexp(np.round(mantissa * 2.0**bits) / 2.0**bits, exponent).astype(np.float32)
    true = np.log1p(r.astype(np.longdouble) * d)
    off = np.abs(np.log(held) - true) / true
    return float((off / bounds.logarithm(true.astype(np.float64), U32)).max())


def test_right_logarithms_come_near_their_bound_and_a_bit_or_two_less_exceed_it():
    assert 1 / 3 < _logarithms(bits=24) < 1
    assert 1 < _logarithms(bits=22) < 3
