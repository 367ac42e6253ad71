"""The sizes of models: which are asked, that every value counts, and from which size on a failure is told."""

import dataclasses
import doctest
from itertools import combinations
from math import prod

import pytest

from impls.faults import all_faults, shows_at_real_sizes
from impls.forms.rope import elementwise_interleaved
from impls.loading import load_default
from properties.cases import onset as onsets
from properties.cases import real
from properties.cases.case import Case
from properties.cases.onset import HEAD_SIZES, onset
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.tests.miniatures import miniature
from properties.tests.turns import in_turn
from spec import ENCODINGS

[SIZES] = [prop for prop in PROPERTIES if prop.id == "real-sizes"]
ROPE = ENCODINGS["rope"]
ONSETS = {
    "size-tokens-64": "right with 64 tokens, wrong with 65",
    "size-tokens-128": "right with 128 tokens, wrong with 129",
    "size-tokens-1024": "right with 1024 tokens, wrong with 1025",
    "size-tokens-4096-last": "right with 4096 tokens, wrong with 4097",
    "size-tokens-8192": "right with 8192 tokens, wrong with 8193",
    "size-tail-block-128": "right with 128 tokens, wrong with 129",
    "size-heads-4": "right with 3 heads, wrong with 4",
    "size-heads-9": "right with 8 heads, wrong with 9",
    "size-heads-64-last": "right with 63 heads, wrong with 64",
    "size-heads-odd-last": "right with 4 heads, wrong with 5",
    "size-batch-3": "right with 2 batch entries, wrong with 3",
    "size-batch-33": "right with 32 batch entries, wrong with 33",
    "size-head-size-80": "right with 72 coordinates, wrong with 80",
    "size-head-size-no-power": "right with 64 coordinates, wrong with 72",
    "size-head-size-256": "right with 192 coordinates, wrong with 256",
    "size-head-size-2": "",
    "size-table-5000": "right with 5000 tokens, wrong with 5001",
    "size-alibi-17-heads": "right with 16 heads, wrong with 17",
    "size-alibi-last-key": "right with 512 keys, wrong with 513",
    "size-shaw-128-queries": "right with 128 tokens, wrong with 129",
    "size-stretch-of-positions": "right at position 66000, wrong at 66001",
}
"""What is told of faults where it is one sentence about one size."""


# Which sizes


def test_lengths_lie_on_both_sides_of_those_at_which_kernels_change():
    lengths = {len(case.positions) for case in real.vectors.cover(ROPE, 0)}
    assert all({2**k - 1, 2**k + 1} & lengths and any(n < 2**k for n in lengths) for k in range(6, 13))
    assert {63, 65, 127, 129, 255, 257, 511, 513, 1023, 1025, 2047, 2049, 4095, 4097} <= lengths
    assert max(lengths) > 8192


def test_head_sizes_heads_and_batches_are_those_of_models():
    cases = real.vectors.cover(ROPE, 0)
    assert {2, 64, 72, 80, 96, 112, 128, 160, 192, 256} <= {case.dim for case in cases}
    heads, batches = ({getattr(case, name) for case in cases} for name in ("heads", "batch"))
    assert {1, 64, 65} <= heads
    assert sum(count % 2 for count in heads) >= 5
    assert {64, 65} <= batches
    assert max(case.batch * case.heads * len(case.positions) for case in cases) > 65536


def test_some_two_dozen_calls_have_some_nine_million_values():
    cases = real.vectors.cover(ROPE, 0)
    assert 20 <= len(cases) <= 30
    assert sum(_values(case) for case in cases) == pytest.approx(8.7e6, rel=0.05)


@pytest.mark.parametrize(
    "at_least",
    [
        {"tokens": 2049, "heads": 32},
        {"tokens": 8193, "heads": 4, "dim": 16},
        {"tokens": 16385, "heads": 3},
        {"heads": 33, "batch": 65},
        {"heads": 3, "batch": 3, "dim": 32, "values": 2**19 + 1},
        {"tokens": 4097, "heads": 2, "dim": 64, "values": 2**19 + 1},
        {"heads": 64, "batch": 8, "dim": 256},
    ],
)
def test_sizes_of_models_are_large_together(at_least):
    """Not each by itself alone: a kernel may go wrong from so many heads on, in long sequences only."""
    cases = real.vectors.cover(ROPE, 0)
    sizes = [
        {"tokens": len(c.positions), "heads": c.heads, "batch": c.batch, "dim": c.dim, "values": _values(c)}
        for c in cases
    ]
    assert any(all(each[name] >= size for name, size in at_least.items()) for each in sizes)


def _values(case: Case) -> int:
    return prod((case.batch, case.heads, len(case.positions), case.dim))


def test_every_two_sizes_stand_together_in_the_wide_profiles():
    rows = [(len(c.positions), c.dim, c.heads, c.batch, c.strides) for c in real.every_pair.cover(ROPE, 0)]
    shown = {pair for row in rows for pair in combinations(enumerate(row), 2)}
    axes = (real.LENGTHS, HEAD_SIZES, real.HEADS, real.BATCHES, ("contiguous", "transposed", "strided"))
    possible = {
        ((i, a), (j, b))
        for (i, one), (j, other) in combinations(enumerate(axes), 2)
        for a in one
        for b in other
        if i == 4 or j == 4 or a * b * (2 if 1 not in (i, j) else 1) <= real.LARGEST
        if (i, j) != (0, 1) or a * b**2 <= real.DENSE
    }
    assert possible <= shown


def test_the_dtypes_share_the_cases_and_a_survey_begins_at_one_of_them():
    one = miniature(elementwise_interleaved)
    shares = [Plan().cases(SIZES, one, dtype) for dtype in ("float32", "float64", "bfloat16", "float16")]
    assert sorted(case.seed for share in shares for case in share) == list(range(len(real.VECTORS)))
    names = ("mine", "yours", "ours", "theirs")
    surveyed = [Plan(survey=True).cases(SIZES, dataclasses.replace(one, name=name), "float32") for name in names]
    assert all(set(cases) == set(shares[0]) for cases in surveyed)
    assert len({cases[0] for cases in surveyed}) > 1


def test_a_survey_asks_real_sizes_in_one_dtype():
    dtypes = ("float32", "float64", "bfloat16", "float16")
    asked = {Plan(survey=True).dtypes_for(SIZES, dtypes, name) for name in ("mine", "yours", "ours", "theirs")}
    assert asked == {("float32",), ("bfloat16",)}


# Every value


@pytest.mark.parametrize("at", [(0, 0, 0, 0), (-1, -1, -1, -1), (1, 2, 77, 5)])
def test_a_single_wrong_value_is_found(at):
    def nearly(x, positions, *, base=10000.0):
        y = elementwise_interleaved(x, positions, base=base)
        if y.ndim == 4 and y.shape[0] > 1 and y.shape[1] > 2 and y.shape[2] > 77:
            y[at] += 0.01
        return y

    bench = Bench(miniature(nearly, layout="interleaved"), Plan(dtypes=("float32",)))
    assert bench.cell(SIZES, "float32").outcome == "fail"


# Onset


@pytest.mark.parametrize("name", in_turn(ONSETS, 6))
def test_a_fault_is_told_from_its_size_on(name):
    [fault] = [each for each in all_faults() if each.name == name]
    bench = Bench(fault, Plan())
    failures = (result for dtype in bench.dtypes if (result := bench.cell(SIZES, dtype)).outcome == "fail")
    assert next(failures).message == ONSETS[name]


def test_the_faults_of_size_are_right_in_the_small():
    faults = [fault for fault in all_faults() if shows_at_real_sizes(fault)]
    assert {fault.name for fault in faults} >= set(ONSETS)
    small = [prop for prop in PROPERTIES if prop.id in ("exact-values", "batch-locality", "head-locality", "norm")]
    for fault in faults:
        bench = Bench(fault, Plan())
        assert {bench.cell(prop, bench.dtypes[0]).outcome for prop in small} <= {"pass", "not-applicable"}, fault.name


@pytest.mark.parametrize("name", ["radix-recurrence", "binary-square-wave"])
def test_tables_of_digits_are_as_wide_as_others(name):
    bench = Bench(next(form for form in load_default().implementations if form.name == name), Plan())
    assert [bench.cell(SIZES, dtype).outcome for dtype in bench.dtypes] == ["pass"] * len(bench.dtypes)


def test_sizes_are_bisected_one_after_the_other():
    case = Case(dim=80, positions=tuple(range(300)), heads=7, batch=4)
    smallest, told = onset(case, lambda each: each.heads > 4 and each.dim >= 40 and len(each.positions) > 9)
    assert (smallest.heads, smallest.dim, len(smallest.positions), smallest.batch) == (5, 40, 10, 1)
    assert told == "right with 4 heads, wrong with 5; right with 9 tokens, wrong with 10; " + (
        "right with 32 coordinates, wrong with 40"
    )


def test_the_example_in_the_docstring():
    assert doctest.testmod(onsets) == doctest.TestResults(failed=0, attempted=2)


def test_of_vectors_at_real_sizes_the_last_few_are_kept():
    first, *others = [Case(dim=64, positions=tuple(range(4097)), heads=2, batch=1, seed=seed) for seed in range(20)]
    drawn = first.draw("x")
    assert first.draw("x") is drawn
    for case in others:
        case.draw("x")
    assert first.draw("x") is not drawn
