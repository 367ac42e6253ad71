"""The absolute encodings: the equations that they come from, and what their conventions change."""

from fractions import Fraction
from typing import cast

import pytest
import sympy
from flint import arb

from spec import ENCODINGS, STATEMENTS, Fails, Holds, NotApplicable, verdict
from spec.definitions.definition import OnVectors
from spec.definitions.rotations import rotation
from spec.definitions.symbols import POSITION, THETA
from spec.encodings.floater import DYNAMICS, START
from spec.numbers.exact import frequencies, rows
from spec.proving.proofs import prove
from spec.proving.symbolic import Symbolic
from spec.proving.vanishing import vanishes
from spec.truth import holds

ABSOLUTE = (
    "integer", "normalised", "binary", "radix", "sin-only", "learned", "multiplicative", "hadamard", "floater",
    "complex-order", "sinusoidal",
)  # fmt: skip
CONVENTIONS = [(name, convention) for name in ABSOLUTE for convention in ENCODINGS[name].conventions]
RADICES = (2, 3, 10, 16)


def zero(matrix):
    return all(map(vanishes, matrix))


def solves(solution, dynamics, start):
    """Whether a column of POSITION obeys d solution / dp = dynamics solution and starts there."""
    return zero(solution.diff(POSITION) - dynamics * solution) and zero(solution.subs(POSITION, 0) - start)


def recurs(solution, step):
    """Whether one step takes every row to the next."""
    return zero(solution.subs(POSITION, POSITION + 1) - step * solution)


def test_the_rows_of_floater_solve_its_differential_equation():
    rows_of = Symbolic(ENCODINGS["floater"]).at(POSITION)
    assert solves(rows_of, DYNAMICS, START)
    assert not solves(rows_of, -DYNAMICS, START)
    assert not solves(rows_of, DYNAMICS, sympy.Matrix([1, 0]))
    assert not solves(rows_of.subs(THETA, 2 * THETA), DYNAMICS, START)


def test_the_flow_of_one_step_makes_an_exact_recurrence():
    rows_of, flow = Symbolic(ENCODINGS["floater"]).at(POSITION), sympy.Matrix(rotation(-POSITION * THETA))
    assert solves(flow, DYNAMICS, sympy.eye(2)), "the flow is exp(A t)"
    assert recurs(rows_of, flow.subs(POSITION, 1))
    assert not recurs(rows_of, sympy.eye(2) + DYNAMICS), "an Euler step"
    assert not recurs(rows_of, flow.subs(POSITION, 2))


@pytest.mark.parametrize(("name", "convention"), CONVENTIONS)
def test_every_verdict_is_proved_under_every_convention(name, convention):
    encoding = ENCODINGS[name].under(convention)
    unsettled = [s.id for s in STATEMENTS.values() if not prove(encoding, s, verdict(encoding, s)).settled]
    assert not unsettled


@pytest.mark.parametrize("statement", ["relative-position-invariance", "translation-invariance", "equal-positions"])
def test_complex_order_is_relative_where_words_share_their_frequencies(statement):
    own, shared = ENCODINGS["complex-order"], ENCODINGS["complex-order"].under("shared-frequency")
    stated, told = STATEMENTS[statement], verdict(own, STATEMENTS[statement])
    assert isinstance(told, Fails)
    assert prove(own, stated, told).settled
    assert prove(shared, stated, Holds()).settled
    assert not prove(own, stated, Holds()).settled
    assert not prove(shared, stated, told).settled


def test_hadamard_does_not_tell_before_from_behind():
    assert holds("hadamard", "symmetry")
    assert holds("multiplicative", "symmetry")
    assert not holds("rope", "symmetry")


def number(digits, radix):
    return sum(int(digit) * radix**j for j, digit in enumerate(digits))


def digits_of(name, radix):
    encoding, dim = ENCODINGS[name], 8
    parameters = encoding.configured(dim, {"radix": radix})
    places = [p for p in (*range(300), 999, 1000, 6560) if p <= encoding.largest_at(dim, parameters)]
    return places, rows(encoding, [(p,) for p in places], dim, parameters)[..., 0, 0]


@pytest.mark.parametrize(("name", "radix"), [("binary", 2), *(("radix", radix) for radix in RADICES)])
def test_digits_add_up_to_the_position(name, radix):
    places, digits = digits_of(name, radix)
    assert ((digits >= 0) & (digits < radix)).all()
    assert [number(row, radix) for row in digits] == places
    assert [number(row[::-1], radix) for row in digits] != places


@pytest.mark.parametrize("length", [1, 2, 7, 100])
def test_normalised_positions_reach_one_under_that_convention_alone(length):
    encoding = ENCODINGS["normalised"]
    (last,) = (float(rows(e, [(length - 1,)], 4, {}, length=length)[0, 0, 0, 0]) for e in (encoding,))
    (to_one,) = rows(encoding.under("reaches-one"), [(length - 1,)], 4, {}, length=length)[:, 0, 0, 0]
    assert last == float(Fraction(length - 1, length))
    assert to_one == (1 if length > 1 else 0)


@pytest.mark.parametrize(
    ("convention", "wavelengths"),
    [(None, [1, 2, 3, 4, 5, 6, 7, 8]), ("doubling", [1, 2, 4, 8, 16, 32, 64, 128]), ("geometric", None)],
)
def test_the_divisors_of_the_sines(convention, wavelengths):
    encoding = ENCODINGS["sin-only"].under(convention)
    thetas = frequencies(encoding, 8, encoding.configured(8, {}))
    geometric = [arb(10000) ** (arb(j) / 8) for j in range(8)]
    assert all((1 / theta).overlaps(arb(alpha)) for theta, alpha in zip(thetas, wavelengths or geometric, strict=True))


def ends_at(encoding, dim):
    """base times the last frequency."""
    return 10000 * frequencies(encoding, dim, encoding.configured(dim, {}))[-1]


@pytest.mark.parametrize("dim", [4, 6, 64, 66])
def test_tensor2tensor_ends_at_one_over_the_base_and_the_paper_before(dim):
    paper = ENCODINGS["sinusoidal"]
    assert ends_at(paper.under("tensor2tensor"), dim).overlaps(arb(1))
    assert ends_at(paper, dim) > 1


@pytest.mark.parametrize("dim", [6, 8, 66])
def test_fairseq_has_the_frequencies_of_tensor2tensor(dim):
    """exp(-i ln(10000) / (dim/2 - 1))."""
    encoding = ENCODINGS["sinusoidal"].under("tensor2tensor")
    thetas = frequencies(encoding, dim, encoding.configured(dim, {}))
    published = [(-i * arb(10000).log() / (dim // 2 - 1)).exp() for i in range(dim // 2)]
    paper = frequencies(ENCODINGS["sinusoidal"], dim, encoding.configured(dim, {}))
    assert all(one.overlaps(other) for one, other in zip(thetas, published, strict=True))
    assert not all(one.overlaps(other) for one, other in zip(paper, published, strict=True))


def test_where_the_angles_of_a_table_are_zero():
    detr = ENCODINGS["sinusoidal-2d"].under("detr")
    assert cast(OnVectors, detr.definition).origin == -1
    assert isinstance(verdict(detr, STATEMENTS["layout"]), NotApplicable)
    for name in ("sinusoidal", "sinusoidal-2d", "floater", "learned", "learned-2d"):
        assert cast(OnVectors, ENCODINGS[name].definition).origin == 0
