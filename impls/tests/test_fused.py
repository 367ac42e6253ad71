"""What is compiled is compiled, once for all sizes: a body that was given up is slow again, without a word."""

import pytest
import torch
from torch._dynamo.utils import counters

from impls.door.devices import compiles
from impls.forms import fused

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(not compiles("cpu"), reason="there is no compiler")]
SIZES = [(2, 8, 513, 64), (3, 4, 1024, 80), (16, 40, 100, 128), (5, 7, 333, 96)]


@pytest.mark.parametrize("turn", [fused.fused_half, fused.fused_interleaved])
def test_large_calls_of_all_sizes_are_one_compiled_body(turn):
    torch._dynamo.reset()
    counters.clear()
    for shape in SIZES:
        x = torch.randn(shape, dtype=torch.bfloat16)
        turn(x, torch.arange(shape[-2]))
    assert counters["stats"]["unique_graphs"] == 1
    assert not counters["graph_break"]
    assert not counters["unimplemented"]


@pytest.mark.parametrize("turn", [fused.fused_half, fused.fused_interleaved])
def test_small_calls_are_not(turn):
    torch._dynamo.reset()
    counters.clear()
    turn(torch.randn(1, 8, 16, 64, dtype=torch.bfloat16), torch.arange(16))
    assert not counters["stats"]
