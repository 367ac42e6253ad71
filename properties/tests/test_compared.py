"""Code that is right up to what attention cannot see passes, and no kind of comparison leaves its numbers alone."""

import functools

import pytest
import torch

from impls.faults import all_faults, shows_at_real_sizes
from impls.forms import deberta, nope, rope_tie, shaw, swin_bias, t5_bias, transformer_xl, urpe
from impls.registry import registered
from properties.cases.case import Case
from properties.catches import CATCHES
from properties.runs import bench
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import check
from properties.tests.miniatures import miniature, subject

NUMBERS = {"exact-values", "exact-logits"}
RELATIONAL = tuple(p for p in PROPERTIES if p.id in NUMBERS or p.statement.section == "relational")


def slopes(heads):
    whole = 1 << (heads.bit_length() - 1)
    steps = [*range(2, 2 * whole + 1, 2), *range(1, 2 * whole, 2)][:heads]
    return (2.0 ** (-4 * torch.tensor(steps, dtype=torch.float64) / whole))[:, None, None]


def turned(x, positions, base=10000.0):
    half = x.shape[-1] // 2
    angles = positions.double()[:, None] * base ** -(torch.arange(half, dtype=torch.float64) / half)
    cos, sin, a, b = angles.cos().to(x.dtype), angles.sin().to(x.dtype), x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def basis(dim, dtype):
    drawn = torch.randn(dim, dim, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return torch.linalg.qr(drawn)[0].to(dtype)


# What code makes of an encoding


def times_key(query_positions, key_positions, heads, *, dtype=torch.float32):
    return (slopes(heads) * key_positions).expand(heads, len(query_positions), -1).to(dtype)


def signed(query_positions, key_positions, heads, *, dtype=torch.float32):
    return (-slopes(heads) * (query_positions.double()[:, None] - key_positions)).to(dtype)


def moved(query_positions, key_positions, heads, *, dtype=torch.float32):
    m, n = query_positions.double()[:, None], key_positions.double()
    return (slopes(heads) * (m - (m - n).abs())).to(dtype)


def in_a_basis(x, positions, *, base=10000.0):
    return turned(x, positions, base) @ basis(x.shape[-1], x.dtype)


def longer_keys(x, positions, role, *, base=10000.0):
    return turned(x, positions, base) + (role == "key")


def rows(positions, dim, *, base=10000.0, dtype=torch.float32):
    angles = positions.double()[:, None] * base ** -(torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    return torch.cat((angles.cos(), angles.sin()), -1).to(dtype) @ basis(dim, dtype)


def first(module):
    return registered(module.__name__)[0]


def changed(module, change):
    """The first form in a file, its result changed: what is called, and the parameters that it takes."""
    form = first(module)
    function = form.function

    @functools.wraps(function)
    def call(*args, **given):
        return change(function(*args, **given), *args)

    return call


BIAS, HALF = {"encoding": "alibi"}, {"encoding": "rope", "layout": "half"}
CAUSAL = {**BIAS, "convention": "causal"}
ROWS = {"encoding": "sinusoidal", "layout": "half"}
CONTIGUOUS = {"positions": "contiguous"}
RIGHT = {
    "slope times key": (times_key, CAUSAL, "softmax"),
    "minus slope times offset": (signed, CAUSAL, "softmax"),
    "rows moved by slope times query": (moved, BIAS, "softmax"),
    "buckets and 5": (changed(t5_bias, lambda bias, *_: bias + 5), {"encoding": "t5-bias"}, "softmax"),
    "buckets and the query": (
        changed(t5_bias, lambda bias, m, *_: bias + m[:, None].to(bias.dtype) / 7),
        {"encoding": "t5-bias"},
        "softmax",
    ),
    "a window less its maximum": (
        changed(swin_bias, lambda bias, *_: bias - bias.amax(-1, keepdim=True)),
        {"encoding": "swin-bias"},
        "softmax",
    ),
    "clipped offsets and the query": (
        changed(shaw, lambda logits, q, *_: logits + q.sum(-1, keepdim=True)),
        {"encoding": "shaw"},
        "softmax",
    ),
    "vectors and 3": (
        changed(transformer_xl, lambda logits, *_: logits + 3),
        {"encoding": "transformer-xl"},
        "softmax",
    ),
    "contents and 3": (changed(deberta, lambda logits, *_: logits + 3), {"encoding": "deberta"}, "softmax"),
    "a bias": (changed(t5_bias, lambda bias, *_: bias), {"encoding": "t5-bias"}, "score"),
    "terms": (changed(shaw, lambda logits, *_: logits), {"encoding": "shaw"}, "score"),
    "weights": (changed(urpe, lambda weights, *_: weights), {"encoding": "urpe"}, "softmax"),
    "turned in a basis of its own": (in_a_basis, HALF, "score"),
    "turned in a basis of its own, to softmax": (in_a_basis, HALF, "softmax"),
    "keys longer by 1": (longer_keys, HALF, "softmax"),
    "one place further": (lambda x, positions, *, base=10000.0: turned(x, positions + 1, base), HALF, "softmax"),
    "in a row, in a basis": (in_a_basis, HALF | CONTIGUOUS, "score"),
    "nothing, in a basis": (changed(nope, lambda x, *_: x.flip(-1)), {"encoding": "nope"}, "softmax"),
    "rows in a basis of their own": (rows, ROWS, "score"),
    "rows one after the other": (rows, ROWS | CONTIGUOUS, "softmax"),
    "a sequence from 5 on": (changed(rope_tie, lambda places, *_: places + 5), {"encoding": "rope-tie"}, "score"),
}


@pytest.mark.parametrize(
    "dtypes", [("float32", "bfloat16"), pytest.param(("float64", "float16"), marks=pytest.mark.thorough)], ids="-".join
)
@pytest.mark.parametrize("name", RIGHT)
def test_right_up_to_what_attention_cannot_see_is_right(name, dtypes):
    function, declared, compare = RIGHT[name]
    one = miniature(function, name="mine", compare=compare, **declared)
    asked = tuple(dtype for dtype in dtypes if dtype in one.checked_dtypes) or None
    results = check(one, Plan(properties=RELATIONAL, dtypes=asked))
    assert {one.outcome for one in results} <= {"pass", "not-applicable"}, [
        (one.property, one.dtype, one.message, one.error, one.bound) for one in results if one.outcome == "fail"
    ]
    assert NUMBERS & {one.property for one in results if one.outcome == "pass"}


@pytest.mark.parametrize("compare", ["value", "score"])
@pytest.mark.parametrize("name", ["slope times key", "clipped offsets and the query", "keys longer by 1"])
def test_what_attention_sees_is_no_constant(name, compare):
    function, declared, _ = RIGHT[name]
    one = miniature(function, name="mine", compare=compare, **declared)
    results = check(one, Plan(properties=RELATIONAL, dtypes=("float32",)))
    assert NUMBERS & {one.property for one in results if one.outcome == "fail"}


@pytest.mark.parametrize("fault", [f for f in all_faults() if f.module.endswith("compared")], ids=lambda f: f.name)
def test_what_is_wrong_in_numbers_fails_in_numbers(fault):
    """As it is declared, which the kill matrix asks."""
    asked = {"real-sizes"} if shows_at_real_sizes(fault) else NUMBERS
    assert any(fault.name in CATCHES[prop] for prop in asked)


PLACED = {
    "as they are": (lambda y: y, 1),
    "exchanged": (lambda y: y.flip(-1), 1),
    "three times as long": (lambda y: 3 * y, 1),
    "in a basis": (lambda y: y @ basis(y.shape[-1], y.dtype), 64),
}
"""What becomes of turned vectors, and how many of their coordinates meet in one."""


@pytest.mark.parametrize("how", PLACED)
def test_a_basis_is_allowed_for_as_far_as_it_mixes_coordinates(how):
    placed, mixed = PLACED[how]

    def code(x, positions, *, base=10000.0):
        return placed(turned(x, positions, base))

    one = miniature(code, layout="half", compare="score")
    assert subject(one, case=Case(dim=64, positions=(0, 3, 1), others=(2, 5))).code.mixed == mixed


def test_exchanged_coordinates_are_held_to_the_bound_of_those_that_are_not():
    def slightly_wrong(x, positions, *, base=10000.0):
        return turned(x, positions, base).flip(-1) * (1 + 2.0**-20)

    one = miniature(slightly_wrong, layout="half", compare="score", dtypes=("float32",))
    [logits] = [prop for prop in PROPERTIES if prop.id == "exact-logits"]
    assert Bench(one, Plan()).cell(logits, "float32").outcome == "fail"


def test_numbers_are_looked_at_once():
    seen = {p.id: [c for c in ("value", "score", "softmax") if not _reason(p, c)] for p in PROPERTIES if p.numbers}
    assert seen == {"exact-values": ["value", "score"], "exact-logits": ["softmax"]}


def _reason(prop, compare):
    one = miniature(signed, compare=compare, **BIAS)
    return Bench(one, Plan())._reason_not_applicable(prop)


@pytest.mark.parametrize("compare", ["value", "score", "softmax"])
def test_a_comparison_that_leaves_no_number_compared_is_an_error(monkeypatch, compare):
    one = miniature(in_a_basis, name="mine", compare=compare, **HALF)
    monkeypatch.setattr(bench, "PROPERTIES", tuple(p for p in PROPERTIES if p.id != "exact-logits"))
    (trouble, *_) = [*Bench(one, Plan()).troubles, None]
    if compare == "value":
        assert trouble is None
        return
    assert trouble.outcome == "error"
    assert trouble.message == (
        f"mine.py: mine is compared by {compare}, and no property looks at its numbers so; "
        "this is a gap in the suite: report it"
    )
