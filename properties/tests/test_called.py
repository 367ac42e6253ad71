"""Code is asked as it is declared to be called: every call, axes and tables, and what is wrong with a declaration."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from impls import implements
from impls.door.crossing import Beside, Instance, Numbers, Request
from impls.door.marshalling import Marshalled
from impls.loading import load
from impls.registry import registered
from properties.cases.case import Case
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import cells
from properties.subjects import subject_of
from properties.tests.turns import in_turn

SOME = ("exact-values", "tables-honoured", "gradient", "batched-positions", "inputs-not-mutated", "layout", "no-tokens")
AXES, TABLES = ("b h n d", "b n h d", "n b h d"), ("n d/2", "n d", "b n d/2", "b n d")
PLAN = Plan(properties=tuple(prop for prop in PROPERTIES if prop.id in SOME), dtypes=("float32",))
EXACT = dataclasses.replace(PLAN, properties=tuple(prop for prop in PROPERTIES if prop.id == "exact-values"))
TABLES_HONOURED = next(prop for prop in PROPERTIES if prop.id == "tables-honoured")
FORMS = {one.name: one for one in load("impls.forms.calls").implementations}


def one_of(function, **declared):
    """A function, as it is registered."""
    implements("rope", **{"name": "mine", **declared})(function)
    return registered(__name__)[-1]


def failures(one, plan=PLAN):
    """What does not conform."""
    return {f"{result.property}: {result.message}" for result in cells(Bench(one, plan)) if not result.conforms}


def halves(x, cos, sin):
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def by_tables(axes, tables):
    """Both sides turned by tables that lie so, in vectors with these axes."""

    def along(table, size):
        table = table[..., :size]
        table = table if table.ndim == 3 else table[None]
        shape = [{"b": table.shape[0], "n": table.shape[1], "d": size}.get(letter, 1) for letter in axes.split()]
        return table.permute(*((0, 1, 2) if axes.index("b") < axes.index("n") else (1, 0, 2))).reshape(shape)

    def apply(q, k, cos, sin):
        return tuple(halves(x, along(cos, x.shape[-1] // 2), along(sin, x.shape[-1] // 2)) for x in (q, k))

    return apply


@pytest.mark.parametrize("laid", in_turn([f"{axes}, {tables}" for axes in AXES for tables in TABLES], 6))
def test_right_code_conforms_in_all_axes_with_all_tables(laid):
    axes, tables = laid.split(", ")
    one = one_of(by_tables(axes, tables), call="qk-tables", axes=axes, tables=tables)
    assert failures(one) == set()
    wrong = one_of(by_tables(axes, tables), call="qk-tables", axes=axes, tables=tables, layout="interleaved")
    assert failures(wrong, EXACT)


@pytest.mark.parametrize("axes", ["h n d", "b n d", "n (h d)", "(b n) h d"])
def test_axes_that_are_missing_or_flattened(axes):
    def positions_of_rows(q, k, positions, *, base=10000.0):
        dim = DIMS[-1]
        theta = base ** -(torch.arange(0, dim, 2, dtype=torch.float64) / dim)
        angle = positions.double()[:, None] * theta
        split = axes == "n (h d)"
        found = []
        for x in (q, k):
            heads = x.unflatten(-1, (-1, dim)) if split else x
            table = angle[:, None] if split or axes == "(b n) h d" else angle
            turned = halves(heads, table.cos().to(x.dtype), table.sin().to(x.dtype))
            found.append(turned.flatten(-2) if split else turned)
        return tuple(found)

    DIMS = [16]
    one = one_of(positions_of_rows, call="qk-positions", axes=axes, layout="half", head_sizes=(16,))
    assert failures(one) == set()


@pytest.mark.parametrize("name", FORMS)
def test_each_call_is_asked_with_what_its_name_says(name):
    """The arguments of a small call have the shapes and dtypes that the projects have."""
    one = FORMS[name]
    case = Case(dim=6, positions=(4, 5, 6), batch=2, heads=4, seed=1).within(one)
    subject = subject_of(one, "float32", case)
    asked = subject.code.door.put(subject.code.request(*subject.code.inputs()))
    told = [(each.values.shape, each.dtype) if isinstance(each, Numbers) else each for each in asked.given]
    vectors, narrow = ((2, 4, 3, 6), "float32"), ((3, 3), "float32")
    tokens, of_tokens = ((6, 4, 6), "float32"), ((6,), "int64")
    expected = {
        "rope-x-tables": [((2, 3, 4, 6), "float32"), narrow, narrow],
        "rope-qk-tables": [vectors, ((2, 2, 3, 6), "float32"), ((2, 3, 6), "float32"), ((2, 3, 6), "float32")],
        "rope-qk-complex": [((2, 3, 4, 6), "float32"), ((2, 3, 2, 6), "float32"), ((3, 3), "complex64")],
        "rope-qk-positions": [tokens, ((6, 2, 6), "float32"), of_tokens],
        "rope-qk-cache": [of_tokens, ((6, 24), "float32"), ((6, 12), "float32"), 6, ((7, 6), "float32"), True],
        "rope-qkv-packed": [((2, 3, 3, 4, 6), "float32"), narrow, narrow],
        "rope-packed": [tokens, ((6, 2, 6), "float32"), ((3,), "int32"), ((2,), "int32")],
        "rope-angles": [((3, 2, 4, 6), "float32"), ((3, 6), "float32")],
        "rope-offset": [vectors, 4],
        "rope-module-tables": [vectors, ((2, 2, 3, 6), "float32"), ((2, 3), "int64")],
    }
    assert told == expected[name]


def test_segments_are_runs_of_positions():
    one = FORMS["rope-packed"]
    x = np.zeros((1, 2, 6, 4))
    beside = Beside(other=x, cosines=x, sines=x, angles=x, columns=np.zeros(0, dtype=int))
    given = (Numbers(x, "float32"), Numbers(np.array([3, 4, 0, 7, 8, 9]), "int64", places=True))
    asked = Marshalled(one, Request(instance=Instance(4), given=given, beside=beside)).request
    assert asked.given[2].values.tolist() == [0, 2, 3, 6]
    assert asked.given[3].values.tolist() == [3, 0, 7]


def test_a_tensor_of_queries_keys_and_values_may_have_fewer_keys():
    def packed(qkv, cos, sin):
        """(batch, n, heads * dim): first the heads of queries, then those of keys, then as many of values."""
        heads = qkv.unflatten(-1, (-1, 8))
        turning = heads[:, :, : QUERIES + KEYS]
        turning.copy_(halves(turning, cos[:, None], sin[:, None]))
        return qkv

    QUERIES, KEYS = 6, 2
    declared = {"call": "qkv-packed", "axes": "b n (h d)", "layout": "half", "inplace": True}
    one = one_of(packed, **declared, head_sizes=(8,), heads=((QUERIES, KEYS),))
    assert failures(one) == set()
    KEYS = 1
    assert any(each.startswith("exact-values") for each in failures(one))


def test_what_a_module_makes_of_positions_is_turned_by_its_own_function_or_by_the_suite():
    class Tables(torch.nn.Module):
        def forward(self, x, position_ids):
            angle = position_ids.double()[..., None] * 10000.0 ** -(torch.arange(0, 8, 2, dtype=torch.float64) / 8)
            return torch.cat([angle, angle], -1).cos().to(x.dtype), torch.cat([angle, angle], -1).sin().to(x.dtype)

    def apply(q, k, cos, sin):
        half = q.shape[-1] // 2
        return tuple(halves(x, cos[:, None, :, :half], sin[:, None, :, :half]) for x in (q, k))

    fixed = {"call": "module-tables", "head_sizes": (8,), "parameters": {"base": 10000.0}}
    assert failures(one_of(Tables(), **fixed)) == set()
    assert failures(one_of(Tables(), **fixed, apply=apply)) == set()
    crossed = one_of(Tables(), **fixed, apply=lambda q, k, cos, sin: apply(q, k, cos, sin)[::-1])
    assert any("exact-values" in each for each in failures(crossed))


def test_numpy_takes_the_place_of_tensors():
    def turned(x, cos, sin):
        assert type(x) is np.ndarray
        a, b = np.split(x, 2, axis=-1)
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)

    one = one_of(turned, call="x-tables", layout="half", arrays="numpy", differentiable=False)
    assert failures(one) == set()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "call": ({"call": "qk-tabels"}, "unknown call 'qk-tabels' (did you mean 'qk-tables'?)"),
    "axes": ({"call": "qk-tables", "axes": "b h n n d"}, "axes is 'b h n n d'; expected b batch, h heads"),
    "axes-open": ({"call": "qk-tables", "axes": "b (h n d"}, "axes is 'b (h n d'; expected"),
    "axes-without-tokens": ({"call": "qk-tables", "axes": "b h d"}, "axes is 'b h d'; expected"),
    "tables": ({"call": "qk-positions", "tables": "n d"}, "call='qk-positions' hands in no tables: leave it out"),
    "cache": ({"call": "qk-cache", "tables": "n d"}, "a cache has 'cos|sin'"),
    "signature": ({"call": "offset"}, "wrong signature"),
    "no-rotation": ({"call": "qk-tables", "encoding": "nope"}, "which hands in a rotation of pairs; nope is none"),
    "no-map": ({"call": "qk-tables", "encoding": "alibi"}, "which is said of maps of queries and keys; alibi is"),
    "lengths": ({"call": "angles", "encoding": "rope-yarn"}, "which cannot carry the lengths that rope-yarn changes"),
    "apply": ({"call": "qk-tables", "apply": halves}, "apply is declared for call='module-tables'"),
    "devices": ({"call": "qk-tables", "devices": ()}, "devices is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_declaration_is_one_sentence(name):
    declared, said = WRONG[name]
    given: dict[str, Any] = {"encoding": "rope", "name": "mine", **declared}
    implements(**given)(by_tables("b h n d", "b n d") if name != "signature" else (lambda x: x))
    assert said in str(registered(__name__)[-1].problem)


def test_what_is_written_counts_and_what_is_returned_beside_must_be_the_same():
    def in_place(x, cos, sin):
        x.copy_(halves(x, cos, sin))
        return x + 1 if WRONGLY else None

    WRONGLY = False
    one = one_of(in_place, call="x-tables", layout="half", inplace=True)
    assert failures(one) == set()
    WRONGLY = True
    assert any("returned something else than it has written" in each for each in failures(one))


def test_vectors_are_written_at_positions_as_well():
    def in_place(x, positions, *, base=10000.0):
        theta = base ** -(torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1])
        angle = positions.double()[:, None] * theta
        x.copy_(halves(x, angle.cos().to(x.dtype), angle.sin().to(x.dtype)))

    assert failures(one_of(in_place, layout="half", inplace=True)) == set()
    assert failures(one_of(in_place, layout="half")) != set()


@pytest.mark.parametrize("wider", [{}, {"table_dtype": "float32", "dtypes": ("bfloat16",)}])
def test_the_allowance_of_any_tables_is_tight(wider):
    """A right form comes within 3 of it; with a result that is off by one unit more than that, it is exceeded."""

    def turned(x, cos, sin):
        y = halves(x, cos.to(x.dtype), sin.to(x.dtype))
        return y * (1 + (MORE * torch.finfo(x.dtype).eps))

    MORE = 0
    plan = dataclasses.replace(PLAN, properties=(TABLES_HONOURED,), dtypes=None)
    one = one_of(turned, call="x-tables", layout="half", **({"dtypes": ("float32",)} | wider))
    (right,) = (r for r in cells(Bench(one, plan)) if r.property == "tables-honoured")
    assert right.outcome == "pass"
    assert 3 * (right.error or 0.0) > (right.bound or 0.0) > 0.0
    MORE = 2
    (wrong,) = (r for r in cells(Bench(one, plan)) if r.property == "tables-honoured")
    assert wrong.outcome == "fail"


def test_keys_come_with_the_heads_that_are_declared_for_them():
    def told(x, positions, role, *, base=10000.0):
        assert x.shape[1] == {"query": 32, "key": 8}[role]
        theta = base ** -(torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1])
        angle = positions.double()[:, None] * theta
        return halves(x, angle.cos().to(x.dtype), angle.sin().to(x.dtype))

    assert failures(one_of(told, layout="half", heads=((32, 8),))) == set()


# Devices


def test_what_runs_on_no_device_here_is_not_run_and_never_a_pass():
    one = dataclasses.replace(FORMS["rope-qk-tables"], devices=("cuda",))
    (result,) = cells(Bench(one, PLAN))
    assert (result.outcome, "runs on cuda only, and this run is on cpu" in result.message) == ("not-run", True)
    (result,) = cells(Bench(dataclasses.replace(one, device="cuda:7"), PLAN))
    assert (result.outcome, "there is no device cuda:7 here" in result.message) == ("not-run", True)
