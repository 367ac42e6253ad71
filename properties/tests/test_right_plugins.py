"""Ten lines that are right pass, however they are declared and registered; a declared limit must be kept."""

import pytest

from properties.tests.plugins import (
    CALL,
    HALF,
    HEAD,
    INTERLEAVED,
    TURN_INTERLEAVED,
    outcomes,
    plugin,
    pytested,
    ran,
    turn,
    written,
)
from properties.tests.turns import in_turn

EVERY = "('float64', 'float32', 'bfloat16', 'float16')"
SHIFTED = turn().replace("positions[", "(positions + 1)[")
BATCHED = (
    turn()
    .replace("positions[:, None]", "positions[..., None]")
    .replace("    cos, sin", "    if positions.ndim == 2:\n        angles = angles[:, None]\n    cos, sin")
)
FIXED = turn().replace("base", "500000.0")
TENSOR2TENSOR = """
    half = dim // 2
    step = torch.log(torch.tensor(base)) / max(half - 1, 1)
    angles = positions[:, None] * torch.exp(-step * torch.arange(half))
    return torch.cat((angles.sin(), angles.cos()), -1).to(dtype)"""
TABLE = """
    angles = positions[:, None] * base ** -(torch.arange(0, dim, 2) / dim)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)"""
PARTIAL = """
    half = rotary_dim // 2
    angles = positions[:, None] * base ** -(torch.arange(half) / half)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b, rest = x[..., :half], x[..., half:rotary_dim], x[..., rotary_dim:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin, rest), -1)"""
PLAIN = f"{HEAD}def turned(x, positions, *, base=10000.0):{turn()}\n\n"
CLOSURE = "return lambda x, positions: turned(x, positions, base=base)"
CACHED = f"""{PLAIN}class Cached:
    def __init__(self, dim, base=10000.0):
        self.base = base
    def __call__(self, x, positions):
        return turned(x, positions, base=self.base)
"""
EQUAL = f"""{PLAIN}import dataclasses
@dataclasses.dataclass
class Equal:
    def __call__(self, x, positions, *, base=10000.0):
        return turned(x, positions, base=base)
"""
MODULE = f"""{PLAIN}class Module(torch.nn.Module):
    def __init__(self, dim, base=10000.0):
        super().__init__()
        self.base = base
    def forward(self, x, positions):
        return turned(x, positions, base=self.base)
"""
BOUND = f"""{PLAIN}import functools
def scaled(scale, x, positions, *, base=10000.0):
    return turned(x, positions, base=base)
"""

RIGHT = {
    "interleaved": plugin(turn(TURN_INTERLEAVED), INTERLEAVED),
    "default-layout": plugin(turn(TURN_INTERLEAVED), '"rope", form="elementwise"'),
    "rotate-half-is-half": plugin(turn(), '"rope", form="rotate-half"'),
    "float64": plugin(turn(wide=True), f"{HALF}, dtypes={EVERY}"),
    "role": plugin(turn(), call="x, positions, role, *, base=10000.0"),
    "swallows-keywords": plugin(turn(), call="x, positions, base=10000.0, **others"),
    "batched": plugin(BATCHED, f"{HALF}, batched=True"),
    "score": plugin(SHIFTED, f"{HALF}, compare='score'"),
    "softmax": plugin(SHIFTED, f"{HALF}, compare='softmax'"),
    "convention": plugin(
        TENSOR2TENSOR,
        '"sinusoidal", form="elementwise", layout="half", convention="tensor2tensor"',
        call="positions, dim, *, dtype=torch.float32, base=10000.0",
    ),
    "table-of-one-dtype": plugin(
        TABLE, '"sinusoidal", form="elementwise", dtypes=["float32"]', call="positions, dim, *, base=10000.0"
    ),
    "partial": plugin(PARTIAL, '"partial-rope", form="rotate-half"', call="x, positions, rotary_dim, base=1e4"),
    "factory": plugin(CLOSURE, f"{HALF}, factory=True", call="dim, *, base=10000.0", head=PLAIN),
    "factory-class": f"{CACHED}implements({HALF}, factory=True, name='mine')(Cached)\n",
    "factory-module": f"{MODULE}implements({HALF}, factory=True, name='mine')(Module)\n",
    "object": f"{CACHED}implements({HALF}, name='mine', parameters={{'base': 10000.0}})(Cached(8))\n",
    "unhashable-object": f"{EQUAL}implements({HALF}, name='mine')(Equal())\n",
    "partial-function": f"{BOUND}implements({HALF}, name='mine')(functools.partial(scaled, 1))\n",
}


@pytest.mark.parametrize("name", in_turn(RIGHT, 6))
def test_a_right_plugin_passes(tmp_path, name):
    found = ran(written(tmp_path, RIGHT[name]), dtypes=["float32"])
    seen = outcomes(found.results)
    assert found.conforms, {one.property: one.message or one.error for one in found.results if not one.conforms}
    assert seen.keys() <= {"pass", "not-applicable", "not-run"}
    assert len(seen["pass"]) >= (5 if "compare" in RIGHT[name] else 27)


def test_ten_lines_in_float32_pass_in_every_dtype(tmp_path):
    source = plugin(turn())
    assert source.count("\n") <= 11
    status, said = pytested("--impl", written(tmp_path, source))
    assert status == 0, said
    assert "failed" not in said


def test_naming_float64_claims_its_accuracy(tmp_path):
    path = written(tmp_path, plugin(turn(), f"{HALF}, dtypes=('float64', 'float32')"))
    some = ["exact-values", "exact-logits", "spectrum", "large-positions", "norm", "symmetry"]
    found = ran(path, properties=some, dtypes=["float64", "float32"])
    failed = outcomes(found.results)["fail"]
    assert "exact-values float64" in failed
    assert "spectrum float64" in failed or "large-positions float64" in failed
    assert {cell.split()[-1] for cell in failed} == {"float64"}
    assert not found.conforms


def test_only_scores_are_looked_at_where_only_scores_are_claimed(tmp_path):
    wrong = turn().replace("+ a * sin", "- a * sin")
    told = ["exact-values", "exact-logits"]
    found = ran(written(tmp_path, plugin(wrong, f"{HALF}, compare='score'")), properties=told, dtypes=["float32"])
    seen = outcomes(found.results)
    assert "exact-logits float32" in seen["fail"]
    assert "exact-values float32" in seen["not-applicable"]
    shifted = ran(written(tmp_path, plugin(SHIFTED), "shifted.py"), properties=["exact-values"])
    assert not shifted.conforms


@pytest.mark.parametrize("base", ["500000.0", "10000.0"])
def test_fixed_parameters_are_those_it_is_held_to(tmp_path, base):
    source = plugin(turn().replace("base", base), f"{HALF}, parameters={{'base': 500000.0}}", call="x, positions")
    some = ["exact-values", "exact-logits", "spectrum", "instance-independence", "parameters-honoured"]
    assert ran(written(tmp_path, source), properties=some, dtypes=["float32"]).conforms == (base == "500000.0")


# A limit: what is declared, how it is kept, and how it is silently broken.
ERROR = "\n        raise ValueError('out of range')"
FRACTION = "positions.is_floating_point()"
LIMITS = {
    "integers": ("positions='integers'", f"if {FRACTION}:{ERROR}", "positions = positions.long()"),
    "non-negative": (
        "positions='non-negative'",
        f"if {FRACTION} or (positions < 0).any():{ERROR}",
        "positions = positions.abs()",
    ),
    "contiguous": (
        "positions='contiguous'",
        f"if {FRACTION} or (positions < 0).any() or (positions.diff() != 1).any():{ERROR}",
        "positions = positions[0] + torch.arange(len(positions))",
    ),
    "max-position": (
        "max_position=4096",
        f"if positions.max() > 4096:{ERROR}",
        "positions = positions.clamp(max=4096)",
    ),
    "dtypes": (
        "dtypes=('float32',)",
        f"if x.dtype != torch.float32:{ERROR}",
        "x = x if x.dtype == torch.float32 else x.bfloat16().to(x.dtype)",
    ),
}


@pytest.mark.parametrize("name", in_turn(LIMITS, 6))
def test_a_declared_limit_is_kept_or_found_to_be_broken(tmp_path, name):
    declared, kept, broken = LIMITS[name]
    right = plugin(kept + turn(), f"{HALF}, {declared}")
    wrong = plugin(broken + turn(), f"{HALF}, {declared}")
    found = ran(written(tmp_path, right, "right.py"), dtypes=["float32"])
    assert found.conforms, {one.property: one.message for one in found.results if not one.conforms}
    assert "declared-limits float32" in outcomes(found.results)["pass"]
    found = ran(written(tmp_path, wrong, "wrong.py"), dtypes=["float32"])
    assert outcomes(found.results)["fail"] == {"declared-limits float32"}


# By property: it uses the default base, goes beyond the limit, or draws dimensions below the fixed size.
BEYOND_16 = f"if positions.max() > 16:{ERROR}" + turn()
FIXED_SIZE = '"partial-rope", form="rotate-half", parameters={"rotary_dim": 64}'
FALSE_ALARMS = {
    "remote-decay": plugin(FIXED, f"{HALF}, parameters={{'base': 500000.0}}", call="x, positions"),
    "call-independence": plugin(BEYOND_16, f"{HALF}, max_position=16"),
    "norm": plugin(PARTIAL, FIXED_SIZE, call=f"{CALL}, rotary_dim=64"),
}


@pytest.mark.parametrize("name", FALSE_ALARMS)
def test_a_right_plugin_is_not_held_to_more_than_it_declares(tmp_path, name):
    assert ran(written(tmp_path, FALSE_ALARMS[name]), properties=[name], dtypes=["float32"]).conforms


def test_one_function_under_two_names_is_two_implementations(tmp_path):
    right = f'@implements({HALF}, name="right")\n'
    source = HEAD + right + plugin(turn(), f"{INTERLEAVED}, name='wrong'", head="")
    found = ran(written(tmp_path, source), properties=["exact-values"], dtypes=["float32"])
    assert {one.implementation: one.outcome for one in found.results} == {"right": "pass", "wrong": "fail"}
