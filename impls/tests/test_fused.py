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
    "halves are not written in place": ("half-in-place", FORM, "x.copy_(turned(", "x.clone().copy_(turned("),
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


def turned_exactly(x, cos, sin, half):
    """In float64."""
    x, cos, sin = x.double(), cos.double(), sin.double()
    a, b = x.chunk(2, -1) if half else (x[..., 0::2], x[..., 1::2])
    turned = (a * cos - b * sin, b * cos + a * sin)
    return torch.cat(turned, -1) if half else torch.stack(turned, -1).flatten(-2)


def on_a_copy(turn):
    def turned(x, *tables):
        copied = x.clone()
        turn(copied, *tables)
        return copied

    return turned


DERIVED = {
    "half": (fused.half_tables, True),
    "interleaved": (fused.interleaved_tables, False),
    "half in place": (on_a_copy(fused.half_in_place), True),
    "interleaved in place": (on_a_copy(fused.interleaved_in_place), False),
}


@pytest.mark.parametrize("form", DERIVED)
@pytest.mark.parametrize("tokens", [4, 512], ids=["small", "large"])
@pytest.mark.parametrize(("dtype", "unit"), [(torch.float32, 2**-24), (torch.bfloat16, 2**-8)])
def test_derivatives_forward_and_backward_are_turned(form, tokens, dtype, unit):
    """With one rounding, and those of float32 before it; alone, and mapped over a batch."""
    turn, half = DERIVED[form]
    x, v = torch.randn(2, 1, 4, tokens, 64, dtype=dtype)
    cos, sin = torch.randn(2, tokens, 32)
    leaf = x.clone().requires_grad_()
    found = {
        "forward": torch.func.jvp(lambda y: turn(y, cos, sin), (x,), (v,))[1],
        "mapped": torch.func.vmap(lambda y: turn(y, cos, sin))(torch.stack([x, v]))[1],
        "backward": torch.autograd.grad(turn(leaf, cos, sin), leaf, v)[0],
        "function": torch.func.vjp(lambda y: turn(y, cos, sin), x)[1](v)[0],
    }
    for name, got in found.items():
        expected = turned_exactly(v, cos, -sin if name in ("backward", "function") else sin, half)
        torch.testing.assert_close(got.double(), expected, rtol=unit, atol=2**-19, msg=name)


@pytest.mark.parametrize("turn", BY_TABLES)
def test_many_numbers_have_no_gradient_for_their_tables(turn):
    cos, sin = torch.randn(2, 512, 32)
    with pytest.raises(ValueError, match="detach them"):
        turn(torch.randn(1, 4, 512, 64), cos, sin.requires_grad_())


def test_words_begin_where_words_may():
    """An odd offset, or an odd stride along an axis of one, is no reason to fail."""
    cos, sin = torch.randn(2, 256, 32)
    shifted = torch.randn(2 * 256 * 64 + 1).bfloat16()[1:].view(1, 2, 256, 64)
    one = torch.randn(1, 1, 2, 256 * 64 + 1).bfloat16()[:, :, 1:, 1:].unflatten(-1, (256, 64))[0]
    for x in (shifted, one):
        expected = turned_exactly(x, cos, sin, half=False)
        torch.testing.assert_close(fused.interleaved_tables(x, cos, sin).double(), expected, rtol=2**-8, atol=2**-19)
    fused.interleaved_in_place(shifted, cos, sin)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    name, *change = MISTAKES[mistake]
    form = f"impls.forms.fused::rope-fused-{name}"
    assert checked(planted(tmp_path, *change), form, ("exact-values", "real-sizes", "gradient"), "fast") == 1
