"""Exact biases and factors, against formulas written down a second time; and the bounds of right code around them."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest

from spec import ENCODINGS
from spec.definitions import Undefined
from spec.definitions.symbols import KEY, QUERY
from spec.encodings.t5_bias import bucket
from spec.numbers import bounds
from spec.numbers import pairwise as scores
from spec.numbers.coefficients import Setting, number
from spec.numbers.pairwise import Precision

FLOAT64 = Precision("float64", bounds.UNIT["float64"])


def setting(name: str, *, convention: str | None = None, dim: int = 4, heads: int = 3, **parameters: object) -> Setting:
    encoding = ENCODINGS[name].under(convention)
    return Setting(encoding, dim, tuple(sorted(encoding.configured(dim, parameters).items())), heads)


def parts(of: Setting, queries, keys, **tables: np.ndarray) -> list[scores.Part]:
    return scores.parts(of, queries, keys, tables, of.encoding.coordinates(of.dim, dict(of.parameters), None), FLOAT64)


def bias(of: Setting, queries, keys, **tables: np.ndarray) -> np.ndarray:
    found = scores.bias(parts(of, queries, keys, **tables), lambda part: part.value)
    return np.broadcast_to(found, (of.heads, len(queries), len(keys)))


def published_slopes(heads: int) -> list[mpmath.mpf]:
    """The slopes as the paper's code finds them, by calling itself for a number of heads that is no power of two."""
    if heads & (heads - 1) == 0:
        start = mpmath.mpf(2) ** (-mpmath.mpf(8) / heads)
        return [start ** (head + 1) for head in range(heads)]
    below = 1 << (heads.bit_length() - 1)
    return published_slopes(below) + published_slopes(2 * below)[0::2][: heads - below]


@pytest.mark.parametrize("heads", [1, 2, 3, 5, 8, 12, 16, 20, 40])
def test_slopes_are_those_of_the_published_code(heads):
    with mpmath.workdps(40):
        got = bias(setting("alibi", heads=heads), [(7,)], [(2,), (10.5,)])
        for row, slope in zip(got[:, 0], published_slopes(heads), strict=True):
            assert abs(mpmath.mpf(float(row[0])) + 5 * slope) < 1e-15
            assert abs(mpmath.mpf(float(row[1])) + 3.5 * slope) < 1e-15


def test_the_geometric_sequence_differs_where_the_heads_are_no_power_of_two():
    def slopes(heads: int, convention: str | None) -> np.ndarray:
        return bias(setting("alibi", convention=convention, heads=heads), [(1,)], [(0,)])

    same = [heads for heads in range(1, 17) if np.allclose(slopes(heads, None), slopes(heads, "geometric"))]
    assert same == [1, 2, 4, 8, 16]


CONFIGURED = list(product((True, False), (8, 32, 20, 64), (20, 128, 129, 1000)))


@pytest.mark.parametrize(("bidirectional", "buckets", "farthest"), CONFIGURED)
def test_buckets_are_those_of_the_logarithm(bidirectional, buckets, farthest):
    side = buckets // 2 if bidirectional else buckets
    exact = side // 2
    if farthest <= exact:
        pytest.skip("the farthest distance has a bucket of its own")
    with mpmath.workdps(60):
        for ahead in (*range(-farthest - 9, farthest + 9, 1 + farthest // 300), 10**6, -(10**6)):
            distance = abs(ahead) if bidirectional else max(0, -ahead)
            wanted = distance
            if distance >= exact:
                share = mpmath.log(mpmath.mpf(distance) / exact) / mpmath.log(mpmath.mpf(farthest) / exact)
                wanted = min(side - 1, exact + int(mpmath.floor(share * (side - exact) + mpmath.mpf(10) ** -50)))
            wanted += side if bidirectional and ahead > 0 else 0
            assert bucket(ahead, bidirectional, buckets, farthest) == wanted


def falls_in_order(buckets: list[int]) -> bool:
    """Whether no bucket of a list comes before the one in front of it."""
    return buckets == sorted(buckets)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_farther_keys_are_never_in_a_nearer_bucket(bidirectional):
    assert falls_in_order([bucket(-distance, bidirectional, 32, 128) for distance in range(3000)])
    assert falls_in_order([bucket(distance, True, 32, 128) for distance in range(3000)])
    assert not falls_in_order([bucket(offset, True, 32, 128) for offset in range(-200, 200)])
    begins = 91 if bidirectional else 113
    last = [bucket(-distance, bidirectional, 32, 128) for distance in (begins - 1, begins, 10**9)]
    assert last == ([14, 15, 15] if bidirectional else [30, 31, 31])


def window_rows(height: int, width: int) -> set[int]:
    """The rows of the table that the pairs of cells of a window use."""
    of = setting("swin-bias", window_size=(height, width))
    size = (2 * height - 1) * (2 * width - 1)
    cells = list(product(range(height), range(width)))
    numbered = np.arange(size, dtype=np.longdouble)[:, None].repeat(3, axis=1)
    return set(bias(of, cells, cells, table=numbered)[0].astype(int).ravel().tolist())


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 4), (2, 3), (3, 2), (4, 5), (5, 2)])
def test_every_row_of_the_window_table_is_used(height, width):
    assert window_rows(height, width) == set(range((2 * height - 1) * (2 * width - 1)))


def test_a_bias_is_looked_up_bit_for_bit():
    table = np.random.default_rng(0).standard_normal((32, 3)).astype(np.longdouble)
    queries, keys = [(p,) for p in (0, 3, 200)], [(p,) for p in (1, 3)]
    found = parts(setting("t5-bias"), queries, keys, table=table)
    assert not scores.bias(found, lambda part: part.error_bound).any()
    wanted = np.array([[table[bucket(n - m, True, 32, 128)] for (n,) in keys] for (m,) in queries])
    assert np.array_equal(bias(setting("t5-bias"), queries, keys, table=table), np.moveaxis(wanted, -1, 0))


@pytest.mark.parametrize(
    ("name", "query", "key"),
    [("t5-bias", (0.5,), (0,)), ("urpe", (0.5,), (0,)), ("urpe", (600,), (0,)), ("swin-bias", (9, 0), (0, 0))],
)
def test_what_is_not_defined_has_no_value(name, query, key):
    of = setting(name)
    rows = of.encoding.rows_at(of.dim, dict(of.parameters))
    assert rows
    with pytest.raises(Undefined, match=r"integer|row"):
        parts(of, [query], [key], table=np.zeros((rows, 3), dtype=np.longdouble))


def test_logits_are_the_sum_of_all_products():
    """q . k + q . a[clip(n - m)], in fractions."""
    of, rng = setting("shaw", dim=6, max_relative_position=2), np.random.default_rng(1)
    q, k, table = (rng.integers(-9, 9, shape).astype(np.longdouble) for shape in ((2, 6), (3, 6), (5, 6)))
    m, n = (4, 9), (3, 5, 40)
    found = parts(of, [(p,) for p in m], [(p,) for p in n], table=table)
    queries, keys = (np.concatenate([x[..., None], np.ones((*x.shape, 1))], axis=-1) for x in (q, k))
    got = scores.total(found, queries, keys, lambda part: part.value)
    for i, j in product(range(2), range(3)):
        row = table[max(-2, min(2, n[j] - m[i])) + 2]
        assert Fraction(float(got[0, i, j])) == sum(
            Fraction(float(a)) * Fraction(float(b + c)) for a, b, c in zip(q[i], k[j], row, strict=True)
        )


def test_what_does_not_depend_on_heads_or_places_is_not_repeated():
    of = setting("alibi", heads=12)
    distance = number(of, abs(QUERY[0] - KEY[0]))
    assert distance.over([(1,), (2,)], [(5,)] * 3).shape == (1, 2, 3, 1)
    assert number(of, QUERY[0] * 0 + 7).over([(1,), (2,)], [(5,)] * 3).shape == (1, 1, 1, 1)
    assert distance is number(setting("alibi", heads=5), abs(QUERY[0] - KEY[0]))


def slopes_in_float32(heads: int) -> dict[str, np.ndarray]:
    """2^(-8 (h + 1) / heads), three right ways and one with an exponent rounded to 11 bits."""
    h = np.arange(1, heads + 1, dtype=np.float32)
    ratio = np.float32(2) ** np.float32(-8 / heads)
    return {
        "power": np.float32(2) ** (h * np.float32(-8 / heads)),
        "exponential": np.exp(h * np.float32(-8 / heads) * np.float32(math.log(2))),
        "multiplied": np.multiply.accumulate(np.full(heads, ratio, dtype=np.float32)),
        "rounded": np.float32(2) ** (h * np.float32(-8 / heads)).astype(np.float16).astype(np.float32),
    }


@pytest.mark.parametrize(
    ("way", "within"), [("power", True), ("exponential", True), ("multiplied", True), ("rounded", False)]
)
@pytest.mark.parametrize("heads", [3, 12, 40])
def test_the_bound_of_a_power_holds_for_right_code_and_not_for_wrong(way, within, heads):
    true = 2.0 ** (-8 * np.arange(1, heads + 1) / heads)
    allowed = true * bounds.power(np.log(true), np.arange(1, heads + 1), bounds.UNIT["float32"])
    assert bool((np.abs(slopes_in_float32(heads)[way] - true) <= allowed).all()) is within


@pytest.mark.parametrize(("accumulate", "within"), [(np.float32, True), (np.float16, False)])
def test_the_bound_of_a_sum_asks_for_float32(accumulate, within):
    terms = np.random.default_rng(2).uniform(0.5, 1, (50, 512)).astype(np.float16)
    total = np.add.accumulate(terms, axis=-1, dtype=accumulate)[:, -1].astype(np.float16)
    true = terms.astype(float).sum(-1)
    allowed = bounds.accumulated(512, 1, bounds.UNIT["float32"], bounds.UNIT["float16"]) * true
    assert bool((np.abs(total - true) <= allowed).all()) is within


def test_the_bound_of_weights_made_to_sum_to_one():
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.ones(9), size=300).astype(np.float32)
    seen = np.arange(9) < 5
    true = weights * seen / (weights * seen).sum(-1, keepdims=True, dtype=np.float64)
    logs = np.abs(np.log(weights)).max(-1, keepdims=True)
    allowed = true * bounds.renormalised(9, logs, bounds.UNIT["float32"], bounds.UNIT["float32"])
    logits = np.where(seen, np.log(weights), np.float32(-np.inf))
    grown = np.exp(logits - logits.max(-1, keepdims=True))
    assert (np.abs(grown / grown.sum(-1, keepdims=True) - true) <= allowed).all()
    leaking = weights * np.where(seen, 1, np.float32(1e-4))
    assert not (np.abs(leaking / leaking.sum(-1, keepdims=True) - true) <= allowed).all()


KERNELS: dict[str | None, Callable[..., mpmath.mpf]] = {
    None: lambda r1, r2, d: -r1 * mpmath.log(1 + r2 * d),
    "power": lambda r1, r2, d: -r1 * mpmath.mpf(d) ** r2 if d else mpmath.mpf(0),
}
POSITIVE = {"r1": np.array([0.5, 1.125, 0.375]), "r2": np.array([0.75, 1.5, 0.125])}


@pytest.mark.parametrize("convention", KERNELS)
def test_the_kernels_of_kerple_are_a_logarithm_and_a_power_of_the_distance(convention):
    m, n = (7, 0, 2.5, 8191), (7, 3, 100)
    got = bias(setting("kerple", convention=convention), [(p,) for p in m], [(p,) for p in n], **POSITIVE)
    with mpmath.workdps(40):
        for head, i, j in product(range(3), range(len(m)), range(len(n))):
            true = KERNELS[convention](*(mpmath.mpf(each[head]) for each in POSITIVE.values()), abs(m[i] - n[j]))
            assert abs(mpmath.mpf(float(got[head, i, j])) - true) <= mpmath.mpf(2) ** -52 * abs(true)


@pytest.mark.parametrize("convention", KERNELS)
@pytest.mark.parametrize(("dtype", "within"), [("float32", True), ("float16", False)])
def test_kernels_in_float32_are_right_and_in_half_precision_wrong(convention, dtype, within):
    distances, kind = np.array([0, 1, 2, 17, 300, *((8191, 131072) if within else ())]), np.dtype(dtype).type
    first, second = (each.astype(dtype)[:, None] for each in POSITIVE.values())
    made = first * (np.log(1 + second * kind(distances)) if convention is None else kind(distances) ** second)
    of = setting("kerple", convention=convention)
    found = scores.parts(
        of, [(0,)], [(int(d),) for d in distances], POSITIVE, np.zeros((1, 1), int),
        Precision("float32", bounds.UNIT["float32"]),
    )  # fmt: skip
    value, allowed = (scores.bias(found, what)[:, 0] for what in (lambda p: p.value, lambda p: p.error_bound))
    assert bool((np.abs(-made.astype(np.float64) - value) <= allowed).all()) is within


@pytest.mark.parametrize(("convention", "first"), [(None, 1), ("from-zero", 0)])
@pytest.mark.parametrize(("heads", "coordinates"), [(1, 2), (5, 48), (12, 128)])
def test_sandwich_is_the_product_of_sinusoids_over_the_ratio_of_the_head(convention, first, heads, coordinates):
    of = setting("sandwich", convention=convention, heads=heads, bar_d=coordinates)
    got, half = bias(of, [(0,), (900,)], [(0,), (31,), (1000,)]), coordinates // 2
    with mpmath.workdps(30):
        for head, (i, m), (j, n) in product(range(heads), enumerate((0, 900)), enumerate((0, 31, 1000))):
            thetas = [mpmath.mpf(10000) ** (-mpmath.mpf(2) * (k + first) / coordinates) for k in range(half)]
            rows = [[*(mpmath.sin(p * t) for t in thetas), *(mpmath.cos(p * t) for t in thetas)] for p in (m, n)]
            met = mpmath.fdot(*rows) - half
            assert abs(got[head, i, j] - float(met * heads / (8 * (head + 1)))) < 1e-12


@pytest.mark.parametrize("window", [(1, 1, 1), (2, 3, 4), (3, 2, 5), (1, 6, 2)])
def test_every_row_of_the_table_of_a_window_in_time_is_used_in_order(window):
    of, sides = setting("swin-bias-3d", window_size=window), [2 * side - 1 for side in window]
    cells = list(product(*map(range, window)))
    numbered = np.arange(np.prod(sides), dtype=np.longdouble)[:, None].repeat(3, axis=1)
    got = bias(of, cells, cells, table=numbered)[0].astype(int)
    for (i, m), (j, n) in product(enumerate(cells), repeat=2):
        moved = [a - b + side - 1 for a, b, side in zip(m, n, window, strict=True)]
        assert got[i, j] == np.ravel_multi_index(moved, sides)
    assert set(got.ravel().tolist()) == set(range(len(numbered)))


def test_a_query_meets_the_rows_of_its_offset_in_two_tables():
    of, rng = setting("decomposed-2d", dim=4, window_size=(2, 3)), np.random.default_rng(3)
    q, k, down, right = (rng.integers(-9, 9, (n, 4)).astype(np.longdouble) for n in (6, 6, 3, 5))
    cells = list(product(range(2), range(3)))
    found = parts(of, cells, cells, rel_pos_h=down, rel_pos_w=right)
    queries, keys = (np.concatenate([x[..., None], np.ones((*x.shape, 1))], axis=-1) for x in (q, k))
    got = scores.total(found, queries, keys, lambda part: part.value)[0]
    for (i, m), (j, n) in product(enumerate(cells), repeat=2):
        assert got[i, j] == q[i] @ (k[j] + down[m[0] - n[0] + 1] + right[m[1] - n[1] + 2])
