"""The exact values are those of the formulas in the papers, written here once more and evaluated by mpmath."""

from itertools import product

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from mpmath import mpf

from spec import ENCODINGS, Encoding
from spec.numbers.balls import PRECISION, RADIUS, ball, compiled, different, every, less
from spec.numbers.exact import at_position, frequencies, rows
from spec.proving.symbolic import Symbolic

POSITIONS = (0, 1, 255, 4097, 2**20, -3, 7.125)
PLACES = [(p,) for p in POSITIONS]
CASES = [
    ("rope", None, {}),
    ("partial-rope", None, {"rotary_dim": 4}),
    ("sinusoidal", None, {}),
    ("sinusoidal", "tensor2tensor", {}),
    ("nope", None, {}),
]


@pytest.fixture(autouse=True)
def _fifty_digits():
    with mpmath.workdps(50):
        yield


def _thetas(name, convention, base, dim):
    if name == "nope":
        return [mpf(0)] * dim
    if convention == "tensor2tensor":
        return [mpmath.exp(-mpmath.log(base) * i / (mpf(dim) / 2 - 1)) for i in range(dim // 2)]
    rotated = 4 if name == "partial-rope" else dim
    return [1 / mpmath.power(base, mpf(2 * i) / rotated) for i in range(rotated // 2)]


def _block(name, angle):
    c, s = mpmath.cos(angle), mpmath.sin(angle)
    return {"nope": [[1]], "sinusoidal": [[s], [c]]}.get(name, [[c, -s], [s, c]])


def _exactly(value) -> mpf:
    high = float(value)
    return mpf(high) + mpf(float(value - np.longdouble(high)))


def _of_ball(value: arb) -> mpf:
    """The middle of a ball: mantissa and exponent, without rounding."""
    mantissa, exponent = value.mid().man_exp()
    return mpmath.ldexp(int(mantissa), int(exponent))


@pytest.mark.parametrize(("base", "dim"), [*product((100, 10000.0, 500000), (6, 10, 64))])
@pytest.mark.parametrize(("name", "convention", "more"), CASES)
def test_rows_are_within_their_radius_of_the_formula(name, convention, more, base, dim):
    encoding = ENCODINGS[name].under(convention)
    parameters = encoding.configured(dim, {"base": base, **more})
    found = rows(encoding, PLACES, dim, parameters)
    thetas = _thetas(name, convention, base, dim)
    assert found.dtype == np.longdouble
    assert found.shape == (len(POSITIONS), len(thetas), *Symbolic(encoding).at(0).shape)
    for p, i in product(range(len(POSITIONS)), range(len(thetas))):
        wanted = _block(name, POSITIONS[p] * thetas[i])
        for r, c in product(range(len(wanted)), range(len(wanted[0]))):
            assert abs(_exactly(found[p, i, r, c]) - wanted[r][c]) <= RADIUS


@pytest.mark.parametrize(("base", "dim"), [*product((100, 10000.0, 500000), (6, 10, 64))])
@pytest.mark.parametrize(("name", "convention", "more"), CASES)
def test_frequencies_are_certified(name, convention, more, base, dim):
    encoding = ENCODINGS[name].under(convention)
    found = frequencies(encoding, dim, encoding.configured(dim, {"base": base, **more}))
    wanted = _thetas(name, convention, base, dim)
    assert len(found) == len(wanted)
    for theta, true in zip(found, wanted, strict=True):
        radius = mpf(float(theta.rad()))
        assert radius <= true * mpf(2) ** (10 - PRECISION)
        assert abs(_of_ball(theta) - true) <= radius + true * mpf(10) ** -48


def test_the_end_of_the_frequencies_tells_the_conventions_apart():
    """tensor2tensor ends exactly at 1 / base; the paper's last frequency is one step short of it."""
    table = ENCODINGS["sinusoidal"]
    ends = [frequencies(table.under(c), 10, {"base": 10000.0})[-1] for c in ("tensor2tensor", None)]
    assert ends[0].contains(arb(1) / 10000)
    assert ends[1] > ends[0] * 6


def test_fractions_of_a_definition_stay_exact():
    x = sympy.Symbol("x", positive=True)
    ctx.prec = PRECISION
    third = compiled([x], x / 3 + sympy.Rational(1, 10))(arb(1))
    assert (third * 30).contains(13)
    assert float(third.rad()) < 2.0**-120
    root = compiled([x], x ** sympy.Rational(1, 3))(arb(10))
    assert (root**3).contains(10)
    assert float(root.rad()) < 2.0**-120


def test_numbers_are_taken_as_they_are():
    ctx.prec = PRECISION
    assert (ball(0.1) - arb("0.1")) > 2.0**-58
    assert ball(0.1) * 2**55 == 3602879701896397


@pytest.mark.parametrize("position", [3, 8191.0625])
def test_the_precision_of_others_does_not_matter(position):
    rope = ENCODINGS["rope"]
    fresh = Encoding(**{name: getattr(rope, name) for name in rope.__dataclass_fields__})
    known = rows(rope, ((position,),), 10, {"base": 321.0})
    ctx.prec = 20
    assert (rows(fresh, ((position,),), 10, {"base": 321.0}) == known).all()
    ctx.prec = 20
    assert float(at_position(fresh, position)[0].rad()) < 2.0**-110
    assert ctx.prec == PRECISION


def test_positions_beyond_the_precision_are_refused():
    with pytest.raises(ValueError, match="128 bits do not suffice for an exact value here"):
        rows(ENCODINGS["rope"], ((3 * 10**30,),), 10, {"base": 10000.0})
    assert rows(ENCODINGS["rope"], ((2**53,),), 10, {"base": 10000.0}).shape == (1, 5, 2, 2)


def test_comparisons_say_so_when_they_cannot_tell():
    wide, one, two = arb(1, 0.5), arb(1), arb(2)
    assert (less(one, two), less(two, one), less(one, one), less(one, wide)) == (True, False, False, None)
    answers = [different(*pair) for pair in (([one, two], [one, one]), ([one, two], [one, two]), ([wide], [one]))]
    assert answers == [True, False, None]
    assert (every([True, True]), every([True, None]), every([None, False]), every([])) == (True, None, False, True)


@pytest.mark.parametrize("stretch", [3, 300, 8192])
def test_a_stretch_begins_where_its_length_divides_the_position(stretch):
    p = sympy.Symbol("p")
    whole = compiled([p], sympy.floor((p + 1) / stretch))
    assert [whole(arb(k * stretch - 1)) == k for k in range(1, 9)] == [True] * 8
