"""Code that is right for queries and wrong for keys, or with some numbers of heads; and calls whose axes are fewer."""

import inspect
import shlex

import pytest
import torch

from impls import implements
from impls.registry import registered
from properties.runs.bench import Bench
from properties.runs.catalogue import PROPERTIES
from properties.runs.plan import Plan
from properties.runs.run import cells
from properties.tests.plugins import HEAD, plugin, pytested, ran, written
from properties.tests.turns import in_turn

PLACED = "positions, *, base=10000.0"


def turned(x, positions, base=10000.0, tokens=-2):
    """In halves; positions (n,) or (batch, n), the axis of tokens is the last but one, or that before the heads."""
    half = x.shape[-1] // 2
    angles = positions.double()[..., None] * base ** -(torch.arange(half, dtype=torch.float64) / half)
    angles = angles[..., None, :, :] if tokens == -2 else angles[..., :, None, :]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def found(function, *properties, dtype="float32", encoding="rope", **declared):
    """The outcomes of a function that is registered so, on these properties."""
    implements(encoding, name="mine", layout="half", **declared)(function)
    asked = tuple(prop for prop in PROPERTIES if prop.id in properties)
    results = list(cells(Bench(registered(__name__)[-1], Plan(properties=asked, dtypes=(dtype,)))))
    return {result.outcome for result in results}, [result.message for result in results if not result.conforms]


KEYS = {
    "base-ignored": ("parameters-honoured", lambda k, p, base: turned(k, p)),
    "negative-as-positive": ("negative-positions", lambda k, p, base: turned(k, p.abs(), base)),
    "fractions-cut": ("fractional-positions", lambda k, p, base: turned(k, p.double().floor(), base)),
    "clamped": ("large-positions", lambda k, p, base: turned(k, p.clamp(max=200000), base)),
    "rounded": ("position-dtypes", lambda k, p, base: turned(k, p.half() if p.dtype == torch.float32 else p, base)),
    "row-0": ("batched-positions", lambda k, p, base: turned(k, p[:1].expand(p.shape) if p.ndim > 1 else p, base)),
    "wider": ("dtype-kept", lambda k, p, base: turned(k, p, base).float()),
    "under-gradients": ("mode-independence", lambda k, p, base: turned(k, p, base) if torch.is_grad_enabled() else k),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_looked_at_as_queries_are(name):
    prop, wrong = KEYS[name]
    dtype = "bfloat16" if prop == "dtype-kept" else "float32"

    def right(q, k, positions, *, base=10000.0):
        return turned(q, positions, base), turned(k, positions, base)

    def keys(q, k, positions, *, base=10000.0):
        return turned(q, positions, base), wrong(k, positions, base)

    assert found(right, prop, call="qk-positions", batched=True, dtype=dtype)[0] == {"pass"}
    assert found(keys, prop, call="qk-positions", batched=True, dtype=dtype)[0] == {"fail"}


@pytest.mark.parametrize("group", in_turn(map(str, (1, 2, 3, 4, 7, 8)), 3))
def test_groups_of_queries_are_of_all_usual_sizes(group):
    def grouped(q, k, positions, *, base=10000.0):
        wrong = q.shape[1] == int(group) * k.shape[1] and k.shape[1] > 1
        return turned(q, positions, base), k if wrong else turned(k, positions, base)

    assert found(grouped, "real-sizes", call="qk-positions")[0] == {"fail"}


def parted(three, axes):
    """q, k and v of one tensor, of which the first two turn."""

    def apply(qkv, cos, sin):
        q, k, v = qkv.unbind(three)
        shape = [*cos.shape[:-1], *(1,) * (q.ndim - axes.index("n") - 2), cos.shape[-1]]
        c, s = (each.reshape(shape) for each in (cos, sin))
        halves = [(x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]) for x in (q, k)]
        return torch.stack([*(torch.cat([a * c - b * s, b * c + a * s], dim=-1) for a, b in halves), v], dim=three)

    return apply


SOME = ("exact-values", "tables-honoured", "surroundings-untouched", "values-untouched", "gradient")


@pytest.mark.parametrize(("axes", "three"), [("n 3 h d", 1), ("(b n) 3 h d", 1), ("3 b n h d", 0), ("b n 3 h d", 2)])
def test_three_in_one_tensor_lie_as_they_are_declared(axes, three):
    left = axes.replace("3 ", "").replace("(b n)", "n").split()
    assert found(parted(three, left), *SOME, call="qkv-packed", axes=axes)[0] == {"pass"}


@pytest.mark.parametrize("heads", [None, ((8, 2),), ((8, 2), (4, 4))])
def test_calls_without_rows_have_fewer_heads_of_keys(heads):
    def flat(q, k, positions, *, base=10000.0):
        return turned(q, positions, base, tokens=-3), turned(k, positions, base, tokens=-3)

    assert found(flat, *SOME, call="qk-positions", axes="n h d", heads=heads)[0] <= {"pass", "not-applicable"}


def test_rows_have_places_of_their_own_on_a_grid():
    def by_tables(q, k, cos, sin):
        half = cos.shape[-1] // 2
        c, s = cos[:, None, :, :half], sin[:, None, :, :half]

        def turn(x):
            return torch.cat([x[..., :half] * c - x[..., half:] * s, x[..., half:] * c + x[..., :half] * s], dim=-1)

        return turn(q), turn(k)

    asked = {"call": "qk-tables", "encoding": "mrope"}
    assert found(by_tables, "batched-positions", "exact-values", **asked)[0] == {"pass"}


def test_tables_that_follow_the_length_are_not_asked_whether_they_do():
    def by_tables(x, cos, sin):
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)

    lengths = ("prefill-equals-decode", "length-independence")
    assert found(by_tables, *lengths, encoding="rope-dynamic-ntk", call="x-tables")[0] == {"not-applicable"}


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_a_scripted_function_is_read():
    @torch.jit.script
    def scripted(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)

    assert found(scripted, "exact-values", call="x-tables")[0] == {"pass"}


def test_the_side_of_a_failure_is_replayed(tmp_path):
    head = f"{HEAD}{inspect.getsource(turned)}\n\n"
    body = "return turned(q, positions, base), turned(k, positions.abs(), base)"
    source = plugin(body, '"rope", call="qk-positions", layout="half"', call=f"q, k, {PLACED}", head=head)
    results = ran(written(tmp_path, source), properties=["negative-positions"], dtypes=["float32"]).results
    (result,) = (result for result in results if not result.conforms)
    assert '"side": "key"' in result.reproduce
    assert pytested(*shlex.split(result.reproduce)[2:])[0] == 1


REFUSED = [
    ({"devices": ("gpu",)}, "devices: 'gpu' names no device"),
    ({"devices": (3,)}, "devices: 3 names no device"),
    ({"call": "qk-tables", "apply": turned}, "apply is declared for call='module-tables'"),
    ({"call": "module-tables", "axes": "b n h d"}, "without apply=... the suite itself turns q and k: leave it out"),
    ({"call": "module-tables", "arrays": "numpy"}, "a module that makes tables gets tensors"),
    ({"call": "qk-tables", "table_dtype": "float16"}, "unknown table_dtype 'float16'"),
    ({"encoding": "rope-2d", "call": "packed"}, "rope-2d has a grid"),
    ({"call": "qkv-packed", "heads": ((8, 2),)}, "heads has more of q than of k"),
    ({"parameters": {"base": True}}, "the parameter base is fixed to True; expected a positive number"),
    ({"parameters": {"base": float("inf")}}, "the parameter base is fixed to inf; expected a positive number"),
    ({"encoding": "rope-longrope", "parameters": {"long_factor": [float("nan")] * 4}}, "expected finite numbers"),
    ({"encoding": "rope-yarn", "parameters": {"mscale": float("nan")}}, "expected a finite number"),
    ({"encoding": "rope-yarn", "parameters": {"mscale_all_dim": -10.0}}, "the scale of pair 0 is"),
    ({"encoding": "partial-rope", "parameters": {"rotary_dim": 4.5}}, "expected a positive integer"),
    ({"encoding": "rope-longrope", "parameters": {"long_factor": [0.0] * 4}}, "the frequency of pair 0 is inf"),
]


@pytest.mark.parametrize(("declared", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_makes_no_sense_is_one_sentence(declared, said):
    outcomes, messages = found(lambda q, k, *more: (q, k), "norm", **declared)
    assert outcomes == {"error"}
    assert said in messages[0]
