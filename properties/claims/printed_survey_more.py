"""The code that the survey prints for its pictures of the sinusoidal table, rewritten to do the same thing."""

import math

import numpy as np


def loop_table(length: int, dim: int) -> np.ndarray:
    """The table in float64, entry by entry, shape (length, dim): an odd column has the angle of the one before it."""
    table = np.zeros((length, dim))
    for position in range(length):
        for column in range(dim):
            wave = math.cos if column % 2 else math.sin
            table[position, column] = wave(position / math.pow(10000, (column - column % 2) / dim))
    return table


def plotted_curve(position: int, dim: int = 512, base: int = 10000) -> np.ndarray:
    """What is plotted as the sine wave of a position, shape (100,); the x axis counts dimensions, not positions."""
    x = np.arange(100)
    return np.sin(position / np.power(float(base), 2 * x / dim))
