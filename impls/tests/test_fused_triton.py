"""The kernel of RoPE in Triton's interpreter: it conforms, and the mistakes that kernels have do not."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from impls.tests.planted import HOUSE, checked, planted

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(find_spec("triton") is None, reason="triton is not installed"),
]
KERNEL, FORMS = "kernels.py", "forms/fused_triton.py"
MISTAKES = {
    "the last tile is left out": ("half", KERNEL, "& (token < tokens))", "& (token < tokens - tokens % TILE))"),
    "the second head is that of the first": ("half", KERNEL, "* HEADS + head +", "* HEADS +"),
    "half a row is stored": ("interleaved", KERNEL, "(column < 2 * pairs)[None, :]", "(column < pairs)[None, :]"),
    "angles are rounded": ("half", KERNEL, "tl.cos(angle)", "tl.cos(angle.to(tl.bfloat16).to(tl.float32))"),
    "it turns the other way": ("interleaved", KERNEL, "tl.sin(angle)", "-tl.sin(angle)"),
    "tables are those of the token before": ("half-tables", KERNEL, "here = token", "here = (token // 2 * 2)"),
    "its gradient is not turned back": ("interleaved-tables", "turning.py", "first, -second", "first, second"),
    "nothing is written in place": ("half-in-place", FORMS, "_launch(dense, dense,", "_launch(dense, dense.clone(),"),
}


def conforms(house: Path, form: str = "") -> int:
    properties = ("exact-values", "layout", "gradient")
    return checked(house, f"impls.forms.fused_triton{form}", properties, "brief", TRITON_INTERPRET="1")


def test_they_conform():
    assert conforms(HOUSE) == 0


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    name, *change = MISTAKES[mistake]
    assert conforms(planted(tmp_path, *change), f"::rope-triton-{name}") == 1
