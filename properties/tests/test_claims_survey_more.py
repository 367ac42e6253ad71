"""What the claims on the survey's printed code must reject: other tables, and what is no sine wave."""

import numpy as np
import pytest

from properties.claims.printed_survey_more import loop_table, plotted_curve
from properties.claims.survey_more_code import DIM, LENGTH, is_sine_wave, is_the_table

TABLE = loop_table(LENGTH, DIM)
X = np.arange(100)


def _one_entry_off():
    table = TABLE.copy()
    table[300, 5] += 1e-12
    return table


def _with_exponents_of(columns, dim):
    angles = np.arange(LENGTH)[:, None] * 10000.0 ** (-columns / dim)
    return np.where(np.arange(DIM) % 2, np.cos(angles), np.sin(angles))


@pytest.mark.parametrize(
    "table",
    [
        _one_entry_off(),
        TABLE.astype(np.float32),
        np.roll(TABLE, 1, axis=0),
        np.roll(TABLE, 1, axis=1),
        _with_exponents_of(np.arange(DIM), DIM),
        _with_exponents_of(np.arange(DIM) // 2 * 2, DIM - 2),
    ],
    ids=["one entry", "float32", "positions from 1", "cosine first", "odd exponents", "tensor2tensor"],
)
def test_other_tables_are_refused(table):
    assert is_the_table(_with_exponents_of(np.arange(DIM) // 2 * 2, DIM))
    assert not is_the_table(table)


@pytest.mark.parametrize("wave", [np.sin(0.3 * X), 2 * np.cos(1.7 * X + 1), np.cos(np.pi * X)])
def test_sine_waves_are_recognised(wave):
    assert is_sine_wave(wave)


@pytest.mark.parametrize("curve", [np.zeros(100), np.sin(0.3 * X) + np.sin(0.5 * X), 0.1 * X**2, plotted_curve(1)])
def test_other_curves_are_no_sine_waves(curve):
    assert not is_sine_wave(curve)
