"""Every two values of different axes stand together in some row, as far as such a row can be."""

import doctest
from itertools import combinations, product
from math import prod

from properties.cases import covering
from properties.cases.covering import pairwise

AXES = ((1, 2, 3, 4), (1, 10, 100), (1, 5), (1, 7, 49))


def shown(rows):
    return {((i, a), (j, b)) for row in rows for (i, a), (j, b) in combinations(enumerate(row), 2)}


def test_every_pair_stands_in_some_row():
    rows = list(pairwise(AXES))
    every = {
        ((i, a), (j, b)) for (i, one), (j, other) in combinations(enumerate(AXES), 2) for a, b in product(one, other)
    }
    assert shown(rows) == every
    assert len(rows) < prod(map(len, AXES)) / 3


def test_only_rows_that_fit_are_given_and_no_pair_is_lost_that_fits_with_the_plainest_of_all_else():
    def fits(row):
        return prod(row) <= 350

    rows = list(pairwise(AXES, fits))
    assert all(map(fits, rows))
    missing = {pair for pair in shown(pairwise(AXES)) - shown(rows) if pair[0][1] * pair[1][1] <= 350}
    assert missing == set()


def test_the_example_in_the_docstring():
    assert doctest.testmod(covering) == doctest.TestResults(failed=0, attempted=1)
