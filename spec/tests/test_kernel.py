"""The kernel of distance, g(k) = sum_i cos(k theta_i): its values, where it first rises, and its means over octaves."""

from itertools import count, pairwise

import mpmath
import pytest
from flint import arb
from mpmath import mpf

from spec import ENCODINGS, STATEMENTS
from spec.definitions.verdict import witness
from spec.numbers.balls import every, less
from spec.numbers.exact import kernel
from spec.statements.relational import window_means

ROPE = ENCODINGS["rope"]
OCTAVES_128 = (
    0.970, 0.856, 0.741, 0.667, 0.589, 0.511, 0.438, 0.362, 0.286, 0.210, 0.134, 0.062, -0.002, -0.045,
)  # fmt: skip


@pytest.mark.parametrize(("name", "rotated"), [("rope", 10), ("sinusoidal", 10), ("partial-rope", 4)])
@pytest.mark.parametrize("k", [0, 1, 37, 4097])
def test_values(name, rotated, k):
    with mpmath.workdps(50):
        wanted = mpmath.fsum(mpmath.cos(k * mpmath.power(10000, -mpf(2 * i) / rotated)) for i in range(rotated // 2))
        found = kernel(ENCODINGS[name], 10, k)
        assert float(found.rad()) < 2.0**-100
        assert (found - arb(mpmath.nstr(wanted, 45))).abs_upper() < 2.0**-100


def test_without_an_encoding_the_kernel_is_flat():
    assert [kernel(ENCODINGS["nope"], 7, k) for k in (0, 5)] == [7, 7]


@pytest.mark.parametrize(("dim", "first"), [(4, 3), (8, 3), (16, 3), (32, 4), (64, 5), (128, 11), (256, 24), (512, 43)])
def test_the_first_rise(dim, first):
    """The kernel at k + 1 is larger than at k for the first time at this k."""
    rises = (k for k in count() if less(kernel(ROPE, dim, k + 1), kernel(ROPE, dim, k)) is False)
    assert next(rises) == first


def test_the_octaves_of_dimension_128():
    means = [float(mean) / 64 for mean in window_means(ROPE, 128, len(OCTAVES_128))]
    assert [round(mean, 3) for mean in means] == pytest.approx(OCTAVES_128, abs=1e-12)


@pytest.mark.parametrize("name", ["rope", "partial-rope", "sinusoidal", "nope"])
def test_the_telescoped_means_are_the_means(name):
    encoding = ENCODINGS[name]
    for j, mean in enumerate(window_means(encoding, 36, 7)):
        terms = [kernel(encoding, 36, k) for k in range(2**j, 2 ** (j + 1))]
        assert mean.overlaps(sum(terms, arb(0)) / 2**j)
        assert float(mean.rad()) < 2.0**-90


def _octaves_that_fall(dim: int) -> int:
    steps = pairwise(window_means(ROPE, dim, 15))
    return next(j for j, (earlier, later) in enumerate(steps) if less(later, earlier) is not True)


def test_how_far_the_means_fall():
    """To j = 13 or beyond at the head sizes in use, but not at all sizes: 36 stops one octave earlier, 18 after 16."""
    assert [_octaves_that_fall(dim) for dim in (32, 64, 96, 128, 256, 512)] == [13] * 6
    assert [_octaves_that_fall(dim) for dim in (36, 18, 8, 2)] == [12, 4, 1, 1]


def test_the_means_fall_with_the_logarithm_of_the_distance():
    """1 - (ln k + 0.577) / ln(base), within 0.02 at the middle of the octaves from 16 to 2048."""
    means = [float(mean) / 256 for mean in window_means(ROPE, 512)]
    law = [1 - (float(mpmath.log(2**j * 4 / mpmath.e)) + 0.5772) / float(mpmath.log(10000)) for j in range(12)]
    assert all(abs(mean - along) < 0.02 for mean, along in list(zip(means, law, strict=True))[4:])


@pytest.mark.parametrize(("name", "convention"), [("rope", None), ("sinusoidal", "tensor2tensor")])
def test_the_means_fall_at_every_size_from_32_to_160(name, convention):
    for dim in range(32, 161, 2):
        steps = pairwise(window_means(ENCODINGS[name].under(convention), dim))
        assert every(less(later, earlier) for earlier, later in steps) is True, dim


def test_the_verdicts_are_about_the_dimensions_that_they_name():
    decay, monotone = STATEMENTS["remote-decay"], STATEMENTS["monotone-decay"]
    assert decay.decides is not None
    assert monotone.decides is not None
    assert [decay.decides(ROPE, witness(kernel=dim)) for dim in (64, 512, 8)] == [True, True, False]
    assert [monotone.decides(ROPE, witness(kernel=8, k=k)) for k in (2, 3)] == [True, False]
