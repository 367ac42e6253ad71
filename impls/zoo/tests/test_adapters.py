"""Every adapter gives what its library gives, which is the encoding except where a deviation is written down."""

import math
from inspect import signature

import pytest
import torch

from impls.zoo.tests.adapters import (
    DIMS,
    FOREIGN,
    NARROWED,
    PEERS,
    ROTARY,
    ROUNDED_ANGLES,
    ROUNDED_POSITIONS,
    SCALED,
    TABLES,
    UNIT,
    WIDENED,
    available,
    bound,
    build,
    cos_and_sin,
    draw,
    dtypes_of,
    exact,
    positions_for,
    turned_by,
)


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize(("name", "dtype"), dtypes_of(ROTARY))
def test_rotation(name, dtype, dim):
    peer = available(name)
    positions = positions_for(peer, dtype)
    x = draw(peer, positions, dim, dtype)
    before = x.clone()
    y = build(peer, dim)(x, torch.tensor(positions))
    rotated = turned_by(peer, dim)
    error = (y.double() - exact(x, positions, peer.layout, rotated)).norm(dim=-1) / x.double().norm(dim=-1)
    error, allowed = error.amax(dim=(0, 1)), bound(positions, dtype)
    assert torch.equal(x, before)
    assert torch.equal(y[..., rotated:], x[..., rotated:].to(y.dtype))
    assert y.shape == x.shape
    assert y.dtype == (torch.float32 if name in WIDENED and UNIT[dtype] > 2.0**-24 else x.dtype)
    far = torch.tensor(positions).abs() > {"bfloat16": 256, "float16": 2048}.get(dtype, math.inf)
    if name in ROUNDED_ANGLES | ROUNDED_POSITIONS and far.any():
        assert (error > allowed)[far].any()
        if name in ROUNDED_ANGLES:
            return
        error, allowed = error[~far], allowed[~far]
    assert (error <= allowed).all()


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize(("name", "dtype"), dtypes_of(TABLES))
def test_table(name, dtype, dim):
    peer = available(name)
    positions = positions_for(peer, dtype)
    table = peer.function(torch.tensor(positions), dim, dtype=getattr(torch, dtype))
    cos, sin = cos_and_sin(positions, dim, convention=peer.convention)
    wanted = torch.cat([sin, cos], -1) if peer.layout == "half" else torch.stack([sin, cos], -1).flatten(-2)
    error = (table.double() - wanted).abs().amax(-1)
    allowed = 4 * 2.0**-24 * torch.tensor(positions).abs() + 2.0**-24 + UNIT[dtype] / 2
    assert table.dtype == getattr(torch, dtype)
    assert (error <= allowed).all() != (name in ROUNDED_ANGLES and UNIT[dtype] > 2.0**-24)


@pytest.mark.parametrize("name", sorted(NARROWED))
def test_float64_narrowed_to_float32(name):
    x = torch.full((1, 8), 1 / 3, dtype=torch.float64)
    y = build(available(name), 8)(x, torch.tensor([0]))
    assert y.dtype == torch.float64
    assert torch.equal(y, x.float().double())


@pytest.mark.parametrize("name", [name for name in ROTARY if "base" in signature(PEERS[name].function).parameters])
def test_base(name):
    peer = available(name)
    positions = [3, 4, 5, 6]
    x = draw(peer, positions, 8, "float32")
    y = build(peer, 8, base=500000.0)(x, torch.tensor(positions))
    torch.testing.assert_close(y.double(), exact(x, positions, peer.layout, turned_by(peer, 8), 5e5), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ROTARY)
def test_any_leading_axes_and_strides(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.arange(3, 8)
    x = draw(peer, positions, 8, "float32")
    y = rope(x, positions)
    for part in ((1, 2), (1,), (slice(None), slice(None), slice(None), slice(None)), (None,)):
        torch.testing.assert_close(rope(x[part], positions), y[part], rtol=0, atol=1e-6)
    torch.testing.assert_close(rope(x.transpose(1, 2).contiguous().transpose(1, 2), positions), y, rtol=0, atol=1e-6)
    torch.testing.assert_close(rope(x[:1].expand(2, -1, -1, -1), positions), y[:1].expand(2, -1, -1, -1))
    for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32):
        assert torch.equal(rope(x, positions.to(dtype)), y)


@pytest.mark.parametrize("name", [name for name in SCALED if PEERS[name].compare == "value"])
def test_scaled_by_one_it_is_rope(name):
    peer = available(name)
    positions = list(range(40, 60))
    x = draw(peer, positions, 8, "float32")
    y = build(peer, 8, base=10000.0, factor=1.0)(x, torch.tensor(positions))
    torch.testing.assert_close(y.double(), exact(x, positions, peer.layout, 8), atol=2e-5, rtol=0)


@pytest.mark.parametrize("name", [name for name in ROTARY if PEERS[name].batched])
def test_positions_of_each_batch_row(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.tensor([[0, 4, 2, 9, 1], [7, 7, 3, 100, 5]])
    x = draw(peer, positions[0], 8, "float32")
    rows = [exact(x[row], positions[row].tolist(), peer.layout, turned_by(peer, 8)) for row in (0, 1)]
    torch.testing.assert_close(rope(x, positions).double(), torch.stack(rows), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ROTARY)
def test_gradient(name):
    peer = available(name)
    rope, positions = build(peer, 8), torch.arange(3, 8)
    x = draw(peer, positions, 8, "float32").requires_grad_()
    if name.startswith(FOREIGN):
        with pytest.raises(RuntimeError, match="requires grad"):
            rope(x, positions)
        return
    upstream = torch.randn_like(x)
    (gradient,) = torch.autograd.grad(rope(x, positions), x, upstream)
    back = exact(upstream, (-positions).tolist(), peer.layout, turned_by(peer, 8))
    torch.testing.assert_close(gradient.double(), back, rtol=0, atol=1e-5)


def test_partial_factor_of_gpt_neox_is_cut_not_rounded():
    """int(98 * (4 / 98)) is 3: the frequencies are 10000^(-2i/3), of coordinates that are four all the same."""
    rope = build(available("transformers-gpt-neox"), 98, rotary_dim=4)
    x = torch.ones(1, 98)
    y = rope(x, torch.tensor([7]))
    assert torch.equal(y[..., 4:], x[..., 4:])
    assert (y.double() - exact(x, [7], "half", 4)).abs().max() > 1e-2
