"""What an adapter declares impossible it refuses, and what would end the process as well."""

import pytest
import torch

from impls.zoo.tests.adapters import ALONG_A_LINE, NOT_TWO, PEERS, ROTARY, TABLES, UNIT, available, build


@pytest.mark.parametrize("name", ALONG_A_LINE)
def test_refuses_what_it_declares_impossible(name):
    peer = available(name)
    if peer.encoding == "sinusoidal":
        call = lambda positions: peer.function(positions, 8)  # noqa: E731
    else:
        rope, x = build(peer, 8), torch.randn(1, 8)
        call = lambda positions: rope(x, positions)  # noqa: E731
    refused = {
        "any": [],
        "integers": [torch.tensor([0.5])],
        "non-negative": [torch.tensor([0.5]), torch.tensor([-1])],
        "contiguous": [torch.tensor([0.5]), torch.tensor([-1])],
    }[peer.positions]
    if peer.max_position is not None:
        call(torch.tensor([peer.max_position]))
        refused.append(torch.tensor([peer.max_position + 1]))
    for positions in refused:
        with pytest.raises(ValueError, match="positions must"):
            call(positions)


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.encoding == "sinusoidal-2d"])
def test_refuses_places_that_it_declares_impossible(name):
    peer = available(name)
    if peer.positions == "any":
        pytest.skip("takes places anywhere")
    beyond = peer.max_position + 1
    for place in ([0, -1], [-1, 0], [0.5, 0], [beyond, 0], [0, beyond]):
        with pytest.raises(ValueError, match="positions must"):
            peer.function(torch.tensor([place]), 8)


@pytest.mark.parametrize("name", ROTARY)
def test_refuses_a_dtype_that_it_does_not_declare(name):
    peer = available(name)
    for dtype in set(UNIT) - set(peer.dtypes or UNIT):
        with pytest.raises(Exception, match=r"convert x|NOT_IMPLEMENTED"):
            build(peer, 8)(torch.randn(1, 8).to(getattr(torch, dtype)), torch.tensor([1]))


@pytest.mark.parametrize("name", sorted(NOT_TWO))
def test_has_no_dim_two(name):
    peer = available(name)
    with pytest.raises(ZeroDivisionError):
        peer.function(torch.tensor([1]), 2) if name in TABLES else build(peer, 2)


def test_counted_positions_must_be_consecutive_and_one_for_each_row():
    rope = build(available("rotary-embedding-torch-counted"), 8)
    with pytest.raises(ValueError, match=r"must be consecutive, such as 7, 8, 9, got 4, 6"):
        rope(torch.randn(2, 8), torch.tensor([4, 6]))
    with pytest.raises(ValueError, match="one position a row"):
        rope(torch.randn(2, 8), torch.tensor([4, 5, 6]))


@pytest.mark.parametrize("name", ["ggml-interleaved", "ggml-half", "ggml-partial"])
def test_refuses_what_would_end_the_process(name):
    peer = available(name)
    rope = build(peer, 8)
    for positions in (torch.arange(3), torch.arange(9), torch.zeros(2, 5, dtype=torch.int64)):
        with pytest.raises(ValueError, match="one position a row"):
            rope(torch.randn(2, 3, 5, 8), positions)
    with pytest.raises(ValueError, match="coordinates or more"):
        rope(torch.randn(5, 2), torch.arange(5))
    with pytest.raises(ValueError, match="an even number of coordinates"):
        peer.function(7, rotary_dim=7) if peer.encoding == "partial-rope" else peer.function(7)
