"""The decision procedure itself: zero by construction is found zero, anything else is not, the rest is refused."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import I, Rational, cos, exp, pi, sin, sqrt

from spec.proving.vanishing import vanishes

X, Y, Z = sympy.symbols("x y z", real=True)
ZETA = sympy.Symbol("zeta", positive=True)

small = st.integers(-3, 3)
coefficients = st.builds(Rational, small, st.integers(1, 4))
letters = st.sampled_from((X, Y, Z))
monomials = st.builds(lambda a, b, n: a * b**n, letters, letters, st.integers(0, 2))
angles = st.builds(lambda c, u, d, v, e: c * u + d * v + e, coefficients, monomials, coefficients, letters, small)
products = st.builds(lambda c, u, f, a, g, b: c * u * f(a) * g(b), coefficients, letters,
                     st.sampled_from((sin, cos)), angles, st.sampled_from((sin, cos)), angles)  # fmt: skip
polynomials = st.lists(products, min_size=1, max_size=2).map(lambda terms: sympy.Add(*terms))

IDENTITIES = {
    "no letter": lambda a, b: sympy.Integer(0),
    "circle": lambda a, b: sin(a) ** 2 + cos(a) ** 2 - 1,
    "sum of angles": lambda a, b: sin(a + b) - sin(a) * cos(b) - cos(a) * sin(b),
    "difference of angles": lambda a, b: cos(a - b) - cos(a) * cos(b) - sin(a) * sin(b),
    "half angle": lambda a, b: sin(a) - 2 * sin(a / 2) * cos(a / 2),
    "triple angle": lambda a, b: cos(3 * a) - 4 * cos(a) ** 3 + 3 * cos(a),
    "thirds against halves": lambda a, b: cos(a / 2) - 4 * cos(a / 6) ** 3 + 3 * cos(a / 6),
    "opposite sign": lambda a, b: sin(-a - b) + sin(a + b) + cos(-a) - cos(a),
    "product to sum": lambda a, b: 2 * sin(a) * sin(b) - cos(a - b) + cos(a + b),
    "Lagrange": lambda a, b: (sin(a) * cos(b) - cos(a) * sin(b)) ** 2 + cos(a - b) ** 2 - 1,
    "Euler": lambda a, b: exp(I * a) - cos(a) - I * sin(a),
}


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(IDENTITIES)), angles, angles, polynomials, polynomials)
def test_zero_by_construction(name, a, b, factor, other):
    zero = IDENTITIES[name](a, b)
    assert vanishes(zero * factor)
    assert vanishes((other + zero) * a - other * a)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(IDENTITIES)), angles, angles, polynomials, st.integers(1, 5))
def test_a_perturbed_zero_is_not_zero(name, a, b, factor, thousandths):
    """The angle of what is added occurs in none of the others: 5 is no coefficient of theirs."""
    assert not vanishes(IDENTITIES[name](a, b) * factor + Rational(thousandths, 1000) * cos(a + 5 * X * Y**2))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(polynomials)
def test_an_expression_is_zero_where_its_value_at_an_odd_point_is(expression):
    value = expression.subs({X: Rational(101, 307), Y: Rational(709, 503), Z: Rational(-1103, 907)}).evalf(60)
    assert vanishes(expression) == (abs(value) < 1e-40)


@pytest.mark.parametrize(
    "zero",
    [
        cos((X + Y) * Z) - cos(X * Z) * cos(Y * Z) + sin(X * Z) * sin(Y * Z),
        sin(X + 1) - sin(X) * cos(1) - cos(X) * sin(1),
        sin(2) - 2 * sin(1) * cos(1),
        cos(pi / 3) - Rational(1, 2),
        (X + Y) ** 2 - X**2 - 2 * X * Y - Y**2,
        ZETA ** (X - Y) * ZETA**Y - ZETA**X,
        ZETA ** (X + 2) - ZETA**2 * ZETA**X,
        sqrt(2) * (sin(X) ** 2 + cos(X) ** 2 - 1),
        sympy.Integer(0),
    ],
)
def test_these_are_zero(zero):
    assert vanishes(zero)


@pytest.mark.parametrize(
    "nonzero",
    [
        sin(X) ** 2 + cos(Y) ** 2 - 1,
        cos(X / 2) - cos(X) / 2,
        sin(1) ** 2 + cos(1) - 1,
        cos(X + 1) - cos(X) * cos(1),
        cos(X * Y) - cos(X) * cos(Y),
        X * sin(Y) - Y * sin(X),
        ZETA ** (2 * X) - ZETA**X,
        ZETA**X - ZETA,
        X**2 - 2 * X + 1,
        Rational(1, 10**30),
    ],
)
def test_these_are_not(nonzero):
    assert not vanishes(nonzero)


@pytest.mark.parametrize(
    "outside",
    [
        cos(pi / 7) - Rational(9, 10),
        sin(pi * X),
        sqrt(2) * sin(X),
        0.5 * sin(X),
        sin(1 / X) - sin(X),
        sin(sqrt(2) * X),
        2**X - 1,
        sin(X) / (1 + cos(X)) - sympy.tan(X / 2),
        sympy.Abs(X) - X,
        sin(sin(X)),
        sympy.log(2) * X,
    ],
)
def test_what_the_theorem_does_not_cover_is_refused(outside):
    with pytest.raises(ValueError, match=r"cannot decide whether this is zero: .* is no polynomial"):
        vanishes(outside)
