"""What the survey's printed code for the sinusoidal table computes, judged against the definition."""

from itertools import combinations

import numpy as np

from properties.claims.printed_survey_more import loop_table, plotted_curve
from spec.claims.claim import false, true
from spec.encodings.sinusoidal import ENCODING as TABLE
from spec.numbers.balls import extended
from spec.numbers.exact import frequencies

LENGTH, DIM = 512, 768
UNIT = 2.0**-53
ANGLE = 16
"""Roundings in an angle: of the exponent, 9.2 times as large in the power, of the power and of the quotient."""


@true("C168", "survey", "3.2")
def the_loop_computes_the_formula() -> bool:
    """The printed loop fills a table of 512 positions and 768 dimensions with the values of the formula.

    Every entry lies within the rounding of its angle and of its sine.
    """
    return is_the_table(loop_table(LENGTH, DIM))


@false("C169", "survey", "2.6, example")
def every_position_is_a_different_sine_wave() -> bool:
    """Every position corresponds to a different sine wave: the curves that are plotted for k = 0, 4, 8 and 12.

    The x axis counts dimensions, so the curves are sin(k base^(-2x/dim)), which slow down all along; that of k = 0 is
    0.
    """
    curves = [plotted_curve(k) for k in (0, 4, 8, 12)]
    return all(map(is_sine_wave, curves)) and all((one != other).any() for one, other in combinations(curves, 2))


def is_the_table(table: np.ndarray) -> bool:
    """Whether each entry of a table of shape (LENGTH, DIM) is the definition's, within its rounding in float64."""
    thetas = [extended(theta) for theta in frequencies(TABLE, DIM, {"base": 10000})]
    angles = np.multiply.outer(np.arange(LENGTH, dtype=np.longdouble), thetas)
    exact = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(LENGTH, DIM)
    bounds = UNIT * (ANGLE * np.repeat(angles, 2, axis=1) + 2)
    return bool((np.abs(table - exact) <= bounds).all())


def is_sine_wave(samples: np.ndarray, margin: float = 1e-6) -> bool:
    """Whether samples at 0, 1, 2, ..., not all 0, obey y(x + 1) + y(x - 1) = 2 cos(frequency) y(x), one frequency."""
    sums, middle = samples[2:] + samples[:-2], samples[1:-1]
    factor = (sums @ middle) / (middle @ middle) if middle.any() else 0.0
    return bool(middle.any()) and bool((np.abs(sums - factor * middle) < margin).all())
