"""Right code that remembers is right; what is wrong after other calls, in a mode or somewhere in memory is told so."""

import pytest

from properties.runs.catalogue import PROPERTIES
from properties.tests.plugins import HALF, HEAD, outcomes, plugin, ran, turn, written

HISTORY = [prop.id for prop in PROPERTIES if prop.statement.section == "state"]
POSITIONS = ["position-dtypes", "far-position-dtypes", "narrow-positions", "position-memory", "no-tokens", "nan-kept"]
ASKED = [*HISTORY, *POSITIONS, "matmul-precision-agreement", "batched-lengths", "whole-grids"]
TURNED = f"{HEAD}TABLES = {{}}\n\ndef turned(x, positions, base=10000.0):{turn()}\n\n"
APPLIED = """
    a, b = x.chunk(2, -1)
    cos, sin = (each[positions.long()].to(x.dtype) for each in table)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)"""
GROWS = """
    reach = int(positions.max()) + 1 if len(positions) else 0
    known = TABLES.get((x.shape[-1], base))
    if known is None or len(known[0]) < reach:
        half = x.shape[-1] // 2
        angles = torch.arange(max(reach, 64))[:, None] * base ** -(torch.arange(half) / half)
        known = TABLES[x.shape[-1], base] = angles.cos(), angles.sin()
    table = known"""
INTEGERS = f"{HALF}, positions='non-negative'"
DYNAMIC = """
    length = positions.double().amax(-1, keepdim=True).floor() + 1
    half = x.shape[-1] // 2
    grown = base * (factor * (length / max_position_embeddings).clamp(min=1) - factor + 1) ** (half / (half - 1))
    angles = positions.double()[..., None] * grown[..., None] ** -(torch.arange(half) / half)
    angles = angles[:, None] if positions.ndim == 2 else angles
    a, b, cos, sin = *x.chunk(2, -1), angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)"""

RIGHT = {
    "a table that all calls share and that grows": plugin(GROWS + APPLIED, INTEGERS, head=TURNED),
    "results that lie otherwise in memory": plugin(
        "y = turned(x, positions, base)\n    wide = y.new_zeros(*y.shape[:-1], 2 * y.shape[-1])\n"
        "    wide[..., ::2] = y\n    return wide[..., ::2]",
        head=TURNED,
    ),
    "results whose axes lie exchanged": plugin(
        "return turned(x, positions, base).transpose(-1, -2).contiguous().transpose(-1, -2)", head=TURNED
    ),
    "a buffer in the memory of the input, written anew": plugin(
        "y = torch.empty_like(x)\n    y[...] = turned(x, positions, base)\n    return y", head=TURNED
    ),
    "every row of a batch as long as it is": plugin(
        DYNAMIC,
        '"rope-dynamic-ntk", form="rotate-half", layout="half", batched=True',
        call="x, positions, *, base=10000.0, factor=2.0, max_position_embeddings=2048",
    ),
    "an error where a setting or a dtype is not served": plugin(
        "if torch.get_default_dtype() == torch.float64 or positions.dtype in (torch.float16, torch.bfloat16):\n"
        "        raise TypeError('not served')\n    return turned(x, positions, base)",
        head=TURNED,
    ),
}


@pytest.mark.parametrize("what", RIGHT)
@pytest.mark.parametrize(
    "dtypes", [("float32", "bfloat16"), pytest.param(("float64", "float16"), marks=pytest.mark.thorough)], ids="-".join
)
def test_right_code_is_not_accused(tmp_path, what, dtypes):
    found = ran(written(tmp_path, RIGHT[what]), properties=ASKED, dtypes=dtypes)
    assert found.conforms, [(one.property, one.dtype, one.message) for one in found.results if not one.conforms]
    assert len(outcomes(found.results)["pass"]) > 25


SINES = """
    angles = positions[:, None] * base ** -(torch.arange(0, dim, 2) / dim)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2).to(dtype)"""
TABLE = {"declared": '"sinusoidal", form="elementwise"', "call": "positions, dim, *, dtype=torch.float32, base=10000.0"}
MADE = GROWS.replace("angles.cos(), angles.sin()", "angles.cos().to(x.dtype), angles.sin().to(x.dtype)")
WRONG = {
    "a table in the dtype that came first": (
        plugin(MADE + APPLIED, INTEGERS, head=TURNED),
        {"dtype-independence"},
    ),
    "a table by the tensor of positions": (
        plugin(
            f"if TABLES.get(0) is positions:\n        return TABLES[1]{SINES}".replace(
                "return torch.stack", "TABLES[0] = positions\n    TABLES[1] = torch.stack"
            )
            + "\n    return TABLES[1]",
            TABLE["declared"],
            call=TABLE["call"],
            head=TURNED,
        ),
        {"storage-independence"},
    ),
    "a table in another thread": (
        plugin(
            f"positions = positions + (threading.current_thread() is not threading.main_thread()){SINES}",
            TABLE["declared"],
            call=TABLE["call"],
            head=f"import threading\n{TURNED}",
        ),
        {"mode-independence"},
    ),
    "a table of 16 bits": (
        plugin(
            f"positions = positions.short() if positions.dtype == torch.int32 else positions{SINES}",
            TABLE["declared"],
            call=TABLE["call"],
            head=TURNED,
        ),
        {"far-position-dtypes"},
    ),
    "a bias of strided positions": (
        plugin(
            "q, k = (p.as_strided(p.shape, (1,)) if p.stride(0) else p for p in (query_positions, key_positions))\n"
            "    slopes = 2.0 ** (-8.0 / heads * torch.arange(1, heads + 1))\n"
            "    return (-slopes[:, None, None] * (q[:, None] - k).abs()).to(dtype)",
            '"alibi", form="elementwise", convention="geometric"',
            call="query_positions, key_positions, heads, *, dtype=torch.float32",
            head=TURNED,
        ),
        {"position-memory"},
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_code_is_told_by_what_it_depends_on(tmp_path, what):
    source, expected = WRONG[what]
    found = ran(written(tmp_path, source), properties=ASKED, dtypes=["float32", "bfloat16"])
    assert {one.property for one in found.results if not one.conforms} == expected


@pytest.mark.parametrize(
    ("fault", "prop", "told"),
    [
        ("every-fifth-call-loses-a-token", "determinism", "3 of 16 identical calls differ from the first"),
        (
            "eleventh-call-and-later",
            "determinism",
            "the first 10 of 16 identical calls agree, and all later ones differ from them",
        ),
        ("tables-made-in-inference-mode", "training-after-inference", "after a call under inference it refuses"),
    ],
)
def test_what_depends_on_the_calls_before_says_how(fault, prop, told):
    (failed,) = [
        one
        for one in ran(f"impls.faults.rope_history::{fault}", properties=[prop], dtypes=["float32"]).results
        if one.outcome == "fail"
    ]
    assert failed.message.startswith(told)
