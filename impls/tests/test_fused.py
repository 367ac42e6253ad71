"""What is compiled is compiled, once for all sizes: a body that was given up is slow again, without a word.

And what is turned in any way is turned rightly: the mistakes that such code has are found.
"""

import pytest
import torch
from torch._dynamo.utils import counters

from impls.door.devices import compiles
from impls.forms import fused
from impls.tests.planted import checked, planted

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(not compiles("cpu"), reason="there is no compiler")]
SIZES = [(2, 8, 513, 64), (3, 4, 1024, 80), (16, 40, 100, 128), (5, 7, 333, 96)]
AT = (fused.fused_half, fused.fused_interleaved)
BY_TABLES = (fused.half_tables, fused.interleaved_tables)
IN_PLACE = (fused.half_in_place, fused.interleaved_in_place)
FORM = "forms/fused.py"
MISTAKES = {
    "one half turns the other way": ("half", FORM, "(y * cos + x * sin)", "(y * cos - x * sin)"),
    "frequencies reach 1/base": ("half", FORM, "row[:-1].float()", "row[1:].float()"),
    "frequencies are rounded": ("half", FORM, "row[:-1].float()", "row[:-1].bfloat16().float()"),
    "the second of a word is lost": ("interleaved", FORM, "(high & -(1 << HALVES))", "(low & -(1 << HALVES))"),
    "words are not written in place": ("interleaved-in-place", FORM, "x.copy_(_words", "x.clone().copy_(_words"),
    "halves are not written in place": ("half-in-place", FORM, "x.copy_(_turn_halves", "x.clone().copy_(_turn_halves"),
    "its gradient is not turned back": ("half-tables", "turning.py", "first, -second", "first, second"),
}


def handed(turn, shape):
    """Positions, or tables."""
    tokens, dim = shape[-2:]
    return [torch.arange(tokens)] if turn in AT else [torch.randn(tokens, dim // 2) for _ in range(2)]


def compiled_bodies(turn, shapes, gradient=False, dtype=torch.bfloat16):
    torch._dynamo.reset()
    counters.clear()
    for shape in shapes:
        x = torch.randn(shape, dtype=dtype, requires_grad=gradient)
        y = turn(x, *handed(turn, shape))
        if gradient:
            torch.autograd.grad(y, x, torch.randn_like(y))
    assert not counters["graph_break"]
    assert not counters["unimplemented"]
    return counters["stats"]["unique_graphs"]


@pytest.mark.parametrize("turn", [*AT, *BY_TABLES, *IN_PLACE])
def test_large_calls_of_all_sizes_are_one_compiled_body(turn):
    assert compiled_bodies(turn, SIZES) == 1


@pytest.mark.parametrize("turn", [*AT, *BY_TABLES])
def test_so_are_they_with_their_gradients(turn):
    assert compiled_bodies(turn, SIZES, gradient=True) == 1


def test_tables_of_complex_numbers_are_one_too():
    assert compiled_bodies(fused.fused_interleaved, SIZES[:3], dtype=torch.float32) == 1


@pytest.mark.parametrize("turn", [*AT, *BY_TABLES, *IN_PLACE])
def test_small_calls_are_not(turn):
    assert not compiled_bodies(turn, [(1, 8, 16, 64)])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    name, *change = MISTAKES[mistake]
    form = f"impls.forms.fused::rope-fused-{name}"
    assert checked(planted(tmp_path, *change), form, ("exact-values", "real-sizes", "gradient"), "fast") == 1
