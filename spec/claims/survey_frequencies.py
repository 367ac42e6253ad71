"""Claims of the survey on what high and low frequencies do, and why there are several."""

from itertools import pairwise

import sympy
from flint import arb
from sympy import Matrix, cos, sin

from spec.claims.claim import conditional, true
from spec.claims.survey_tables import independent
from spec.definitions.symbols import THETA
from spec.lemmas.similarity import thetas
from spec.lemmas.wave_floats import sines_collide_in_float32
from spec.lemmas.waves import every_component_is_injective
from spec.numbers.balls import less
from spec.proving.vanishing import vanishes

DIM = 512
P = sympy.Symbol("p", real=True)


@conditional("C226", "survey", "3.2, avoiding repetition")
def one_sine_may_give_positions_one_value() -> tuple[bool, bool]:
    """With one and the same sine in every dimension, sin(pos), different positions may have one value, as it is
    periodic.

    Only where it is rounded: in float32 two positions below 50000 do. The period is no reason: exact sines of
    different whole positions all differ.
    """
    return sines_collide_in_float32(), not every_component_is_injective()


@true("C244", "survey", "3.2, avoiding repetition")
def one_sine_makes_dimensions_dependent() -> bool:
    """Then the dimensions are correlated, and most of the space is not used for the encoding.

    All columns are one column: the rank of the table is 1. With a frequency for each pair it is full.
    """
    return Matrix(6, 4, lambda p, _: sin(p)).rank() == 1 and independent(0, 1)


@conditional("C245", "survey", "3.2")
def later_components_have_longer_waves() -> tuple[bool, bool]:
    """The later the component, the longer its wavelength and the lower its frequency.

    From pair to pair. The two components of a pair share a wavelength.
    """
    pairs = list(thetas(DIM))
    components = [pairs[i // 2] for i in range(DIM)]
    return _fall(pairs), _fall(components)


@true("C242", "survey", "2.5 Requirements")
def slow_sines_are_less_sensitive() -> bool:
    """As the frequency falls and the wavelength grows, the sine is the less sensitive to a change of t.

    One step changes it by 2 cos((t + 1/2) theta) sin(theta / 2), whose largest value 2 sin(theta / 2) falls with theta.
    """
    step = sin((P + 1) * THETA) - sin(P * THETA) - 2 * cos((P + sympy.Rational(1, 2)) * THETA) * sin(THETA / 2)
    return vanishes(step) and _fall([(theta / 2).sin() for theta in thetas(DIM)])


@conditional("C229", "survey", "3.3")
def the_slowest_pair_stays_where_it_is() -> tuple[bool, bool]:
    """Very small frequencies have hardly any effect on the sum of word and position, as their part of the encoding
    stays nearly the same while positions grow.

    As long as the position is far below 1 / omega: the last pair of 512 dimensions moves by less than 0.01 to position
    96, and by 0.51 to 5000.
    """

    def stays(positions: int) -> bool:
        moves = [2 * (p * thetas(DIM)[-1] / 2).sin() for p in range(positions)]
        return all(move < arb("0.01") for move in moves)

    return stays(97), stays(5001)


@true("C230", "survey", "3.3")
def fast_cosines_fall_steeply_at_first() -> bool:
    """Larger frequencies promote local attention: where omega is large enough, the cosine falls steeply at first.

    In the first step it loses 1 - cos(omega), the more the larger omega is, up to pi: 0.46 for the fastest pair of the
    usual table and less than 10^-8 for the slowest of 512 dimensions.
    """
    losses = [1 - theta.cos() for theta in thetas(DIM)]
    return _fall(losses) and bool(losses[0] > arb("0.45")) and bool(losses[-1] < arb("1e-8"))


@conditional("C254", "survey", "4.3")
def sines_oscillate_fast() -> tuple[bool, bool]:
    """Sine and cosine oscillate at high frequencies, and approach no straight line.

    The first pair turns every 6.3 positions. Of 512 dimensions the last one needs 60611, twelve times the 5000 of the
    printed table: there its sine is close to a straight line.
    """
    waves = [2 * arb.pi() / theta for theta in thetas(DIM)]
    return bool(waves[0] < arb("6.3")), all(wave < 5000 for wave in waves)


def _fall(values: list[arb]) -> bool:
    """Whether each is certified to be less than the one before."""
    return all(less(later, earlier) is True for earlier, later in pairwise(values))
