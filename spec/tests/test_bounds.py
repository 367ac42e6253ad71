"""Right implementations stay within the bounds, everywhere, and come near them somewhere."""

from itertools import product

import numpy as np
import pytest

from spec.numbers import bounds
from spec.tests.pipelines import PIPELINES, Pipeline, drawn, exact_rotation, exact_rows, lengths, power, thetas

DIMS = (6, 8, 64, 96, 128, 256)
BASES = (100.0, 1e4, 5e5)
NEIGHBOURS = [2**j + off for j in range(3, 21) for off in (-1, 0, 1)]
POSITIONS = (0, 1, 2, 3, 5, -7, 7.125, *NEIGHBOURS[:-1], 100_003, 777_777)
SINGLE = [pipeline for name, pipeline in PIPELINES.items() if name.endswith("-float32-float32")]


def pipelines(*endings: str) -> pytest.MarkDecorator:
    """Every pipeline whose name ends so."""
    return pytest.mark.parametrize(
        "pipeline", [pytest.param(p, id=n) for n, p in PIPELINES.items() if n.endswith(endings)]
    )


def _judge(ratios, *, sharp=0.1):
    """No ratio of error to bound reaches 1 in any cell, and the largest of all shows that the bound is not loose."""
    cell, worst = max(ratios.items(), key=lambda item: item[1])
    over = [name for name, ratio in ratios.items() if not ratio < 1]
    assert not over, f"the bound does not hold in {over}; worst error / bound {worst:.3f} at {cell}"
    assert worst > sharp, f"the bound is loose: worst error / bound {worst:.3f} at {cell}"


@pipelines("")
def test_rotated_pairs(pipeline: Pipeline):
    ratios = {}
    for dim, base in product(DIMS, BASES):
        x = drawn(dim, (3, len(POSITIONS), dim // 2), pipeline.work)
        error = lengths(pipeline.rotate(x, POSITIONS, dim, base) - exact_rotation(x, POSITIONS, dim, base))
        eta = bounds.relative(POSITIONS, thetas(dim, base), pipeline.work, pipeline.unit)
        ratios[dim, base] = (error / (lengths(x) * eta + bounds.underflow(pipeline.work))).max()
    _judge(ratios)


@pipelines("")
def test_tables(pipeline: Pipeline):
    ratios = {}
    for dim, base in product(DIMS, BASES):
        c, s = pipeline.table(POSITIONS, dim, base).astype(np.longdouble)
        exact = exact_rows(POSITIONS, dim, base)
        error = np.maximum(np.abs(c - exact[..., 0, 0]), np.abs(s - exact[..., 1, 0]))
        ratios[dim, base] = (error / bounds.table(POSITIONS, thetas(dim, base), pipeline.work, pipeline.unit)).max()
    _judge(ratios)


@pipelines("")
def test_lengths(pipeline: Pipeline):
    ratios = {}
    for dim, base in product(DIMS, BASES):
        x = drawn(dim + 1, (3, len(POSITIONS), dim // 2), pipeline.work)
        change = np.abs(lengths(pipeline.rotate(x, POSITIONS, dim, base)) - lengths(x))
        allowed = lengths(x) * bounds.norm(pipeline.work, pipeline.unit) + bounds.underflow(pipeline.work)
        ratios[dim, base] = (change / allowed).max()
    _judge(ratios)


def _logits(q, k):
    """Logits of all queries with all keys, in the precision of the rotated pairs."""
    flat = [np.ascontiguousarray(x).reshape(*x.shape[:-2], -1) for x in (q, k)]
    return flat[0] @ np.swapaxes(flat[1], -1, -2)


def _contents(seed, count, pairs, work, *, single):
    """Vectors with content in every pair; `single`: in one pair only, another one for each of a batch."""
    x = drawn(seed, (pairs if single else 3, count, pairs), work)
    return x * np.eye(pairs)[:, None, :, None].astype(x.dtype) if single else x


@pytest.mark.parametrize("single", [True, False], ids=["single-pair", "all-pairs"])
@pipelines("float32-float32", "bfloat16", "float64-float64")
def test_logits(pipeline: Pipeline, single):
    m, n = (0, 1, 257, 4097, 2**20 - 1), (3, 2, 1023, 65537, 2**20, 9, 77)
    ratios = {}
    for dim, base in product((6, 8, 64, 128), BASES):
        sides = [
            (_contents(dim + i, len(at), dim // 2, pipeline.work, single=single), at) for i, at in enumerate((m, n))
        ]
        turned = [pipeline.rotate(x, at, dim, base).astype(np.float64) for x, at in sides]
        exact = [exact_rotation(x, at, dim, base) for x, at in sides]
        reach = [lengths(x).astype(np.float64) for x, _ in sides]
        eta = [bounds.relative(at, thetas(dim, base), pipeline.work, pipeline.unit) for _, at in sides]
        off = [r * e + bounds.underflow(pipeline.work) for r, e in zip(reach, eta, strict=True)]
        allowed = bounds.logits(reach[0], off[0], reach[1], off[1], dim)
        ratios[dim, base] = (np.abs(_logits(*turned) - _logits(*exact)) / allowed).max()
    _judge(ratios, sharp=0.1 if single else 0.02)


@pipelines("float32-float32", "float16", "float64-float64")
def test_moving_both_positions(pipeline: Pipeline):
    """Two logits of one code share the rounded frequencies: a sharper bound holds between them (K = 2)."""
    ratios = {}
    for dim, base, shift in product((6, 8, 64, 128), BASES, (1, 4095, 2**20 - 70)):
        logits, allowed = [], []
        for moved in (0, shift):
            sides = [
                (_contents(dim + i, len(at), dim // 2, pipeline.work, single=True), tuple(p + moved for p in at))
                for i, at in enumerate(((0, 1, 17, 64), (5, 2, 63)))
            ]
            logits.append(_logits(*[pipeline.rotate(x, at, dim, base).astype(np.float64) for x, at in sides]))
            reach = [lengths(x).astype(np.float64) for x, _ in sides]
            off = [
                r * bounds.relative(at, thetas(dim, base), pipeline.work, pipeline.unit, shared=True)
                + bounds.underflow(pipeline.work)
                for r, (_, at) in zip(reach, sides, strict=True)
            ]
            allowed.append(bounds.logits(reach[0], off[0], reach[1], off[1], dim))
        ratios[dim, base, shift] = (np.abs(logits[1] - logits[0]) / (allowed[0] + allowed[1])).max()
    _judge(ratios)


def test_positions_that_the_angle_cannot_hold():
    """Tenths, and integers beyond 2^24: the position itself is rounded, once more."""
    positions = (0.1, 1234.7, 99999.9, 2**24 + 1, 2**25 + 3)
    ratios = {}
    for dim, base in product((8, 64), BASES):
        x = drawn(dim, (40, len(positions), dim // 2), "float32")
        error = lengths(SINGLE[0].rotate(x, positions, dim, base) - exact_rotation(x, positions, dim, base))
        allowed = lengths(x) * bounds.relative(positions, thetas(dim, base), "float32", bounds.UNIT["float32"])
        ratios[dim, base] = (error / allowed).max()
    _judge(ratios)


def test_frequencies_above_one():
    """A base below one turns faster with every pair: the bound grows with |ln theta| either way."""
    ratios = {}
    for dim, pipeline in product((8, 64), SINGLE):
        x = drawn(dim, (3, len(POSITIONS), dim // 2), "float32")
        error = lengths(pipeline.rotate(x, POSITIONS, dim, 0.25) - exact_rotation(x, POSITIONS, dim, 0.25))
        eta = bounds.relative(POSITIONS, thetas(dim, 0.25), "float32", pipeline.unit)
        ratios[dim, pipeline.formula.__name__] = (error / (lengths(x) * eta)).max()
    _judge(ratios)
    assert thetas(8, 0.25)[-1] > 2
    assert power(0.25, 8, np.float64)[-1] > 2
